//! The first Mistrals: `<s>[INST] … [/INST]` in, outputs out.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::BEDROCK;
use crate::brain::{Stop, pieces};
use crate::dice::Dice;
use crate::error::ApiError;
use crate::native::call::{Answered, Asked, Request, Writer};
use crate::native::inst;
use crate::native::wording::read;
use crate::shape::{Shape, optional, required, text};

/// Tokens of an answer to a request that sets no limit, as AWS documents.
const DEFAULT_LENGTH: u64 = 512;

static REQUEST: Shape = Shape::Structure(&[
    required("prompt", &text(1, usize::MAX)),
    optional("max_tokens", &Shape::Range { min: 1, max: 8192 }),
    optional(
        "stop",
        &Shape::List {
            of: &text(1, usize::MAX),
            min: 0,
            max: 10,
        },
    ),
    optional("temperature", &Shape::Number { min: 0.0, max: 1.0 }),
    optional("top_p", &Shape::Number { min: 0.0, max: 1.0 }),
    optional("top_k", &Shape::Range { min: 1, max: 200 }),
]);

#[derive(Debug, Deserialize)]
struct Body {
    prompt: String,
    max_tokens: Option<u64>,
    stop: Option<Vec<String>>,
}

pub(super) fn ask(request: &Request<'_>) -> Result<Asked, ApiError> {
    let body: Body = read(&REQUEST, request.body)?;
    let conversation = inst::parse(&body.prompt);
    let length = body.max_tokens.unwrap_or(DEFAULT_LENGTH);
    let prompt = conversation.in_words(BEDROCK, Some(length), body.stop, request.dice.clone());
    Ok(Asked::uncached(request, prompt, Outputs))
}

struct Outputs;

impl Writer for Outputs {
    fn whole(&self, answered: &Answered) -> Value {
        output(answered.text(), Some(reason(&answered.answer.stop)))
    }

    /// An answer that ends of itself has an empty last chunk; one that is cut ends with its last piece.
    fn events(&self, answered: &Answered) -> Vec<Value> {
        let mut texts = pieces(answered.text());
        if answered.answer.stop != Stop::MaxTokens || texts.is_empty() {
            texts.push("");
        }
        let last = texts.len() - 1;
        let chunk =
            |(index, text)| output(text, (index == last).then(|| reason(&answered.answer.stop)));
        texts.into_iter().enumerate().map(chunk).collect()
    }

    fn blocked(&self, text: &str, _: &Dice) -> Value {
        json!({"outputs": [{"text": text}]})
    }
}

fn output(text: &str, reason: Option<&str>) -> Value {
    json!({"outputs": [{"text": text, "stop_reason": reason}]})
}

fn reason(stop: &Stop) -> &'static str {
    match stop {
        Stop::MaxTokens => "length",
        Stop::EndTurn | Stop::ToolUse | Stop::Sequence(_) | Stop::Refused => "stop",
    }
}
