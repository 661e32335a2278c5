//! The parts of a message.

mod wire;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::wire::{DocumentWire, MediaWire, ReasoningWire};
use crate::content::{self, Cache, Citation, Guard, Source, ToolContent};

/// One part of a message.
///
/// ```
/// use reqllm_core::Part;
///
/// let part: Part = serde_json::from_str(r#"{"type": "text", "text": "hi", "cache": true}"#)?;
/// assert!(part.cache().is_some());
/// assert_eq!(serde_json::to_string(&Part::text("hi"))?, r#"{"type":"text","text":"hi"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Part {
    /// Text; in answers with citations.
    Text(TextPart),
    /// A picture.
    Image(MediaPart),
    /// A document: PDF, office formats, Markdown, …
    Document(DocumentPart),
    /// A video.
    Video(MediaPart),
    /// A sound.
    Audio(MediaPart),
    /// What the model thought, as far as it tells. Sent back untouched.
    Reasoning(ReasoningPart),
    /// The model asks for a tool.
    ToolCall(ToolCallPart),
    /// What the tool gave.
    ToolResult(ToolResultPart),
    /// A kind that this version does not know, as it came.
    Unknown(UnknownPart),
}

impl Part {
    /// A text part.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(TextPart::new(text))
    }

    /// A picture.
    pub fn image(media_type: impl Into<String>, source: Source) -> Self {
        Self::Image(MediaPart::new(media_type, source))
    }

    /// A video.
    pub fn video(media_type: impl Into<String>, source: Source) -> Self {
        Self::Video(MediaPart::new(media_type, source))
    }

    /// A sound.
    pub fn audio(media_type: impl Into<String>, source: Source) -> Self {
        Self::Audio(MediaPart::new(media_type, source))
    }

    /// Puts a cache point after this part.
    #[must_use]
    pub fn cached(mut self, cache: Cache) -> Self {
        self.set_cache(Some(cache));
        self
    }

    /// Puts a cache point after this part, or takes it away.
    pub fn set_cache(&mut self, cache: Option<Cache>) {
        let place = match self {
            Self::Text(part) => &mut part.cache,
            Self::Image(part) | Self::Video(part) | Self::Audio(part) => &mut part.cache,
            Self::Document(part) => &mut part.cache,
            Self::Reasoning(part) => &mut part.cache,
            Self::ToolCall(part) => &mut part.cache,
            Self::ToolResult(part) => &mut part.cache,
            Self::Unknown(part) => &mut part.cache,
        };
        *place = cache;
    }

    /// Whether `name` is the `type` of a part in JSON.
    pub(crate) fn is_kind(name: &str) -> bool {
        matches!(
            name,
            "text"
                | "image"
                | "document"
                | "video"
                | "audio"
                | "reasoning"
                | "tool_call"
                | "tool_result"
                | "unknown"
        )
    }

    /// The name of the kind, as in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Document(_) => "document",
            Self::Video(_) => "video",
            Self::Audio(_) => "audio",
            Self::Reasoning(_) => "reasoning",
            Self::ToolCall(_) => "tool_call",
            Self::ToolResult(_) => "tool_result",
            Self::Unknown(_) => "unknown",
        }
    }

    /// The cache point after this part.
    pub fn cache(&self) -> Option<Cache> {
        match self {
            Self::Text(part) => part.cache,
            Self::Image(part) | Self::Video(part) | Self::Audio(part) => part.cache,
            Self::Document(part) => part.cache,
            Self::Reasoning(part) => part.cache,
            Self::ToolCall(part) => part.cache,
            Self::ToolResult(part) => part.cache,
            Self::Unknown(part) => part.cache,
        }
    }

    /// The guard on this part.
    pub fn guard(&self) -> Option<&Guard> {
        match self {
            Self::Text(part) => part.guard.as_ref(),
            Self::Image(part) | Self::Video(part) | Self::Audio(part) => part.guard.as_ref(),
            Self::Document(part) => part.guard.as_ref(),
            Self::Reasoning(part) => part.guard.as_ref(),
            Self::ToolCall(part) => part.guard.as_ref(),
            Self::ToolResult(part) => part.guard.as_ref(),
            Self::Unknown(part) => part.guard.as_ref(),
        }
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

macro_rules! part {
    ($($name:ident => $variant:ident),* $(,)?) => {$(
        impl From<$name> for Part {
            fn from(part: $name) -> Self {
                Self::$variant(part)
            }
        }
    )*};
}
part! {
    TextPart => Text,
    DocumentPart => Document,
    ReasoningPart => Reasoning,
    ToolCallPart => ToolCall,
    ToolResultPart => ToolResult,
}

/// Text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TextPart {
    /// The text.
    pub text: String,
    /// Where pieces of it were taken from. Only answers have them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Citation>,
    /// What the model says of it, in its own word: `commentary` before it goes on, or `final_answer`. Only answers of some
    /// models have it, and want it back with the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// A cache point after this part.
    #[serde(
        default,
        deserialize_with = "content::cache",
        skip_serializing_if = "Option::is_none"
    )]
    pub cache: Option<Cache>,
    /// Marks this part for the guardrail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<Guard>,
}

