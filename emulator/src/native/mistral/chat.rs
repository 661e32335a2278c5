//! Conversations with Mistral.
//!
//! AWS documents Large 2 with its own cut of chat completions: choices with a `stop_reason`, calls
//! without a type, no usage, and chunks that carry a `message`. The models of 2025 and later speak
//! chat completions as everybody does.

use serde_json::{Value, json};

use crate::brain::{Thinking, pieces};
use crate::dice::Dice;
use crate::error::ApiError;
use crate::native::call::{Answered, Asked, Request, Writer};
use crate::native::chat::{
    self, Body, CREATED, MESSAGES, RESPONSE_FORMAT, Rules, STOP, TOOL_CHOICE, TOOLS, call_deltas,
    reason, usage,
};
use crate::native::wording::{malformed, read};
use crate::shape::{Shape, optional, required};

static CLASSIC_REQUEST: Shape = Shape::Structure(&[
    required("messages", &MESSAGES),
    optional("tools", &TOOLS),
    optional("tool_choice", &TOOL_CHOICE),
    optional("max_tokens", &Shape::Range { min: 1, max: 8192 }),
    optional("temperature", &Shape::Number { min: 0.0, max: 1.0 }),
    optional("top_p", &Shape::Number { min: 0.0, max: 1.0 }),
]);

static REQUEST: Shape = Shape::Structure(&[
    required("messages", &MESSAGES),
    optional("tools", &TOOLS),
    optional("tool_choice", &TOOL_CHOICE),
    optional("parallel_tool_calls", &Shape::Boolean),
    optional("max_tokens", &Shape::Integer { min: 1 }),
    optional("temperature", &Shape::Number { min: 0.0, max: 1.5 }),
    optional("top_p", &Shape::Number { min: 0.0, max: 1.0 }),
    optional("top_k", &Shape::Integer { min: 1 }),
    optional("frequency_penalty", &PENALTY),
    optional("presence_penalty", &PENALTY),
    optional("seed", &Shape::Integer { min: 0 }),
    optional("stop", &STOP),
    optional("response_format", &RESPONSE_FORMAT),
]);

static PENALTY: Shape = Shape::Number {
    min: -2.0,
    max: 2.0,
};

pub(super) fn ask_classic(request: &Request<'_>) -> Result<Asked, ApiError> {
    const RULES: Rules = Rules {
        choices: &["auto", "any", "none"],
        // AWS's own example has an id of 22 characters.
        short_ids: false,
        prefill: false,
    };
    let body = conversation(request, &CLASSIC_REQUEST, &RULES)?;
    let prompt = chat::translate(&body, Thinking::Off, request.dice.clone());
    Ok(Asked::uncached(request, prompt, Classic))
}

pub(super) fn ask(request: &Request<'_>) -> Result<Asked, ApiError> {
    const RULES: Rules = Rules {
        choices: &["auto", "any", "required", "none"],
        short_ids: true,
        prefill: false,
    };
    let body = conversation(request, &REQUEST, &RULES)?;
    let prompt = chat::translate(&body, Thinking::Off, request.dice.clone());
    let writer = Completion {
        model: request.model.id.clone(),
    };
    Ok(Asked::uncached(request, prompt, writer))
}

fn conversation(request: &Request<'_>, shape: &Shape, rules: &Rules) -> Result<Body, ApiError> {
    let body: Body = read(shape, request.body)?;
    chat::check(&body, rules).map_err(|what| malformed(&what))?;
    Ok(body)
}

struct Classic;

impl Writer for Classic {
    fn whole(&self, answered: &Answered) -> Value {
        let mut message = json!({"role": "assistant", "content": answered.text()});
        let calls = untyped(answered);
        if !calls.is_empty() {
            message["tool_calls"] = calls.into();
        }
        choice(message, Some(reason(&answered.answer.stop)))
    }

    /// Calls come whole, in the last chunk.
    fn events(&self, answered: &Answered) -> Vec<Value> {
        let mut events: Vec<Value> = pieces(answered.text())
            .into_iter()
            .map(|piece| choice(json!({"role": "assistant", "content": piece}), None))
            .collect();
        let mut message = json!({"role": "assistant", "content": ""});
        let calls = untyped(answered);
        if !calls.is_empty() {
            message["tool_calls"] = calls.into();
        }
        events.push(choice(message, Some(reason(&answered.answer.stop))));
        events
    }

    fn blocked(&self, text: &str, _: &Dice) -> Value {
        choice(json!({"role": "assistant", "content": text}), Some("stop"))
    }
}

fn choice(message: Value, reason: Option<&str>) -> Value {
    json!({"choices": [{"index": 0, "message": message, "stop_reason": reason}]})
}

fn untyped(answered: &Answered) -> Vec<Value> {
    let mut calls = chat::calls(answered, |token, _| token.to_owned());
    for call in &mut calls {
        if let Some(members) = call.as_object_mut() {
            members.shift_remove("type");
        }
    }
    calls
}

struct Completion {
    model: String,
}

impl Writer for Completion {
    fn whole(&self, answered: &Answered) -> Value {
        let mut message = json!({"role": "assistant", "content": answered.text()});
        let calls = short(answered);
        if !calls.is_empty() {
            message["tool_calls"] = calls.into();
        }
        let mut body = self.body("chat.completion", &answered.dice);
        let reason = reason(&answered.answer.stop);
        body["choices"] = json!([{"index": 0, "message": message, "finish_reason": reason}]);
        body["usage"] = usage(answered);
        body
    }

    fn events(&self, answered: &Answered) -> Vec<Value> {
        let mut deltas = vec![json!({"role": "assistant", "content": ""})];
        let texts = pieces(answered.text()).into_iter();
        deltas.extend(texts.map(|piece| json!({"content": piece})));
        deltas.extend(call_deltas(&short(answered)));
        deltas.push(json!({"content": ""}));
        let envelope = self.body("chat.completion.chunk", &answered.dice);
        let reason = reason(&answered.answer.stop);
        chat::chunks(&envelope, deltas, reason, Some(usage(answered)))
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

impl Completion {
    fn body(&self, object: &str, dice: &Dice) -> Value {
        let id = dice.uuid("completion", 0).replace('-', "");
        json!({"id": id, "object": object, "created": CREATED, "model": self.model})
    }
}

/// Ids of calls have nine characters.
fn short(answered: &Answered) -> Vec<Value> {
    chat::calls(answered, |_, index| {
        answered.dice.token("short id", index, 9)
    })
}
