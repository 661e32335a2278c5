//! Marengo of TwelveLabs: one input a request. 2.7 has a flat body, 3.0 one by kind.

use reqllm_core::{MediaPart, Part, Result, Source, Truncate};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::item::Item;
use super::vectors::Vectors;
use super::{Asked, one, value};
use crate::json;

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Flat<'a> {
    input_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text_truncate: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_source: Option<MediaSource<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum MediaSource<'a> {
    Base64String(String),
    S3Location { uri: &'a str },
}

impl<'a> MediaSource<'a> {
    fn of(item: &Item<'_>, media: &'a MediaPart) -> Result<Self> {
        match &media.source {
            Source::Url(uri) if uri.starts_with("s3://") => Ok(Self::S3Location { uri }),
            _ => item.base64(media).map(Self::Base64String),
        }
    }
}

pub(super) fn flat(asked: &Asked, batch: &[Item<'_>]) -> Result<Value> {
    let item = one(batch)?;
    value(&match item.parts {
        [Part::Text(text)] => Flat {
            input_type: "text",
            input_text: Some(&text.text),
            text_truncate: asked.truncate.map(|truncate| match truncate {
                Truncate::End => "end",
                _ => "none",
            }),
            ..Flat::default()
        },
        [Part::Image(image)] => Flat {
            input_type: "image",
            media_source: Some(MediaSource::of(item, image)?),
            ..Flat::default()
        },
        _ => return Err(item.refuse("is neither one text nor one image")),
    })
}

#[derive(Serialize)]
struct Nested<'a> {
    #[serde(rename = "inputType")]
    input_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Content<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Content<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text_image: Option<Content<'a>>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    input_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_source: Option<MediaSource<'a>>,
}

pub(super) fn nested(_: &Asked, batch: &[Item<'_>]) -> Result<Value> {
    let item = one(batch)?;
    let mut content = Content::default();
    let input_type = match item.parts {
        [Part::Text(text)] => {
            content.input_text = Some(&text.text);
            "text"
        }
        [Part::Image(image)] => {
            content.media_source = Some(MediaSource::of(item, image)?);
            "image"
        }
        [Part::Text(text), Part::Image(image)] | [Part::Image(image), Part::Text(text)] => {
            content.input_text = Some(&text.text);
            content.media_source = Some(MediaSource::of(item, image)?);
            "text_image"
        }
        _ => return Err(item.refuse("is neither a text, an image, nor one of each")),
    };
    let mut request = Nested {
        input_type,
        text: None,
        image: None,
        text_image: None,
    };
    let place = match input_type {
        "text" => &mut request.text,
        "image" => &mut request.image,
        _ => &mut request.text_image,
    };
    *place = Some(content);
    value(&request)
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Embedding>,
}

#[derive(Deserialize)]
struct Embedding {
    embedding: Vec<f32>,
}

pub(super) fn read(body: &[u8]) -> Result<Vectors> {
    let answer: Answer = json::read(body, "the answer of the embedding model")?;
    let floats = answer.data.into_iter().map(|it| it.embedding);
    Ok(Vectors::of(floats.collect()))
}
