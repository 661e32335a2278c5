//! What a row of the table says.

use reqllm_dialects::chat_completions::{Quirks, StrictObject, Thoughts};
use reqllm_dialects::mark::Maker;
use reqllm_dialects::profile::{
    CachePlaces, Kinds, Profile, ReasoningField, ReasoningSwitch, Replay, Setting, ToolChoices,
    ToolIds,
};

use crate::route::Api;

/// What one server does in its own way, with all of its models or some.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// The ids of the providers that it is about; none if it is about all that have no row.
    pub(crate) providers: &'static [&'static str],
    /// What the models' ids begin with, in small letters and without the vendor's name in front; all if there is none.
    pub(crate) models: &'static [&'static str],
    /// What the codec writes.
    pub(crate) quirks: Quirks,
    /// What is mended before.
    pub(crate) profile: Profile,
    /// In which form an object is asked for.
    pub(crate) objects: Objects,
    /// What may stand beside an object that is asked for by its schema.
    pub(crate) schema_beside: SchemaBeside,
    /// When a model may be made to call a tool.
    pub(crate) forced: Forced,
    /// Members that every body has.
    pub(crate) always: &'static [(&'static str, Setting)],
    /// Options of ours that it refuses.
    pub(crate) refuses: &'static [&'static str],
    /// How the key is sent.
    pub(crate) key: Key,
    /// Which API it is best asked by.
    pub(crate) api: Api,
    /// How it makes embeddings.
    pub(crate) embeds: Embeds,
}

/// In which form an object is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Objects {
    /// `response_format` of type `json_schema`.
    Schema,
    /// The same where the registry says that the model can do that; else as [`Objects::Mode`].
    SchemaIfKnown,
    /// By a tool or in words; where it is in words, `response_format` of type `json_object` stands beside them.
    Mode,
}

/// What may stand beside an object that is asked for by its schema. Where it may not, the object is asked for as by
/// [`Objects::Mode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SchemaBeside {
    /// Tools of the caller's.
    pub(crate) tools: bool,
    /// A stream.
    pub(crate) stream: bool,
}

/// When a model may be made to call a tool, as far as its profile lets it be made to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forced {
    /// Always.
    Always,
    /// Not if it is asked to think.
    UnlessAskedToThink,
    /// Only if it is told not to think, which it does by itself.
    OnlyToldNotToThink,
}

/// How the key is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// `authorization: Bearer …`.
    Bearer,
    /// The same, if there is one.
    Optional,
    /// Alone, in this header.
    Header(&'static str),
}

/// How a server makes embeddings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Embeds {
    /// The most inputs of one request.
    pub(crate) most: usize,
    /// Whether vectors may come as base64 of their numbers, which is a quarter of the text.
    pub(crate) base64: bool,
    /// Whether `dimensions` may be asked for.
    pub(crate) dimensions: bool,
    /// The member that says what they are for, and its words for documents and queries.
    pub(crate) purpose: Option<(&'static str, &'static str, &'static str)>,
    /// The member that says what happens to an input that is too long, if there is one.
    pub(crate) truncate: Option<&'static str>,
}

impl Embeds {
    /// As OpenAI does. Source: its API reference, "Create embeddings": 2048 inputs, `dimensions`, `encoding_format`.
    pub(crate) const OPENAI: Self = Self {
        most: 2048,
        base64: true,
        dimensions: true,
        purpose: None,
        truncate: None,
    };
    /// What every server has, in requests of a size that small ones take.
    pub(crate) const PLAIN: Self = Self {
        most: 96,
        base64: false,
        ..Self::OPENAI
    };
}

/// Whose mark is on signatures that some server has passed on. Which one it was, [`Place::maker`](crate::place::Place::maker)
/// says.
pub(crate) const SIGNER: Maker = Maker::new("signed");

impl Row {
    /// A server of which nothing more is known than that it speaks the form. Most run vLLM, or do as OpenAI does; members
    /// that they do not know are passed over by most. So what the caller asks for in so many words is sent.
    pub(crate) const COMPATIBLE: Self = Self {
        providers: &[],
        models: &[],
        quirks: Quirks {
            name: "the server",
            stop: true,
            seed: true,
            images: true,
            urls: true,
            one_tool: true,
            strict_tools: true,
            // Gateways pass schemas on to OpenAI, whose guide "Structured model outputs" wants all members of a strict one to be
            // required.
            strict_object: StrictObject::IfAllRequired,
            null_content: true,
            stream_usage: true,
            envelope: true,
            // Gateways pass on what Gemini signs its tool calls with, and Gemini refuses them without. No other server has any.
            thoughts: Thoughts::Signatures {
                maker: SIGNER,
                waiver: None,
            },
            ..Quirks::BASE
        },
        profile: Profile {
            leading_assistant: true,
            tool_choices: ToolChoices::ALL,
            strict_tools: true,
            // OpenAI's guide "Structured model outputs", "Supported properties": bounds of numbers and arrays are checked. Grammars
            // of other servers pass over what they cannot check.
            unchecked: &[],
            tool_ids: ToolIds::Forty,
            takes: Kinds {
                text: true,
                ..Kinds::ALL
            },
            citations: false,
            inside_tool_result: Kinds {
                text: true,
                ..Kinds::NONE
            },
            reasoning: ReasoningField::Switch(ReasoningSwitch::word(
                &["reasoning_effort"],
                &["low", "medium", "high"],
            )),
            replay: Replay::Marked(SIGNER),
            // Who caches by himself needs no points: the codec tells of those that it leaves out.
            cache: CachePlaces::ALL,
            ..Profile::CAUTIOUS
        },
        objects: Objects::SchemaIfKnown,
        schema_beside: SchemaBeside {
            tools: true,
            stream: true,
        },
        forced: Forced::Always,
        always: &[],
        refuses: &[],
        key: Key::Bearer,
        api: Api::Chat,
        embeds: Embeds::PLAIN,
    };
}
