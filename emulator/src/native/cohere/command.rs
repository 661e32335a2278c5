//! Command and Command Light: a prompt in, one or more generations out.

use serde::Deserialize;
use serde_json::{Value, json};

use super::reason;
use crate::BEDROCK;
use crate::brain::{Conversation, pieces};
use crate::dice::Dice;
use crate::error::ApiError;
use crate::native::call::{Answered, Asked, Request, Writer};
use crate::native::wording::read;
use crate::shape::{Shape, list, optional, required, text};

/// Ranges as AWS documents them.
static REQUEST: Shape = Shape::Structure(&[
    required("prompt", &text(1, usize::MAX)),
    optional("temperature", &Shape::Number { min: 0.0, max: 5.0 }),
    optional("p", &Shape::Number { min: 0.0, max: 1.0 }),
    optional(
        "k",
        &Shape::Number {
            min: 0.0,
            max: 500.0,
        },
    ),
    optional("max_tokens", &Shape::Range { min: 1, max: 4096 }),
    optional("stop_sequences", &list(&text(1, usize::MAX))),
    optional(
        "return_likelihoods",
        &Shape::Choice(&["NONE", "GENERATION", "ALL"]),
    ),
    optional("stream", &Shape::Boolean),
    optional("num_generations", &Shape::Range { min: 1, max: 5 }),
    optional("logit_bias", &Shape::Object),
    optional("truncate", &Shape::Choice(&["NONE", "START", "END"])),
]);

#[derive(Debug, Deserialize)]
struct Body {
    prompt: String,
    max_tokens: Option<u64>,
    stop_sequences: Option<Vec<String>>,
    stream: Option<bool>,
    num_generations: Option<u64>,
}

/// What a Command body asks.
pub(in crate::native) fn ask(request: &Request<'_>) -> Result<Asked, ApiError> {
    let body: Body = read(&REQUEST, request.body)?;
    let said = Conversation::whole(&body.prompt);
    let dice = request.dice.clone();
    let prompt = said.in_words(BEDROCK, body.max_tokens, body.stop_sequences, dice);
    let writer = Generations {
        prompt: body.prompt,
        count: body.num_generations.unwrap_or(1),
        streams: body.stream == Some(true),
    };
    Ok(Asked::uncached(request, prompt, writer))
}

struct Generations {
    prompt: String,
    count: u64,
    /// Whether the body says `stream`, too: without it, a response stream has the whole body as its one
    /// chunk.
    streams: bool,
}

impl Generations {
    fn body(&self, text: &str, reason: Option<&str>, dice: &Dice) -> Value {
        let generation = |index| {
            let mut generation = json!({"id": dice.uuid("generation", index), "text": text});
            if let Some(reason) = reason {
                generation["finish_reason"] = reason.into();
            }
            generation
        };
        let count = usize::try_from(self.count).unwrap_or(1);
        json!({
            "id": dice.uuid("response", 0),
            "generations": (0..count).map(generation).collect::<Vec<_>>(),
            "prompt": self.prompt,
        })
    }
}

impl Writer for Generations {
    /// Every generation reads the prompt and writes an answer of its own.
    fn count(&self, answered: &mut Answered) {
        answered.usage.fresh *= self.count;
        answered.answer.tokens *= self.count;
    }

    fn whole(&self, answered: &Answered) -> Value {
        let reason = reason(&answered.answer.stop);
        self.body(answered.text(), Some(reason), &answered.dice)
    }

    fn events(&self, answered: &Answered) -> Vec<Value> {
        if !self.streams {
            return vec![self.whole(answered)];
        }
        let mut events = Vec::new();
        for index in 0..self.count {
            for piece in pieces(answered.text()) {
                let mut event = json!({"is_finished": false, "text": piece});
                if self.count > 1 {
                    event["index"] = index.into();
                }
                events.push(event);
            }
        }
        let reason = reason(&answered.answer.stop);
        events.push(json!({"finish_reason": reason, "is_finished": true}));
        events
    }

    fn blocked(&self, text: &str, dice: &Dice) -> Value {
        self.body(text, None, dice)
    }
}
