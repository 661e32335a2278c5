//! The events of Anthropic's Messages form, one in each chunk.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use reqllm_core::bounds::{ITEM, weight};
use reqllm_core::{Error, Fold, Result, Usage, Warning};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::answer::{AnthropicUsage, Block, Ending, citation, sealed, told};
use super::error;
use super::plain::{self, PlainDelta};
use crate::json::{self, Text};
use crate::mark::Maker;
use crate::stream::StreamCodec;

const WHAT: &str = "an event of the stream";

/// Reads one stream.
#[derive(Debug, Default)]
pub struct MessagesStream {
    /// Whose mark the thoughts bear.
    maker: Option<Maker>,
    /// Whether the body tells in which tier the answer was served. On Bedrock the head does.
    tells_tier: bool,
    usage: Usage,
    /// Blocks of kinds that are not known, with the fragments of their input.
    unknown: BTreeMap<u32, (Value, String)>,
    /// Types of events that have been told of.
    passed_over: BTreeSet<String>,
    stopped: bool,
}

/// An event; what its members hold, `type` says, so they are read where that is known.
#[derive(Deserialize)]
pub(super) struct Event<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Option<Text<'a>>,
    #[serde(borrow)]
    index: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    content_block: Option<&'a RawValue>,
    #[serde(borrow)]
    delta: Option<&'a RawValue>,
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    context_management: Option<&'a RawValue>,
}

impl<'a> Event<'a> {
    /// The block that it is about.
    pub(super) fn index(&self) -> Result<u32> {
        Ok(member(self.index)?.unwrap_or_default())
    }

    pub(super) fn delta(&self) -> Result<Option<Delta<'a>>> {
        member(self.delta)
    }
}

/// The error of an event that is one.
fn failure(event: &Event<'_>) -> Result<Error> {
    let said: Option<Value> = member(event.error)?;
    Ok(error::inside(said.as_ref()))
}

/// A member, read as what it has to be.
fn member<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Result<Option<T>> {
    raw.map(|raw| json::read(raw.get().as_bytes(), WHAT))
        .transpose()
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    usage: Option<AnthropicUsage>,
}

#[derive(Deserialize)]
pub(super) struct Delta<'a> {
    #[serde(borrow, rename = "type", default)]
    pub(super) kind: Text<'a>,
    #[serde(borrow)]
    pub(super) text: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) thinking: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) signature: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) partial_json: Option<Text<'a>>,
    pub(super) citation: Option<Value>,
    #[serde(borrow)]
    pub(super) stop_reason: Option<Text<'a>>,
    stop_sequence: Option<Value>,
    stop_details: Option<Value>,
    container: Option<Value>,
}

impl StreamCodec for MessagesStream {
    fn chunk(&mut self, json: &[u8], fold: &mut Fold) -> Result<()> {
        match plain::delta(json) {
            Some((index, PlainDelta::Text(text))) => fold.text(index, text),
            Some((index, PlainDelta::Thinking(text))) => fold.reasoning(index, text),
            Some((index, PlainDelta::InputJson(piece))) => self.input(index, piece, fold),
            None => self.any(json, fold)?,
        }
        Ok(())
    }

    fn missing(&self, fold: &Fold) -> Option<&'static str> {
        if !self.stopped {
            Some("it has no message_stop event")
        } else if !fold.stopped() {
            Some("it does not say why the model stopped")
        } else {
            None
        }
    }

    fn abandon(&mut self, fold: &mut Fold) {
        self.end_all_unknown(fold);
    }
}

impl MessagesStream {
    /// Reads a stream whose thoughts bear the mark of this maker.
    pub(super) fn of(maker: Option<Maker>) -> Self {
        Self {
            maker,
            tells_tier: true,
            ..Self::default()
        }
    }

