//! Reads answers of `bedrock-mantle`: OpenAI's Chat Completions and Responses, whole and as server-sent events.
//!
//! Source: OpenAI's API reference. A thought that the server has sealed bears the library's mark in the contract:
//! `bedrock:<id of the item>:<seal>`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::parts::{
    arguments, first_of, list_at, reasoning_part, text_at, text_part, tool_call_part, unknown_part,
    usage,
};
use crate::reading::{Reading, Unread};
use crate::wire::Dialect;

/// Reads a whole answer.
pub(crate) fn whole(dialect: Dialect, body: &Value) -> Result<Reading, Unread> {
    match dialect {
        Dialect::ChatCompletions => chat(body),
        Dialect::Responses => Ok(response(body, items(list_at(body, "/output")))),
    }
}

/// Reads a stream by its pieces alone. What its end says once more has to be the same.
pub(crate) fn stream(dialect: Dialect, body: &[u8]) -> Result<Reading, Unread> {
    if dialect != Dialect::Responses {
        return Err(Unread::Broken("a stream of Chat Completions".to_owned()));
    }
    let mut grown: BTreeMap<u64, Value> = BTreeMap::new();
    let mut end = None;
    for event in events(body)? {
        let at = event["output_index"].as_u64().unwrap_or_default();
        let delta = text_at(&event, "/delta");
        let item = grown.entry(at).or_default();
        match text_at(&event, "/type") {
            "response.output_item.added" => *item = event["item"].clone(),
            "response.content_part.added" => push(item, "content", &event["part"])?,
            "response.reasoning_summary_part.added" => push(item, "summary", &event["part"])?,
            "response.output_text.delta" => {
                grow(item, &pointer("content", &event["content_index"]), delta)?;
            }
            "response.reasoning_summary_text.delta" => {
                grow(item, &pointer("summary", &event["summary_index"]), delta)?;
            }
            "response.function_call_arguments.delta" => grow(item, "/arguments", delta)?,
            // Bedrock gives the seal at the beginning already, and the same at the end.
            "response.output_item.done" => {
                let seal = |item: &Value| item["encrypted_content"].clone();
                if seal(item) != seal(&event["item"]) {
                    return Err(Unread::Broken("two seals".to_owned()));
                }
            }
            "response.completed" => end = Some(event["response"].clone()),
            _ => {}
        }
    }
    let end = end.ok_or_else(|| "a stream without its end".to_owned())?;
    let grown: Vec<Value> = grown.into_values().filter(|it| !it.is_null()).collect();
    let content = items(&grown);
    if content != items(list_at(&end, "/output")) {
        return Err(Unread::Broken(format!(
            "{content:?} grew, and the end says {end}"
        )));
    }
    Ok(response(&end, content))
}

/// The documents of server-sent events, whose lines end in LF in the recordings.
fn events(body: &[u8]) -> Result<Vec<Value>, String> {
    let text = std::str::from_utf8(body).map_err(|e| e.to_string())?;
    let data = text.split('\n').filter_map(|it| it.strip_prefix("data: "));
    data.map(|it| serde_json::from_str(it).map_err(|e| format!("{e}: {it}")))
        .collect()
}

fn push(item: &mut Value, member: &str, part: &Value) -> Result<(), String> {
    let parts = item[member].as_array_mut();
    parts.ok_or("a part of no item")?.push(part.clone());
    Ok(())
}

fn pointer(member: &str, index: &Value) -> String {
    format!("/{member}/{index}/text")
}

fn grow(item: &mut Value, pointer: &str, delta: &str) -> Result<(), String> {
    match item.pointer_mut(pointer) {
        Some(Value::String(text)) => text.push_str(delta),
        _ => return Err(format!("a piece of nothing at {pointer}")),
    }
    Ok(())
}

fn response(body: &Value, content: Vec<Value>) -> Reading {
    let details = &body["usage"]["input_tokens_details"];
    let (read, written) = (&details["cached_tokens"], &details["cache_write_tokens"]);
    let input = body["usage"]["input_tokens"].as_u64().map(|all| {
        let [read, written] = [read, written].map(|it| it.as_u64().unwrap_or(0));
        all - read - written
    });
    let calls = content.iter().any(|part| part["type"] == "tool_call");
    let why = [&body["incomplete_details"]["reason"], &body["status"]];
    Reading {
        usage: usage(
            input.into(),
            body["usage"]["output_tokens"].clone(),
            read.clone(),
            written.clone(),
            body["usage"]["total_tokens"].clone(),
        ),
        raw_finish_reason: why.iter().find_map(|it| it.as_str().map(str::to_owned)),
        finish_reason: match body["status"] == "completed" && calls {
            true => "tool_calls",
            false => "unknown",
        },
        events_complete: true,
        content,
        ..Reading::empty()
    }
}

fn items(output: &[Value]) -> Vec<Value> {
    output.iter().flat_map(item).collect()
}

fn item(item: &Value) -> Vec<Value> {
    let texts = |pointer: &str| {
        let parts = list_at(item, pointer).iter();
        let texts: Vec<&str> = parts.map(|part| text_at(part, "/text")).collect();
        texts.join("\n\n")
    };
    match text_at(item, "/type") {
        "message" => list_at(item, "/content")
            .iter()
            .filter_map(|part| text_part(text_at(part, "/text"), Vec::new()))
            .map(|part| in_phase(part, item))
            .collect(),
        "reasoning" => {
            let seal = match text_at(item, "/encrypted_content") {
                "" => String::new(),
                seal => format!("bedrock:{}:{seal}", text_at(item, "/id")),
            };
            let told = [texts("/summary"), texts("/content")].concat();
            reasoning_part(&told, &seal, "").into_iter().collect()
        }
        "function_call" => vec![tool_call_part(
            text_at(item, "/call_id"),
            text_at(item, "/name"),
            arguments(text_at(item, "/arguments")),
        )],
        _ => vec![unknown_part(item.clone())],
    }
}

/// A text in the phase of its message, if that says one.
fn in_phase(mut part: Value, item: &Value) -> Value {
    if let Some(phase) = item["phase"].as_str() {
        part["phase"] = phase.into();
    }
    part
}

fn chat(body: &Value) -> Result<Reading, Unread> {
    let message = &body["choices"][0]["message"];
    if list_at(message, "/tool_calls") != [Value::Null; 0] {
        return Err(Unread::Broken(
            "tool calls, which no recording had".to_owned(),
        ));
    }
    let thought = reasoning_part(text_at(message, "/reasoning"), "", "");
    let text = text_part(text_at(message, "/content"), Vec::new());
    let counts = &body["usage"];
    Ok(Reading {
        content: thought.into_iter().chain(text).collect(),
        usage: usage(
            first_of(counts, &["prompt_tokens"]),
            first_of(counts, &["completion_tokens"]),
            Value::Null,
            Value::Null,
            first_of(counts, &["total_tokens"]),
        ),
        raw_finish_reason: body["choices"][0]["finish_reason"]
            .as_str()
            .map(str::to_owned),
        events_complete: true,
        ..Reading::empty()
    })
}
