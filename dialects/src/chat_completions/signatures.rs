//! Signatures of thoughts that stand beside what they led to: on a tool call, or on the message.
//!
//! Gemini gives them so, and wants those of tool calls back where they stood. A signature is kept as a thought without words,
//! in front of the call that it belongs to, under the [mark](crate::mark) of whoever gave it; the name that the mark has for
//! it says where it stood.
//!
//! Sources: Google's guide "Thought signatures", its part on OpenAI's form: `extra_content.google.thought_signature`, on the
//! first of parallel calls alone; Vertex's door says `vertex` there; LiteLLM's `provider_specific_fields` has the same.

use reqllm_core::ReasoningPart;
use serde::{Deserialize, Serialize};

use super::wire::ToolCall;
use crate::json::{self, Text};
use crate::mark::{self, Maker};

/// The member beside a tool call or a message in which Google's own doors put it.
#[derive(Default, Deserialize)]
pub(super) struct ExtraContent<'a> {
    #[serde(borrow, default, deserialize_with = "json::if_fits")]
    google: Option<Holder<'a>>,
    #[serde(borrow, default, deserialize_with = "json::if_fits")]
    vertex: Option<Holder<'a>>,
}

/// What it is a member of.
#[derive(Deserialize)]
pub(super) struct Holder<'a> {
    #[serde(borrow, default, deserialize_with = "json::word")]
    thought_signature: Option<Text<'a>>,
}

/// What a signature belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Call,
    Message,
}

/// Where it stands beside its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seat {
    Google,
    Vertex,
    Fields,
}

/// What the mark calls a signature, by its owner and its seat. Marks are kept with conversations: the names stay as they are.
const NAMES: [(&str, Owner, Seat); 5] = [
    ("call.google", Owner::Call, Seat::Google),
    ("call.vertex", Owner::Call, Seat::Vertex),
    ("call.fields", Owner::Call, Seat::Fields),
    ("message.google", Owner::Message, Seat::Google),
    ("message.vertex", Owner::Message, Seat::Vertex),
];

/// A signature, and where it goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signature<'a> {
    pub(super) owner: Owner,
    seat: Seat,
    seal: &'a str,
}

impl<'a> Signature<'a> {
    /// The one that a tool call came with.
    pub(super) fn of_call(call: &'a ToolCall<'_>) -> Option<Self> {
        let fields = call.provider_specific_fields.as_ref();
        Self::beside(Owner::Call, call.extra_content.as_ref())
            .or_else(|| Self::in_holder(Owner::Call, Seat::Fields, fields))
    }

    /// The one in a member `extra_content`.
    pub(super) fn beside(owner: Owner, extra: Option<&'a ExtraContent<'_>>) -> Option<Self> {
        let extra = extra?;
        Self::in_holder(owner, Seat::Google, extra.google.as_ref())
            .or_else(|| Self::in_holder(owner, Seat::Vertex, extra.vertex.as_ref()))
    }

    fn in_holder(owner: Owner, seat: Seat, holder: Option<&'a Holder<'_>>) -> Option<Self> {
        let seal = holder?.thought_signature.as_deref()?;
        (!seal.is_empty()).then_some(Self { owner, seat, seal })
    }

    /// The one that `maker` has given, if a thought is that.
    pub(super) fn of_thought(maker: Maker, thought: &'a ReasoningPart) -> Option<Self> {
        let (name, seal) = mark::of(maker, thought.signature.as_deref()?)?;
        let (_, owner, seat) = *NAMES.iter().find(|(known, ..)| *known == name)?;
        Some(Self { owner, seat, seal })
    }

    /// A word in place of one, on a tool call of Google's own form.
    pub(super) fn waived(word: &'static str) -> Self {
        Self {
            owner: Owner::Call,
            seat: Seat::Google,
            seal: word,
        }
    }

    /// As a conversation keeps it.
    pub(super) fn marked(self, maker: Maker) -> String {
        let fits = |name: &&(&str, Owner, Seat)| (name.1, name.2) == (self.owner, self.seat);
        let name = NAMES.iter().find(fits).map_or("", |(name, ..)| name);
        mark::put(maker, name, self.seal)
    }
}

/// The members beside a tool call or a message that goes back.
#[derive(Debug, Default, Serialize)]
pub(super) struct Beside<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) extra_content: Option<Extra<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) provider_specific_fields: Option<Held<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Extra<'a> {
    Google(Held<'a>),
    Vertex(Held<'a>),
}

#[derive(Debug, Serialize)]
pub(super) struct Held<'a> {
    thought_signature: &'a str,
}

impl<'a> From<Signature<'a>> for Beside<'a> {
    fn from(signature: Signature<'a>) -> Self {
        let held = Held {
            thought_signature: signature.seal,
        };
        let (extra_content, provider_specific_fields) = match signature.seat {
            Seat::Google => (Some(Extra::Google(held)), None),
            Seat::Vertex => (Some(Extra::Vertex(held)), None),
            Seat::Fields => (None, Some(held)),
        };
        Self {
            extra_content,
            provider_specific_fields,
        }
    }
}

/// The signatures of one message of the assistant, while it is written.
#[derive(Default)]
pub(super) struct Signatures<'a> {
    /// Of the call that comes next.
    next: Option<Signature<'a>>,
    message: Option<Signature<'a>>,
    /// How many had no place.
    pub(super) lost: usize,
}

impl<'a> Signatures<'a> {
    pub(super) fn take(&mut self, signature: Signature<'a>) {
        let place = match signature.owner {
            Owner::Call => &mut self.next,
            Owner::Message => &mut self.message,
        };
        self.lost += usize::from(place.replace(signature).is_some());
    }

    /// The one of a call that comes now.
    pub(super) fn of_call(&mut self) -> Option<Signature<'a>> {
        self.next.take()
    }

    /// The one of the message, of which nothing more comes.
    pub(super) fn of_message(&mut self) -> Option<Signature<'a>> {
        self.lost += usize::from(self.next.take().is_some());
        self.message.take()
    }
}
