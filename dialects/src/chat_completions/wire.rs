//! What is on the wire of an answer.

use reqllm_core::{Error, Fold, Result};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::error::failure;
use super::facts::Counts;
use super::inline::Kind;
use super::signatures::{ExtraContent, Holder, Owner, Signature};
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
    pub(super) logprobs: Option<&'a RawValue>,
    /// Moonshot counts here.
    #[serde(default, deserialize_with = "json::if_fits")]
    usage: Option<Counts>,
    /// What went wrong at whom the gateway asked. Source: OpenRouter's API reference, "Completions response format".
    error: Option<Value>,
}

/// How a choice ends.
pub(super) enum End<'a> {
    /// It goes on.
    Open,
    /// The model stopped, for this reason.
    Stop(Text<'a>),
    /// It failed.
    Failure(Error),
}

#[derive(Default, Deserialize)]
pub(super) struct Message<'a> {
    /// A string, or a list of parts; null where there is nothing but tool calls. That it is there at all tells an answer
    /// that says nothing from one that is none.
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) content: Option<&'a RawValue>,
    /// The names under which servers give reasoning that they have taken out of the content themselves.
    #[serde(borrow)]
    pub(super) reasoning_content: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) reasoning: Option<&'a RawValue>,
    /// OpenRouter's list of what was thought, in which it has to go back.
    #[serde(borrow)]
    pub(super) reasoning_details: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) annotations: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) images: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) audio: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) refusal: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) tool_calls: Option<Vec<ToolCall<'a>>>,
    /// The one call, before there were several. Source: OpenAI's API reference, which calls it deprecated.
    #[serde(borrow)]
    pub(super) function_call: Option<Function<'a>>,
    #[serde(borrow, default, deserialize_with = "json::if_fits")]
    pub(super) extra_content: Option<ExtraContent<'a>>,
}

/// A member that is there, null or not.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

impl Message<'_> {
    pub(super) fn is_one(&self) -> bool {
        let reasons = self.reasoning_content.is_some() || self.reasoning.is_some();
        let calls = self.tool_calls.is_some() || self.function_call.is_some();
        let media = self.audio.is_some() || self.images.is_some();
        self.content.is_some() || reasons || calls || media || self.refusal.is_some()
    }

    /// The signature that stands beside its text.
    pub(super) fn signature(&self) -> Option<Signature<'_>> {
        Signature::beside(Owner::Message, self.extra_content.as_ref())
    }

    /// The one text that is all it says, and what that is.
    fn lone_text(&self) -> Option<(Kind, &RawValue)> {
        let nothing_else = self.refusal.is_none()
            && self.tool_calls.is_none()
            && self.function_call.is_none()
            && self.reasoning_details.is_none()
            && self.annotations.is_none()
            && self.images.is_none()
            && self.audio.is_none()
            && self.signature().is_none();
        let content = self.content.filter(|raw| raw.get() != "null");
        let text = match (content, self.reasoning_content, self.reasoning) {
            (Some(text), None, None) => (Kind::Text, text),
            (None, Some(text), None) | (None, None, Some(text)) => (Kind::Reasoning, text),
            _ => return None,
        };
        (nothing_else && text.1.get().starts_with('"')).then_some(text)
    }
}

/// The tool calls of a message, or pieces of them. Who gives both members says the same in each.
pub(super) fn calls<'a>(
    calls: Option<Vec<ToolCall<'a>>>,
    lone: Option<Function<'a>>,
) -> Vec<ToolCall<'a>> {
    let calls = calls.unwrap_or_default();
    match lone.filter(|it| calls.is_empty() && it.says_something()) {
        Some(function) => vec![ToolCall {
            function: Some(function),
            ..ToolCall::default()
        }],
        None => calls,
    }
}

#[derive(Default, Deserialize)]
pub(super) struct ToolCall<'a> {
    #[serde(default, deserialize_with = "json::count")]
    pub(super) index: Option<u64>,
    #[serde(borrow, default, deserialize_with = "json::word")]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) function: Option<Function<'a>>,
    #[serde(borrow, default, deserialize_with = "json::if_fits")]
    pub(super) extra_content: Option<ExtraContent<'a>>,
    #[serde(borrow, default, deserialize_with = "json::if_fits")]
    pub(super) provider_specific_fields: Option<Holder<'a>>,
}

#[derive(Default, Deserialize)]
pub(super) struct Function<'a> {
    #[serde(borrow)]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

impl<'a> Function<'a> {
    fn says_something(&self) -> bool {
        self.name.is_some() || self.arguments.is_some()
    }

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

impl<'a> Choice<'a> {
    /// Whether it is the first of several answers; the others are not for us.
    pub(super) fn is_first(&self) -> bool {
        self.index == 0
    }

    /// Whether it says something bit by bit.
    pub(super) fn has_delta(&self) -> bool {
        self.delta.as_ref().is_some_and(Message::is_one)
    }

    /// What is said, and how it ends. `delta` says that a stream says it bit by bit: then a message repeats it.
    pub(super) fn open(self, delta: bool, fold: &mut Fold) -> Result<(Message<'a>, End<'a>)> {
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
        let end = match (self.error, stop) {
            (Some(error), _) => End::Failure(failure(&error)),
            // OpenRouter's and Mistral's word for it, where they say no more.
            (None, Some(reason)) if &*reason == "error" => End::Failure(failure(&Value::Null)),
            (None, Some(reason)) => End::Stop(reason),
            (None, None) => End::Open,
        };
        let message = self.message.filter(|_| !delta);
        Ok((message.or(self.delta).unwrap_or_default(), end))
    }
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
            && choice.error.is_none()
            && choice.logprobs.is_none();
        let message = choice.message.as_ref().filter(|_| !delta);
        let message = message.or(choice.delta.as_ref())?;
        let counts = self.usage().is_some();
        (choice.is_first() && goes_on && !counts).then(|| message.lone_text())?
    }
}

/// The text, if this is a string.
pub(super) fn string(raw: &RawValue) -> Result<Option<Text<'_>>> {
    if !raw.get().starts_with('"') {
        return Ok(None);
    }
    json::read(raw.get().as_bytes(), "a string of the answer").map(Some)
}

pub(super) fn value(raw: &RawValue) -> Result<Value> {
    json::read(raw.get().as_bytes(), "a member of the answer")
}
