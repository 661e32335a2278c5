//! Embeddings: `POST …/embeddings`.
//!
//! Source: OpenAI's API reference, "Create embeddings".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::Refusal;
use super::{Call, wording};
use crate::brain::words;
use crate::operations::vector::Vector;
use crate::reply::Reply;
use crate::shape::{STRING, Shape, optional, required};

/// Texts of one request.
const MAX_INPUTS: usize = 2048;
/// Tokens of one text, and of all of them together.
const MAX_TOKENS: u64 = 8192;
const MAX_ALL: u64 = 300_000;

static REQUEST: Shape = Shape::Structure(&[
    // What an input may be is said below: a text, texts, tokens, or lists of tokens.
    required(
        "input",
        &Shape::TextOr(&Shape::List {
            of: &ANY,
            min: 0,
            max: usize::MAX,
        }),
    ),
    required("model", &STRING),
    optional("dimensions", &Shape::Integer { min: 1 }),
    optional("encoding_format", &Shape::Choice(&["float", "base64"])),
    optional("user", &STRING),
]);

static ANY: Shape = Shape::TextOr(&Shape::TextOr(&TOKENS));
static TOKENS: Shape = Shape::List {
    of: &Shape::Integer { min: 0 },
    min: 1,
    max: usize::MAX,
};

#[derive(Deserialize)]
struct Body {
    input: Input,
    dimensions: Option<usize>,
    encoding_format: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    One(String),
    Many(Vec<String>),
    Tokens(Vec<u32>),
    ManyTokens(Vec<Vec<u32>>),
}

pub(super) fn answer(call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = read(call)?;
    let texts = match body.input {
        Input::One(text) => vec![text],
        Input::Many(texts) => texts,
        Input::Tokens(tokens) => vec![spelled(&tokens)],
        Input::ManyTokens(lists) => lists.iter().map(|tokens| spelled(tokens)).collect(),
    };
    let counts = check(&texts)?;
    let dimensions = dimensions(call, body.dimensions)?;
    let base64 = body.encoding_format.as_deref() == Some("base64");
    let data = texts.iter().enumerate().map(|(index, text)| {
        let vector = Vector::of_text(text, dimensions).unit();
        let embedding: Value = if base64 {
            let bytes: Vec<u8> = vector.iter().flat_map(|it| it.to_le_bytes()).collect();
            STANDARD.encode(bytes).into()
        } else {
            vector.into()
        };
        json!({"object": "embedding", "index": index, "embedding": embedding})
    });
    let body = json!({
        "object": "list", "data": data.collect::<Vec<_>>(), "model": call.model,
        "usage": {"prompt_tokens": counts, "total_tokens": counts},
    });
    Ok(Reply::json(StatusCode::OK, &body))
}

fn read(call: &Call<'_>) -> Result<Body, Refusal> {
    let bare = |value: &Value| {
        let items = value.as_array();
        items.is_some_and(|items| items.iter().all(Value::is_u64) && !items.is_empty())
    };
    let mut shown = call.body.clone();
    // A bare list of tokens has no shape of its own here.
    if shown.get("input").is_some_and(bare) {
        shown["input"] = "".into();
    }
    let checked: Result<Value, _> =
        wording::read(&REQUEST, &shown, call.manner, wording::unrecognized);
    checked?;
    Body::deserialize(&call.body).map_err(|_| {
        Refusal::invalid("Invalid 'input': expected a string, strings, tokens or lists of tokens, and no mixture.")
            .param("input")
            .code("invalid_type")
    })
}

/// The tokens of all texts together, if each of them may be embedded.
fn check(texts: &[String]) -> Result<u64, Refusal> {
    let refuse = |what: String| Err(Refusal::invalid(what).param("input"));
    if texts.is_empty() {
        return refuse("Invalid 'input': input cannot be an empty array.".to_owned());
    }
    if texts.len() > MAX_INPUTS {
        return Err(Refusal::invalid(format!(
            "Invalid 'input': array too long. Expected an array with maximum length {MAX_INPUTS}, but got an array with length {} instead.",
            texts.len()
        ))
        .param("input")
        .code("array_above_max_length"));
    }
    let mut all = 0;
    for (index, text) in texts.iter().enumerate() {
        if text.is_empty() {
            return refuse(format!(
                "Invalid 'input[{index}]': input cannot be an empty string."
            ));
        }
        let count = words(text).max(1);
        if count > MAX_TOKENS {
            return refuse(format!(
                "Invalid 'input[{index}]': maximum input length is {MAX_TOKENS} tokens, and there are {count}."
            ));
        }
        all += count;
    }
    if all > MAX_ALL {
        return refuse(format!(
            "Requested {all} tokens, max {MAX_ALL} tokens per request."
        ));
    }
    Ok(all)
}

