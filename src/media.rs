//! Media at URLs that a provider does not take: fetched just before the call.

use std::collections::BTreeMap;
use std::time::Duration;

use reqllm_core::{Call, Error, Message, Part, Provider, Result, Source, ToolContent};
use reqllm_transport::{Fetched, Fetcher};

use crate::attach::{Kind, by_name, media_type};

/// Whether anything of a call has to be fetched, and where that is.
pub(crate) fn first_url(provider: &dyn Provider, call: &Call) -> Option<String> {
    let mut found = None;
    let mut messages = call.messages.iter();
    while let (None, Some(message)) = (&found, messages.next()) {
        found = message
            .content
            .iter()
            .find_map(|part| url_in(provider, part));
    }
    found
}

/// Puts the bytes in the place of every URL that has to be fetched. A URL that is there twice is fetched once. The timeout
/// is for all of them together.
pub(crate) async fn load(
    fetcher: &Fetcher,
    provider: &dyn Provider,
    call: &mut Call,
    timeout: Option<Duration>,
) -> Result<()> {
    let mut urls = Vec::new();
    each(&mut call.messages, &mut |media| {
        let wanted = media.url(provider).filter(|url| !urls.contains(url));
        urls.extend(wanted);
        Ok(())
    })?;
    if urls.is_empty() {
        return Ok(());
    }
    let fetched = fetcher.get_all(urls, timeout).await?;
    let fetched: BTreeMap<String, Fetched> = fetched.into_iter().collect();
    each(&mut call.messages, &mut |media| match media
        .url(provider)
        .and_then(|url| fetched.get_key_value(&url))
    {
        Some((url, fetched)) => media.put(url, fetched),
        None => Ok(()),
    })
}

/// A part that has a source.
struct Media<'a> {
    place: String,
    kind: Kind,
    media_type: &'a mut String,
    source: &'a mut Source,
}

impl Media<'_> {
    /// Where it has to be fetched from, if it has to.
    fn url(&self, provider: &dyn Provider) -> Option<String> {
        to_fetch(provider, self.source).map(str::to_owned)
    }

    /// Takes the bytes for the URL. What they are, they say first, then the caller, the name, and the server.
    fn put(&mut self, url: &str, fetched: &Fetched) -> Result<()> {
        let path = url.split(['?', '#']).next().unwrap_or(url);
        let name = path.rsplit('/').next();
        let declared = self.media_type.split(';').next().unwrap_or_default();
        let declared = declared.trim().to_ascii_lowercase();
        // A type of another kind says only that somebody was wrong.
        let claims = [
            Some(&*declared).filter(|it| Kind::of(it) == Some(self.kind)),
            name.and_then(by_name),
            fetched.media_type.as_deref(),
        ];
        let found = media_type(&fetched.bytes, &claims);
        let found = found.map(|it| it.into_owned()).unwrap_or_default();
        let Some(found) = as_kind(self.kind, found.clone()) else {
            let what = match found.as_str() {
                "" => "something of no known kind",
                found => found,
            };
            return Err(Error::invalid_request(format!(
                "{} is {}, and what is at its URL is {what}",
                self.place,
                self.kind.as_str()
            )));
        };
        *self.media_type = found;
        *self.source = Source::Data(fetched.bytes.clone());
        Ok(())
    }
}

/// A media type as one of this kind, if it is. Some containers of video hold sound alone as well.
fn as_kind(kind: Kind, media_type: String) -> Option<String> {
    match (kind, Kind::of(&media_type)?) {
        (Kind::Audio, Kind::Video) => {
            let sound = media_type.strip_prefix("video/")?;
            let holds_sound = matches!(sound, "mp4" | "webm" | "x-matroska");
            holds_sound.then(|| format!("audio/{sound}"))
        }
        (wanted, found) => (wanted == found).then_some(media_type),
    }
}

/// Hands every part with a source to `visit`, those in tool results too.
fn each(
    messages: &mut [Message],
    visit: &mut dyn FnMut(&mut Media<'_>) -> Result<()>,
) -> Result<()> {
    for (at, message) in messages.iter_mut().enumerate() {
        let place = format!("messages[{at}]");
        each_part(&mut message.content, &place, visit)?;
    }
    Ok(())
}

fn each_part(
    parts: &mut [Part],
    place: &str,
    visit: &mut dyn FnMut(&mut Media<'_>) -> Result<()>,
) -> Result<()> {
    for (at, part) in parts.iter_mut().enumerate() {
        let place = format!("{place}.content[{at}]");
        let (kind, media_type, source) = match part {
            Part::Image(it) => (Kind::Image, &mut it.media_type, &mut it.source),
            Part::Video(it) => (Kind::Video, &mut it.media_type, &mut it.source),
            Part::Audio(it) => (Kind::Audio, &mut it.media_type, &mut it.source),
            Part::Document(it) => (Kind::Document, &mut it.media_type, &mut it.source),
            Part::ToolResult(result) => {
                if let ToolContent::Parts(parts) = &mut result.content {
                    each_part(parts, &place, visit)?;
                }
                continue;
            }
            _ => continue,
        };
        visit(&mut Media {
            place,
            kind,
            media_type,
            source,
        })?;
    }
    Ok(())
}

fn url_in(provider: &dyn Provider, part: &Part) -> Option<String> {
    let source = match part {
        Part::Image(it) | Part::Video(it) | Part::Audio(it) => &it.source,
        Part::Document(it) => &it.source,
        Part::ToolResult(result) => match &result.content {
            ToolContent::Parts(parts) => {
                return parts.iter().find_map(|part| url_in(provider, part));
            }
            _ => return None,
        },
        _ => return None,
    };
    to_fetch(provider, source).map(str::to_owned)
}

fn to_fetch<'a>(provider: &dyn Provider, source: &'a Source) -> Option<&'a str> {
    let Source::Url(url) = source else {
        return None;
    };
    let scheme = url.split(':').next()?;
    let fetchable = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    (fetchable && !provider.takes_url(url)).then_some(url)
}
