//! AI21 Jamba: chat completions with habits of its own.
//!
//! A stream counts as it goes, and its metrics come in a chunk that holds nothing else.

use serde_json::{Value, json};

use super::call::{Answered, Asked, Request, Writer};
use super::chat::{
    self, Body, MESSAGES, RESPONSE_FORMAT, Rules, STOP, TOOL_CHOICE, TOOLS, call_deltas, reason,
    usage,
};
use super::wording::{malformed, read, refuse};
use crate::brain::{Stop, Thinking, pieces, words};
use crate::dice::Dice;
use crate::error::ApiError;
use crate::shape::{Shape, list, optional, required};

/// What AWS documents, and the tools, documents and formats of AI21's own API.
static REQUEST: Shape = Shape::Structure(&[
    required("messages", &MESSAGES),
    optional("max_tokens", &Shape::Range { min: 1, max: 4096 }),
    optional("temperature", &Shape::Number { min: 0.0, max: 2.0 }),
    optional(
        "top_p",
        &Shape::Number {
            min: 0.01,
            max: 1.0,
        },
    ),
    optional("stop", &STOP),
    optional("n", &Shape::Range { min: 1, max: 16 }),
    optional(
        "frequency_penalty",
        &Shape::Number {
            min: -2.0,
            max: 2.0,
        },
    ),
    optional(
        "presence_penalty",
        &Shape::Number {
            min: -2.0,
            max: 2.0,
        },
    ),
    optional("tools", &TOOLS),
    optional("tool_choice", &TOOL_CHOICE),
    optional("documents", &list(&Shape::Object)),
    optional("response_format", &RESPONSE_FORMAT),
]);

const RULES: Rules = Rules {
    choices: &["auto", "none"],
    short_ids: false,
    prefill: true,
};

/// The token that ends a turn, as vLLM tells it.
const END_OF_TURN: u64 = 518;

/// What a Jamba body asks.
pub(super) fn ask(request: &Request<'_>) -> Result<Asked, ApiError> {
    let body: Body = read(&REQUEST, request.body)?;
    chat::check(&body, &RULES).map_err(|what| malformed(&what))?;
    let choices = body.n.unwrap_or(1);
    if choices > 1 && request.streaming {
        return refuse("#/n: a stream has one choice only");
    }
    let name = request.model.vendor_and_name().map_or("", |(_, name)| name);
    let prompt = chat::translate(&body, Thinking::Off, request.dice.clone());
    let writer = Completion {
        model: own_name(name),
        choices,
    };
    Ok(Asked::uncached(request, prompt, writer))
}

/// `jamba-1.5-mini` for `jamba-1-5-mini-v1:0`.
fn own_name(name: &str) -> String {
    let name = name.split("-v").next().unwrap_or(name);
    name.replacen("jamba-1-5", "jamba-1.5", 1)
}

struct Completion {
    model: String,
    choices: u64,
}

impl Writer for Completion {
    /// Every choice is written anew.
    fn count(&self, answered: &mut Answered) {
        answered.answer.tokens *= self.choices;
    }

    fn whole(&self, answered: &Answered) -> Value {
        let calls = calls(answered);
        let calls = (!calls.is_empty()).then_some(calls);
        let choice = |index| {
            json!({
                "index": index,
                "message": {"role": "assistant", "content": answered.text(), "tool_calls": calls},
                "finish_reason": reason(&answered.answer.stop),
            })
        };
        json!({
            "id": id(&answered.dice),
            "choices": (0..self.choices).map(choice).collect::<Vec<_>>(),
            "usage": usage(answered),
            "meta": duration(answered),
            "model": self.model,
        })
    }

    fn events(&self, answered: &Answered) -> Vec<Value> {
        let mut deltas = vec![json!({"role": "assistant", "content": ""})];
        let texts = pieces(answered.text()).into_iter();
        deltas.extend(texts.map(|piece| json!({"content": piece})));
        deltas.extend(call_deltas(&calls(answered)));
        let mut tokens = 0;
        let chunk = |delta: Value| {
            let text = delta.get("content").and_then(Value::as_str);
            tokens += text.map_or(0, words);
            let choice = json!({"index": 0, "delta": delta, "finish_reason": null});
            running(answered, choice, tokens)
        };
        let mut events: Vec<Value> = deltas.into_iter().map(chunk).collect();
        let mut choice = json!({
            "index": 0, "delta": {"content": ""}, "finish_reason": reason(&answered.answer.stop),
        });
        if answered.answer.stop == Stop::EndTurn {
            choice["stop_reason"] = END_OF_TURN.into();
        }
        let mut last = running(answered, choice, answered.answer.tokens);
        last["meta"] = duration(answered);
        events.push(last);
        events.push(json!({}));
        events
    }

    fn blocked(&self, text: &str, dice: &Dice) -> Value {
        let message = json!({"role": "assistant", "content": text});
        let choice = json!({"index": 0, "message": message, "finish_reason": "stop"});
        json!({"id": id(dice), "choices": [choice], "model": self.model})
    }

    fn blocked_events(&self, text: &str, dice: &Dice) -> Vec<Value> {
        let delta = json!({"role": "assistant", "content": text});
        let choice = json!({"index": 0, "delta": delta, "finish_reason": "stop"});
        vec![json!({"id": id(dice), "choices": [choice]})]
    }
}

/// A chunk with the counts up to it.
fn running(answered: &Answered, choice: Value, tokens: u64) -> Value {
    let input = answered.usage.fresh;
    json!({
        "id": id(&answered.dice),
        "choices": [choice],
        "usage": {
            "prompt_tokens": input, "total_tokens": input + tokens, "completion_tokens": tokens,
        },
    })
}

fn duration(answered: &Answered) -> Value {
    json!({"requestDurationMillis": 60 + 7 * answered.answer.tokens})
}

fn id(dice: &Dice) -> String {
    format!("chatcmpl-{}", dice.uuid("completion", 0))
}

fn calls(answered: &Answered) -> Vec<Value> {
    chat::calls(answered, |_, index| {
        let id = answered.dice.uuid("tool call", index).replace('-', "");
        format!("chatcmpl-tool-{id}")
    })
}

#[cfg(test)]
mod tests;
