//! The one place where what arrives becomes events and a response.
//!
//! A [`Reader`](crate::Reader) says what it sees, in the order in which it sees it; the fold keeps it and, if
//! somebody listens, hands it on as [`Event`]s. An answer that came whole takes the same road, so that both give
//! the same [`Response`].

mod block;
mod compact;
mod finish;
mod restart;

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Map, Value};

use self::block::{Block, WHOLE_BLOCK};
use crate::bounds::{self, ITEM, SMALL_ITEM};
use crate::{
    Citation, CitationEvent, Event, Expectation, FinishReason, Identity, ObjectForm, Part,
    ReasoningDelta, ReasoningPart, Result, TextDelta, ToolCallArguments, ToolCallEvent,
    ToolCallPart, ToolCallStart, UnknownEvent, UnknownPart, Usage, Warning,
};

/// Gathers an answer.
///
/// ```
/// use reqllm_core::{Event, FinishReason, Fold, Identity};
///
/// let mut fold = Fold::new(Identity::default()).listened();
/// fold.text(0, "Hel");
/// fold.text(0, "lo");
/// fold.stop(FinishReason::Stop, "end_turn");
/// assert!(matches!(fold.next_event(), Some(Event::Start)));
/// assert!(matches!(fold.next_event(), Some(Event::Text(delta)) if delta.text == "Hel"));
/// assert_eq!(fold.finish().text(), "Hello");
/// ```
#[derive(Debug)]
pub struct Fold {
    identity: Arc<Identity>,
    expectation: Expectation,
    /// Where the model called the tool whose arguments are the object that was asked for.
    objects: Vec<u32>,
    /// Ordered by index; blocks of one index in the order of arrival.
    blocks: Vec<(u32, Block)>,
    events: Option<VecDeque<Event>>,
    started: bool,
    id: Option<String>,
    finish_reason: FinishReason,
    raw_finish_reason: Option<String>,
    usage: Usage,
    fallback: Usage,
    service_tier: Option<String>,
    warnings: Vec<Warning>,
    /// How many of them are of the request.
    warnings_before: usize,
    metadata: Map<String, Value>,
    /// How much all of it counts for; see [`bounds::MAX_ANSWER`].
    held: usize,
}

impl Fold {
    /// A fold that only gathers.
    pub fn new(identity: impl Into<Arc<Identity>>) -> Self {
        Self {
            identity: identity.into(),
            expectation: Expectation::default(),
            objects: Vec::new(),
            blocks: Vec::new(),
            events: None,
            started: false,
            id: None,
            finish_reason: FinishReason::Unknown,
            raw_finish_reason: None,
            usage: Usage::default(),
            fallback: Usage::default(),
            service_tier: None,
            warnings: Vec::new(),
            warnings_before: 0,
            metadata: Map::new(),
            held: 0,
        }
    }

    /// Also keeps events for [`Fold::next_event`].
    #[must_use]
    pub fn listened(mut self) -> Self {
        self.events = Some(VecDeque::new());
        self
    }

    /// Reads the answer by what the request asked for.
    #[must_use]
    pub fn expecting(mut self, expectation: Expectation) -> Self {
        self.expectation = expectation;
        self
    }

    /// Whose answer it is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether the text of the block of this index is that of the object that was asked for. Where a tool was asked for it,
    /// its arguments are; else the object may be in any text.
    pub fn holds_object(&self, index: u32) -> bool {
        match &self.expectation.object {
            None => false,
            Some(ObjectForm::Tool(_)) => self.objects.contains(&index),
            Some(_) => true,
        }
    }

    /// Whether the answer keeps to [`bounds::MAX_ANSWER`]. What comes after it has not is passed over, so a reader that makes
    /// much of little has to ask in between; the transport asks after every piece.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if it does not.
    pub fn check_bounds(&self) -> Result<()> {
        bounds::check(self.held)
    }

    /// Counts what a reader keeps of the answer for itself, in bytes.
    pub fn hold(&mut self, bytes: usize) {
        self.held = self.held.saturating_add(bytes);
    }

