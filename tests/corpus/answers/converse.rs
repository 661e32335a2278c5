//! Reads answers of Converse and ConverseStream.
//!
//! What the recordings show of streams: text and reasoning blocks open with their first delta, only
//! tool blocks have a start event; a citation is a delta of a text block and comes before the text of
//! its index; usage comes after the stop event.

use serde_json::{Map, Value, json};

use crate::frames::Frames;
use crate::parts::{
    Block, Blocks, covering, first_of, list_at, reasoning_part, text_at, text_part, tool_call_part,
    unknown_part, usage,
};
use crate::reading::Reading;

/// Reads a whole answer.
pub(crate) fn whole(body: &Value) -> Result<Reading, String> {
    let content = body
        .pointer("/output/message/content")
        .and_then(Value::as_array);
    let content = content.ok_or("an answer without output.message.content")?;
    Ok(Reading {
        content: content.iter().filter_map(part).collect(),
        usage: usage_of(&body["usage"]),
        raw_finish_reason: body["stopReason"].as_str().map(str::to_owned),
        trace: body["trace"].clone(),
        events_complete: true,
        ..Reading::empty()
    })
}

/// A block as a part; `None` if it says nothing.
pub(crate) fn part(block: &Value) -> Option<Value> {
    if let Some(text) = block.get("text") {
        return text_part(text.as_str().unwrap_or_default(), Vec::new());
    }
    if let Some(reasoning) = block.get("reasoningContent") {
        return reasoning_part(
            text_at(reasoning, "/reasoningText/text"),
            text_at(reasoning, "/reasoningText/signature"),
            text_at(reasoning, "/redactedContent"),
        );
    }
    if let Some(call) = block.get("toolUse").filter(|call| !runs_on_server(call)) {
        let (id, name) = (text_at(call, "/toolUseId"), text_at(call, "/name"));
        return Some(tool_call_part(id, name, call["input"].clone()));
    }
    if let Some(cited) = block.get("citationsContent") {
        let text = joined(list_at(cited, "/content"));
        let citations = list_at(cited, "/citations").iter().map(citation).collect();
        return text_part(&text, covering(citations, &text));
    }
    Some(unknown_part(block.clone()))
}

/// A tool that the service ran by itself is no call that anybody waits for: the contract has no part for it, so it is
/// an unknown one, as its result is.
fn runs_on_server(call: &Value) -> bool {
    call["type"] == "server_tool_use"
}

/// A citation in contract JSON, without the place that it is about.
fn citation(wire: &Value) -> Value {
    let mut citation = json!({});
    for name in ["title", "source", "location"] {
        if let Some(value) = wire.get(name) {
            citation[name] = value.clone();
        }
    }
    if wire.get("sourceContent").is_some() {
        citation["text"] = joined(list_at(wire, "/sourceContent")).into();
    }
    citation
}

fn joined(texts: &[Value]) -> String {
    texts.iter().map(|item| text_at(item, "/text")).collect()
}

fn usage_of(wire: &Value) -> Value {
    usage(
        first_of(wire, &["inputTokens"]),
        first_of(wire, &["outputTokens"]),
        first_of(wire, &["cacheReadInputTokens", "cacheReadInputTokenCount"]),
        first_of(
            wire,
            &["cacheWriteInputTokens", "cacheWriteInputTokenCount"],
        ),
        first_of(wire, &["totalTokens"]),
    )
}

/// Reads the frames of a stream.
pub(crate) fn stream(frames: &Frames) -> Result<Reading, String> {
    let mut stream = Stream::default();
    let mut error = None;
    for frame in &frames.frames {
        error = frame.error();
        if error.is_some() {
            break;
        }
        stream.event(frame.event_type(), &frame.json()?)?;
    }
    let stopped = stream.stopped;
    let mut reading = stream.into_reading();
    reading.events_complete = stopped && frames.left_over == 0 && error.is_none();
    reading.error = error;
    Ok(reading)
}

