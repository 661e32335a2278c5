//! `data:` URLs, which are bytes written another way.

use reqllm_core::{DataUrl, Error, Part, Result, Source, ToolContent};

use super::Shaping;

impl Shaping<'_, '_> {
    /// Reads what stands in `data:` URLs, so that it goes as any other bytes do.
    pub(super) fn media(&mut self) -> Result<()> {
        let holds = |parts: &[Part]| parts.iter().any(has_data_url);
        if !self
            .call
            .messages
            .iter()
            .any(|message| holds(&message.content))
        {
            return Ok(());
        }
        for at in 0..self.call.messages.len() {
            let mut others = Vec::new();
            for part in &mut self.call.to_mut().messages[at].content {
                unpack(part, &mut others).map_err(|error| {
                    Error::invalid_request(format!("messages[{at}]: {}", error.message()))
                })?;
            }
            for (said, is) in others {
                let conflict = format!(
                    "messages[{at}] has a part with `media_type` {said:?}, and its data: URL says {is:?}"
                );
                self.settle(&conflict, "the part is sent as what its `media_type` says")?;
            }
        }
        Ok(())
    }
}

/// The media of a part.
fn source(part: &Part) -> Option<(&str, &Source)> {
    match part {
        Part::Image(media) | Part::Video(media) | Part::Audio(media) => {
            Some((&media.media_type, &media.source))
        }
        Part::Document(document) => Some((&document.media_type, &document.source)),
        _ => None,
    }
}

fn has_data_url(part: &Part) -> bool {
    match part {
        Part::ToolResult(result) => match &result.content {
            ToolContent::Parts(parts) => parts.iter().any(has_data_url),
            _ => false,
        },
        part => matches!(source(part), Some((_, Source::Url(url))) if DataUrl::is(url)),
    }
}

/// Puts bytes in the place of a URL, and notes where the URL says something else than the part.
fn unpack(part: &mut Part, others: &mut Vec<(String, String)>) -> Result<()> {
    if let Part::ToolResult(result) = part {
        if let ToolContent::Parts(parts) = &mut result.content {
            return parts.iter_mut().try_for_each(|part| unpack(part, others));
        }
        return Ok(());
    }
    let Some((said, Source::Url(url))) = source(part) else {
        return Ok(());
    };
    if !DataUrl::is(url) {
        return Ok(());
    }
    let data = DataUrl::read(url)?;
    if data.bytes.is_empty() {
        return Err(Error::invalid_request("a data: URL has no content"));
    }
    let bare = said.split(';').next().unwrap_or_default().trim();
    if let Some(is) = data.media_type.filter(|is| !is.eq_ignore_ascii_case(bare)) {
        others.push((said.to_owned(), is));
    }
    match part {
        Part::Image(media) | Part::Video(media) | Part::Audio(media) => {
            media.source = Source::Data(data.bytes);
        }
        Part::Document(document) => document.source = Source::Data(data.bytes),
        _ => {}
    }
    Ok(())
}
