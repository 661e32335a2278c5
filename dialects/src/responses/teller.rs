//! From items to what the fold is told, for whole answers and streams alike.

use std::borrow::Cow;

use reqllm_core::bounds::{ITEM, weight};
use reqllm_core::{Citation, Error, FinishReason, Fold, Result};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Quirks;
use super::wire::{FunctionCall, Kind, Logprobs, Message, Part, Response, Thought};
use crate::chat_completions;
use crate::json::Text;
use crate::mark::{self, Maker};

/// What is known of a place in the answer: an item, or a part of a message.
#[derive(Debug, Default)]
struct Place {
    item: u32,
    part: u32,
    /// A tool call has begun.
    started: bool,
    /// Something of its text, or of its arguments, has been told.
    heard: bool,
    /// How many of its annotations have been told.
    cited: usize,
    /// Of a thought: the sections that have been told.
    sections: Vec<Section>,
    /// All of it has been told.
    done: bool,
}

/// A section of a thought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    /// Of its summary.
    Summary(u32),
    /// Of the thought itself, which open models tell.
    Content(u32),
}

/// Stands between two sections of a thought.
const BETWEEN_SECTIONS: &str = "\n\n";

/// Tells the fold of items, of each thing once, however often it comes: a stream tells in pieces and at the end of each item
/// once more.
#[derive(Debug)]
pub(super) struct Teller {
    maker: Maker,
    /// In the order in which they came. The number of a place is the index of its part in the answer: so a whole answer and
    /// a stream have the same.
    places: Vec<Place>,
    refused: bool,
    called: bool,
    logprobs: Vec<Value>,
}

impl Teller {
    pub(super) fn new(quirks: &Quirks) -> Self {
        Self {
            maker: quirks.maker,
            places: Vec::new(),
            refused: false,
            called: false,
            logprobs: Vec::new(),
        }
    }

    /// An item or a part begins. What began first stands first.
    pub(super) fn begin(&mut self, item: u32, part: u32, fold: &mut Fold) {
        self.place(item, part, fold);
    }

