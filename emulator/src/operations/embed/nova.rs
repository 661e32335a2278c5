//! Amazon Nova Multimodal Embeddings: one text, image, video or audio in each request.
//!
//! Facts: the embeddings request and response schema of the Nova user guide, and recordings. There is
//! no token count in the body.

use serde::{Deserialize, Serialize};

use super::super::malformed::{malformed, one_of, read};
use super::super::vector::Vector;
use super::{Truncate, reply, truncated};
use crate::brain::words;
use crate::error::ApiError;
use crate::reply::Reply;
use crate::shape::{STRING, Shape, optional, required, text as string};

/// Tokens of a text.
const MAX_TOKENS: u64 = 8192;

static REQUEST: Shape = Shape::Structure(&[
    optional(
        "schemaVersion",
        &Shape::Choice(&["nova-multimodal-embed-v1"]),
    ),
    // SEGMENTED_EMBEDDING is for StartAsyncInvoke alone.
    required("taskType", &Shape::Choice(&["SINGLE_EMBEDDING"])),
    required("singleEmbeddingParams", &PARAMS),
]);

static PARAMS: Shape = Shape::Structure(&[
    required(
        "embeddingPurpose",
        &Shape::Choice(&[
            "GENERIC_INDEX",
            "GENERIC_RETRIEVAL",
            "TEXT_RETRIEVAL",
            "IMAGE_RETRIEVAL",
            "VIDEO_RETRIEVAL",
            "DOCUMENT_RETRIEVAL",
            "AUDIO_RETRIEVAL",
            "CLASSIFICATION",
            "CLUSTERING",
        ]),
    ),
    optional("embeddingDimension", &Shape::Integer { min: 1 }),
    optional(
        "text",
        &Shape::Structure(&[
            required("truncationMode", &Shape::Choice(&["START", "END", "NONE"])),
            optional("value", &string(1, 8192)),
            optional("source", &S3_SOURCE),
        ]),
    ),
    optional(
        "image",
        &Shape::Structure(&[
            optional(
                "detailLevel",
                &Shape::Choice(&["STANDARD_IMAGE", "DOCUMENT_IMAGE"]),
            ),
            required("format", &Shape::Choice(&["png", "jpeg", "gif", "webp"])),
            required("source", &SOURCE),
        ]),
    ),
    optional(
        "audio",
        &Shape::Structure(&[
            required("format", &Shape::Choice(&["mp3", "wav", "ogg"])),
            required("source", &SOURCE),
        ]),
    ),
    optional(
        "video",
        &Shape::Structure(&[
            required(
                "format",
                &Shape::Choice(&[
                    "mp4", "mov", "mkv", "webm", "flv", "mpeg", "mpg", "wmv", "3gp",
                ]),
            ),
            required("source", &SOURCE),
            required(
                "embeddingMode",
                &Shape::Choice(&["AUDIO_VIDEO_COMBINED", "AUDIO_VIDEO_SEPARATE"]),
            ),
        ]),
    ),
]);

static S3_LOCATION: Shape = Shape::Structure(&[
    required("uri", &string(1, 1024)),
    optional("bucketOwner", &STRING),
]);
/// Text comes inline as a value, so its source is S3 alone.
static S3_SOURCE: Shape = Shape::Structure(&[required("s3Location", &S3_LOCATION)]);
static SOURCE: Shape = Shape::Union {
    name: "SourceObject",
    members: &[
        optional("bytes", &Shape::Blob),
        optional("s3Location", &S3_LOCATION),
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    single_embedding_params: Params,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params {
    embedding_dimension: Option<usize>,
    text: Option<Text>,
    image: Option<Media>,
    audio: Option<Media>,
    video: Option<Media>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Text {
    truncation_mode: String,
    value: Option<String>,
    source: Option<Source>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Media {
    source: Source,
    embedding_mode: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Source {
    Bytes(String),
    S3Location { uri: String },
}

#[derive(Serialize)]
struct Answer {
    embeddings: Vec<Embedding>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Embedding {
    embedding: Vec<f32>,
    embedding_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated_char_length: Option<usize>,
}

pub(super) fn answer(body: &[u8]) -> Result<Reply, ApiError> {
    let request: Request = read(&REQUEST, body)?;
    let params = request.single_embedding_params;
    let dimensions = one_of(
        "#/singleEmbeddingParams/embeddingDimension",
        params.embedding_dimension.unwrap_or(3072),
        &[256, 384, 1024, 3072],
    )?;
    let (embeddings, tokens) = match (&params.text, &params.image, &params.audio, &params.video) {
        (Some(input), None, None, None) => {
            let (embedding, tokens) = text(input, dimensions)?;
            (vec![embedding], tokens)
        }
        (None, Some(input), None, None) => (vec![media(input, "IMAGE", dimensions)], 1),
        (None, None, Some(input), None) => (vec![media(input, "AUDIO", dimensions)], 1),
        (None, None, None, Some(input)) => {
            let separate = input.embedding_mode.as_deref() == Some("AUDIO_VIDEO_SEPARATE");
            let kinds: &[&'static str] = if separate {
                &["VIDEO", "AUDIO"]
            } else {
                &["AUDIO_VIDEO_COMBINED"]
            };
            let embeddings = kinds.iter().map(|kind| media(input, kind, dimensions));
            (embeddings.collect(), 1)
        }
        _ => {
            return Err(malformed(
                "#/singleEmbeddingParams: expected exactly one of the keys [text], [image], [video], [audio]",
            ));
        }
    };
    Ok(reply(&Answer { embeddings }, tokens))
}

fn text(input: &Text, dimensions: usize) -> Result<(Embedding, u64), ApiError> {
    let text = match (&input.value, &input.source) {
        (Some(value), None) => value,
        // Nothing is fetched: the name of the object stands for what is in it.
        (None, Some(Source::S3Location { uri } | Source::Bytes(uri))) => uri,
        _ => {
            return Err(malformed(
                "#/singleEmbeddingParams/text: expected exactly one of the keys [value], [source]",
            ));
        }
    };
    let truncate = match input.truncation_mode.as_str() {
        "START" => Truncate::Start,
        "END" => Truncate::End,
        _ => Truncate::None,
    };
    let kept = truncated(text, MAX_TOKENS, truncate)
        .ok_or_else(|| ApiError::validation("Input is too long for requested model."))?;
    let embedding = Embedding {
        embedding: Vector::of_text(kept, dimensions).unit(),
        embedding_type: "TEXT",
        truncated_char_length: (kept.len() < text.len()).then(|| kept.chars().count()),
    };
    Ok((embedding, words(kept)))
}

fn media(input: &Media, kind: &'static str, dimensions: usize) -> Embedding {
    let (Source::Bytes(content) | Source::S3Location { uri: content }) = &input.source;
    let mut vector = Vector::of_bytes(content.as_bytes(), dimensions);
    if kind == "AUDIO" {
        // The sound of a video is not its picture.
        vector.add_bytes(b"audio");
    }
    Embedding {
        embedding: vector.unit(),
        embedding_type: kind,
        truncated_char_length: None,
    }
}
