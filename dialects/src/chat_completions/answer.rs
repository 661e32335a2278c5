//! A whole answer, and what it shares with a chunk of a stream.

use reqllm_core::{Error, FinishReason, Fold, Result, Warning};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::error::failure;
use super::facts::{self, Counts, Details, Facts};
use super::inline::{Kind, Splitter};
use super::{FIRST_TOOL_CALL, Quirks, REASONING, TEXT};
use crate::json::{self, Text};

/// An answer, or a chunk of one; a stream gives its messages bit by bit.
#[derive(Deserialize)]
pub(super) struct Completion<'a> {
    #[serde(borrow, default, deserialize_with = "json::word")]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) choices: Option<Vec<Choice<'a>>>,
    #[serde(default, deserialize_with = "json::if_fits")]
    usage: Option<Counts>,
    error: Option<Value>,
    /// vLLM says `error` here, and has no member of that name.
    #[serde(borrow, default, deserialize_with = "json::word")]
    object: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "json::word")]
    pub(super) service_tier: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) system_fingerprint: Option<&'a RawValue>,
    /// Who served it, in OpenRouter's words.
    #[serde(borrow)]
    pub(super) provider: Option<&'a RawValue>,
    /// Addresses, of Perplexity and xAI.
    #[serde(borrow)]
    pub(super) citations: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) search_results: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "json::if_fits")]
    x_groq: Option<XGroq>,
}

/// What Groq adds to the last chunk of a stream.
#[derive(Deserialize)]
struct XGroq {
    #[serde(default, deserialize_with = "json::if_fits")]
    usage: Option<Counts>,
    error: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct Choice<'a> {
    #[serde(default, deserialize_with = "json::place")]
    index: u32,
    /// Some streams have the whole message beside each delta, or at the end.
    #[serde(borrow)]
    message: Option<Message<'a>>,
    /// Streams have this one; Mistral's on Bedrock may have the other.
    #[serde(borrow)]
    delta: Option<Message<'a>>,
    #[serde(borrow, default, deserialize_with = "json::word")]
    finish_reason: Option<Text<'a>>,
    /// Mistral's name for it on Bedrock.
    #[serde(borrow)]
    stop_reason: Option<&'a RawValue>,
    #[serde(borrow)]
    logprobs: Option<&'a RawValue>,
    /// Moonshot counts here.
    #[serde(default, deserialize_with = "json::if_fits")]
    usage: Option<Counts>,
}

#[derive(Default, Deserialize)]
pub(super) struct Message<'a> {
    /// A string, or a list of parts; null where there is nothing but tool calls. That it is there at all tells an answer
    /// that says nothing from one that is none.
    #[serde(borrow, default, deserialize_with = "present")]
    content: Option<&'a RawValue>,
    /// The names under which servers give reasoning that they have taken out of the content themselves.
    #[serde(borrow)]
    reasoning_content: Option<&'a RawValue>,
    #[serde(borrow)]
    reasoning: Option<&'a RawValue>,
    /// OpenRouter's list of what was thought, in which it has to go back.
    #[serde(borrow)]
    reasoning_details: Option<&'a RawValue>,
    #[serde(borrow)]
    annotations: Option<&'a RawValue>,
    #[serde(borrow)]
    images: Option<&'a RawValue>,
    #[serde(borrow)]
    audio: Option<&'a RawValue>,
    #[serde(borrow)]
    refusal: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) tool_calls: Option<Vec<ToolCall<'a>>>,
}

/// A member that is there, null or not.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

impl Message<'_> {
    fn is_one(&self) -> bool {
        let reasons = self.reasoning_content.is_some() || self.reasoning.is_some();
        let calls = self.tool_calls.is_some();
        let media = self.audio.is_some() || self.images.is_some();
        self.content.is_some() || reasons || calls || media || self.refusal.is_some()
    }

    /// The one text that is all it says, and what that is.
    fn lone_text(&self) -> Option<(Kind, &RawValue)> {
        let nothing_else = self.refusal.is_none()
            && self.tool_calls.is_none()
            && self.reasoning_details.is_none()
            && self.annotations.is_none()
            && self.images.is_none()
            && self.audio.is_none();
        let content = self.content.filter(|raw| raw.get() != "null");
        let text = match (content, self.reasoning_content, self.reasoning) {
            (Some(text), None, None) => (Kind::Text, text),
            (None, Some(text), None) | (None, None, Some(text)) => (Kind::Reasoning, text),
            _ => return None,
        };
        (nothing_else && text.1.get().starts_with('"')).then_some(text)
    }
}

