//! Any text as an answer of OpenAI's Responses, and as the events of its stream. Where it is an answer, the events that
//! OpenAI's server would tell it in come to the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_fuzz::{RESPONSES, pieces};
use serde_json::{Value, json};

fuzz_target!(|text: &str| {
    RESPONSES.hear(text);
    if let Ok(answer) = serde_json::from_str::<Value>(text)
        && answer["output"].is_array()
    {
        RESPONSES.both(&answer, &events(&answer, false));
        RESPONSES.both(&answer, &events(&answer, true));
    }
});

/// The events of an answer; in pieces, or each item at once.
fn events(answer: &Value, in_pieces: bool) -> Vec<Value> {
    let mut events =
        vec![json!({"type": "response.created", "response": {"status": "in_progress"}})];
    for (at, item) in answer["output"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        if in_pieces {
            grow(at, item, &mut events);
        }
        events.push(json!({"type": "response.output_item.done", "output_index": at, "item": item}));
    }
    events.push(json!({"type": "response.completed", "response": answer}));
    events
}

/// What is in the form that the reference gives comes in pieces; of anything else only the end tells.
fn grow(at: usize, item: &Value, events: &mut Vec<Value>) {
    let mut push = |kind: &str, index: &str, n: usize, text: &str| {
        for delta in pieces(text) {
            let kind = format!("response.{kind}.delta");
            events.push(json!({"type": kind, "output_index": at, index: n, "delta": delta}));
        }
    };
    match item["type"].as_str() {
        Some("message") => {
            for (n, part) in item["content"].as_array().into_iter().flatten().enumerate() {
                let list = &part["annotations"];
                let plain = list.is_null() || list.is_array();
                match (part["type"].as_str(), &part["text"], &part["refusal"]) {
                    (Some("output_text"), Value::String(text), Value::Null) if plain => {
                        push("output_text", "content_index", n, text);
                    }
                    (Some("refusal"), Value::Null, Value::String(text)) if plain => {
                        push("refusal", "content_index", n, text);
                    }
                    _ => return,
                }
            }
        }
        Some("reasoning") if is_thought(item) => {
            for (n, part) in item["summary"].as_array().into_iter().flatten().enumerate() {
                let text = part["text"].as_str().unwrap_or_default();
                push("reasoning_summary_text", "summary_index", n, text);
            }
            for (n, part) in item["content"].as_array().into_iter().flatten().enumerate() {
                let text = part["text"].as_str().unwrap_or_default();
                push("reasoning_text", "content_index", n, text);
            }
        }
        Some("function_call") => {
            let text = |name: &str| item[name].as_str();
            if let (Some(id), Some(name), Some(arguments)) =
                (text("call_id"), text("name"), text("arguments"))
            {
                let item =
                    json!({"type": "function_call", "call_id": id, "name": name, "arguments": ""});
                let begin =
                    json!({"type": "response.output_item.added", "output_index": at, "item": item});
                for delta in pieces(arguments) {
                    push("function_call_arguments", "n", 0, &delta);
                }
                let end = events.len() - pieces(arguments).len();
                events.insert(end, begin);
            }
        }
        _ => {}
    }
}

fn is_thought(item: &Value) -> bool {
    let said = |list: &Value| match list {
        Value::Null => true,
        Value::Array(list) => list.iter().all(|it| it["text"].is_string()),
        _ => false,
    };
    let text = |value: &Value| value.is_null() || value.is_string();
    said(&item["summary"])
        && said(&item["content"])
        && text(&item["id"])
        && text(&item["encrypted_content"])
}
