//! Cohere Embed: many texts, images or mixtures of them in one request.
//!
//! Facts: the model parameters of Cohere Embed in the Bedrock user guide, and recordings. The third
//! generation answers with a bare list unless types were asked for; the fourth always answers by type.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::super::malformed::{malformed, one_of, read};
use super::super::vector::Vector;
use super::{Truncate, reply, truncated};
use crate::brain::words;
use crate::dice::Dice;
use crate::error::ApiError;
use crate::reply::Reply;
use crate::shape::{Member, STRING, Shape, list, optional, required, text as string};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generation {
    English3,
    Multilingual3,
    Four,
}

/// Texts, or inputs, of one request.
const BATCH: usize = 96;
/// Tokens of one text.
const MAX_TOKENS_3: u64 = 512;
const MAX_TOKENS_4: u64 = 128_000;

static THREE: Shape = Shape::Structure(&[
    // Characters, and long before the tokens run out.
    optional("texts", &batch(&string(1, 2048))),
    optional(
        "images",
        &Shape::List {
            of: &STRING,
            min: 1,
            max: 1,
        },
    ),
    INPUT_TYPE,
    optional("truncate", &Shape::Choice(&["NONE", "START", "END"])),
    EMBEDDING_TYPES,
]);
static FOUR: Shape = Shape::Structure(&[
    optional("texts", &batch(&string(1, usize::MAX))),
    optional("images", &batch(&STRING)),
    optional(
        "inputs",
        &batch(&Shape::Structure(&[required(
            "content",
            &Shape::List {
                of: &PART,
                min: 1,
                max: usize::MAX,
            },
        )])),
    ),
    INPUT_TYPE,
    // START and END are the names of the third generation; recordings show that they are still taken.
    optional(
        "truncate",
        &Shape::Choice(&["NONE", "LEFT", "RIGHT", "START", "END"]),
    ),
    EMBEDDING_TYPES,
    optional("output_dimension", &Shape::Integer { min: 1 }),
    optional(
        "max_tokens",
        &Shape::Range {
            min: 1,
            max: 128_000,
        },
    ),
]);

const INPUT_TYPE: Member = required(
    "input_type",
    &Shape::Choice(&[
        "search_document",
        "search_query",
        "classification",
        "clustering",
        "image",
    ]),
);
const EMBEDDING_TYPES: Member = optional(
    "embedding_types",
    &list(&Shape::Choice(&[
        "float", "int8", "uint8", "binary", "ubinary",
    ])),
);
static PART: Shape = Shape::Tagged(&[
    ("text", &[required("text", &string(1, usize::MAX))]),
    (
        "image_url",
        &[required(
            "image_url",
            &Shape::Structure(&[required("url", &STRING)]),
        )],
    ),
]);

const fn batch(of: &'static Shape) -> Shape {
    Shape::List {
        of,
        min: 1,
        max: BATCH,
    }
}

