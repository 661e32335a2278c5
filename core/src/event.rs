//! What happens while an answer arrives.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::{Response, Warning};

/// One event of a stream. In JSON an object with a `type`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// The provider has begun to answer.
    Start,
    /// A piece of text.
    Text(TextDelta),
    /// A piece of reasoning.
    Reasoning(ReasoningDelta),
    /// The model begins to ask for a tool.
    ToolCallStart(ToolCallStart),
    /// A piece of the arguments.
    ToolCallArguments(ToolCallArguments),
    /// A whole tool call.
    ToolCall(ToolCallEvent),
    /// Where the text of this block was taken from.
    Citation(CitationEvent),
    /// A block or delta of a kind that this version does not know.
    Unknown(UnknownEvent),
    /// Something was left out, replaced or guessed.
    Warning(Warning),
    /// The last event: the whole answer.
    Finish {
        /// The whole answer.
        response: Arc<Response>,
    },
}

/// A piece of text. Its `Display` is the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TextDelta {
    /// The block that it belongs to.
    pub index: u32,
    /// The text.
    pub text: String,
}

impl fmt::Display for TextDelta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A piece of reasoning: text, a signature, or something that only its maker can read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReasoningDelta {
    /// The block that it belongs to.
    pub index: u32,
    /// Words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The signature of the block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// A piece that only its maker can read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redacted: Option<String>,
}

/// The model begins to ask for a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ToolCallStart {
    /// The block.
    pub index: u32,
    /// The id that the result refers to.
    pub id: String,
    /// The tool's name.
    pub name: String,
}

/// A piece of a tool call's arguments: a fragment of JSON text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ToolCallArguments {
    /// The block.
    pub index: u32,
    /// The fragment.
    pub fragment: String,
}

/// A whole tool call.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ToolCallEvent {
    /// The block.
    pub index: u32,
    /// The id that the result refers to.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The arguments; see [`ToolCallPart::arguments`](crate::ToolCallPart::arguments).
    pub arguments: Value,
}

/// Where the text of a block was taken from: the piece that is named, else all of the block, whose end is not known
/// before it has come.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CitationEvent {
    /// The block.
    pub index: u32,
    /// Title of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The source itself, such as a URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The words of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where in the source, in the provider's own shape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Value>,
    /// Where the piece begins in the text of the block, in Unicode scalar values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<usize>,
    /// Where it ends (exclusive).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<usize>,
}

/// Something that this version does not know, as it came.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UnknownEvent {
    /// The block.
    pub index: u32,
    /// What came.
    pub raw: Value,
}
