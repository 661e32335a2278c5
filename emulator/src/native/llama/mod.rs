//! Meta Llama 2, 3 and 4: one string of template text in, one string out.

mod template;

use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Answered, Asked, Request, Writer};
use super::wording::read;
use crate::BEDROCK;
use crate::brain::{Part, Stop, pieces, words};
use crate::dice::Dice;
use crate::error::ApiError;
use crate::shape::{Member, Shape, list, optional, required, text};
use template::Generation;

/// Tokens of an answer to a request that sets no limit, as AWS documents.
const DEFAULT_LENGTH: u64 = 512;

static REQUEST: Shape = Shape::Structure(&[PROMPT, LENGTH, TEMPERATURE, TOP_P]);
/// Of the models that see.
static SEEING_REQUEST: Shape = Shape::Structure(&[
    PROMPT,
    LENGTH,
    TEMPERATURE,
    TOP_P,
    optional("images", &list(&Shape::Blob)),
]);

const PROMPT: Member = required("prompt", &text(1, usize::MAX));
const LENGTH: Member = optional("max_gen_len", &Shape::Range { min: 1, max: 8192 });
const TEMPERATURE: Member = optional("temperature", &Shape::Number { min: 0.0, max: 1.0 });
const TOP_P: Member = optional("top_p", &Shape::Number { min: 0.0, max: 1.0 });

#[derive(Debug, Deserialize)]
struct Body {
    prompt: String,
    max_gen_len: Option<u64>,
    images: Option<Vec<String>>,
}

/// What a Llama body asks.
pub(super) fn ask(request: &Request<'_>) -> Result<Asked, ApiError> {
    let name = request.model.vendor_and_name().map_or("", |(_, name)| name);
    let shape = if sees(name) {
        &SEEING_REQUEST
    } else {
        &REQUEST
    };
    let body: Body = read(shape, request.body)?;
    let mut conversation = Generation::of(name).parse(&body.prompt);
    let images = body.images.unwrap_or_default();
    if let Some(turn) = conversation.turns.iter_mut().rfind(|turn| turn.user) {
        let seen = images
            .iter()
            .map(|image| Part::Attachment(format!("image ({} characters)", image.len())));
        turn.parts.extend(seen);
    }
    let length = body.max_gen_len.unwrap_or(DEFAULT_LENGTH);
    let prompt = conversation.in_words(BEDROCK, Some(length), None, request.dice.clone());
    Ok(Asked::uncached(request, prompt, Generated))
}

/// Llama 3.2 11B and 90B, and Llama 4, take images.
fn sees(name: &str) -> bool {
    ["llama3-2-11b", "llama3-2-90b", "llama4"]
        .iter()
        .any(|line| name.starts_with(line))
}

struct Generated;

impl Writer for Generated {
    fn whole(&self, answered: &Answered) -> Value {
        json!({
            "generation": answered.text(),
            "prompt_token_count": answered.usage.fresh,
            "generation_token_count": answered.answer.tokens,
            "stop_reason": reason(&answered.answer.stop),
        })
    }

    /// The prompt is counted in the first chunk only. An answer that ends of itself has an empty last
    /// chunk; one that is cut ends with its last piece.
    fn events(&self, answered: &Answered) -> Vec<Value> {
        let mut texts = pieces(answered.text());
        if answered.answer.stop != Stop::MaxTokens || texts.is_empty() {
            texts.push("");
        }
        let last = texts.len() - 1;
        let mut tokens = 0;
        let chunk = |(index, text): (usize, &str)| {
            tokens += words(text);
            json!({
                "generation": text,
                "prompt_token_count": (index == 0).then_some(answered.usage.fresh),
                "generation_token_count": if index == last { answered.answer.tokens } else { tokens },
                "stop_reason": (index == last).then(|| reason(&answered.answer.stop)),
            })
        };
        texts.into_iter().enumerate().map(chunk).collect()
    }

    fn blocked(&self, text: &str, _: &Dice) -> Value {
        json!({"generation": text})
    }
}

fn reason(stop: &Stop) -> &'static str {
    match stop {
        Stop::MaxTokens => "length",
        Stop::EndTurn | Stop::ToolUse | Stop::Sequence(_) | Stop::Refused => "stop",
    }
}

#[cfg(test)]
mod tests;