#[derive(Deserialize)]
struct Request {
    texts: Option<Vec<String>>,
    images: Option<Vec<String>>,
    inputs: Option<Vec<Input>>,
    input_type: String,
    truncate: Option<String>,
    embedding_types: Option<Vec<String>>,
    output_dimension: Option<usize>,
    max_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct Input {
    content: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part {
    Text { text: String },
    ImageUrl { image_url: ImageUrl },
}

#[derive(Deserialize)]
struct ImageUrl {
    url: String,
}

#[derive(Serialize)]
struct Answer {
    embeddings: Embeddings,
    id: String,
    response_type: &'static str,
    texts: Vec<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Embeddings {
    Floats(Vec<Vec<f32>>),
    ByType(BTreeMap<String, Rows>),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Rows {
    Floats(Vec<Vec<f32>>),
    Whole(Vec<Vec<i64>>),
}

pub(super) fn answer(generation: Generation, body: &[u8], dice: &Dice) -> Result<Reply, ApiError> {
    let four = generation == Generation::Four;
    let request: Request = read(if four { &FOUR } else { &THREE }, body)?;
    let dimensions = if four {
        one_of(
            "#/output_dimension",
            request.output_dimension.unwrap_or(1536),
            &[256, 512, 1024, 1536],
        )?
    } else {
        1024
    };
    let mut reader = Reader {
        dimensions,
        limit: if four {
            request.max_tokens.unwrap_or(MAX_TOKENS_4)
        } else {
            MAX_TOKENS_3
        },
        truncate: match request.truncate.as_deref() {
            Some("START" | "LEFT") => Truncate::Start,
            Some("END" | "RIGHT") => Truncate::End,
            _ => Truncate::None,
        },
        tokens: 0,
    };
    let vectors = reader.vectors(&request, four)?;
    let types = request.embedding_types.filter(|types| !types.is_empty());
    let (embeddings, response_type) = match types {
        None if !four => (
            Embeddings::Floats(vectors.iter().map(Vector::unit).collect()),
            "embeddings_floats",
        ),
        types => (
            by_type(&vectors, &types.unwrap_or_else(|| vec!["float".to_owned()])),
            "embeddings_by_type",
        ),
    };
    let texts = request.texts.unwrap_or_default().into_iter();
    let answer = Answer {
        embeddings,
        id: dice.uuid("embedding", 0),
        response_type,
        // The English model says what it has read: the text in lower case.
        texts: match generation {
            Generation::English3 => texts.map(|text| text.to_lowercase()).collect(),
            Generation::Multilingual3 | Generation::Four => texts.collect(),
        },
    };
    Ok(reply(&answer, reader.tokens))
}

/// Turns inputs into vectors and counts their tokens.
struct Reader {
    dimensions: usize,
    limit: u64,
    truncate: Truncate,
    tokens: u64,
}

impl Reader {
    fn vectors(&mut self, request: &Request, four: bool) -> Result<Vec<Vector>, ApiError> {
        let image_type = request.input_type == "image";
        match (&request.texts, &request.images, &request.inputs) {
            (Some(_), None, None) if image_type => Err(malformed(
                "#/input_type: image is not a valid enum value for texts",
            )),
            (Some(texts), None, None) => texts
                .iter()
                .map(|text| Ok(Vector::of_text(self.text(text)?, self.dimensions)))
                .collect(),
            (None, Some(_), None) if !image_type && !four => Err(malformed(&format!(
                "#/input_type: {} is not a valid enum value for images",
                request.input_type
            ))),
            (None, Some(images), None) => images
                .iter()
                .enumerate()
                .map(|(index, url)| {
                    let image = self.image(&format!("#/images/{index}"), url)?;
                    Ok(Vector::of_bytes(&image, self.dimensions))
                })
                .collect(),
            (None, None, Some(inputs)) => inputs
                .iter()
                .enumerate()
                .map(|(index, input)| self.input(index, input))
                .collect(),
            (None, None, None) => Err(malformed(
                "#: required key [texts] not found, #: required key [images] not found",
            )),
            _ => Err(malformed(
                "#: only one of the keys [texts], [images] and [inputs] is permitted",
            )),
        }
    }

    fn input(&mut self, index: usize, input: &Input) -> Result<Vector, ApiError> {
        let mut vector = Vector::empty(self.dimensions);
        for (position, part) in input.content.iter().enumerate() {
            match part {
                Part::Text { text } => vector.add_text(self.text(text)?),
                Part::ImageUrl { image_url } => {
                    let at = format!("#/inputs/{index}/content/{position}/image_url/url");
                    vector.add_bytes(&self.image(&at, &image_url.url)?);
                }
            }
        }
        Ok(vector)
    }

    fn text<'a>(&mut self, text: &'a str) -> Result<&'a str, ApiError> {
        let text = truncated(text, self.limit, self.truncate)
            .ok_or_else(|| ApiError::validation("Input is too long for requested model."))?;
        self.tokens += words(text);
        Ok(text)
    }

    /// The bytes behind a data URI. An image counts as one token here.
    fn image(&mut self, at: &str, url: &str) -> Result<Vec<u8>, ApiError> {
        self.tokens += 1;
        url.strip_prefix("data:image/")
            .and_then(|rest| rest.split_once(";base64,"))
            .and_then(|(_, data)| STANDARD.decode(data).ok())
            .filter(|bytes| !bytes.is_empty())
            .ok_or_else(|| malformed(&format!("{at}: string is not the data URI of an image")))
    }
}

/// `{"float": [[…]], "int8": [[…]]}`
fn by_type(vectors: &[Vector], types: &[String]) -> Embeddings {
    let whole = |encode: fn(&Vector) -> Vec<i64>| Rows::Whole(vectors.iter().map(encode).collect());
    let typed = types.iter().map(|kind| {
        let rows = match kind.as_str() {
            "int8" => whole(Vector::int8),
            "uint8" => whole(|vector| vector.int8().iter().map(|value| value + 128).collect()),
            "binary" => whole(|vector| packed(vector).iter().map(|byte| byte - 128).collect()),
            "ubinary" => whole(packed),
            _ => Rows::Floats(vectors.iter().map(Vector::unit).collect()),
        };
        (kind.clone(), rows)
    });
    Embeddings::ByType(typed.collect())
}

/// Eight bits to a number from 0 to 255, the first coordinate in the highest bit.
fn packed(vector: &Vector) -> Vec<i64> {
    let byte = |bits: &[u8]| bits.iter().fold(0, |byte, bit| byte * 2 + i64::from(*bit));
    vector.bits().chunks(8).map(byte).collect()
}