    /// A piece of text.
    pub(super) fn text<'a>(
        &mut self,
        item: u32,
        part: u32,
        piece: impl Into<Cow<'a, str>>,
        fold: &mut Fold,
    ) {
        let (index, place) = self.place(item, part, fold);
        place.heard = true;
        fold.text(index, piece);
    }

    /// A piece of a refusal, which is text, and makes of an ordinary end one by a filter.
    pub(super) fn refusal(&mut self, item: u32, part: u32, piece: Text<'_>, fold: &mut Fold) {
        self.refused = true;
        self.text(item, part, piece, fold);
    }

    /// A piece of a section of a thought.
    pub(super) fn thought(
        &mut self,
        item: u32,
        section: Section,
        piece: Text<'_>,
        fold: &mut Fold,
    ) {
        if piece.is_empty() {
            return;
        }
        let (index, place) = self.place(item, 0, fold);
        if !place.sections.contains(&section) {
            fold.hold(ITEM);
            if !place.sections.is_empty() {
                fold.reasoning(index, BETWEEN_SECTIONS);
            }
            place.sections.push(section);
        }
        fold.reasoning(index, piece);
    }

    /// A section of a thought has ended; this is all of it.
    pub(super) fn thought_done(
        &mut self,
        item: u32,
        section: Section,
        text: Text<'_>,
        fold: &mut Fold,
    ) {
        let (_, place) = self.place(item, 0, fold);
        if !place.sections.contains(&section) {
            self.thought(item, section, text, fold);
        }
    }

    /// A tool call begins.
    pub(super) fn call(&mut self, item: u32, id: String, name: String, fold: &mut Fold) {
        let (index, place) = self.place(item, 0, fold);
        if !std::mem::replace(&mut place.started, true) {
            fold.tool_call_start(index, id, name);
        }
    }

    /// A piece of the arguments of a tool call. Where its beginning did not come, its end tells all of it.
    pub(super) fn arguments(&mut self, item: u32, piece: Text<'_>, fold: &mut Fold) {
        let (index, place) = self.place(item, 0, fold);
        if place.started {
            place.heard |= !piece.is_empty();
            fold.tool_call_arguments(index, piece);
        }
    }

    /// A source of the text of a part.
    pub(super) fn annotation(&mut self, item: u32, part: u32, wire: Value, fold: &mut Fold) {
        let (index, place) = self.place(item, part, fold);
        place.cited += 1;
        cite(index, wire, fold);
    }

    /// All of a part of a message.
    pub(super) fn part(&mut self, item: u32, part: u32, raw: &RawValue, fold: &mut Fold) {
        let Ok(Part {
            kind,
            text,
            refusal,
            annotations,
            ..
        }) = serde_json::from_str(raw.get())
        else {
            return self.unknown(item, part, raw, fold);
        };
        // Some servers tell of the sections of a thought as of the parts of a message.
        if let ("reasoning_text", Some(text)) = (&*kind, &text) {
            return self.thought_done(item, Section::Content(part), text.clone(), fold);
        }
        let (_, place) = self.place(item, part, fold);
        let heard = place.heard;
        match (&*kind, text, refusal) {
            ("output_text", Some(text), _) => {
                if !heard {
                    self.text(item, part, text, fold);
                }
                let cited = self.place(item, part, fold).1.cited;
                for wire in annotations.unwrap_or_default().into_iter().skip(cited) {
                    self.annotation(item, part, wire, fold);
                }
            }
            ("refusal", _, Some(text)) => {
                if !heard {
                    self.refusal(item, part, text, fold);
                }
            }
            _ => self.unknown(item, part, raw, fold),
        }
    }

    /// All of an item.
    pub(super) fn item(&mut self, item: u32, raw: &RawValue, fold: &mut Fold) {
        let told = match &*Kind::of(raw) {
            "message" => self.message(item, raw, fold),
            "reasoning" => self.reasoning(item, raw, fold),
            "function_call" => self.function_call(item, raw, fold),
            _ => None,
        };
        if told.is_none() {
            self.unknown(item, 0, raw, fold);
        }
        for place in self.places.iter_mut().filter(|place| place.item == item) {
            place.done = true;
        }
    }

    fn message(&mut self, item: u32, raw: &RawValue, fold: &mut Fold) -> Option<()> {
        let Message { content, phase } = serde_json::from_str(raw.get()).ok()?;
        for (part, raw) in (0..).zip(content) {
            let is_done = |place: &Place| place.item == item && place.part == part && place.done;
            if self.places.iter().any(is_done) {
                continue;
            }
            if let Ok(Logprobs { logprobs }) = serde_json::from_str(raw.get()) {
                fold.hold(logprobs.iter().map(weight).sum());
                self.logprobs.extend(logprobs);
            }
            self.part(item, part, raw, fold);
        }
        if let Some(phase) = phase {
            // The texts of it, be they told already or not.
            for (index, place) in (0..).zip(&self.places) {
                if place.item == item && place.heard {
                    fold.phase(index, &*phase);
                }
            }
        }
        Some(())
    }

    fn reasoning(&mut self, item: u32, raw: &RawValue, fold: &mut Fold) -> Option<()> {
        let thought: Thought<'_> = serde_json::from_str(raw.get()).ok()?;
        let (index, place) = self.place(item, 0, fold);
        if place.done {
            return Some(());
        }
        for (n, section) in (0..).zip(thought.summary.unwrap_or_default()) {
            self.thought_done(item, Section::Summary(n), section.text, fold);
        }
        for (n, section) in (0..).zip(thought.content.unwrap_or_default()) {
            self.thought_done(item, Section::Content(n), section.text, fold);
        }
        // The seal of the item's beginning may be another than that of its end, which counts. An id with a colon would be
        // cut in two by the mark.
        let id = thought.id.filter(|id| !id.contains(':'));
        if let (Some(id), Some(seal)) = (id, thought.encrypted_content.filter(|it| !it.is_empty()))
        {
            fold.signature(index, mark::put(self.maker, &id, &seal));
        }
        Some(())
    }

    fn function_call(&mut self, item: u32, raw: &RawValue, fold: &mut Fold) -> Option<()> {
        let call: FunctionCall<'_> = serde_json::from_str(raw.get()).ok()?;
        self.called = true;
        let (index, place) = self.place(item, 0, fold);
        if place.done {
            return Some(());
        }
        let (started, heard) = (place.started, place.heard);
        place.started = true;
        if !started {
            let (id, name) = (call.call_id.into_string(), call.name.into_string());
            fold.tool_call(index, id, name, &call.arguments);
            return Some(());
        }
        if !heard {
            fold.tool_call_arguments(index, call.arguments);
        }
        fold.end_block(index);
        Some(())
    }

    /// What is not known is kept as it came.
    fn unknown(&mut self, item: u32, part: u32, raw: &RawValue, fold: &mut Fold) {
        let (index, place) = self.place(item, part, fold);
        if std::mem::replace(&mut place.done, true) {
            return;
        }
        // It is JSON, being a piece of a document that was read.
        if let Ok(raw) = serde_json::from_str(raw.get()) {
            fold.unknown(index, raw);
        }
    }

    /// An item of a kind that is not known began, and its end did not come.
    pub(super) fn broken_off(&mut self, item: u32, raw: Value, fold: &mut Fold) {
        let (index, _) = self.place(item, 0, fold);
        fold.unknown(index, raw);
    }

    /// The place of an item or a part, and its index.
    fn place(&mut self, item: u32, part: u32, fold: &mut Fold) -> (u32, &mut Place) {
        let fits = |place: &Place| place.item == item && place.part == part;
        // Nearly always it is the last.
        let at = self.places.iter().rposition(fits).unwrap_or_else(|| {
            fold.hold(ITEM);
            self.places.push(Place {
                item,
                part,
                ..Place::default()
            });
            self.places.len() - 1
        });
        let index = u32::try_from(at).unwrap_or(u32::MAX);
        (index, &mut self.places[at])
    }

    /// The answer is complete: what has not come piece by piece is told now, and why the model stopped.
    pub(super) fn finish(&mut self, response: Response<'_>, fold: &mut Fold) -> Result<()> {
        self.rest(response.output.unwrap_or_default(), fold);
        fold.check_bounds()?;
        if !self.logprobs.is_empty() {
            let logprobs = std::mem::take(&mut self.logprobs);
            fold.metadata("logprobs", logprobs.into());
        }
        if let Some(tier) = response.service_tier {
            fold.service_tier(tier.into_string());
        }
        if let Some(counts) = response.usage {
            fold.usage(counts.usage());
        }
        if let Some(error) = response.error.filter(|error| !error.is_null()) {
            return Err(chat_completions::failure(&error));
        }
        let why = response.incomplete_details.and_then(|it| it.reason);
        let status = response.status.unwrap_or_else(|| Text("completed".into()));
        let reason = match &*status {
            "completed" if self.refused => FinishReason::ContentFilter,
            "completed" if self.called => FinishReason::ToolCalls,
            "completed" => FinishReason::Stop,
            "incomplete" => finish_reason(why.as_deref().unwrap_or_default()),
            "queued" | "in_progress" | "failed" | "cancelled" => {
                return Err(Error::stream(format!(
                    "the server answers with a response whose status is {:?}",
                    &*status
                )));
            }
            _ => FinishReason::Unknown,
        };
        fold.stop(reason, why.unwrap_or(status).into_string());
        Ok(())
    }

    /// Some servers tell of an item only at the end. Where as many have come as there are, none is missing, whatever numbers
    /// they had.
    fn rest(&mut self, output: Vec<&RawValue>, fold: &mut Fold) {
        let mut known: Vec<u32> = self.places.iter().map(|place| place.item).collect();
        known.dedup();
        for (item, raw) in (0..).zip(&output) {
            let mut places = self.places.iter().filter(|place| place.item == item);
            let open = places.any(|place| !place.done);
            let missing = known.len() < output.len() && !known.contains(&item);
            if open || missing {
                self.item(item, raw, fold);
            }
            if fold.check_bounds().is_err() {
                return;
            }
        }
    }
}

/// A citation; its whole wire shape is kept as its location. `start_index` and `end_index` count characters of the part.
fn cite(index: u32, wire: Value, fold: &mut Fold) {
    let text = |keys: &[&str]| {
        keys.iter()
            .find_map(|key| wire.get(key)?.as_str().map(str::to_owned))
    };
    let place = |key: &str| usize::try_from(wire.get(key)?.as_u64()?).ok();
    let mut citation = Citation::default();
    citation.title = text(&["title", "filename"]);
    citation.source = text(&["url", "file_id"]);
    let between = place("start_index").zip(place("end_index"));
    citation.location = Some(wire);
    match between {
        Some((start, end)) => fold.citation_at(index, citation, start, end),
        None => fold.citation(index, citation),
    }
}

/// Source: OpenAI's API reference, `incomplete_details.reason`.
fn finish_reason(raw: &str) -> FinishReason {
    match raw {
        "max_output_tokens" => FinishReason::Length,
        "content_filter" => FinishReason::ContentFilter,
        _ => FinishReason::Unknown,
    }
}
