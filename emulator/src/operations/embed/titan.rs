//! Amazon Titan: one text, or one image, or both of them, in each request.
//!
//! Facts: the model parameters of Titan Embeddings in the Bedrock user guide, and recordings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::malformed::{malformed, one_of, read, token_limit};
use super::super::vector::Vector;
use super::reply;
use crate::brain::words;
use crate::error::ApiError;
use crate::reply::Reply;
use crate::shape::{STRING, Shape, optional, required, text as string};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generation {
    One,
    Two,
}

/// Characters and tokens of a text, for both generations.
const MAX_CHARACTERS: usize = 50_000;
const MAX_TOKENS: u64 = 8192;
/// Tokens of a text beside an image.
const MAX_IMAGE_TOKENS: u64 = 256;

static TEXT: Shape = string(1, MAX_CHARACTERS);
static ONE: Shape = Shape::Structure(&[required("inputText", &TEXT)]);
static TWO: Shape = Shape::Structure(&[
    required("inputText", &TEXT),
    optional("dimensions", &Shape::Integer { min: 1 }),
    optional("normalize", &Shape::Boolean),
    optional(
        "embeddingTypes",
        &Shape::List {
            of: &Shape::Choice(&["float", "binary"]),
            min: 1,
            max: 2,
        },
    ),
]);
static IMAGE: Shape = Shape::Structure(&[
    optional("inputText", &string(1, usize::MAX)),
    optional("inputImage", &STRING),
    optional(
        "embeddingConfig",
        &Shape::Structure(&[optional(
            "outputEmbeddingLength",
            &Shape::Integer { min: 1 },
        )]),
    ),
]);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TextRequest {
    input_text: String,
    dimensions: Option<usize>,
    normalize: Option<bool>,
    embedding_types: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImageRequest {
    input_text: Option<String>,
    input_image: Option<String>,
    embedding_config: Option<EmbeddingConfig>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EmbeddingConfig {
    output_embedding_length: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    embedding: &'a [f32],
    #[serde(skip_serializing_if = "Option::is_none")]
    embeddings_by_type: Option<ByType<'a>>,
    input_text_token_count: u64,
    /// Titan Multimodal's place for what went wrong: null in an answer that is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Value>,
}

#[derive(Serialize)]
struct ByType<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    binary: Option<Vec<u8>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    float: Option<&'a [f32]>,
}

/// Titan Embeddings G1 – Text, and Titan Text Embeddings V2.
pub(super) fn text(generation: Generation, body: &[u8]) -> Result<Reply, ApiError> {
    let shape = match generation {
        Generation::One => &ONE,
        Generation::Two => &TWO,
    };
    let request: TextRequest = read(shape, body)?;
    let dimensions = match generation {
        Generation::One => 1536,
        Generation::Two => one_of(
            "#/dimensions",
            request.dimensions.unwrap_or(1024),
            &[256, 512, 1024],
        )?,
    };
    let tokens = words(&request.input_text);
    token_limit(tokens, MAX_TOKENS)?;
    let vector = Vector::of_text(&request.input_text, dimensions);
    // The first generation does not normalise; the second does unless told not to.
    let normalize = generation == Generation::Two && request.normalize.unwrap_or(true);
    let embedding = if normalize {
        vector.unit()
    } else {
        vector.raw()
    };
    let wanted = |kind: &str| match &request.embedding_types {
        Some(kinds) => kinds.iter().any(|wanted| wanted == kind),
        None => kind == "float",
    };
    let by_type = ByType {
        binary: wanted("binary").then(|| vector.bits()),
        float: wanted("float").then_some(&*embedding),
    };
    let answer = Answer {
        embedding: &embedding,
        embeddings_by_type: (generation == Generation::Two).then_some(by_type),
        input_text_token_count: tokens,
        message: None,
    };
    Ok(reply(&answer, tokens))
}

/// Titan Multimodal Embeddings G1.
pub(super) fn image(body: &[u8]) -> Result<Reply, ApiError> {
    let request: ImageRequest = read(&IMAGE, body)?;
    let dimensions = one_of(
        "#/embeddingConfig/outputEmbeddingLength",
        request
            .embedding_config
            .and_then(|config| config.output_embedding_length)
            .unwrap_or(1024),
        &[256, 384, 1024],
    )?;
    let text = request.input_text.as_deref();
    let tokens = text.map_or(0, words);
    token_limit(tokens, MAX_IMAGE_TOKENS)?;
    let image = request
        .input_image
        .map(|image| match STANDARD.decode(image) {
            Ok(bytes) if !bytes.is_empty() => Ok(bytes),
            _ => Err(malformed("#/inputImage: string is not an image in base64")),
        })
        .transpose()?;
    let vector = match (text, &image) {
        (Some(text), None) => Vector::of_text(text, dimensions),
        (None, Some(image)) => Vector::of_bytes(image, dimensions),
        (Some(text), Some(image)) => {
            let mut vector = Vector::of_text(text, dimensions);
            vector.add_bytes(image);
            vector
        }
        (None, None) => {
            return Err(malformed(
                "#: required key [inputText] not found, #: required key [inputImage] not found",
            ));
        }
    };
    let answer = Answer {
        embedding: &vector.unit(),
        embeddings_by_type: None,
        input_text_token_count: tokens,
        message: Some(Value::Null),
    };
    Ok(reply(&answer, tokens))
}
