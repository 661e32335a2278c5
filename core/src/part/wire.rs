//! Parts as they stand in JSON, where that differs from how they stand in Rust.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{DocumentPart, MediaPart, ReasoningPart};
use crate::content::{self, Cache, Guard, Source};
use crate::encoding;

/// A thought always says its words, be they none, unless it is redacted.
#[derive(Serialize)]
pub(super) struct ReasoningWire {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache: Option<Cache>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guard: Option<Guard>,
}

impl From<ReasoningPart> for ReasoningWire {
    fn from(part: ReasoningPart) -> Self {
        let silent = part.text.is_empty() && part.redacted.is_some();
        Self {
            text: (!silent).then_some(part.text),
            signature: part.signature,
            redacted: part.redacted,
            cache: part.cache,
            guard: part.guard,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MediaWire {
    media_type: String,
    #[serde(
        default,
        with = "encoding::option",
        skip_serializing_if = "Option::is_none"
    )]
    data: Option<Bytes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(
        default,
        deserialize_with = "content::cache",
        skip_serializing_if = "Option::is_none"
    )]
    cache: Option<Cache>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    guard: Option<Guard>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentWire {
    media_type: String,
    #[serde(
        default,
        with = "encoding::option",
        skip_serializing_if = "Option::is_none"
    )]
    data: Option<Bytes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    context: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    citations: bool,
    #[serde(
        default,
        deserialize_with = "content::cache",
        skip_serializing_if = "Option::is_none"
    )]
    cache: Option<Cache>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    guard: Option<Guard>,
}

fn source(data: Option<Bytes>, url: Option<String>) -> Result<Source, &'static str> {
    match (data, url) {
        (Some(data), None) => Ok(Source::Data(data)),
        (None, Some(url)) => Ok(Source::Url(url)),
        (Some(_), Some(_)) => {
            Err("an attachment has either `data` or `url`; both were given, drop one")
        }
        (None, None) => Err("an attachment needs `data` (base64) or `url`"),
    }
}

fn split(source: Source) -> (Option<Bytes>, Option<String>) {
    match source {
        Source::Data(data) => (Some(data), None),
        Source::Url(url) => (None, Some(url)),
    }
}

impl TryFrom<MediaWire> for MediaPart {
    type Error = &'static str;

    fn try_from(wire: MediaWire) -> Result<Self, Self::Error> {
        Ok(Self {
            media_type: wire.media_type,
            source: source(wire.data, wire.url)?,
            cache: wire.cache,
            guard: wire.guard,
        })
    }
}

impl From<MediaPart> for MediaWire {
    fn from(part: MediaPart) -> Self {
        let (data, url) = split(part.source);
        Self {
            media_type: part.media_type,
            data,
            url,
            cache: part.cache,
            guard: part.guard,
        }
    }
}

impl TryFrom<DocumentWire> for DocumentPart {
    type Error = &'static str;

    fn try_from(wire: DocumentWire) -> Result<Self, Self::Error> {
        Ok(Self {
            media_type: wire.media_type,
            source: source(wire.data, wire.url)?,
            name: wire.name,
            context: wire.context,
            citations: wire.citations,
            cache: wire.cache,
            guard: wire.guard,
        })
    }
}

impl From<DocumentPart> for DocumentWire {
    fn from(part: DocumentPart) -> Self {
        let (data, url) = split(part.source);
        Self {
            media_type: part.media_type,
            data,
            url,
            name: part.name,
            context: part.context,
            citations: part.citations,
            cache: part.cache,
            guard: part.guard,
        }
    }
}
