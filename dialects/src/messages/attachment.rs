//! Where the bytes of images and documents are, as a body says it.

use reqllm_core::{DocumentPart, Error, MediaPart, Result, Source};

use super::Quirks;
use super::request::Place;
use super::wire;
use crate::json::Blob;
use crate::media;

pub(super) fn image_source<'a>(
    quirks: &Quirks,
    part: &'a MediaPart,
    place: Place,
) -> Result<wire::Source<'a>> {
    if let Some(url) = url(quirks, &part.source) {
        return Ok(wire::Source::Url { url });
    }
    let format = media::IMAGE
        .of(&part.media_type)
        .map_err(|why| Error::invalid_request(format!("{place}: {why}")))?;
    Ok(wire::Source::Base64 {
        media_type: format!("image/{format}"),
        data: Blob(bytes(quirks, &part.source, place)?),
    })
}

/// Anthropic's documentation, "PDF support" and "Citations": PDF by its bytes or a URL, and text. Markup and tables are text.
pub(super) fn document_source<'a>(
    quirks: &Quirks,
    part: &'a DocumentPart,
    place: Place,
) -> Result<wire::Source<'a>> {
    let (name, otherwise) = (quirks.name, quirks.otherwise);
    let known = media::DOCUMENT.of_named(&part.media_type, part.name.as_deref());
    let is_text = matches!(known, Ok("txt" | "md" | "csv" | "html"));
    if !is_text && known != Ok("pdf") {
        return Err(Error::invalid_request(format!(
            "{place} is a document of type {:?}; {name} takes pdf and text (txt, md, csv, html){otherwise}",
            part.media_type
        )));
    }
    if let Some(url) = url(quirks, &part.source) {
        if is_text {
            return Err(Error::invalid_request(format!(
                "{place} is a text document at a URL, and {name} takes only PDF so; give it as `data`"
            )));
        }
        return Ok(wire::Source::Url { url });
    }
    let data = bytes(quirks, &part.source, place)?;
    if !is_text {
        return Ok(wire::Source::Base64 {
            media_type: "application/pdf".to_owned(),
            data: Blob(data),
        });
    }
    let text = std::str::from_utf8(data).map_err(|error| {
        Error::invalid_request(format!(
            "{place} is a text document that is not UTF-8: {error}{otherwise}"
        ))
    })?;
    Ok(wire::Source::Text {
        media_type: "text/plain",
        data: text.into(),
    })
}

/// A URL that the service fetches itself.
fn url<'a>(quirks: &Quirks, source: &'a Source) -> Option<&'a str> {
    match source {
        Source::Url(url) if quirks.urls && is_https(url) => Some(url),
        _ => None,
    }
}

/// Whether something is at an `https:` URL.
pub(super) fn is_https(url: &str) -> bool {
    let scheme = url.get(..6);
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
}

fn bytes<'a>(quirks: &Quirks, source: &'a Source, place: Place) -> Result<&'a [u8]> {
    match source {
        Source::Data(bytes) => Ok(bytes),
        Source::Url(_) => Err(Error::invalid_request(format!(
            "{place}: {} takes `data`{} or a data: URL{}",
            quirks.name,
            if quirks.urls { ", an https: URL" } else { "" },
            quirks.otherwise
        ))),
        _ => Err(Error::invalid_request(format!(
            "{place}: {} has no such source",
            quirks.name
        ))),
    }
}