#[derive(Deserialize)]
pub(super) struct ToolCall<'a> {
    #[serde(default, deserialize_with = "json::count")]
    pub(super) index: Option<u64>,
    #[serde(borrow, default, deserialize_with = "json::word")]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) function: Option<Function<'a>>,
    #[serde(borrow, default, deserialize_with = "json::if_fits")]
    extra_content: Option<ExtraContent<'a>>,
}

/// What Gemini adds to a call. Source: Google's guide "Thought signatures", of the OpenAI form.
#[derive(Deserialize)]
struct ExtraContent<'a> {
    #[serde(borrow)]
    google: Option<Google<'a>>,
}

#[derive(Deserialize)]
struct Google<'a> {
    #[serde(borrow)]
    thought_signature: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
pub(super) struct Function<'a> {
    #[serde(borrow)]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

impl ToolCall<'_> {
    /// Whether a thought that only its maker can read is tied to it.
    fn is_signed(&self) -> bool {
        let google = self
            .extra_content
            .as_ref()
            .and_then(|it| it.google.as_ref());
        google.is_some_and(|it| it.thought_signature.is_some())
    }
}

impl<'a> Function<'a> {
    /// The JSON of the arguments. The form has it inside a string; some servers have it bare.
    pub(super) fn arguments(&self) -> Result<Text<'a>> {
        match self.arguments {
            None => Ok(Text::default()),
            Some(raw) => match string(raw)? {
                Some(text) => Ok(text),
                None => Ok(Text(raw.get().into())),
            },
        }
    }
}

/// Reads a whole answer.
pub fn read(quirks: &Quirks, body: &[u8], fold: &mut Fold) -> Result<()> {
    let what = format!("{}'s answer", quirks.name);
    let completion: Completion<'_> = json::read(body, &what)?;
    if let Some(error) = completion.failure(body) {
        return Err(error);
    }
    let usage = completion.usage();
    Facts::default().tell(quirks, &completion, fold)?;
    let Some(choices) = completion.choices else {
        return Err(Error::decode(format!("{what} has no `choices`")));
    };
    fold.start();
    if let Some(id) = completion.id {
        fold.id(id.into_string());
    }
    let mut choices = choices.into_iter();
    if let Some(choice) = choices.next() {
        let mut speech = Speech::new(quirks);
        speech.hear_logprobs(&choice, fold)?;
        let (message, stop) = choice.open(false, fold)?;
        if !message.is_one() {
            let error = Error::decode(format!("{what} has no message that says anything"));
            return Err(error);
        }
        let calls = speech.hear(message, fold)?;
        for (index, call) in (FIRST_TOOL_CALL..).zip(calls) {
            let function = call.function.unwrap_or_default();
            let arguments = function.arguments()?;
            fold.tool_call(
                index,
                call.id.unwrap_or_default().into_string(),
                function.name.unwrap_or_default().into_string(),
                &arguments,
            );
        }
        speech.end(fold)?;
        if let Some(raw) = stop {
            speech.stop(raw, fold);
        }
    }
    if choices.next().is_some() {
        warn_of_choices(fold);
    }
    if let Some(counts) = usage {
        counts.tell(fold);
    }
    Ok(())
}

impl<'a> Choice<'a> {
    /// Whether it is the first of several answers; the others are not for us.
    pub(super) fn is_first(&self) -> bool {
        self.index == 0
    }

    /// Whether it says something bit by bit.
    pub(super) fn has_delta(&self) -> bool {
        self.delta.as_ref().is_some_and(Message::is_one)
    }

    /// What is said, and the reason to stop if it is there. `delta` says that a stream says it bit by bit: then a message
    /// repeats it.
    pub(super) fn open(
        self,
        delta: bool,
        fold: &mut Fold,
    ) -> Result<(Message<'a>, Option<Text<'a>>)> {
        // Some servers have an empty one in every chunk.
        let is_said = |reason: &Text<'_>| !reason.is_empty();
        // Servers that have `stop_reason` beside `finish_reason` put the stop sequence or token into it.
        let stop = match (self.finish_reason.filter(is_said), self.stop_reason) {
            (Some(reason), Some(sequence)) => {
                fold.metadata("stop_sequence", value(sequence)?);
                Some(reason)
            }
            (Some(reason), None) => Some(reason),
            (None, Some(raw)) => string(raw)?.filter(is_said),
            (None, None) => None,
        };
        let message = self.message.filter(|_| !delta);
        Ok((message.or(self.delta).unwrap_or_default(), stop))
    }
}

