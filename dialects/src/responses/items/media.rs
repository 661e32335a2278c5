//! Pictures and files, in the request or where they are.

use std::borrow::Cow;

use reqllm_core::{DataUrl, DocumentPart, Error, MediaPart, Result, Source};

use super::super::Places;
use super::{Content, Writer};
use crate::json::Address;
use crate::media;

impl<'a> Writer<'a, '_> {
    pub(super) fn image(
        &mut self,
        at: usize,
        n: usize,
        image: &'a MediaPart,
    ) -> Result<Option<Content<'a>>> {
        let image_url = match &image.source {
            Source::Data(bytes) => {
                let format = media::IMAGE.of(&image.media_type).map_err(|why| {
                    Error::invalid_request(format!("messages[{at}].content[{n}]: {why}"))
                })?;
                let media_type = format!("image/{format}").into();
                Address::Data { media_type, bytes }
            }
            Source::Url(url) if is_at(url, self.quirks.images) => Address::Url(url),
            _ => {
                let what = elsewhere("images", self.quirks.images, at, n);
                return self.leave_out(&what).map(|()| None);
            }
        };
        Ok(Some(Content::InputImage { image_url }))
    }

    pub(super) fn document(
        &mut self,
        at: usize,
        n: usize,
        document: &'a DocumentPart,
        content: &mut Vec<Content<'a>>,
    ) -> Result<()> {
        let Some(places) = self.quirks.files else {
            return self.leave_out(&format!("documents (messages[{at}].content[{n}])"));
        };
        if document.citations {
            self.leave_out(&format!(
                "citations of documents (messages[{at}].content[{n}])"
            ))?;
        }
        let (filename, file_data, file_url) = match &document.source {
            Source::Data(bytes) => {
                let media_type = document.media_type.as_str().into();
                let data = Address::Data { media_type, bytes };
                (Some(filename(document)), Some(data), None)
            }
            Source::Url(url) if DataUrl::is(url) => {
                (Some(filename(document)), Some(Address::Url(url)), None)
            }
            Source::Url(url) if is_at(url, places) => (None, None, Some(url.as_str())),
            _ => return self.leave_out(&elsewhere("documents", places, at, n)),
        };
        // The form has no place for it beside the file; the model reads it all the same.
        if let Some(text) = document.context.as_deref().filter(|text| !text.is_empty()) {
            content.push(Content::InputText { text: text.into() });
        }
        content.push(Content::InputFile {
            filename,
            file_data,
            file_url,
        });
        Ok(())
    }
}

fn is_at(url: &str, places: Places) -> bool {
    let begins = |scheme: &str| {
        url.get(..scheme.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(scheme))
    };
    DataUrl::is(url) || (places.https && begins("https://")) || (places.s3 && media::is_s3(url))
}

fn elsewhere(what: &str, places: Places, at: usize, n: usize) -> String {
    let also = match places {
        Places { https: true, .. } => ", a data: URL or an https: URL",
        Places { s3: true, .. } => ", a data: URL or an s3:// URL",
        _ => " or a data: URL",
    };
    format!("{what} elsewhere than in `data`{also} (messages[{at}].content[{n}])")
}

/// A name with an ending, by which the server tells what the file is.
fn filename(document: &DocumentPart) -> Cow<'_, str> {
    let name = document.name.as_deref().filter(|name| !name.is_empty());
    let name = name.unwrap_or("document");
    let ending = media::DOCUMENT.of(&document.media_type);
    match ending {
        Ok(ending) if !name.contains('.') => format!("{name}.{ending}").into(),
        _ => name.into(),
    }
}
