//! The real service as a witness: what it took is taken, and what it said has the same members here.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::testing::{chunks, content, send};
use super::{is_operation, line};
use crate::model_id::ModelId;
use crate::recordings;

/// A recorded call of one of the vendors.
struct Recording {
    id: String,
    model: String,
    request: Value,
    /// The whole answer, or the chunks of the stream.
    answers: Vec<Value>,
    streaming: bool,
}

#[test]
fn what_the_service_took_and_said_is_taken_and_said_here() {
    let (corpus, rows) = recordings::rows();
    if rows.is_empty() {
        return;
    }
    let found = rows.iter().filter_map(|row| recording(&corpus, row));
    let recordings: Vec<Recording> = found.collect();
    assert!(recordings.len() > 50, "only {}", recordings.len());
    let mut wrong = Vec::new();
    for recording in &recordings {
        match send(
            &recording.model,
            &[],
            &recording.request,
            recording.streaming,
        ) {
            Ok(reply) => {
                let answers = if recording.streaming {
                    chunks(reply)
                } else {
                    vec![content(reply)]
                };
                let (real, ours) = (members(&recording.answers), members(&answers));
                let missing: Vec<&String> = real.difference(&ours).collect();
                if !missing.is_empty() {
                    wrong.push(format!(
                        "{} ({}): {missing:?}",
                        recording.id, recording.model
                    ));
                }
            }
            Err(error) => wrong.push(format!("{}: {}", recording.id, error.message)),
        }
    }
    say(&format!(
        "{} native calls of other vendors were asked again",
        recordings.len()
    ));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The recording of a row, if it is a native call of a vendor other than Anthropic that went well.
fn recording(corpus: &Path, row: &Value) -> Option<Recording> {
    let text = |key: &str| row[key].as_str();
    let streaming = match text("operation")? {
        "invoke" => false,
        "invoke-with-response-stream" => true,
        _ => return None,
    };
    let model = text("model")?;
    let id = ModelId::parse(model).ok()?;
    let served = id
        .vendor_and_name()
        .is_some_and(|(vendor, _)| vendor != "anthropic");
    if !served
        || is_operation(&id)
        || line(&id).is_err()
        || row["status"] != 200
        || row["authenticity"] != "recorded"
    {
        return None;
    }
    let file = recordings::file(corpus, row)?;
    let place = usize::try_from(row["interaction"].as_u64()?).ok()?;
    let interaction = &file["interactions"][place];
    let interaction = if interaction.is_null() {
        &file
    } else {
        interaction
    };
    let response = &interaction["response"];
    // Answers without counts were made up by a proxy or a mock, and not by the service.
    let counted = response["headers"]
        .get("x-amzn-bedrock-input-token-count")
        .is_some();
    if !streaming && !counted {
        return None;
    }
    let body = STANDARD.decode(response["body_b64"].as_str()?).ok()?;
    let answers = if streaming {
        frames(&body)
    } else {
        vec![serde_json::from_slice(&body).ok()?]
    };
    let mut request = serde_json::from_str(interaction["request"]["body_utf8"].as_str()?).ok()?;
    if answers
        .iter()
        .any(|answer| answer.to_string().contains("\"toolUse\""))
    {
        name_tools(&mut request);
    }
    Some(Recording {
        id: text("id")?.to_owned(),
        model: model.to_owned(),
        request,
        answers,
        streaming,
    })
}

/// The real model saw for itself that a tool is of use; ours has to hear its name.
fn name_tools(request: &mut Value) {
    let names: Vec<String> = request["toolConfig"]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["toolSpec"]["name"].as_str().unwrap().to_owned())
        .collect();
    let messages = request["messages"].as_array_mut().unwrap();
    let said = messages.last_mut().unwrap()["content"].as_array_mut();
    said.unwrap()
        .push(serde_json::json!({"text": names.join(" ")}));
}

fn frames(mut bytes: &[u8]) -> Vec<Value> {
    let mut out = Vec::new();
    while bytes.len() > 16 {
        let word = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        let (total, headers) = (word(0), word(4));
        let payload: Value = serde_json::from_slice(&bytes[12 + headers..total - 4]).unwrap();
        let chunk = STANDARD.decode(payload["bytes"].as_str().unwrap()).unwrap();
        out.push(serde_json::from_slice(&chunk).unwrap());
        bytes = &bytes[total..];
    }
    out
}

/// The paths of all members, without the places in lists, without what the model itself wrote, and
/// without what only a guardrail or the cache of newer days adds.
fn members(answers: &[Value]) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for answer in answers {
        collect(answer, "", &mut out);
    }
    out
}

fn collect(value: &Value, at: &str, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                if key.starts_with("amazon-bedrock-guardrail") || key == "amazon-bedrock-trace" {
                    continue;
                }
                let at = format!("{at}/{key}");
                if key != "input" {
                    collect(value, &at, out);
                }
                out.insert(at);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, at, out)),
        _ => {}
    }
}

fn say(line: &str) {
    writeln!(std::io::stderr(), "corpus: {line}").unwrap();
}