/// Hears what an answer says, and tells the fold.
#[derive(Debug)]
pub(super) struct Speech {
    splitter: Splitter,
    refused: bool,
    details: Details,
    logprobs: Vec<Value>,
    told_of_audio: bool,
    told_of_signature: bool,
}

impl Speech {
    pub(super) fn new(quirks: &Quirks) -> Self {
        Self {
            splitter: Splitter::new(quirks.reasoning),
            refused: false,
            details: Details::new(quirks.thoughts),
            logprobs: Vec::new(),
            told_of_audio: false,
            told_of_signature: false,
        }
    }

    /// A piece of the text, or of a thought that stands beside it.
    pub(super) fn piece(&mut self, kind: Kind, text: &str, fold: &mut Fold) {
        match kind {
            Kind::Reasoning => fold.reasoning(REASONING, text),
            Kind::Text => self
                .splitter
                .push(text, |kind, text| tell(kind, text, fold)),
        }
    }

    /// Keeps the probabilities of tokens, which stand beside the message.
    pub(super) fn hear_logprobs(&mut self, choice: &Choice<'_>, fold: &mut Fold) -> Result<()> {
        #[derive(Deserialize)]
        struct Logprobs {
            content: Option<Vec<Value>>,
        }
        let Some(raw) = choice.logprobs else {
            return Ok(());
        };
        match serde_json::from_str(raw.get()) {
            Ok(Logprobs { content }) => {
                fold.hold(raw.get().len());
                self.logprobs.extend(content.into_iter().flatten());
            }
            Err(_) => fold.metadata("logprobs", value(raw)?),
        }
        Ok(())
    }

    /// Takes a message, or a bit of one, and gives back its tool calls.
    pub(super) fn hear<'a>(
        &mut self,
        message: Message<'a>,
        fold: &mut Fold,
    ) -> Result<Vec<ToolCall<'a>>> {
        // Where a server gives both names, they say the same.
        let thought = message.reasoning_content.or(message.reasoning);
        if let Some(raw) = message.reasoning_details {
            self.details.hear(raw, thought.is_none(), fold)?;
        }
        if let Some(raw) = thought {
            texts(raw, fold, false, &mut |text, fold| {
                fold.reasoning(REASONING, text);
            })?;
        }
        if let Some(raw) = message.content.filter(|raw| raw.get() != "null") {
            texts(raw, fold, true, &mut |text, fold| {
                self.splitter
                    .push(&text, |kind, text| tell(kind, text, fold));
            })?;
        }
        if let Some(refusal) = message.refusal.filter(|text| !text.is_empty()) {
            self.refused = true;
            fold.text(TEXT, refusal);
        }
        if let Some(raw) = message.annotations {
            facts::annotations(raw, fold)?;
        }
        if let Some(raw) = message.images {
            match value(raw)? {
                Value::Array(images) => images.into_iter().for_each(|it| fold.unknown(TEXT, it)),
                other => fold.unknown(TEXT, other),
            }
        }
        if message.audio.is_some() && !std::mem::replace(&mut self.told_of_audio, true) {
            fold.warn(Warning::new(
                "audio_dropped",
                "the answer has audio, for which there is no place yet; it was left out",
            ));
        }
        let calls = message.tool_calls.unwrap_or_default();
        if calls.iter().any(ToolCall::is_signed)
            && !std::mem::replace(&mut self.told_of_signature, true)
        {
            fold.warn(Warning::new(
                "thought_signature_dropped",
                "a tool call came with a `thought_signature`, for which there is no place in this form yet; it was left out, and a model that wants it back may refuse the next turn",
            ));
        }
        Ok(calls)
    }

    /// Nothing more is said.
    pub(super) fn end(&mut self, fold: &mut Fold) -> Result<()> {
        self.splitter.end(|kind, text| tell(kind, text, fold));
        if !self.logprobs.is_empty() {
            let logprobs = std::mem::take(&mut self.logprobs);
            fold.metadata("logprobs", Value::Array(logprobs));
        }
        self.details.end(fold)
    }

    /// Says why the model stopped. A refusal is told as an ordinary stop.
    pub(super) fn stop(&self, raw: Text<'_>, fold: &mut Fold) {
        let reason = match finish_reason(&raw) {
            FinishReason::Stop if self.refused => FinishReason::ContentFilter,
            reason => reason,
        };
        fold.stop(reason, raw.into_string());
    }
}

fn tell(kind: Kind, text: &str, fold: &mut Fold) {
    match kind {
        Kind::Reasoning => fold.reasoning(REASONING, text),
        Kind::Text => fold.text(TEXT, text),
    }
}

