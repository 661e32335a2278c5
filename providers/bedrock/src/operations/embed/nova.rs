//! Nova: one input of one kind a request.

use reqllm_core::{EmbedPurpose, MediaPart, Part, Result, Source, Truncate, Warning};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::item::Item;
use super::vectors::Vectors;
use super::{Asked, one, value};
use crate::json;
use crate::media::{self, Formats};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    task_type: &'static str,
    single_embedding_params: Params<'a>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Params<'a> {
    embedding_purpose: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    embedding_dimension: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Media<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<Media<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio: Option<Media<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Text<'a> {
    truncation_mode: &'static str,
    value: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Media<'a> {
    format: &'static str,
    source: MediaSource<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    embedding_mode: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum MediaSource<'a> {
    Bytes(String),
    S3Location { uri: &'a str },
}

pub(super) fn body(asked: &Asked, batch: &[Item<'_>]) -> Result<Value> {
    let item = one(batch)?;
    let mut params = Params {
        embedding_purpose: purpose(asked),
        embedding_dimension: asked.dimensions,
        ..Params::default()
    };
    match item.parts {
        [Part::Text(text)] => {
            params.text = Some(Text {
                truncation_mode: mode(asked.truncate),
                value: &text.text,
            });
        }
        [Part::Image(image)] => params.image = Some(media(item, image, &media::IMAGE)?),
        [Part::Video(video)] => {
            let mut video = media(item, video, &media::VIDEO)?;
            // One vector for sight and sound together; apart they would be two.
            video.embedding_mode = Some("AUDIO_VIDEO_COMBINED");
            params.video = Some(video);
        }
        [Part::Audio(audio)] => params.audio = Some(media(item, audio, &media::AUDIO)?),
        _ => return Err(item.refuse("is neither one text nor one image, video or sound")),
    }
    value(&Request {
        task_type: "SINGLE_EMBEDDING",
        single_embedding_params: params,
    })
}

/// Nova wants a purpose; documents are in the index, queries retrieve from it.
fn purpose(asked: &Asked) -> &str {
    match (&asked.embedding_purpose, asked.purpose) {
        (Some(word), _) => word,
        (None, Some(EmbedPurpose::Query)) => "GENERIC_RETRIEVAL",
        (None, Some(EmbedPurpose::Classification)) => "CLASSIFICATION",
        (None, Some(EmbedPurpose::Clustering)) => "CLUSTERING",
        (None, _) => "GENERIC_INDEX",
    }
}

/// The member is required; left to itself this library cuts nothing off.
fn mode(truncate: Option<Truncate>) -> &'static str {
    match truncate {
        Some(Truncate::Start) => "START",
        Some(Truncate::End) => "END",
        _ => "NONE",
    }
}

fn media<'a>(item: &Item<'_>, media: &'a MediaPart, formats: &Formats) -> Result<Media<'a>> {
    let format = match formats.of(&media.media_type) {
        // Converse's word for it is another.
        Ok("three_gp") => "3gp",
        Ok(format) => format,
        Err(why) => return Err(item.refuse(&format!("does not do: {why}"))),
    };
    let source = match &media.source {
        Source::Url(uri) if uri.starts_with("s3://") => MediaSource::S3Location { uri },
        _ => MediaSource::Bytes(item.base64(media)?),
    };
    Ok(Media {
        format,
        source,
        embedding_mode: None,
    })
}

#[derive(Deserialize)]
struct Answer {
    embeddings: Vec<Embedding>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Embedding {
    embedding: Vec<f32>,
    /// Where the text was cut, in characters.
    #[serde(default)]
    truncated_char_length: Option<u64>,
}

pub(super) fn read(body: &[u8]) -> Result<Vectors> {
    let answer: Answer = json::read(body, "the answer of the embedding model")?;
    let cut = answer
        .embeddings
        .iter()
        .filter_map(|embedding| embedding.truncated_char_length);
    let warnings = cut
        .map(|at| {
            let message = format!("an input was too long and was cut to {at} characters");
            Warning::new("input_truncated", message)
        })
        .collect();
    let floats = answer.embeddings.into_iter().map(|it| it.embedding);
    Ok(Vectors {
        warnings,
        ..Vectors::of(floats.collect())
    })
}
