//! OpenAI gpt-oss: a chat completion whose reasoning stands inside of its text, between tags.
//!
//! In a whole answer one `<reasoning>…</reasoning>` comes before the text; in a stream every delta of
//! reasoning has tags of its own, and the last chunk may carry text, the finish reason and the metrics
//! at once. There is no `[DONE]`.

mod wording;

use serde_json::{Map, Value, json};

use super::call::{Answered, Asked, Request, Writer};
use super::chat::{
    self, Body, CREATED, MESSAGES, RESPONSE_FORMAT, Rules, STOP, TOOL_CHOICE, TOOLS, call_deltas,
    reason, usage,
};
use crate::brain::{Block, Stop, Thinking, pieces};
use crate::dice::Dice;
use crate::error::ApiError;
use crate::shape::{STRING, Shape, list, optional, required};

/// The names and their order are those that the service itself lists (litellm #13959).
static REQUEST: Shape = Shape::Structure(&[
    required("messages", &MESSAGES),
    optional("model", &STRING),
    optional("store", &Shape::Boolean),
    // `none` is refused, although other models of OpenAI take it.
    optional(
        "reasoning_effort",
        &Shape::Choice(&["low", "medium", "high"]),
    ),
    optional("metadata", &Shape::Object),
    optional("frequency_penalty", &PENALTY),
    optional("logit_bias", &Shape::Object),
    optional("logprobs", &Shape::Boolean),
    optional("top_logprobs", &Shape::Range { min: 0, max: 20 }),
    optional("max_tokens", &Shape::Integer { min: 1 }),
    optional("max_completion_tokens", &Shape::Integer { min: 1 }),
    optional("n", &Shape::Integer { min: 1 }),
    optional("modalities", &list(&STRING)),
    optional("prediction", &Shape::Object),
    optional("audio", &Shape::Object),
    optional("presence_penalty", &PENALTY),
    optional("response_format", &RESPONSE_FORMAT),
    optional("seed", &Shape::Integer { min: i64::MIN }),
    optional("service_tier", &STRING),
    optional("stop", &STOP),
    optional("stream", &Shape::Boolean),
    optional(
        "stream_options",
        &Shape::Structure(&[optional("include_usage", &Shape::Boolean)]),
    ),
    optional("temperature", &Shape::Number { min: 0.0, max: 2.0 }),
    optional("top_p", &Shape::Number { min: 0.0, max: 1.0 }),
    optional("tools", &TOOLS),
    optional("tool_choice", &TOOL_CHOICE),
    optional("parallel_tool_calls", &Shape::Boolean),
    optional("user", &STRING),
    optional("function_call", &STRING),
    optional("functions", &list(&Shape::Object)),
]);

static PENALTY: Shape = Shape::Number {
    min: -2.0,
    max: 2.0,
};

/// Members that the service knows and that the emulator does nothing with.
const UNSERVED: [&str; 8] = [
    "logprobs",
    "top_logprobs",
    "modalities",
    "prediction",
    "audio",
    "function_call",
    "functions",
    "store",
];

const RULES: Rules = Rules {
    choices: &["auto", "none", "required"],
    short_ids: false,
    prefill: true,
};

/// What a gpt-oss body asks.
pub(super) fn ask(request: &Request<'_>) -> Result<Asked, ApiError> {
    let body: Body = wording::read(&REQUEST, request.body)?;
    consistent(&body, request)?;
    chat::check(&body, &RULES).map_err(ApiError::validation)?;
    let prompt = chat::translate(&body, Thinking::Unsigned, request.dice.clone());
    let writer = Completion {
        model: request.model.id.clone(),
        counts: request.body.pointer("/stream_options/include_usage") == Some(&Value::Bool(true)),
    };
    Ok(Asked::uncached(request, prompt, writer))
}

