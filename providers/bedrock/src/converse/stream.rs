//! The events of ConverseStream.
//!
//! Blocks of text and reasoning open without a start event; usage comes after the stop reason; the input of a tool
//! without arguments may have no delta at all; every payload carries a padding member `p` of random length.

use std::borrow::Cow;
use std::collections::BTreeMap;

use reqllm_core::bounds::{ITEM, weight};
use reqllm_core::{Fold, Result};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::SERVER_TOOL_USE;
use super::delta::{BlockDelta, Delta};
use super::plain::{self, PlainDelta};
use super::usage::{Extras, TokenUsage, finish_reason};
use crate::eventstream::Events;
use crate::json::{self, Text};
use crate::profile::Profile;

/// Reads one stream.
pub(crate) struct ConverseEvents {
    profile: &'static Profile,
    /// Blocks that are none of text, reasoning and tool call, as they would stand in a whole answer.
    raw: BTreeMap<u32, RawBlock>,
    has_metadata: bool,
}

/// For native streams of the same form.
impl Default for ConverseEvents {
    fn default() -> Self {
        Self::new(&Profile::CAUTIOUS)
    }
}

/// A block of another kind under construction.
struct RawBlock {
    kind: &'static str,
    members: Map<String, Value>,
    /// Fragments of the JSON text of a tool's input.
    input: String,
    content: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BlockStart<'a> {
    #[serde(default)]
    content_block_index: u32,
    #[serde(borrow)]
    start: Option<Start<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Start<'a> {
    #[serde(borrow)]
    tool_use: Option<ToolUseStart<'a>>,
    tool_result: Option<Map<String, Value>>,
    image: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToolUseStart<'a> {
    #[serde(borrow)]
    tool_use_id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BlockStop {
    #[serde(default)]
    content_block_index: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageStop<'a> {
    #[serde(borrow)]
    stop_reason: Text<'a>,
}

#[derive(Deserialize)]
struct Metadata {
    usage: Option<TokenUsage>,
}

impl Events for ConverseEvents {
    fn event(&mut self, event_type: &str, payload: &[u8], fold: &mut Fold) -> Result<()> {
        match event_type {
            "contentBlockDelta" => match plain::delta(payload) {
                Some((index, PlainDelta::Text(text))) => fold.text(index, text),
                Some((index, PlainDelta::Reasoning(text))) => fold.reasoning(index, text),
                Some((index, PlainDelta::ToolInput(piece))) => self.tool_input(index, piece, fold),
                None => {
                    let event: BlockDelta<'_> = json::read(payload, "a contentBlockDelta event")?;
                    self.delta(event, payload, fold)?;
                }
            },
            "contentBlockStart" => {
                let event: BlockStart<'_> = json::read(payload, "a contentBlockStart event")?;
                self.start(event, payload, fold)?;
            }
            "contentBlockStop" => {
                let event: BlockStop = json::read(payload, "a contentBlockStop event")?;
                fold.end_block(event.content_block_index);
                self.end_raw(event.content_block_index, fold);
            }
            "messageStart" => fold.start(),
            "messageStop" => {
                let event: MessageStop<'_> = json::read(payload, "a messageStop event")?;
                self.end_all_raw(fold);
                let raw = event.stop_reason;
                fold.stop(finish_reason(&raw), raw.into_string());
                json::read::<Extras<'_>>(payload, "a messageStop event")?
                    .tell(fold)?;
            }
            "metadata" => {
                self.has_metadata = true;
                let event: Metadata = json::read(payload, "a metadata event")?;
                if let Some(usage) = event.usage {
                    usage.tell(self.profile.streams_count_cache_twice, fold);
                }
                json::read::<Extras<'_>>(payload, "a metadata event")?.tell(fold)?;
            }
            other => fold.warn(reqllm_core::Warning::new(
                "unknown_event",
                format!("the stream has an event of type {other:?} that this version does not know; it was passed over"),
            )),
        }
        Ok(())
    }

    fn end(&mut self, fold: &mut Fold) -> Option<&'static str> {
        if !fold.stopped() {
            Some("it has no messageStop event")
        } else if !self.has_metadata {
            Some("it has no metadata event, so what was used is not known")
        } else {
            None
        }
    }

    fn abandon(&mut self, fold: &mut Fold) {
        self.end_all_raw(fold);
    }
}

impl ConverseEvents {
    pub(crate) fn new(profile: &'static Profile) -> Self {
        Self {
            profile,
            raw: BTreeMap::new(),
            has_metadata: false,
        }
    }

