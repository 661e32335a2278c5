//! A whole answer, and what it shares with a chunk of a stream.

use reqllm_core::{Error, FinishReason, Fold, Result, Usage, Warning};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::error::failure;
use super::inline::{Kind, Splitter};
use super::{FIRST_TOOL_CALL, Quirks, REASONING, TEXT};
use crate::json::{self, Text};

/// An answer, or a chunk of one; a stream gives its messages bit by bit.
#[derive(Deserialize)]
pub(super) struct Completion<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) choices: Option<Vec<Choice<'a>>>,
    pub(super) usage: Option<Counts>,
    error: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct Choice<'a> {
    #[serde(default)]
    index: u32,
    #[serde(borrow)]
    message: Option<Message<'a>>,
    /// Streams have this one; Mistral's on Bedrock may have the other.
    #[serde(borrow)]
    delta: Option<Message<'a>>,
    #[serde(borrow)]
    finish_reason: Option<Text<'a>>,
    /// Mistral's name for it on Bedrock.
    #[serde(borrow)]
    stop_reason: Option<&'a RawValue>,
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
        self.content.is_some() || reasons || calls || self.refusal.is_some()
    }
}

#[derive(Deserialize)]
pub(super) struct ToolCall<'a> {
    pub(super) index: Option<u32>,
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) function: Option<Function<'a>>,
}

#[derive(Default, Deserialize)]
pub(super) struct Function<'a> {
    #[serde(borrow)]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
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

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct Counts {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct PromptDetails {
    cached_tokens: Option<u64>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct CompletionDetails {
    reasoning_tokens: Option<u64>,
}

impl Counts {
    /// `prompt_tokens` counts those read from a cache, too; ours does not.
    pub(super) fn usage(self) -> Usage {
        let cached = self.prompt_tokens_details.and_then(|it| it.cached_tokens);
        let mut usage = Usage::default();
        usage.input_tokens = self
            .prompt_tokens
            .map(|all| all.saturating_sub(cached.unwrap_or(0)));
        usage.output_tokens = self.completion_tokens;
        usage.cache_read_tokens = cached;
        usage.reasoning_tokens = self
            .completion_tokens_details
            .and_then(|it| it.reasoning_tokens);
        usage
    }
}

/// Reads a whole answer.
pub fn read(quirks: &Quirks, body: &[u8], fold: &mut Fold) -> Result<()> {
    let what = format!("{}'s answer", quirks.name);
    let completion: Completion<'_> = json::read(body, &what)?;
    if let Some(error) = completion.error.filter(|error| !error.is_null()) {
        return Err(failure(&error));
    }
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
        let (message, stop) = choice.open(fold)?;
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
        speech.end(fold);
        if let Some(raw) = stop {
            speech.stop(raw, fold);
        }
    }
    if choices.next().is_some() {
        warn_of_choices(fold);
    }
    if let Some(counts) = completion.usage {
        fold.usage(counts.usage());
    }
    Ok(())
}

impl<'a> Choice<'a> {
    /// Whether it is the first of several answers; the others are not for us.
    pub(super) fn is_first(&self) -> bool {
        self.index == 0
    }

    /// What is said, and the reason to stop if it is there.
    pub(super) fn open(self, fold: &mut Fold) -> Result<(Message<'a>, Option<Text<'a>>)> {
        // Servers that have `stop_reason` beside `finish_reason` put the stop sequence or token into it.
        let stop = match (self.finish_reason, self.stop_reason) {
            (Some(reason), Some(sequence)) => {
                fold.metadata("stop_sequence", value(sequence)?);
                Some(reason)
            }
            (Some(reason), None) => Some(reason),
            (None, Some(raw)) => string(raw)?,
            (None, None) => None,
        };
        Ok((self.message.or(self.delta).unwrap_or_default(), stop))
    }
}

/// Hears what an answer says, and tells the fold.
#[derive(Debug)]
pub(super) struct Speech {
    splitter: Splitter,
    refused: bool,
}

impl Speech {
    pub(super) fn new(quirks: &Quirks) -> Self {
        Self {
            splitter: Splitter::new(quirks.reasoning),
            refused: false,
        }
    }

    /// Takes a message, or a bit of one, and gives back its tool calls.
    pub(super) fn hear<'a>(
        &mut self,
        message: Message<'a>,
        fold: &mut Fold,
    ) -> Result<Vec<ToolCall<'a>>> {
        // Where a server gives both names, they say the same.
        if let Some(raw) = message.reasoning_content.or(message.reasoning) {
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
        Ok(message.tool_calls.unwrap_or_default())
    }

    /// Nothing more is said.
    pub(super) fn end(&mut self, fold: &mut Fold) {
        self.splitter.end(|kind, text| tell(kind, text, fold));
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

fn value(raw: &RawValue) -> Result<Value> {
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
    /// The failure that this chunk reports in place of a piece of the answer.
    pub(super) fn failure(&self) -> Option<Error> {
        self.error
            .as_ref()
            .filter(|error| !error.is_null())
            .map(failure)
    }
}