/// What body and path both say must be the same.
fn consistent(body: &Body, request: &Request<'_>) -> Result<(), ApiError> {
    let refuse = |what: String| Err(ApiError::validation(what));
    let named = body.model.as_deref();
    if let Some(model) = named.filter(|model| !names(model, &request.model.id)) {
        return refuse(format!(
            "model: {model} does not match the model of the request, {}",
            request.model.id
        ));
    }
    if let Some(stream) = body.stream.filter(|stream| *stream != request.streaming) {
        return refuse(format!("stream: {stream} does not match the operation"));
    }
    if body.max_tokens.is_some() && body.max_completion_tokens.is_some() {
        return refuse("max_tokens and max_completion_tokens exclude each other".to_owned());
    }
    if body.n.is_some_and(|n| n != 1) {
        return refuse("n: only one choice is served".to_owned());
    }
    let empty = Map::new();
    let members = request.body.as_object().unwrap_or(&empty);
    let given = |name: &&&str| {
        members
            .get(**name)
            .is_some_and(|value| !value.is_null() && *value != Value::Bool(false))
    };
    match UNSERVED.iter().find(given) {
        Some(name) => refuse(format!(
            "The emulator does not serve `{name}` of this model."
        )),
        None => Ok(()),
    }
}

/// Whether `model` is the model of `id`, which may be that of a profile or an ARN.
fn names(model: &str, id: &str) -> bool {
    id.strip_suffix(model)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with(['.', '/']))
}

struct Completion {
    model: String,
    /// Whether usage is asked for in a stream.
    counts: bool,
}

impl Writer for Completion {
    fn whole(&self, answered: &Answered) -> Value {
        let mut content = String::new();
        for block in &answered.answer.blocks {
            match block {
                Block::Thinking { text, .. } => content.push_str(&tagged(text)),
                Block::Text(text) => content.push_str(text),
                Block::Redacted(_) | Block::ToolCall { .. } => {}
            }
        }
        let mut message = json!({"role": "assistant", "content": content});
        let calls = calls(answered);
        if !calls.is_empty() {
            message["tool_calls"] = calls.into();
        }
        let mut body = self.body("chat.completion", &answered.dice);
        body["choices"] = json!([{
            "index": 0, "message": message, "logprobs": null,
            "finish_reason": finish_reason(&answered.answer.stop),
        }]);
        body["usage"] = usage(answered);
        body
    }

    fn events(&self, answered: &Answered) -> Vec<Value> {
        let mut deltas = vec![json!({"role": "assistant", "content": ""})];
        for block in &answered.answer.blocks {
            match block {
                Block::Thinking { text, .. } => {
                    let thoughts = pieces(text).into_iter();
                    deltas.extend(thoughts.map(|piece| json!({"content": tagged(piece)})));
                }
                Block::Text(text) => {
                    let texts = pieces(text).into_iter();
                    deltas.extend(texts.map(|piece| json!({"content": piece})));
                }
                Block::Redacted(_) | Block::ToolCall { .. } => {}
            }
        }
        deltas.extend(call_deltas(&calls(answered)));
        let envelope = self.body("chat.completion.chunk", &answered.dice);
        let usage = self.counts.then(|| usage(answered));
        chat::chunks(
            &envelope,
            deltas,
            finish_reason(&answered.answer.stop),
            usage,
        )
    }

    fn blocked(&self, text: &str, dice: &Dice) -> Value {
        chat::blocked(self.body("chat.completion", dice), text)
    }

    fn blocked_events(&self, text: &str, dice: &Dice) -> Vec<Value> {
        vec![chat::blocked_chunk(
            self.body("chat.completion.chunk", dice),
            text,
        )]
    }
}

/// OpenAI's API reference: `content_filter` is the word of a refusal.
fn finish_reason(stop: &Stop) -> &'static str {
    match stop {
        Stop::Refused => "content_filter",
        other => reason(other),
    }
}

impl Completion {
    fn body(&self, object: &str, dice: &Dice) -> Value {
        json!({
            "id": format!("chatcmpl-{}", dice.uuid("completion", 0)),
            "object": object, "created": CREATED, "model": self.model,
        })
    }
}

fn tagged(text: &str) -> String {
    format!("<reasoning>{text}</reasoning>")
}

fn calls(answered: &Answered) -> Vec<Value> {
    chat::calls(answered, |_, index| {
        let id = answered.dice.uuid("tool call", index).replace('-', "");
        format!("chatcmpl-tool-{id}")
    })
}

#[cfg(test)]
mod tests;
