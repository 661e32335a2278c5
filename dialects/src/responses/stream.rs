//! The events of a stream, one in each chunk.

use std::collections::BTreeMap;

use reqllm_core::bounds::{ITEM, weight};
use reqllm_core::{Error, Fold, Result, Warning};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Quirks;
use super::plain;
use super::teller::{Section, Teller};
use super::wire::{FunctionCall, Kind, Response};
use crate::chat_completions;
use crate::json::{self, Text};
use crate::stream::StreamCodec;

/// Reads one stream.
///
/// What an event tells in pieces, later ones tell as a whole: the part, the item, the response. Each of them is told once,
/// by whichever comes first.
#[derive(Debug)]
pub struct ResponsesStream {
    what: String,
    teller: Teller,
    /// Items of kinds that are not known, and calls that nobody could answer, as they began.
    begun: BTreeMap<u32, Value>,
    ended: bool,
    told_of_unknown: bool,
}

/// What stands in a member depends on the type, so those whose type is not known may have anything in it.
#[derive(Deserialize)]
pub(super) struct Event<'a> {
    #[serde(borrow, rename = "type", default)]
    pub(super) kind: Text<'a>,
    #[serde(default, deserialize_with = "json::place")]
    pub(super) output_index: u32,
    #[serde(default, deserialize_with = "json::place")]
    pub(super) content_index: u32,
    #[serde(default, deserialize_with = "json::place")]
    summary_index: u32,
    #[serde(borrow)]
    pub(super) delta: Option<&'a RawValue>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    item: Option<&'a RawValue>,
    #[serde(borrow)]
    part: Option<&'a RawValue>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
    #[serde(borrow)]
    annotation: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

impl ResponsesStream {
    /// A reader for one stream of a speaker.
    pub fn new(quirks: &Quirks) -> Self {
        Self {
            what: format!("an event of {}'s stream", quirks.name),
            teller: Teller::new(quirks),
            begun: BTreeMap::new(),
            ended: false,
            told_of_unknown: false,
        }
    }
}

impl StreamCodec for ResponsesStream {
    fn chunk(&mut self, json: &[u8], fold: &mut Fold) -> Result<()> {
        match plain::delta(json) {
            Some(it) => {
                let (item, part) = (it.output_index, it.content_index);
                self.teller.text(item, part, it.delta, fold);
                Ok(())
            }
            // Some servers end as Chat Completions does.
            None if json.trim_ascii() == b"[DONE]" => Ok(()),
            None => self.any(json, fold),
        }
    }

    fn missing(&self, fold: &Fold) -> Option<&'static str> {
        (!self.ended || !fold.stopped()).then_some("it has no response.completed event")
    }

    fn abandon(&mut self, fold: &mut Fold) {
        for (item, raw) in std::mem::take(&mut self.begun) {
            self.teller.broken_off(item, raw, fold);
        }
    }
}