impl TextPart {
    /// Plain text.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }
}

/// An image, a video or a sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "MediaWire", into = "MediaWire")]
#[non_exhaustive]
pub struct MediaPart {
    /// The media type, such as `image/png`.
    pub media_type: String,
    /// The bytes, or where they are.
    pub source: Source,
    /// A cache point after this part.
    pub cache: Option<Cache>,
    /// Marks this part for the guardrail.
    pub guard: Option<Guard>,
}

impl MediaPart {
    /// Media of this type at this source.
    pub fn new(media_type: impl Into<String>, source: Source) -> Self {
        Self {
            media_type: media_type.into(),
            source,
            cache: None,
            guard: None,
        }
    }
}

/// A document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "DocumentWire", into = "DocumentWire")]
#[non_exhaustive]
pub struct DocumentPart {
    /// The media type, such as `application/pdf`.
    pub media_type: String,
    /// The bytes, or where they are.
    pub source: Source,
    /// The name by which the model may speak of it. Models read it: keep it neutral.
    pub name: Option<String>,
    /// What the document is about, for the model.
    pub context: Option<String>,
    /// Whether the answer should cite it.
    pub citations: bool,
    /// A cache point after this part.
    pub cache: Option<Cache>,
    /// Marks this part for the guardrail.
    pub guard: Option<Guard>,
}

impl DocumentPart {
    /// A document of this type at this source.
    pub fn new(media_type: impl Into<String>, source: Source) -> Self {
        Self {
            media_type: media_type.into(),
            source,
            name: None,
            context: None,
            citations: false,
            cache: None,
            guard: None,
        }
    }
}

/// What the model thought.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, into = "ReasoningWire")]
#[non_exhaustive]
pub struct ReasoningPart {
    /// The thought in words; may be empty where the provider keeps it back.
    #[serde(default)]
    pub text: String,
    /// The provider's signature, without which it does not take the thought back.
    #[serde(default)]
    pub signature: Option<String>,
    /// The thought in a form that only its maker can read.
    #[serde(default)]
    pub redacted: Option<String>,
    /// A cache point after this part.
    #[serde(default, deserialize_with = "content::cache")]
    pub cache: Option<Cache>,
    /// Marks this part for the guardrail.
    #[serde(default)]
    pub guard: Option<Guard>,
}

/// The model asks for a tool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ToolCallPart {
    /// The id that the result refers to.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The arguments: an object. If what the model wrote is no JSON object, this is that text as a
    /// string, and the response carries a warning; it is never replaced by an empty object.
    pub arguments: Value,
    /// A cache point after this part.
    #[serde(
        default,
        deserialize_with = "content::cache",
        skip_serializing_if = "Option::is_none"
    )]
    pub cache: Option<Cache>,
    /// Marks this part for the guardrail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<Guard>,
}

impl ToolCallPart {
    /// A call of tool `name`.
    pub fn new(id: impl Into<String>, name: impl Into<String>, arguments: Value) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            arguments,
            ..Self::default()
        }
    }
}

/// What the tool gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ToolResultPart {
    /// The id of the call.
    pub id: String,
    /// The tool's name, for providers that ask for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it gave.
    pub content: ToolContent,
    /// Whether it failed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_error: bool,
    /// A cache point after this part.
    #[serde(
        default,
        deserialize_with = "content::cache",
        skip_serializing_if = "Option::is_none"
    )]
    pub cache: Option<Cache>,
    /// Marks this part for the guardrail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<Guard>,
}

impl ToolResultPart {
    /// The result of call `id`.
    pub fn new(id: impl Into<String>, content: impl Into<ToolContent>) -> Self {
        Self {
            id: id.into(),
            name: None,
            content: content.into(),
            is_error: false,
            cache: None,
            guard: None,
        }
    }

    /// Says that the tool failed.
    #[must_use]
    pub fn failed(mut self) -> Self {
        self.is_error = true;
        self
    }
}

/// A block of a kind that this version does not know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct UnknownPart {
    /// The block as it came.
    pub raw: Value,
    /// A cache point after this part.
    #[serde(
        default,
        deserialize_with = "content::cache",
        skip_serializing_if = "Option::is_none"
    )]
    pub cache: Option<Cache>,
    /// Marks this part for the guardrail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<Guard>,
}

impl UnknownPart {
    /// Keeps a block as it came.
    pub fn new(raw: Value) -> Self {
        Self {
            raw,
            cache: None,
            guard: None,
        }
    }
}
