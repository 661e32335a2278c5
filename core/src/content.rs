//! What parts are made of: sources of media, cache points, guards, citations, tool results.

use bytes::Bytes;
use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Part;

/// Where the bytes of an attachment are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// Here.
    Data(Bytes),
    /// At a URL: `https:`, `s3://` or `data:`. Which of them a provider takes, its documentation says.
    Url(String),
}

/// A point up to which the provider may cache the prompt; it stands after the part that carries it.
///
/// In JSON `true`, or `{"ttl": "5m"}`, or `{"ttl": "1h"}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cache {
    /// How long the prefix should live; the provider's default if absent.
    pub ttl: Option<Ttl>,
}

impl Cache {
    /// A cache point that lives as long as the provider's default says.
    pub fn new() -> Self {
        Self::default()
    }

    /// A cache point that lives this long.
    pub fn with_ttl(ttl: Ttl) -> Self {
        Self { ttl: Some(ttl) }
    }
}

/// How long a cached prefix lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Ttl {
    /// Five minutes.
    #[serde(rename = "5m")]
    FiveMinutes,
    /// One hour.
    #[serde(rename = "1h")]
    OneHour,
}

impl Ttl {
    /// `5m` or `1h`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FiveMinutes => "5m",
            Self::OneHour => "1h",
        }
    }
}

impl Serialize for Cache {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.ttl {
            None => serializer.serialize_bool(true),
            Some(ttl) => CacheObject { ttl }.serialize(serializer),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CacheObject {
    ttl: Ttl,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "`cache` must be true, false, {\"ttl\": \"5m\"} or {\"ttl\": \"1h\"}"
)]
enum CacheForm {
    Flag(bool),
    Object(CacheObject),
}

/// `#[serde(deserialize_with = "content::cache")]`: `false` is the same as nothing.
pub(crate) fn cache<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cache>, D::Error> {
    Ok(match Option::<CacheForm>::deserialize(deserializer)? {
        None | Some(CacheForm::Flag(false)) => None,
        Some(CacheForm::Flag(true)) => Some(Cache::new()),
        Some(CacheForm::Object(object)) => Some(Cache::with_ttl(object.ttl)),
    })
}

/// Marks a part for the provider's guardrail to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Guard {
    /// What the part is to the guardrail: on Bedrock `grounding_source`, `query`, `guard_content`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub qualifiers: Vec<String>,
}

impl Guard {
    /// A guard without qualifiers.
    pub fn new() -> Self {
        Self::default()
    }

    /// A guard with these qualifiers.
    pub fn with_qualifiers<S: Into<String>>(qualifiers: impl IntoIterator<Item = S>) -> Self {
        Self {
            qualifiers: qualifiers.into_iter().map(Into::into).collect(),
        }
    }
}

/// Where a piece of an answer's text was taken from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Citation {
    /// Title of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The source itself, such as a URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The words of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where in the source, in the provider's own shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Value>,
    /// Where the cited words begin in the text part, in Unicode scalar values.
    pub start: usize,
    /// Where they end (exclusive).
    pub end: usize,
}

/// What a tool gave back.
///
/// In JSON a string is text, an array of objects that each have a part's `type` is a list of parts, and
/// anything else is itself.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ToolContent {
    /// Text.
    Text(String),
    /// Any JSON value.
    Json(Value),
    /// Text and attachments.
    Parts(Vec<Part>),
}

impl Serialize for ToolContent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Json(value) => value.serialize(serializer),
            Self::Parts(parts) => parts.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ToolContent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match value {
            Value::String(text) => Ok(Self::Text(text)),
            value if is_part_list(&value) => serde_json::from_value(value)
                .map(Self::Parts)
                .map_err(D::Error::custom),
            value => Ok(Self::Json(value)),
        }
    }
}

fn is_part_list(value: &Value) -> bool {
    value.as_array().is_some_and(|items| {
        !items.is_empty()
            && items.iter().all(|item| {
                item.get("type")
                    .and_then(Value::as_str)
                    .is_some_and(Part::is_kind)
            })
    })
}

impl From<&str> for ToolContent {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for ToolContent {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Value> for ToolContent {
    fn from(value: Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text),
            value => Self::Json(value),
        }
    }
}

impl From<Vec<Part>> for ToolContent {
    fn from(parts: Vec<Part>) -> Self {
        Self::Parts(parts)
    }
}