    /// An event of any kind, in any form.
    fn any(&mut self, json: &[u8], fold: &mut Fold) -> Result<()> {
        let event: Event<'_> = match json::read(json, WHAT) {
            // Some gateways end every stream as Chat Completions does.
            Err(_) if json.trim_ascii() == b"[DONE]" => return Ok(()),
            event => event?,
        };
        let Some(kind) = &event.kind else {
            return Err(match event.error {
                Some(_) => failure(&event)?,
                None => Error::decode(format!("{WHAT} has no member `type`")),
            });
        };
        match &**kind {
            "content_block_delta" => {
                if let Some(delta) = event.delta()? {
                    self.delta(event.index()?, delta, json, fold)?;
                }
            }
            "content_block_start" => {
                if let Some(raw) = event.content_block {
                    self.start(event.index()?, raw, fold)?;
                }
            }
            "content_block_stop" => {
                let index = event.index()?;
                fold.end_block(index);
                self.end_unknown(index, fold);
            }
            "message_start" => {
                fold.start();
                if let Some(message) = member::<Message<'_>>(event.message)? {
                    if let Some(id) = message.id {
                        fold.id(id.into_string());
                    }
                    self.count(message.usage, fold);
                }
            }
            "message_delta" => {
                if let Some(delta) = event.delta()? {
                    let ending = Ending {
                        reason: delta.stop_reason,
                        sequence: delta.stop_sequence,
                        details: delta.stop_details,
                        container: delta.container,
                    };
                    ending.tell(fold);
                }
                let management = member(event.context_management)?;
                told("context_management", management, fold);
                self.count(member(event.usage)?, fold);
            }
            "message_stop" => {
                self.stopped = true;
                self.end_all_unknown(fold);
            }
            "ping" => {}
            "error" => return Err(failure(&event)?),
            other => self.pass_over(other, fold),
        }
        Ok(())
    }

    fn start(&mut self, index: u32, raw: &RawValue, fold: &mut Fold) -> Result<()> {
        let block: Block<'_> = json::read(raw.get().as_bytes(), WHAT)?;
        match &*block.kind {
            "text" => {
                fold.text(index, block.text.unwrap_or_default());
                for wire in block.citations.unwrap_or_default() {
                    fold.citation(index, citation(wire));
                }
            }
            "thinking" => {
                fold.reasoning(index, block.thinking.unwrap_or_default());
                fold.signature(index, sealed(self.maker, block.signature));
            }
            "redacted_thinking" => fold.redacted(index, block.data.unwrap_or_default()),
            "tool_use" => {
                fold.tool_call_start(
                    index,
                    block.id.unwrap_or_default().into_string(),
                    block.name.unwrap_or_default().into_string(),
                );
                // It is empty, and the deltas bring the arguments, unless somebody in between has joined them.
                let input = block.input.map_or("", RawValue::get);
                if !matches!(input, "" | "{}" | "null") {
                    fold.tool_call_arguments(index, input);
                }
            }
            _ => {
                let raw: Value = json::read(raw.get().as_bytes(), WHAT)?;
                fold.hold(ITEM + weight(&raw));
                self.unknown.insert(index, (raw, String::new()));
            }
        }
        Ok(())
    }

    fn delta(&mut self, index: u32, delta: Delta<'_>, json: &[u8], fold: &mut Fold) -> Result<()> {
        match &*delta.kind {
            "text_delta" => fold.text(index, delta.text.unwrap_or_default()),
            "thinking_delta" => fold.reasoning(index, delta.thinking.unwrap_or_default()),
            "signature_delta" => fold.signature(index, delta.signature.unwrap_or_default()),
            "input_json_delta" => {
                self.input(index, delta.partial_json.unwrap_or_default().into(), fold);
            }
            "citations_delta" => {
                if let Some(wire) = delta.citation {
                    fold.citation(index, citation(wire));
                }
            }
            _ => self.unknown_delta(index, json, fold)?,
        }
        Ok(())
    }

    /// What a delta of a kind that is not known says of a block of such a kind is put there; else it is kept for itself.
    fn unknown_delta(&mut self, index: u32, json: &[u8], fold: &mut Fold) -> Result<()> {
        let event: Value = json::read(json, WHAT)?;
        let members = event.get("delta").and_then(Value::as_object);
        let block = self.unknown.get_mut(&index);
        let block = block.and_then(|(raw, _)| raw.as_object_mut());
        let (Some(members), Some(block)) = (members, block) else {
            fold.unknown(index, event);
            return Ok(());
        };
        for (name, value) in members.iter().filter(|(name, _)| *name != "type") {
            fold.hold(ITEM + weight(value));
            match (block.get_mut(name), value) {
                (Some(Value::String(text)), Value::String(piece)) => text.push_str(piece),
                _ => {
                    block.insert(name.clone(), value.clone());
                }
            }
        }
        Ok(())
    }

    /// Says it once of each type.
    fn pass_over(&mut self, kind: &str, fold: &mut Fold) {
        if self.passed_over.contains(kind) {
            return;
        }
        fold.hold(ITEM + kind.len());
        self.passed_over.insert(kind.to_owned());
        fold.warn(Warning::new(
            "unknown_event",
            format!("the stream has an event of type {kind:?} that this version does not know; it was passed over"),
        ));
    }

    fn input(&mut self, index: u32, piece: Cow<'_, str>, fold: &mut Fold) {
        match self.unknown.get_mut(&index) {
            Some((_, input)) => {
                fold.hold(piece.len());
                input.push_str(&piece);
            }
            None => fold.tool_call_arguments(index, piece),
        }
    }

    fn end_all_unknown(&mut self, fold: &mut Fold) {
        for index in self.unknown.keys().copied().collect::<Vec<_>>() {
            self.end_unknown(index, fold);
        }
    }

    fn end_unknown(&mut self, index: u32, fold: &mut Fold) {
        let Some((mut raw, input)) = self.unknown.remove(&index) else {
            return;
        };
        if !input.is_empty()
            && let Some(object) = raw.as_object_mut()
        {
            let read = json::read(input.as_bytes(), WHAT);
            let input = read.unwrap_or_else(|_| Value::String(input));
            object.insert("input".to_owned(), input);
        }
        fold.unknown(index, raw);
    }

    fn count(&mut self, usage: Option<AnthropicUsage>, fold: &mut Fold) {
        if let Some(usage) = usage {
            self.usage.update(usage.counts(self.tells_tier, fold));
            fold.usage(self.usage);
        }
    }
}
