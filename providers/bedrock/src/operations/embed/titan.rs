//! Titan: one input a request.

use reqllm_core::{Error, ErrorKind, Part, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::item::Item;
use super::vectors::{ByType, Vectors};
use super::{Asked, one, value};
use crate::json;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TextRequest<'a> {
    input_text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    normalize: Option<bool>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    embedding_types: &'a [String],
}

pub(super) fn text(asked: &Asked, batch: &[Item<'_>]) -> Result<Value> {
    let item = one(batch)?;
    value(&TextRequest {
        input_text: item
            .text()
            .ok_or_else(|| item.refuse("is no text; this model takes nothing else"))?,
        dimensions: asked.dimensions,
        normalize: asked.normalize,
        embedding_types: &asked.types,
    })
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct ImageRequest<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    input_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    embedding_config: Option<EmbeddingConfig>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EmbeddingConfig {
    output_embedding_length: u32,
}

/// A text, an image, or one of each, which give one vector.
pub(super) fn image(asked: &Asked, batch: &[Item<'_>]) -> Result<Value> {
    let item = one(batch)?;
    let mut request = ImageRequest::default();
    for part in item.parts {
        let second = match part {
            Part::Text(text) => request.input_text.replace(&text.text).is_some(),
            Part::Image(image) => request.input_image.replace(item.base64(image)?).is_some(),
            _ => false,
        };
        if second {
            return Err(item.refuse("has two texts or two images; this model takes one of each"));
        }
    }
    request.embedding_config = asked.dimensions.map(|length| EmbeddingConfig {
        output_embedding_length: length,
    });
    value(&request)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    embedding: Option<Vec<f32>>,
    #[serde(default)]
    embeddings_by_type: Option<ByType<Vec<f32>>>,
    #[serde(default)]
    input_text_token_count: Option<u64>,
    /// What went wrong, in answers of the multimodal model.
    #[serde(default)]
    message: Option<String>,
}

pub(super) fn read(body: &[u8]) -> Result<Vectors> {
    let answer: Answer = json::read(body, "the answer of the embedding model")?;
    let mut vectors = Vectors {
        tokens: answer.input_text_token_count,
        ..Vectors::default()
    };
    let mut float = answer.embedding;
    if let Some(by_type) = answer.embeddings_by_type {
        float = float.or(by_type.float);
        let others = by_type.others.into_iter();
        vectors.by_type = others.map(|(name, it)| (name, vec![it])).collect();
    }
    let complaint = answer.message.filter(|it| !it.trim().is_empty());
    if let Some(complaint) = complaint.filter(|_| float.is_none() && vectors.by_type.is_empty()) {
        return Err(Error::new(ErrorKind::Model, complaint));
    }
    vectors.floats.extend(float);
    Ok(vectors)
}
