//! Images, video, audio and documents of the user's.

use std::borrow::Cow;

use reqllm_core::{DocumentPart, MediaPart, Result, Source};
use serde::Serialize;

use super::super::Files;
use super::{ContentKind, Writer};
use crate::json::{Address, Blob};

#[derive(Debug, Serialize)]
pub(super) struct At<'a> {
    url: Address<'a>,
}

#[derive(Debug, Serialize)]
pub(super) struct Audio<'a> {
    data: Sound<'a>,
    format: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Sound<'a> {
    Bare(Blob<'a>),
    Url(Address<'a>),
}

#[derive(Debug, Serialize)]
pub(super) struct File<'a> {
    filename: Cow<'a, str>,
    file_data: Address<'a>,
}

impl<'a> Writer<'a, '_> {
    /// Where an image or a video is: in a `data:` URL, or elsewhere where the speaker fetches it.
    pub(super) fn address(
        &mut self,
        at: usize,
        n: usize,
        media: &'a MediaPart,
        what: &str,
    ) -> Result<Option<At<'a>>> {
        match &media.source {
            Source::Data(bytes) => Ok(Some(At {
                url: data(&media.media_type, bytes),
            })),
            Source::Url(url) if self.quirks.urls && is_web(url) => Ok(Some(At {
                url: Address::Url(url),
            })),
            _ => self.elsewhere(at, n, what).map(|()| None),
        }
    }

    /// Source: OpenAI's guide "Audio and speech", input of Chat Completions: `wav` and `mp3`.
    pub(super) fn audio(
        &mut self,
        at: usize,
        n: usize,
        audio: &'a MediaPart,
    ) -> Result<Option<ContentKind<'a>>> {
        let Source::Data(bytes) = &audio.source else {
            return self.elsewhere(at, n, "audio").map(|()| None);
        };
        let media_type = audio.media_type.split(';').next().unwrap_or_default();
        let format = match media_type.trim() {
            "audio/mpeg" | "audio/mp3" => "mp3",
            "audio/wav" | "audio/wave" | "audio/x-wav" | "audio/vnd.wave" => "wav",
            other => other.rsplit(['/', '-']).next().unwrap_or(other),
        };
        let data = match self.quirks.audio_in_url {
            true => Sound::Url(data(&audio.media_type, bytes)),
            false => Sound::Bare(Blob(bytes)),
        };
        Ok(Some(ContentKind::InputAudio {
            input_audio: Audio { data, format },
        }))
    }

    /// Source: OpenAI's guide "File inputs", of Chat Completions; OpenRouter's "PDF inputs", which takes addresses, too.
    pub(super) fn file(
        &mut self,
        at: usize,
        n: usize,
        document: &'a DocumentPart,
    ) -> Result<Option<ContentKind<'a>>> {
        let file_data = match &document.source {
            Source::Data(bytes) => data(&document.media_type, bytes),
            Source::Url(url) if self.quirks.files == Files::Anywhere && is_web(url) => {
                Address::Url(url)
            }
            _ => return self.elsewhere(at, n, "documents").map(|()| None),
        };
        let filename = match &document.name {
            Some(name) => Cow::Borrowed(name.as_str()),
            None => match document.media_type.rsplit('/').next() {
                Some("plain") | None => "document.txt".into(),
                Some(kind) => format!("document.{kind}").into(),
            },
        };
        Ok(Some(ContentKind::File {
            file: File {
                filename,
                file_data,
            },
        }))
    }

    fn elsewhere(&mut self, at: usize, n: usize, what: &str) -> Result<()> {
        let what =
            format!("{what} elsewhere than in `data` or a data: URL (messages[{at}].content[{n}])");
        self.call.unsupported(&self.model.id, &what, self.warnings)
    }
}

fn data<'a>(media_type: &'a str, bytes: &'a [u8]) -> Address<'a> {
    Address::Data {
        media_type: media_type.into(),
        bytes,
    }
}

fn is_web(url: &str) -> bool {
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
}