impl ResponsesStream {
    /// An event of any kind, in any form.
    fn any(&mut self, json: &[u8], fold: &mut Fold) -> Result<()> {
        let event: Event<'_> = json::read(json, &self.what)?;
        let (item, part) = (event.output_index, event.content_index);
        let (teller, what) = (&mut self.teller, &*self.what);
        match &*event.kind {
            "response.output_text.delta" => {
                teller.text(item, part, text(event.delta, what)?, fold);
            }
            "response.refusal.delta" => {
                teller.refusal(item, part, text(event.delta, what)?, fold);
            }
            "response.function_call_arguments.delta" => {
                teller.arguments(item, text(event.delta, what)?, fold);
            }
            "response.reasoning_summary_text.delta" => {
                let section = Section::Summary(event.summary_index);
                teller.thought(item, section, text(event.delta, what)?, fold);
            }
            "response.reasoning_text.delta" => {
                let section = Section::Content(part);
                teller.thought(item, section, text(event.delta, what)?, fold);
            }
            "response.output_text.annotation.added" => {
                if let Some(raw) = event.annotation {
                    let annotation = json::read(raw.get().as_bytes(), what)?;
                    teller.annotation(item, part, annotation, fold);
                }
            }
            "response.reasoning_summary_text.done" => {
                let section = Section::Summary(event.summary_index);
                teller.thought_done(item, section, text(event.text, what)?, fold);
            }
            "response.reasoning_text.done" => {
                let section = Section::Content(part);
                teller.thought_done(item, section, text(event.text, what)?, fold);
            }
            "response.content_part.added" => {
                let kind = event
                    .part
                    .and_then(|raw| serde_json::from_str::<Kind<'_>>(raw.get()).ok());
                // A section of a thought is no part of its own.
                if kind.is_none_or(|it| &*it.kind != "reasoning_text") {
                    teller.begin(item, part, fold);
                }
            }
            "response.content_part.done" => {
                if let Some(raw) = event.part {
                    teller.part(item, part, raw, fold);
                }
            }
            "response.output_item.added" => {
                if let Some(raw) = event.item {
                    self.begin(item, raw, fold)?;
                }
            }
            "response.output_item.done" => {
                if let Some(raw) = event.item {
                    self.begun.remove(&item);
                    teller.item(item, raw, fold);
                }
            }
            "response.created" => {
                if let Some(raw) = event.response {
                    self.response(raw)?.begin(fold);
                }
            }
            "response.completed" | "response.incomplete" | "response.failed" => {
                let Some(raw) = event.response else {
                    return Err(Error::decode(format!("{} has no `response`", self.what)));
                };
                let response = self.response(raw)?;
                response.begin(fold);
                self.begun.clear();
                self.teller.finish(response, fold)?;
                self.ended = true;
            }
            "error" => return Err(failure(json)),
            // An error in the form of Chat Completions.
            "" if event.error.is_some() => return Err(failure(json)),
            other => {
                if !says_nothing(other) && !std::mem::replace(&mut self.told_of_unknown, true) {
                    fold.warn(Warning::new(
                        "unknown_event",
                        format!("the stream has an event of type {other:?} that this version does not know; it was passed over, and so will be others"),
                    ));
                }
            }
        }
        Ok(())
    }

    fn response<'a>(&self, raw: &'a RawValue) -> Result<Response<'a>> {
        json::read(raw.get().as_bytes(), &self.what)
    }

    /// An item has begun. What is in it already comes again at its end, or in pieces; but for a tool call, which has to
    /// begin before its arguments.
    fn begin(&mut self, item: u32, raw: &RawValue, fold: &mut Fold) -> Result<()> {
        match &*Kind::of(raw) {
            // Its parts begin by themselves.
            "message" => return Ok(()),
            "reasoning" => {
                self.teller.begin(item, 0, fold);
                return Ok(());
            }
            "function_call" => {
                if let Ok(call) = serde_json::from_str::<FunctionCall<'_>>(raw.get()) {
                    let (id, name) = (call.call_id.into_string(), call.name.into_string());
                    self.teller.call(item, id, name, fold);
                    return Ok(());
                }
            }
            _ => {}
        }
        let raw: Value = json::read(raw.get().as_bytes(), &self.what)?;
        fold.hold(ITEM + weight(&raw));
        self.teller.begin(item, 0, fold);
        self.begun.insert(item, raw);
        Ok(())
    }
}

/// The text of a member; none is an empty one.
fn text<'a>(raw: Option<&'a RawValue>, what: &str) -> Result<Text<'a>> {
    match raw {
        Some(raw) => json::read(raw.get().as_bytes(), what),
        None => Ok(Text::default()),
    }
}

/// Events that later ones say in full, that tell how far a tool of the server's has come, or that keep the line open.
fn says_nothing(kind: &str) -> bool {
    matches!(
        kind,
        "response.in_progress"
            | "response.queued"
            | "response.output_text.done"
            | "response.refusal.done"
            | "response.function_call_arguments.done"
            | "response.reasoning_summary_part.added"
            | "response.reasoning_summary_part.done"
            | "response.reasoning_part.added"
            | "response.reasoning_part.done"
            | "response.custom_tool_call_input.delta"
            | "response.custom_tool_call_input.done"
            | "keepalive"
            | "ping"
    ) || [
        "response.web_search_call",
        "response.file_search_call",
        "response.code_interpreter_call",
        "response.image_generation_call",
        "response.mcp_",
    ]
    .iter()
    .any(|beginning| kind.starts_with(beginning))
}

/// The error that an event reports.
fn failure(event: &[u8]) -> Error {
    let mut event: Value = serde_json::from_slice(event).unwrap_or_default();
    // It says no more than that this is one.
    if let Some(event) = event.as_object_mut()
        && event.get("type").is_some_and(|kind| kind == "error")
    {
        event.shift_remove("type");
    }
    chat_completions::failure(&event)
}