/// A stream as it grows.
#[derive(Default)]
pub(crate) struct Stream {
    blocks: Blocks,
    usage: Option<Value>,
    trace: Value,
    raw_finish_reason: Option<String>,
    /// Whether the event that says why the model stopped has come.
    pub(crate) stopped: bool,
}

impl Stream {
    /// Takes an event. Kinds that nobody knows yet say nothing.
    pub(crate) fn event(&mut self, kind: &str, event: &Value) -> Result<(), String> {
        match kind {
            "contentBlockStart" => start(&mut self.blocks, index(event)?, &event["start"])?,
            "contentBlockDelta" => delta(&mut self.blocks, index(event)?, &event["delta"])?,
            "messageStop" => {
                self.stopped = true;
                self.raw_finish_reason = event["stopReason"].as_str().map(str::to_owned);
            }
            "metadata" => {
                self.usage = Some(usage_of(&event["usage"]));
                self.trace = event["trace"].clone();
            }
            _ => {}
        }
        Ok(())
    }

    /// What it says, as far as it came. Whether that is all, its frames tell.
    pub(crate) fn into_reading(self) -> Reading {
        let mut reading = Reading::empty();
        reading.content = self.blocks.into_parts();
        reading.raw_finish_reason = self.raw_finish_reason;
        reading.trace = self.trace;
        if let Some(usage) = self.usage {
            reading.usage = usage;
        }
        reading
    }
}

fn index(event: &Value) -> Result<u64, String> {
    event["contentBlockIndex"]
        .as_u64()
        .ok_or_else(|| format!("no index in {event}"))
}

fn start(blocks: &mut Blocks, index: u64, start: &Value) -> Result<(), String> {
    if start.as_object().is_none_or(Map::is_empty) {
        return Ok(()); // Says nothing of the kind: the first delta will.
    }
    let block = match start.get("toolUse") {
        Some(call) if !runs_on_server(call) => Block::ToolCall {
            id: text_at(call, "/toolUseId").to_owned(),
            name: text_at(call, "/name").to_owned(),
            whole: json!({}),
            fragments: String::new(),
        },
        _ => Block::Other {
            raw: start.clone(),
            fragments: String::new(),
        },
    };
    blocks.open(index, block)
}

fn delta(blocks: &mut Blocks, index: u64, delta: &Value) -> Result<(), String> {
    let (kind, value) = delta
        .as_object()
        .and_then(|d| d.iter().next())
        .ok_or("a delta without a member")?;
    match kind.as_str() {
        "text" => blocks.text(index, value.as_str().unwrap_or_default()),
        "citation" => blocks.citation(index, citation(value)),
        "reasoningContent" => blocks.reasoning(
            index,
            text_at(value, "/text"),
            text_at(value, "/signature"),
            text_at(value, "/redactedContent"),
        ),
        "toolUse" => blocks.fragment(index, text_at(value, "/input")),
        _ => other(blocks, index, kind, value),
    }
}

/// Rebuilds a block of another kind as it would look in a whole answer: items of a list are its
/// `content` (so it is for the results of tools that run on the server), members are its members.
fn other(blocks: &mut Blocks, index: u64, kind: &str, delta: &Value) -> Result<(), String> {
    if blocks.get(index).is_none() {
        let raw = json!({ kind: {} });
        blocks.open(
            index,
            Block::Other {
                raw,
                fragments: String::new(),
            },
        )?;
    }
    let Some(Block::Other { raw, .. }) = blocks.get(index) else {
        return Err(format!("block {index} is not {kind}"));
    };
    let block = &mut raw[kind];
    match delta {
        Value::Array(items) => {
            let mut content = list_at(block, "/content").to_vec();
            content.extend_from_slice(items);
            block["content"] = content.into();
        }
        Value::Object(members) => {
            for (name, value) in members {
                block[name] = value.clone();
            }
        }
        _ => return Err(format!("block {index}: a delta of {kind} that is neither")),
    }
    Ok(())
}