    /// Counts what is to be kept; whether there is room for it.
    fn has_room(&mut self, bytes: usize) -> bool {
        self.hold(bytes);
        self.held <= bounds::MAX_ANSWER
    }

    /// The next event that nobody has taken yet.
    pub fn next_event(&mut self) -> Option<Event> {
        self.events.as_mut()?.pop_front()
    }

    /// Whether anything of the answer has arrived.
    pub fn started(&self) -> bool {
        self.started
    }

    /// The answer has begun. Every other method says so too.
    pub fn start(&mut self) {
        if !self.started {
            self.started = true;
            self.warnings_before = self.warnings.len();
            self.emit(|| Event::Start);
            if let Some(events) = &mut self.events {
                events.extend(self.warnings.iter().cloned().map(Event::Warning));
            }
        }
    }

    /// A piece of text.
    pub fn text<'a>(&mut self, index: u32, piece: impl Into<Cow<'a, str>>) {
        self.start();
        let piece = piece.into();
        if !self.has_room(piece.len()) {
            return;
        }
        let at = self.block(
            index,
            |block| matches!(block, Block::Text { .. }),
            Block::text,
        );
        let Block::Text { text, .. } = &mut self.blocks[at].1 else {
            return;
        };
        match (&mut self.events, piece) {
            // Nobody listens, and it is all that there is: it need not be copied.
            (None, Cow::Owned(piece)) if text.is_empty() => *text = piece,
            (None, piece) => text.push_str(&piece),
            (Some(events), piece) => {
                text.push_str(&piece);
                if !piece.is_empty() {
                    events.push_back(Event::Text(TextDelta {
                        index,
                        text: piece.into_owned(),
                    }));
                }
            }
        }
    }

    /// What the model says of the text of this block; see [`TextPart::phase`](crate::TextPart::phase).
    pub fn phase(&mut self, index: u32, phase: impl Into<String>) {
        let said = phase.into();
        self.start();
        if !self.has_room(said.len()) {
            return;
        }
        let at = self.block(
            index,
            |block| matches!(block, Block::Text { .. }),
            Block::text,
        );
        if let Block::Text { phase, .. } = &mut self.blocks[at].1 {
            *phase = Some(said);
        }
    }

    /// A source of the text of this block. It speaks for all of the block's text.
    pub fn citation(&mut self, index: u32, citation: Citation) {
        self.cite(index, citation, None);
    }

    /// A source of a piece of the text of this block: from `start` to `end` (exclusive), in Unicode scalar values of the
    /// block. What lies behind the end of the block is cut off when the block is complete.
    ///
    /// ```
    /// use reqllm_core::{Citation, Fold, Identity, Part};
    ///
    /// let mut fold = Fold::new(Identity::default());
    /// fold.text(0, "Größe: 3 m");
    /// fold.citation_at(0, Citation::default(), 7, 10);
    /// let response = fold.finish();
    /// let Part::Text(text) = &response.message.content[0] else {
    ///     unreachable!("text is all that came")
    /// };
    /// assert_eq!((text.citations[0].start, text.citations[0].end), (7, 10));
    /// ```
    pub fn citation_at(&mut self, index: u32, citation: Citation, start: usize, end: usize) {
        self.cite(index, citation, Some((start, end)));
    }

    fn cite(&mut self, index: u32, mut citation: Citation, place: Option<(usize, usize)>) {
        self.start();
        if !self.has_room(bounds::weight_of_citation(&citation)) {
            return;
        }
        (citation.start, citation.end) = place.unwrap_or(WHOLE_BLOCK);
        let at = self.block(
            index,
            |block| matches!(block, Block::Text { .. }),
            Block::text,
        );
        if let Block::Text { citations, .. } = &mut self.blocks[at].1 {
            citations.push(citation.clone());
        }
        self.emit(|| {
            Event::Citation(CitationEvent {
                index,
                title: citation.title,
                source: citation.source,
                text: citation.text,
                location: citation.location,
                start: place.map(|(start, _)| start),
                end: place.map(|(_, end)| end),
            })
        });
    }

    /// A piece of reasoning in words.
    pub fn reasoning<'a>(&mut self, index: u32, piece: impl Into<Cow<'a, str>>) {
        let piece = piece.into();
        if !self.has_room(piece.len()) {
            return;
        }
        self.reasoning_block(index).text.push_str(&piece);
        if !piece.is_empty() {
            self.emit(|| {
                Event::Reasoning(ReasoningDelta {
                    index,
                    text: Some(piece.into_owned()),
                    ..ReasoningDelta::default()
                })
            });
        }
    }

    /// A piece of the signature of a reasoning block.
    pub fn signature<'a>(&mut self, index: u32, piece: impl Into<Cow<'a, str>>) {
        let piece = piece.into();
        if piece.is_empty() || !self.has_room(piece.len()) {
            return;
        }
        let block = self.reasoning_block(index);
        block.signature.get_or_insert_default().push_str(&piece);
        self.emit(|| {
            Event::Reasoning(ReasoningDelta {
                index,
                signature: Some(piece.into_owned()),
                ..ReasoningDelta::default()
            })
        });
    }

    /// A piece of reasoning that only its maker can read. Pieces that are base64 are joined as the bytes that
    /// they stand for.
    pub fn redacted<'a>(&mut self, index: u32, piece: impl Into<Cow<'a, str>>) {
        let piece = piece.into();
        self.start();
        if !self.has_room(SMALL_ITEM + piece.len()) {
            return;
        }
        let at = self.reasoning_at(index);
        if let Block::Reasoning { redacted, .. } = &mut self.blocks[at].1 {
            redacted.push(piece.clone().into_owned());
        }
        self.emit(|| {
            Event::Reasoning(ReasoningDelta {
                index,
                redacted: Some(piece.into_owned()),
                ..ReasoningDelta::default()
            })
        });
    }

    /// A tool call begins; its arguments follow.
    pub fn tool_call_start(&mut self, index: u32, id: String, name: String) {
        self.start();
        if !self.has_room(ITEM + id.len() + name.len()) {
            return;
        }
        let name = self.callers_name(name);
        if self.is_object(&name) {
            self.objects.push(index);
            return self.text(index, "");
        }
        self.insert(
            index,
            Block::OpenTool {
                id: id.clone(),
                name: name.clone(),
                arguments: String::new(),
            },
        );
        self.emit(|| Event::ToolCallStart(ToolCallStart { index, id, name }));
    }

    /// A piece of the arguments of the tool call that is open at this index. Without one it is kept as unknown.
    pub fn tool_call_arguments<'a>(&mut self, index: u32, piece: impl Into<Cow<'a, str>>) {
        let piece = piece.into();
        if self.objects.contains(&index) {
            return self.text(index, piece);
        }
        if !self.has_room(piece.len()) {
            return;
        }
        let Some(arguments) = self.open_tool(index) else {
            self.unknown(index, Value::String(piece.into_owned()));
            return;
        };
        arguments.push_str(&piece);
        if !piece.is_empty() {
            self.emit(|| {
                Event::ToolCallArguments(ToolCallArguments {
                    index,
                    fragment: piece.into_owned(),
                })
            });
        }
    }

    /// A whole tool call, its arguments as the JSON text that came.
    pub fn tool_call(&mut self, index: u32, id: String, name: String, arguments: &str) {
        self.start();
        if !self.has_room(ITEM + id.len() + name.len() + arguments.len()) {
            return;
        }
        let name = self.callers_name(name);
        if self.is_object(&name) {
            self.objects.push(index);
            return self.text(index, arguments);
        }
        let arguments = self.arguments(&name, arguments);
        let part = ToolCallPart::new(id, name, arguments);
        if self.repeats(&part) {
            return;
        }
        self.emit_tool_call(index, &part);
        self.insert(index, Block::Whole(Part::ToolCall(part)));
    }

    /// A block of a kind that is not known.
    pub fn unknown(&mut self, index: u32, raw: Value) {
        self.start();
        if !self.has_room(bounds::weight(&raw)) {
            return;
        }
        let part = Part::Unknown(UnknownPart::new(raw.clone()));
        self.insert(index, Block::Whole(part));
        self.emit(|| Event::Unknown(UnknownEvent { index, raw }));
    }

    /// The block at this index is complete.
    pub fn end_block(&mut self, index: u32) {
        self.close_object(index);
        if let Some(at) = self.find(index, |block| matches!(block, Block::OpenTool { .. })) {
            self.close_tool(at);
        }
    }

    /// Why the model stopped.
    pub fn stop(&mut self, reason: FinishReason, raw: impl Into<String>) {
        self.start();
        self.finish_reason = reason;
        self.raw_finish_reason = Some(raw.into());
    }

    /// What the stop means after all, where the provider's own word for it says less.
    pub fn finish_as(&mut self, reason: FinishReason) {
        self.finish_reason = reason;
    }

    /// Whether the model has said why it stopped.
    pub fn stopped(&self) -> bool {
        self.raw_finish_reason.is_some()
    }

    /// Counts. Later ones replace earlier ones; one that is absent replaces nothing.
    pub fn usage(&mut self, usage: Usage) {
        self.usage.update(usage);
    }

    /// Counts that hold where nothing else was given, before or after.
    pub fn usage_if_absent(&mut self, usage: Usage) {
        self.fallback.update(usage);
    }

    /// The service tier in which the provider served the call; prices depend on it.
    pub fn service_tier(&mut self, tier: impl Into<String>) {
        self.service_tier = Some(tier.into());
    }

    /// The provider's id of the answer.
    pub fn id(&mut self, id: impl Into<String>) {
        self.id = Some(id.into());
    }

    /// A fact in the provider's own shape.
    pub fn metadata(&mut self, key: impl Into<String>, value: Value) {
        if self.has_room(bounds::weight(&value)) {
            self.metadata.insert(key.into(), value);
        }
    }

    /// Something was left out, replaced or guessed.
    pub fn warn(&mut self, warning: Warning) {
        if !self.has_room(SMALL_ITEM + warning.message.len()) {
            return;
        }
        // What there is to say before the answer begins is told after its first event.
        if self.started {
            self.emit(|| Event::Warning(warning.clone()));
        }
        self.warnings.push(warning);
    }

    fn emit(&mut self, event: impl FnOnce() -> Event) {
        if let Some(events) = &mut self.events {
            events.push_back(event());
        }
    }

    fn emit_tool_call(&mut self, index: u32, part: &ToolCallPart) {
        self.emit(|| {
            Event::ToolCall(ToolCallEvent {
                index,
                id: part.id.clone(),
                name: part.name.clone(),
                arguments: part.arguments.clone(),
            })
        });
    }

    /// The position of the block of this index and kind; it is made if there is none.
    fn block(
        &mut self,
        index: u32,
        fits: impl Fn(&Block) -> bool,
        make: impl FnOnce() -> Block,
    ) -> usize {
        self.find(index, fits)
            .unwrap_or_else(|| self.insert(index, make()))
    }

    /// The last block of this index that fits.
    fn find(&self, index: u32, fits: impl Fn(&Block) -> bool) -> Option<usize> {
        // Nearly always it is the one that is being written.
        if let Some((last, block)) = self.blocks.last()
            && *last == index
            && fits(block)
        {
            return Some(self.blocks.len() - 1);
        }
        let end = self.blocks.partition_point(|(other, _)| *other <= index);
        (0..end)
            .rev()
            .take_while(|at| self.blocks[*at].0 == index)
            .find(|at| fits(&self.blocks[*at].1))
    }

    fn insert(&mut self, index: u32, block: Block) -> usize {
        self.hold(ITEM);
        let at = self.blocks.partition_point(|(other, _)| *other <= index);
        self.blocks.insert(at, (index, block));
        at
    }

    fn reasoning_block(&mut self, index: u32) -> &mut ReasoningPart {
        self.start();
        let at = self.reasoning_at(index);
        match &mut self.blocks[at].1 {
            Block::Reasoning { part, .. } => part,
            _ => unreachable!("`block` gives a block that fits"),
        }
    }

    fn reasoning_at(&mut self, index: u32) -> usize {
        self.block(
            index,
            |block| matches!(block, Block::Reasoning { .. }),
            || Block::Reasoning {
                part: ReasoningPart::default(),
                redacted: Vec::new(),
            },
        )
    }

    fn open_tool(&mut self, index: u32) -> Option<&mut String> {
        let at = self.find(index, |block| matches!(block, Block::OpenTool { .. }))?;
        match &mut self.blocks[at].1 {
            Block::OpenTool { arguments, .. } => Some(arguments),
            _ => None,
        }
    }

    /// An object without fragments is one without members.
    fn close_object(&mut self, index: u32) {
        let is_empty = |block: &Block| matches!(block, Block::Text { text, .. } if text.is_empty());
        if self.objects.contains(&index) && self.find(index, is_empty).is_some() {
            self.text(index, "{}");
        }
    }

    fn close_tool(&mut self, at: usize) {
        let Block::OpenTool {
            id,
            name,
            arguments,
        } = &mut self.blocks[at].1
        else {
            return;
        };
        let (id, name) = (std::mem::take(id), std::mem::take(name));
        let text = std::mem::take(arguments);
        let value = self.arguments(&name, &text);
        let part = ToolCallPart::new(id, name, value);
        self.blocks[at].1 = if self.repeats(&part) {
            Block::Nothing
        } else {
            self.emit_tool_call(self.blocks[at].0, &part);
            Block::Whole(Part::ToolCall(part))
        };
    }

    /// The caller's name of a tool that may have been sent under another one.
    fn callers_name(&self, name: String) -> String {
        match self.expectation.tool_names.get(&name) {
            Some(original) => original.clone(),
            None => name,
        }
    }

    /// Whether this tool is there for the sake of its arguments.
    fn is_object(&self, tool: &str) -> bool {
        matches!(&self.expectation.object, Some(ObjectForm::Tool(name)) if name == tool)
    }

    /// Whether a call repeats one that is there, by mistake of the model. Then it is left out.
    fn repeats(&mut self, call: &ToolCallPart) -> bool {
        let same = |block: &Block| {
            matches!(block, Block::Whole(Part::ToolCall(other))
                if other.name == call.name && other.arguments == call.arguments)
        };
        if !self.expectation.one_call_each || !self.blocks.iter().any(|(_, block)| same(block)) {
            return false;
        }
        self.warn(Warning::new(
            "repeated_tool_call",
            format!("the model called tool {:?} twice with the same arguments; the second call was left out", call.name),
        ));
        true
    }

    /// Arguments from their text: none is no arguments, and what is no JSON object is kept and reported.
    fn arguments(&mut self, tool: &str, text: &str) -> Value {
        match text.trim() {
            "" => Value::Object(Map::new()),
            json if !bounds::has_few_values(json.as_bytes()) => {
                self.warn_arguments(tool, "they have too many values");
                Value::String(text.to_owned())
            }
            json => match serde_json::from_str(json) {
                Ok(value @ Value::Object(_)) => value,
                Ok(value) => {
                    self.warn_arguments(tool, "they are no JSON object");
                    value
                }
                Err(error) => {
                    self.warn_arguments(tool, &error.to_string());
                    Value::String(text.to_owned())
                }
            },
        }
    }

    fn warn_arguments(&mut self, tool: &str, reason: &str) {
        self.warn(Warning::new(
            "invalid_tool_arguments",
            format!("the arguments that the model wrote for tool {tool:?} do not parse: {reason}; they are kept as text"),
        ));
    }
}

#[cfg(test)]
mod tests;