/// A part of a list of content.
#[derive(Deserialize)]
struct ContentPart<'a> {
    #[serde(borrow, rename = "type", default)]
    kind: Text<'a>,
    #[serde(borrow)]
    text: Option<Text<'a>>,
    /// Mistral's reasoning models: a list of parts again.
    #[serde(borrow)]
    thinking: Option<&'a RawValue>,
}

/// Hands on the texts of a string or a list of parts. Reasoning among the parts is told as such if it may be there, and
/// what is not known is kept.
fn texts<'a>(
    raw: &'a RawValue,
    fold: &mut Fold,
    may_think: bool,
    hear: &mut dyn FnMut(Text<'a>, &mut Fold),
) -> Result<()> {
    if let Some(text) = string(raw)? {
        hear(text, fold);
        return Ok(());
    }
    let Ok(parts) = serde_json::from_str::<Vec<&RawValue>>(raw.get()) else {
        fold.unknown(TEXT, value(raw)?);
        return Ok(());
    };
    for raw in parts {
        match serde_json::from_str(raw.get()) {
            Ok(ContentPart {
                kind: Text(kind),
                text: Some(text),
                ..
            }) if kind == "text" => hear(text, fold),
            Ok(ContentPart {
                kind: Text(kind),
                thinking: Some(thinking),
                ..
            }) if may_think && kind == "thinking" => {
                texts(thinking, fold, false, &mut |text, fold| {
                    fold.reasoning(REASONING, text);
                })?;
            }
            _ => fold.unknown(TEXT, value(raw)?),
        }
    }
    Ok(())
}

/// The text, if this is a string.
fn string(raw: &RawValue) -> Result<Option<Text<'_>>> {
    if !raw.get().starts_with('"') {
        return Ok(None);
    }
    json::read(raw.get().as_bytes(), "a string of the answer").map(Some)
}

pub(super) fn value(raw: &RawValue) -> Result<Value> {
    json::read(raw.get().as_bytes(), "a member of the answer")
}

/// Source: OpenAI's API reference, `finish_reason`; Mistral's, which adds `model_length` and `error`.
fn finish_reason(raw: &str) -> FinishReason {
    match raw {
        "stop" => FinishReason::Stop,
        "length" => FinishReason::Length,
        "tool_calls" | "function_call" => FinishReason::ToolCalls,
        "content_filter" => FinishReason::ContentFilter,
        "model_length" => FinishReason::ContextWindow,
        "error" => FinishReason::Error,
        _ => FinishReason::Unknown,
    }
}

pub(super) fn warn_of_choices(fold: &mut Fold) {
    fold.warn(Warning::new(
        "choices_dropped",
        "the model gave several answers (`n`); only the first one is read",
    ));
}

impl Completion<'_> {
    /// The failure that it reports in place of an answer, or a piece of one. `json` is all of it.
    pub(super) fn failure(&self, json: &[u8]) -> Option<Error> {
        let of_groq = self.x_groq.as_ref().and_then(|it| it.error.as_ref());
        if let Some(error) = self.error.as_ref().or(of_groq) {
            return (!error.is_null()).then(|| failure(error));
        }
        if self.object.as_deref() == Some("error") {
            return serde_json::from_slice(json)
                .ok()
                .map(|all: Value| failure(&all));
        }
        None
    }

    /// Whether it has a piece of the answer.
    pub(super) fn has_delta(&self) -> bool {
        let mut choices = self.choices.iter().flatten();
        choices.any(|choice| choice.is_first() && choice.has_delta())
    }

    /// The counts, wherever they stand.
    pub(super) fn usage(&self) -> Option<Counts> {
        let of_groq = self.x_groq.as_ref().and_then(|it| it.usage);
        let mut choices = self.choices.iter().flatten();
        self.usage
            .or(of_groq)
            .or_else(|| choices.find_map(|choice| choice.usage))
    }

    /// The one text that is all that a chunk says, and what that is; `delta` as in [`Choice::open`].
    pub(super) fn lone_text(&self, delta: bool) -> Option<(Kind, &RawValue)> {
        let [choice] = self.choices.as_deref()? else {
            return None;
        };
        let goes_on = choice.finish_reason.as_deref().is_none_or(str::is_empty)
            && choice.stop_reason.is_none()
            && choice.logprobs.is_none();
        let message = choice.message.as_ref().filter(|_| !delta);
        let message = message.or(choice.delta.as_ref())?;
        let counts = self.usage().is_some();
        (choice.is_first() && goes_on && !counts).then(|| message.lone_text())?
    }
}
