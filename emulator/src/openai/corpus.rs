//! What Bedrock's mantle answered, the emulator answers, and its answers have the same members: recordings, where there are
//! some.

use std::collections::BTreeSet;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::testing::{Desk, data};
use crate::recordings;

/// A recorded request to mantle, and what came back.
struct Recording {
    name: String,
    path: String,
    body: Value,
    answer: String,
}

/// Those of mantle.
fn recordings() -> Vec<Recording> {
    let (folder, rows) = recordings::rows();
    let rows = rows.iter();
    rows.filter_map(|row| recording(&folder, row)).collect()
}

fn recording(folder: &Path, row: &Value) -> Option<Recording> {
    let path = row["operation"].as_str()?.strip_prefix("mantle:")?;
    if !path.starts_with("/v1/") && !path.starts_with("/openai/") {
        return None;
    }
    let file = recordings::file(folder, row)?;
    let answer = STANDARD
        .decode(file["response"]["body_b64"].as_str()?)
        .unwrap();
    let mut body: Value = serde_json::from_str(file["request"]["body_utf8"].as_str()?).unwrap();
    // Encrypted reasoning is recognised by whoever sealed it.
    if let Some(items) = body.get_mut("input").and_then(Value::as_array_mut) {
        items.retain(|item| item["type"] != "reasoning");
    }
    Some(Recording {
        name: row["id"].as_str()?.to_owned(),
        path: path.to_owned(),
        body,
        answer: String::from_utf8(answer).unwrap(),
    })
}

/// Members of answers that the emulator does not have: they say what it has no notion of.
const LEFT_OUT: [&str; 5] = [
    "frequency_penalty",
    "presence_penalty",
    "moderation",
    "reasoning.context",
    "text.format.description",
];

/// The members of an object that are not there in another, by their paths. Lists are not looked into.
fn missing(wanted: &Value, found: &Value, path: &str, out: &mut BTreeSet<String>) {
    for (name, value) in wanted.as_object().into_iter().flatten() {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        // What the schemas of callers and their metadata are called is not mantle's.
        if name == "schema" || LEFT_OUT.contains(&path.as_str()) {
            continue;
        }
        match found.get(name) {
            None => {
                out.insert(path);
            }
            Some(found) => missing(value, found, &path, out),
        }
    }
}

#[test]
fn recorded_requests_are_answered_with_the_members_that_mantle_has() {
    let recordings = recordings();
    let mut lacks = BTreeSet::new();
    for recording in &recordings {
        let desk = Desk::bedrock();
        let streams = recording.body["stream"] == true;
        let (wanted, found) = if streams {
            let events = desk.events(&recording.path, &recording.body);
            // In both the last event has the whole response.
            let recorded = recording.answer.trim_end().rsplit("\n\n").next().unwrap();
            (
                data(recorded).unwrap(),
                data(events.last().unwrap()).unwrap(),
            )
        } else {
            let wanted = serde_json::from_str(&recording.answer).unwrap();
            (wanted, desk.ask(&recording.path, &recording.body))
        };
        let inner = |value: &Value| match value.get("response") {
            Some(response) => response.clone(),
            None => value.clone(),
        };
        let mut here = BTreeSet::new();
        missing(&inner(&wanted), &inner(&found), "", &mut here);
        lacks.extend(
            here.into_iter()
                .map(|path| format!("{}: {path}", recording.name)),
        );
    }
    assert!(lacks.is_empty(), "{lacks:#?}");
    assert!(
        recordings.is_empty() || recordings.len() >= 10,
        "{}",
        recordings.len()
    );
}

#[test]
fn recorded_streams_have_no_kind_of_event_that_the_emulator_has_not() {
    let kinds = |events: Vec<&str>| -> BTreeSet<String> {
        let events = events.into_iter().filter_map(data);
        events
            .filter_map(|it| Some(it["type"].as_str()?.to_owned()))
            .collect()
    };
    let mut known = BTreeSet::new();
    let mut recorded = BTreeSet::new();
    for recording in recordings().iter().filter(|it| it.body["stream"] == true) {
        let mut body = recording.body.clone();
        recorded.extend(kinds(recording.answer.split("\n\n").collect()));
        for input in [body["input"].clone(), "Call first_tool".into()] {
            body["input"] = input;
            let events = Desk::bedrock().events(&recording.path, &body);
            known.extend(kinds(events.iter().map(String::as_str).collect()));
        }
    }
    let strange: Vec<&String> = recorded.difference(&known).collect();
    assert!(strange.is_empty(), "{strange:?}");
}