    fn start(&mut self, event: BlockStart<'_>, payload: &[u8], fold: &mut Fold) -> Result<()> {
        let index = event.content_block_index;
        let (kind, members) = match event.start {
            Some(Start {
                tool_use: Some(tool),
                ..
            }) => {
                let (id, name) = (tool.tool_use_id.into_string(), tool.name.into_string());
                if tool.kind.as_deref() != Some(SERVER_TOOL_USE) {
                    fold.tool_call_start(index, id, name);
                    return Ok(());
                }
                let members = json!({"toolUseId": id, "name": name, "type": SERVER_TOOL_USE});
                ("toolUse", members.as_object().cloned().unwrap_or_default())
            }
            Some(Start {
                tool_result: Some(members),
                ..
            }) => ("toolResult", members),
            Some(Start {
                image: Some(members),
                ..
            }) => ("image", members),
            _ => {
                fold.unknown(index, json::read(payload, "a contentBlockStart event")?);
                return Ok(());
            }
        };
        fold.start();
        fold.hold(ITEM + members.values().map(weight).sum::<usize>());
        self.raw.insert(
            index,
            RawBlock {
                kind,
                members,
                input: String::new(),
                content: Vec::new(),
            },
        );
        Ok(())
    }

    fn delta(&mut self, event: BlockDelta<'_>, payload: &[u8], fold: &mut Fold) -> Result<()> {
        let index = event.content_block_index;
        match event.delta {
            Delta {
                text: Some(text), ..
            } => fold.text(index, text),
            Delta {
                tool_use: Some(tool),
                ..
            } => self.tool_input(index, tool.input.unwrap_or_default().into(), fold),
            Delta {
                reasoning_content: Some(reasoning),
                ..
            } if reasoning.is_known() => {
                let (text, signature) = match reasoning.reasoning_text {
                    Some(whole) => (whole.text, whole.signature),
                    None => (reasoning.text, reasoning.signature),
                };
                if let Some(text) = text {
                    fold.reasoning(index, text);
                }
                if let Some(signature) = signature {
                    fold.signature(index, signature);
                }
                if let Some(redacted) = reasoning.redacted_content {
                    fold.redacted(index, redacted);
                }
            }
            Delta {
                citation: Some(citation),
                ..
            } => fold.citation(index, citation.into()),
            Delta {
                tool_result: Some(content),
                ..
            } if self.raw.contains_key(&index) => {
                if let Some(block) = self.raw.get_mut(&index) {
                    fold.hold(content.iter().map(weight).sum());
                    block.content.extend(content);
                }
            }
            _ => {
                let mut raw: Value = json::read(payload, "a contentBlockDelta event")?;
                let delta = raw.get_mut("delta").map(Value::take).unwrap_or_default();
                match (self.raw.get_mut(&index), delta) {
                    // An image's delta has the members that the block has.
                    (Some(block), Value::Object(delta)) => {
                        fold.hold(delta.values().map(weight).sum());
                        if let Some(Value::Object(more)) = delta.get(block.kind) {
                            block.members.extend(more.clone());
                        } else {
                            block.members.extend(delta);
                        }
                    }
                    (_, delta) => fold.unknown(index, delta),
                }
            }
        }
        Ok(())
    }

    fn tool_input(&mut self, index: u32, piece: Cow<'_, str>, fold: &mut Fold) {
        match self.raw.get_mut(&index) {
            Some(block) => {
                fold.hold(piece.len());
                block.input.push_str(&piece);
            }
            None => fold.tool_call_arguments(index, piece),
        }
    }

    fn end_all_raw(&mut self, fold: &mut Fold) {
        for index in self.raw.keys().copied().collect::<Vec<_>>() {
            self.end_raw(index, fold);
        }
    }

    fn end_raw(&mut self, index: u32, fold: &mut Fold) {
        let Some(mut block) = self.raw.remove(&index) else {
            return;
        };
        if block.kind == "toolUse" {
            let input = match block.input.as_str() {
                "" => json!({}),
                text => json::read(text.as_bytes(), "the input").unwrap_or_else(|_| text.into()),
            };
            block.members.insert("input".to_owned(), input);
        }
        if block.kind == "toolResult" {
            block
                .members
                .insert("content".to_owned(), Value::Array(block.content));
        }
        fold.unknown(index, json!({ block.kind: block.members }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqllm_core::Identity;

    /// Such a block is told of when it is complete; one that never will be is told of as far as it came.
    #[test]
    fn a_block_of_another_kind_is_not_lost_when_the_stream_breaks_off() {
        let mut fold = Fold::new(Identity::default());
        let mut events = ConverseEvents::default();
        for (event, payload) in [
            (
                "contentBlockStart",
                r#"{"contentBlockIndex":0,"start":{"toolResult":{"toolUseId":"t"}}}"#,
            ),
            (
                "contentBlockDelta",
                r#"{"contentBlockIndex":0,"delta":{"toolResult":[{"text":"It rains."}]}}"#,
            ),
        ] {
            events.event(event, payload.as_bytes(), &mut fold).unwrap();
        }
        assert!(events.end(&mut fold).is_some());
        events.abandon(&mut fold);
        let block = json!({"toolResult": {"toolUseId": "t", "content": [{"text": "It rains."}]}});
        assert_eq!(
            json!(fold.abandon().message.content),
            json!([{"type": "unknown", "raw": block}])
        );
    }
}
