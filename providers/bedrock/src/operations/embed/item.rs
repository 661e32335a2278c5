//! Inputs, and how they are gathered into requests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqllm_core::{DataUrl, Embed, Error, ErrorKind, MediaPart, Part, Result, Source};

use super::profile::Profile;

/// How many bytes of inputs go into one request, so that the body, with what stands around them, stays below
/// InvokeModel's limit of 25,000,000.
const MAX_BYTES: usize = 20_000_000;

/// An input that the model takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    /// Where it stands among the inputs.
    pub(super) at: usize,
    pub(super) parts: &'a [Part],
}

impl<'a> Item<'a> {
    /// The text, if it is nothing else.
    pub(super) fn text(&self) -> Option<&'a str> {
        match self.parts {
            [Part::Text(text)] => Some(&text.text),
            _ => None,
        }
    }

    pub(super) fn is_text(&self) -> bool {
        self.text().is_some()
    }

    /// Something is wrong with it.
    pub(super) fn refuse(&self, why: &str) -> Error {
        Error::invalid_request(format!("inputs[{}] {why}", self.at))
    }

    /// The base64 of media that must be sent along.
    pub(super) fn base64(&self, media: &MediaPart) -> Result<String> {
        match &media.source {
            Source::Data(bytes) => Ok(STANDARD.encode(bytes)),
            Source::Url(url) if DataUrl::is(url) => match DataUrl::read(url) {
                Ok(data) => Ok(STANDARD.encode(data.bytes)),
                Err(error) => Err(self.refuse(&format!(
                    "has media that cannot be read: {}",
                    error.message()
                ))),
            },
            Source::Url(_) => Err(self.refuse(
                "has media at a URL, and this model takes bytes; `data` or a `data:` URL would do",
            )),
            _ => Err(self.refuse("has media from a source that this version cannot send")),
        }
    }

    fn bytes(&self) -> usize {
        let of_media = |media: &MediaPart| match &media.source {
            Source::Data(bytes) => bytes.len().div_ceil(3).saturating_mul(4),
            Source::Url(url) => url.len(),
            _ => 0,
        };
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.text.len(),
                Part::Image(media) | Part::Video(media) | Part::Audio(media) => of_media(media),
                _ => 0,
            })
            .sum()
    }
}

/// The inputs, if the model takes every one of them.
pub(super) fn items<'a>(
    request: &'a Embed,
    profile: &Profile,
    model: &str,
) -> Result<Vec<Item<'a>>> {
    if request.inputs.is_empty() {
        return Err(Error::invalid_request(
            "`inputs` is empty; at least one is needed",
        ));
    }
    let items = request.inputs.iter().enumerate().map(|(at, input)| {
        let item = Item {
            at,
            parts: &input.parts,
        };
        check(&item, profile, model)?;
        Ok(item)
    });
    items.collect()
}

fn check(item: &Item<'_>, profile: &Profile, model: &str) -> Result<()> {
    if item.parts.is_empty() {
        return Err(item.refuse("has no part; a text or an image is needed"));
    }
    if item.parts.len() > 1 && !profile.mixes {
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!(
                "inputs[{}] has {} parts, and {model} embeds one at a time; make inputs of their own of them",
                item.at,
                item.parts.len()
            ),
        ));
    }
    for part in item.parts {
        if !profile.kinds.contains(&part.kind()) {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "inputs[{}] has a part of type {}; {model} embeds {}",
                    item.at,
                    part.kind(),
                    profile.kinds.join(", ")
                ),
            ));
        }
        if matches!(part, Part::Text(text) if text.text.is_empty()) {
            return Err(item.refuse("has an empty text; at least a character is needed"));
        }
        if part.cache().is_some() || part.guard().is_some() {
            return Err(item.refuse("has `cache` or `guard`, which mean nothing to embeddings"));
        }
    }
    Ok(())
}

/// Neighbours of the same kind, as many as fit into one request.
pub(super) fn batches<'i, 'a>(
    items: &'i [Item<'a>],
    profile: &Profile,
) -> impl Iterator<Item = &'i [Item<'a>]> {
    let most = [profile.media, profile.texts];
    let mut rest = items;
    std::iter::from_fn(move || {
        let kind = rest.first()?.is_text();
        let mut bytes = 0usize;
        let fitting = rest
            .iter()
            .take(most[usize::from(kind)])
            .take_while(|item| {
                bytes = bytes.saturating_add(item.bytes());
                item.is_text() == kind && bytes <= MAX_BYTES
            })
            .count();
        // One that is too large by itself is for the service to refuse.
        let (batch, after) = rest.split_at(fitting.max(1));
        rest = after;
        Some(batch)
    })
}
