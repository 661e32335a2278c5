//! Reads answers of Claude through InvokeModel: the Anthropic Messages document, and its events, of
//! which each frame wraps one in base64.
//!
//! The Text Completions format of Claude 2 and Claude Instant (`{"completion": …}`) is out of scope.

use serde_json::{Map, Value, json};

use super::envelope::Chunks;
use crate::parts::{
    Block, Blocks, covering, first_of, list_at, reasoning_part, text_at, text_part, tool_call_part,
    unknown_part, usage,
};
use crate::reading::{Reading, Unread};

fn completions() -> Unread {
    Unread::OutOfScope("Claude's legacy Text Completions format".to_owned())
}

/// Reads a whole answer.
pub(crate) fn whole(body: &Value) -> Result<Reading, Unread> {
    if body.get("completion").is_some() {
        return Err(completions());
    }
    let content = body["content"]
        .as_array()
        .ok_or_else(|| "an answer without content".to_owned())?;
    Ok(Reading {
        content: content.iter().filter_map(part).collect(),
        usage: usage_of(&body["usage"]),
        raw_finish_reason: body["stop_reason"].as_str().map(str::to_owned),
        events_complete: true,
        ..Reading::empty()
    })
}

/// No recording has citations here; should one come, they are kept as on the wire.
fn part(block: &Value) -> Option<Value> {
    match text_at(block, "/type") {
        "text" => {
            let text = text_at(block, "/text");
            text_part(text, covering(list_at(block, "/citations").to_vec(), text))
        }
        "thinking" => reasoning_part(
            text_at(block, "/thinking"),
            text_at(block, "/signature"),
            "",
        ),
        "redacted_thinking" => reasoning_part("", "", text_at(block, "/data")),
        "tool_use" => {
            let (id, name) = (text_at(block, "/id"), text_at(block, "/name"));
            Some(tool_call_part(id, name, block["input"].clone()))
        }
        _ => Some(unknown_part(block.clone())),
    }
}

fn usage_of(wire: &Value) -> Value {
    usage(
        first_of(wire, &["input_tokens"]),
        first_of(wire, &["output_tokens"]),
        first_of(wire, &["cache_read_input_tokens"]),
        first_of(wire, &["cache_creation_input_tokens"]),
        Value::Null,
    )
}

/// Reads the events of a stream. Kinds that nobody knows yet say nothing.
pub(crate) fn stream(chunks: &Chunks) -> Result<Reading, Unread> {
    let mut blocks = Blocks::default();
    let mut reading = Reading::empty();
    let mut counts = json!({});
    let mut stopped = false;
    reading.error = chunks.error.clone();
    for event in &chunks.documents {
        if event.get("completion").is_some() {
            return Err(completions());
        }
        match text_at(event, "/type") {
            "message_start" => update(&mut counts, &event["message"]["usage"]),
            "content_block_start" => start(&mut blocks, event)?,
            "content_block_delta" => delta(&mut blocks, event)?,
            "message_delta" => {
                update(&mut counts, &event["usage"]);
                if let Some(reason) = event["delta"]["stop_reason"].as_str() {
                    reading.raw_finish_reason = Some(reason.to_owned());
                }
            }
            "message_stop" => stopped = true,
            "error" => {
                let error = &event["error"];
                reading.error = Some(json!({"code": error["type"], "message": error["message"]}));
                break;
            }
            _ => {}
        }
    }
    reading.content = blocks.into_parts();
    reading.usage = usage_of(&counts);
    reading.events_complete = stopped && chunks.whole && reading.error.is_none();
    Ok(reading)
}

/// Later counts replace earlier ones, key by key; a null is no count.
fn update(counts: &mut Value, later: &Value) {
    for (name, count) in later.as_object().into_iter().flatten() {
        if !count.is_null() {
            counts[name] = count.clone();
        }
    }
}

fn index(event: &Value) -> Result<u64, String> {
    event["index"]
        .as_u64()
        .ok_or_else(|| format!("no index in {event}"))
}

/// Blocks open with all their members; those that deltas fill are empty then.
fn start(blocks: &mut Blocks, event: &Value) -> Result<(), String> {
    let (index, block) = (index(event)?, &event["content_block"]);
    match text_at(block, "/type") {
        "text" => {
            blocks.text(index, text_at(block, "/text"))?;
            list_at(block, "/citations")
                .iter()
                .try_for_each(|c| blocks.citation(index, c.clone()))
        }
        "thinking" => blocks.reasoning(
            index,
            text_at(block, "/thinking"),
            text_at(block, "/signature"),
            "",
        ),
        "redacted_thinking" => blocks.reasoning(index, "", "", text_at(block, "/data")),
        "tool_use" => {
            let empty = Value::Object(Map::new());
            let call = Block::ToolCall {
                id: text_at(block, "/id").to_owned(),
                name: text_at(block, "/name").to_owned(),
                whole: block.get("input").cloned().unwrap_or(empty),
                fragments: String::new(),
            };
            blocks.open(index, call)
        }
        _ => blocks.open(
            index,
            Block::Other {
                raw: block.clone(),
                fragments: String::new(),
            },
        ),
    }
}

fn delta(blocks: &mut Blocks, event: &Value) -> Result<(), String> {
    let (index, delta) = (index(event)?, &event["delta"]);
    match text_at(delta, "/type") {
        "text_delta" => blocks.text(index, text_at(delta, "/text")),
        "citations_delta" => blocks.citation(index, delta["citation"].clone()),
        "thinking_delta" => blocks.reasoning(index, text_at(delta, "/thinking"), "", ""),
        "signature_delta" => blocks.reasoning(index, "", text_at(delta, "/signature"), ""),
        "input_json_delta" => blocks.fragment(index, text_at(delta, "/partial_json")),
        unknown => Err(format!(
            "delta of a kind that this reader does not know: {unknown}"
        )),
    }
}
