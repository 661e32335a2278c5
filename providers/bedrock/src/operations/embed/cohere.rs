//! Cohere: up to 96 inputs a request.

use reqllm_core::{EmbedPurpose, MediaPart, Part, Result, Truncate};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::item::Item;
use super::vectors::{ByType, Vectors};
use super::{Asked, value};
use crate::json;

#[derive(Serialize)]
struct Request<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    texts: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    images: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inputs: Vec<Mixed<'a>>,
    input_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncate: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    embedding_types: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    output_dimension: Option<u32>,
}

/// Text and images that give one vector.
#[derive(Serialize)]
struct Mixed<'a> {
    content: Vec<Content<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Content<'a> {
    Text { text: &'a str },
    ImageUrl { image_url: ImageUrl },
}

#[derive(Serialize)]
struct ImageUrl {
    url: String,
}

impl<'a> Request<'a> {
    fn of(asked: &'a Asked) -> Self {
        let of_purpose = asked.purpose.map(input_type);
        let given = asked.input_type.as_deref().or(of_purpose);
        Self {
            texts: Vec::new(),
            images: Vec::new(),
            inputs: Vec::new(),
            input_type: given.unwrap_or(DOCUMENT),
            truncate: asked.truncate.map(word),
            embedding_types: &asked.types,
            output_dimension: asked.dimensions,
        }
    }
}

/// Texts, or one image; an image has an input type of its own.
pub(super) fn v3(asked: &Asked, batch: &[Item<'_>]) -> Result<Value> {
    if let [item] = batch
        && let [Part::Image(image)] = item.parts
    {
        let mut request = Request::of(asked);
        request.images.push(data_uri(item, image)?);
        if asked.input_type.is_none() {
            request.input_type = "image";
        }
        return value(&request);
    }
    let mut request = Request::of(asked);
    request.texts = batch.iter().filter_map(Item::text).collect();
    value(&request)
}

/// Texts, or inputs that mix texts and images.
pub(super) fn v4(asked: &Asked, batch: &[Item<'_>]) -> Result<Value> {
    let mut request = Request::of(asked);
    if batch.iter().all(Item::is_text) {
        request.texts = batch.iter().filter_map(Item::text).collect();
        return value(&request);
    }
    for item in batch {
        let mut content = Vec::with_capacity(item.parts.len());
        for part in item.parts {
            match part {
                Part::Text(text) => content.push(Content::Text { text: &text.text }),
                Part::Image(image) => {
                    let url = data_uri(item, image)?;
                    content.push(Content::ImageUrl {
                        image_url: ImageUrl { url },
                    });
                }
                _ => return Err(item.refuse("has a part that is neither text nor image")),
            }
        }
        request.inputs.push(Mixed { content });
    }
    value(&request)
}

/// The service wants an input type; this is what most vectors are made for.
const DOCUMENT: &str = "search_document";

fn input_type(purpose: EmbedPurpose) -> &'static str {
    match purpose {
        EmbedPurpose::Query => "search_query",
        EmbedPurpose::Classification => "classification",
        EmbedPurpose::Clustering => "clustering",
        _ => DOCUMENT,
    }
}

/// v4 calls the ends LEFT and RIGHT, and takes these words as well.
fn word(truncate: Truncate) -> &'static str {
    match truncate {
        Truncate::Start => "START",
        Truncate::End => "END",
        _ => "NONE",
    }
}

fn data_uri(item: &Item<'_>, image: &MediaPart) -> Result<String> {
    let base64 = item.base64(image)?;
    Ok(format!("data:{};base64,{base64}", image.media_type))
}

#[derive(Deserialize)]
struct Answer {
    /// A bare list where no types were asked for, on v3; by type everywhere else.
    embeddings: ByType<Vec<Vec<f32>>>,
}

pub(super) fn read(body: &[u8]) -> Result<Vectors> {
    let answer: Answer = json::read(body, "the answer of the embedding model")?;
    let mut vectors = Vectors::of(answer.embeddings.float.unwrap_or_default());
    for (name, value) in answer.embeddings.others {
        let of_inputs = match value {
            Value::Array(of_inputs) => of_inputs,
            other => vec![other],
        };
        vectors.by_type.insert(name, of_inputs);
    }
    Ok(vectors)
}