fn dimensions(call: &Call<'_>, asked: Option<usize>) -> Result<usize, Refusal> {
    let (own, less) = match call.model.as_str() {
        "text-embedding-3-large" => (3072, true),
        "text-embedding-3-small" => (1536, true),
        "text-embedding-ada-002" => (1536, false),
        _ => (1024, true),
    };
    match asked {
        None => Ok(own),
        Some(_) if !less => Err(Refusal::invalid(
            "This model does not support specifying dimensions.",
        )
        .param("dimensions")),
        Some(asked) if asked > own => Err(Refusal::invalid(format!(
            "Invalid value for 'dimensions' = {asked}. Must be less than or equal to {own}."
        ))
        .param("dimensions")),
        Some(asked) => Ok(asked),
    }
}

/// Tokens as words: the emulator has no tokens of its own.
fn spelled(tokens: &[u32]) -> String {
    let words: Vec<String> = tokens.iter().map(ToString::to_string).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ask, refused};
    use super::*;

    fn embed(body: Value) -> Value {
        ask("/v1/embeddings", &body)
    }

    fn vector(answer: &Value, index: usize) -> Vec<f64> {
        let found = answer["data"][index]["embedding"].as_array().unwrap();
        found.iter().map(|it| it.as_f64().unwrap()).collect()
    }

    #[test]
    fn texts_become_vectors_of_length_one() {
        let body =
            json!({"model": "text-embedding-3-small", "input": ["a red house", "the red house"]});
        let answer = embed(body);
        let (a, b) = (vector(&answer, 0), vector(&answer, 1));
        assert_eq!((a.len(), b.len()), (1536, 1536));
        let product: f64 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
        assert!(product > 0.5 && product < 0.999, "{product}");
        assert_eq!(
            answer["usage"],
            json!({"prompt_tokens": 6, "total_tokens": 6})
        );
    }

    #[test]
    fn base64_says_the_same_as_numbers() {
        let mut body =
            json!({"model": "text-embedding-3-large", "input": "hello", "dimensions": 256});
        let numbers = vector(&embed(body.clone()), 0);
        body["encoding_format"] = "base64".into();
        let answer = embed(body);
        let bytes = STANDARD
            .decode(answer["data"][0]["embedding"].as_str().unwrap())
            .unwrap();
        let read: Vec<f64> = bytes
            .chunks_exact(4)
            .map(|it| f64::from(f32::from_le_bytes([it[0], it[1], it[2], it[3]])))
            .collect();
        assert_eq!(read.len(), 256);
        assert!(read.iter().zip(&numbers).all(|(a, b)| (a - b).abs() < 1e-6));
    }

    #[test]
    fn tokens_are_texts_too() {
        let ada = |input: Value| embed(json!({"model": "text-embedding-ada-002", "input": input}));
        assert_eq!(ada(json!([1, 2, 3]))["data"].as_array().unwrap().len(), 1);
        assert_eq!(
            ada(json!([[1], [2, 3]]))["data"].as_array().unwrap().len(),
            2
        );
    }

    #[test]
    fn what_cannot_be_embedded_is_refused() {
        let small = "text-embedding-3-small";
        let many: Vec<&str> = vec!["x"; MAX_INPUTS + 1];
        for (body, fragment) in [
            (json!({"model": small, "input": ""}), "empty string"),
            (json!({"model": small, "input": []}), "empty array"),
            (json!({"model": small, "input": ["a", ""]}), "input[1]"),
            (
                json!({"model": small, "input": many}),
                "maximum length 2048",
            ),
            (
                json!({"model": small, "input": ["a", 1]}),
                "Invalid type for 'input[1]'",
            ),
            (json!({"model": small, "input": ["a", [1]]}), "no mixture"),
            (
                json!({"model": small, "input": 1}),
                "Invalid type for 'input'",
            ),
            (
                json!({"model": small}),
                "Missing required parameter: 'input'",
            ),
            (
                json!({"model": small, "input": "x", "dimensions": 1537}),
                "less than or equal to 1536",
            ),
            (
                json!({"model": "text-embedding-ada-002", "input": "x", "dimensions": 3}),
                "dimensions",
            ),
            (
                json!({"model": small, "input": "x", "encoding_format": "int8"}),
                "'float' and 'base64'",
            ),
            (
                json!({"model": small, "input": "x", "truncate": true}),
                "argument supplied: truncate",
            ),
            (
                json!({"model": "gpt-4o", "input": "x"}),
                "not allowed to generate embeddings",
            ),
        ] {
            let (_, error) = refused("/v1/embeddings", &body);
            let message = error["message"].as_str().unwrap();
            assert!(message.contains(fragment), "{message}");
        }
    }
}
