//! A whole answer, and how it is heard as a chunk of a stream is.

use reqllm_core::{Error, FinishReason, Fold, Result, Warning};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::facts::{self, Details, Facts};
use super::inline::{Kind, Splitter};
use super::signatures::Signature;
use super::wire::{Choice, Completion, End, Message, ToolCall, calls, string, value};
use super::{FIRST_TOOL_CALL, Quirks, REASONING, TEXT, Thoughts};
use crate::json::{self, Text};
use crate::mark::Maker;

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
    if choices.is_empty() {
        if let Some(counts) = usage {
            counts.tell(quirks, fold);
        }
        return Err(Error::decode(format!(
            "{what} has no choice, and so says nothing"
        )));
    }
    let mut choices = choices.into_iter();
    if let Some(choice) = choices.next() {
        let mut speech = Speech::new(quirks);
        speech.hear_logprobs(&choice, fold)?;
        let (message, end) = choice.open(false, fold)?;
        if !message.is_one() && !matches!(end, End::Failure(_)) {
            let error = Error::decode(format!("{what} has no message that says anything"));
            return Err(error);
        }
        let calls = speech.hear(message, fold)?;
        for (index, call) in (FIRST_TOOL_CALL..).zip(calls) {
            if let Some(seal) = speech.seal(&call, fold) {
                fold.signature(index, seal);
            }
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
        match end {
            End::Open => {}
            End::Stop(raw) => speech.stop(raw, fold),
            End::Failure(error) => {
                if let Some(counts) = usage {
                    counts.tell(quirks, fold);
                }
                return Err(error);
            }
        }
    }
    if choices.next().is_some() {
        warn_of_choices(fold);
    }
    if let Some(counts) = usage {
        counts.tell(quirks, fold);
    }
    Ok(())
}

/// Hears what an answer says, and tells the fold.
#[derive(Debug)]
pub(super) struct Speech {
    splitter: Splitter,
    refused: bool,
    details: Details,
    logprobs: Vec<Value>,
    /// Who gets signatures back, if anybody.
    signer: Option<Maker>,
    /// What the message came signed with.
    signature: Option<String>,
    called: bool,
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
            signer: match quirks.thoughts {
                Thoughts::Signatures { maker, .. } => Some(maker),
                _ => None,
            },
            signature: None,
            called: false,
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
        self.sign_message(message.signature(), fold);
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
        let calls = calls(message.tool_calls, message.function_call);
        self.called |= !calls.is_empty();
        Ok(calls)
    }

    /// What a tool call came signed with, as a conversation keeps it.
    pub(super) fn seal(&mut self, call: &ToolCall<'_>, fold: &mut Fold) -> Option<String> {
        let signature = Signature::of_call(call)?;
        let seal = self.signer.map(|maker| signature.marked(maker));
        if seal.is_none() {
            self.tell_of_signature(fold);
        }
        seal
    }

    /// The last signature of a message is that of all of it. It is told behind the words, which may still come.
    fn sign_message(&mut self, signature: Option<Signature<'_>>, fold: &mut Fold) {
        let (Some(signature), Some(maker)) = (signature, self.signer) else {
            return;
        };
        let signature = signature.marked(maker);
        fold.hold(signature.len());
        let before = self.signature.replace(signature);
        if before.is_some_and(|before| self.signature.as_ref() != Some(&before)) {
            self.tell_of_signature(fold);
        }
    }

    /// Says that a signature has no place.
    pub(super) fn tell_of_signature(&mut self, fold: &mut Fold) {
        if !std::mem::replace(&mut self.told_of_signature, true) {
            fold.warn(Warning::new(
                "thought_signature_dropped",
                "the answer came with a `thought_signature` for which there is no place here; it was left out, and a model that wants it back may refuse the next turn",
            ));
        }
    }

    /// Nothing more is said.
    pub(super) fn end(&mut self, fold: &mut Fold) -> Result<()> {
        self.splitter.end(|kind, text| tell(kind, text, fold));
        if !self.logprobs.is_empty() {
            let logprobs = std::mem::take(&mut self.logprobs);
            fold.metadata("logprobs", Value::Array(logprobs));
        }
        if let Some(signature) = self.signature.take() {
            fold.signature(REASONING, signature);
        }
        self.details.end(fold)
    }

    /// Says why the model stopped. A refusal is told as an ordinary stop, and so are tool calls by some: by OpenAI where the
    /// call was forced, by Gemini's door in streams.
    pub(super) fn stop(&self, raw: Text<'_>, fold: &mut Fold) {
        let reason = match finish_reason(&raw) {
            FinishReason::Stop if self.refused => FinishReason::ContentFilter,
            FinishReason::Stop if self.called => FinishReason::ToolCalls,
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
        // The first chunk of a stream mostly has an empty text beside the role: nothing has been said yet.
        if !text.is_empty() {
            hear(text, fold);
        }
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

/// Source: OpenAI's API reference, `finish_reason`; Mistral's, which adds `model_length`, and `error`, which is a
/// [failure](End::Failure).
fn finish_reason(raw: &str) -> FinishReason {
    match raw {
        "stop" => FinishReason::Stop,
        "length" => FinishReason::Length,
        "tool_calls" | "function_call" => FinishReason::ToolCalls,
        "content_filter" => FinishReason::ContentFilter,
        "model_length" => FinishReason::ContextWindow,
        _ => FinishReason::Unknown,
    }
}

pub(super) fn warn_of_choices(fold: &mut Fold) {
    fold.warn(Warning::new(
        "choices_dropped",
        "the model gave several answers (`n`); only the first one is read",
    ));
}
