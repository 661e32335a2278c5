mod reading;
mod streaming;
mod switching;
mod writing;

use reqllm_core::{Call, Fold, Identity, Model, Response, Result, Warning};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::speakers::{FORM, OPENAI};
use super::{Body, Quirks, ResponsesStream, Wishes, encode, read};
use crate::stream::StreamCodec as _;
use crate::{json, shape};

fn model() -> Model {
    Model::new("openai", "gpt-5.2")
}

/// A body as the codec alone writes it.
fn body(call: &Call) -> Value {
    let mut warnings = Vec::new();
    let body = encode(&OPENAI, &model(), call, &Wishes::default(), &mut warnings).unwrap();
    assert_eq!(warnings, []);
    sent(&body)
}

/// A body as it is sent.
fn sent<T: DeserializeOwned>(body: &Body<'_>) -> T {
    json::read(&body.write(0).unwrap(), "the body").unwrap()
}

/// A body as a provider writes it: shaped first, with the fields of the line.
fn shaped(quirks: &Quirks, call: &Call) -> Result<(Map<String, Value>, Vec<Warning>)> {
    let mut warnings = Vec::new();
    let profile = quirks.profile();
    let wishes = shape::Wishes::default();
    let shaped = shape::shape(&model(), call, &wishes, &profile, &FORM, &mut warnings)?;
    let wishes = Wishes::default();
    let mut body = encode(quirks, &model(), &shaped.call, &wishes, &mut warnings)?;
    body.merge(&shaped.fields);
    Ok((sent(&body), warnings))
}

fn codes(warnings: &[Warning]) -> Vec<&str> {
    warnings.iter().map(|warning| &*warning.code).collect()
}

fn whole(answer: &Value) -> Result<Response> {
    let mut fold = Fold::new(Identity::default());
    read(&OPENAI, answer.to_string().as_bytes(), &mut fold)?;
    Ok(fold.finish())
}

fn streamed(events: &[Value]) -> Result<Response> {
    let mut fold = Fold::new(Identity::default());
    let mut stream = ResponsesStream::new(&OPENAI);
    for event in events {
        stream.chunk(event.to_string().as_bytes(), &mut fold)?;
    }
    assert_eq!(stream.missing(&fold), None);
    Ok(fold.finish())
}

/// An answer with this output.
fn answer(output: Value) -> Value {
    json!({
        "id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "error": null,
        "incomplete_details": null, "model": "gpt-5.2-2026-01-01", "output": output,
        "parallel_tool_calls": true, "service_tier": "default", "store": false,
        "usage": { "input_tokens": 30, "input_tokens_details": { "cached_tokens": 10 },
                   "output_tokens": 9, "output_tokens_details": { "reasoning_tokens": 4 },
                   "total_tokens": 39 },
    })
}

fn message(text: &str) -> Value {
    json!({ "id": "msg_1", "type": "message", "status": "completed", "role": "assistant",
            "content": [{ "type": "output_text", "text": text, "annotations": [], "logprobs": [] }] })
}

fn content(response: &Response) -> Value {
    serde_json::to_value(&response.message.content).unwrap()
}

/// The events in which OpenAI's server gives an answer: its reference, "Streaming events". Texts come letter by letter.
fn events(answer: &Value) -> Vec<Value> {
    let mut begun = answer.clone();
    begun["output"] = json!([]);
    begun["status"] = "in_progress".into();
    begun["usage"] = Value::Null;
    let mut events = vec![
        json!({ "type": "response.created", "response": begun }),
        json!({ "type": "response.in_progress", "response": begun }),
    ];
    let items = answer["output"].as_array().into_iter().flatten();
    for (at, item) in items.enumerate() {
        let mut push = |kind: &str, members: Value| {
            let mut event =
                json!({ "type": kind, "sequence_number": 1, "output_index": at, "item_id": "x" });
            let members = members.as_object().unwrap().clone();
            event.as_object_mut().unwrap().extend(members);
            events.push(event);
        };
        push(
            "response.output_item.added",
            json!({ "item": begun_item(item) }),
        );
        for (n, part) in list(item, "summary") {
            let at = |member: &str, value: &Value| json!({ "summary_index": n, member: value });
            let empty = json!({ "type": "summary_text", "text": "" });
            push("response.reasoning_summary_part.added", at("part", &empty));
            for delta in letters(&part["text"]) {
                push("response.reasoning_summary_text.delta", at("delta", &delta));
            }
            push(
                "response.reasoning_summary_text.done",
                at("text", &part["text"]),
            );
            push("response.reasoning_summary_part.done", at("part", &part));
        }
        for (n, part) in list(item, "content") {
            let at = |member: &str, value: &Value| json!({ "content_index": n, member: value });
            let kind = part["type"].as_str().unwrap();
            let empty = json!({ "type": kind });
            push("response.content_part.added", at("part", &empty));
            let text = match kind {
                "refusal" => &part["refusal"],
                _ => &part["text"],
            };
            for delta in letters(text) {
                push(&format!("response.{kind}.delta"), at("delta", &delta));
            }
            for (_, annotation) in list(&part, "annotations") {
                let annotation = at("annotation", &annotation);
                push("response.output_text.annotation.added", annotation);
            }
            if text.is_string() {
                push(&format!("response.{kind}.done"), at("text", text));
            }
            push("response.content_part.done", at("part", &part));
        }
        for delta in letters(&item["arguments"]) {
            let delta = json!({ "delta": delta });
            push("response.function_call_arguments.delta", delta);
        }
        push("response.output_item.done", json!({ "item": item }));
    }
    let status = answer["status"].as_str().unwrap();
    events.push(json!({ "type": format!("response.{status}"), "response": answer }));
    events
}

fn begun_item(item: &Value) -> Value {
    let mut empty = item.clone();
    for member in ["content", "summary"] {
        if item[member].is_array() {
            empty[member] = json!([]);
        }
    }
    if item["arguments"].is_string() {
        empty["arguments"] = "".into();
    }
    empty
}

fn list(value: &Value, member: &str) -> Vec<(usize, Value)> {
    let list = value[member].as_array().into_iter().flatten();
    list.cloned().enumerate().collect()
}

fn letters(text: &Value) -> Vec<Value> {
    let text = text.as_str().unwrap_or_default();
    text.chars().map(|it| it.to_string().into()).collect()
}
