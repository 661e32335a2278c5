//! What the chat bodies of gpt-oss, the newer Mistrals and Jamba have in common as AWS takes them.
//!
//! Which members a body may have is each family's own table; what they mean is in [`crate::chat`].

mod rules;
mod schema;

use serde_json::{Value, json};

use crate::BEDROCK;
use crate::brain::{Prompt, Stop, Thinking};
pub(super) use crate::chat::Body;
use crate::dice::Dice;
use crate::native::call::Answered;
pub(super) use rules::{Rules, check};
pub(super) use schema::{MESSAGES, RESPONSE_FORMAT, STOP, TOOL_CHOICE, TOOLS};

/// When gpt-oss came to Bedrock: the emulator has no clock of its own, and the same request is to get
/// the same bytes.
pub(super) const CREATED: u64 = 1_754_400_000;

pub(super) fn translate(body: &Body, thinking: Thinking, dice: Dice) -> Prompt {
    crate::chat::translate(BEDROCK, body, thinking, dice)
}

pub(super) fn reason(stop: &Stop) -> &'static str {
    match stop {
        Stop::EndTurn | Stop::Sequence(_) | Stop::Refused => "stop",
        Stop::MaxTokens => "length",
        Stop::ToolUse => "tool_calls",
    }
}

pub(super) fn usage(answered: &Answered) -> Value {
    let (input, output) = (answered.usage.fresh, answered.answer.tokens);
    json!({"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output})
}

/// The calls of an answer; `id` makes an id of its random part and its place.
pub(super) fn calls(answered: &Answered, id: impl Fn(&str, usize) -> String) -> Vec<Value> {
    let call = |(index, (token, name, input)): (usize, (&str, &str, &Value))| {
        json!({
            "id": id(token, index),
            "type": "function",
            "function": {"name": name, "arguments": crate::brain::spaced_json(input)},
        })
    };
    answered.calls().enumerate().map(call).collect()
}

/// The calls of a whole answer as deltas: first the name, then the arguments piece by piece.
pub(super) fn call_deltas(calls: &[Value]) -> Vec<Value> {
    let mut deltas = Vec::new();
    for (index, call) in calls.iter().enumerate() {
        let arguments = call.pointer("/function/arguments").and_then(Value::as_str);
        let mut opened = call.clone();
        opened["function"]["arguments"] = "".into();
        opened["index"] = index.into();
        deltas.push(json!({"tool_calls": [opened]}));
        for fragment in crate::brain::fragments(arguments.unwrap_or_default()) {
            deltas.push(json!({
                "tool_calls": [{"index": index, "function": {"arguments": fragment}}],
            }));
        }
    }
    deltas
}

/// Deltas as the chunks of a stream: the last one says why it ends, and the usage if there is one. `envelope` is what every
/// chunk begins with.
pub(super) fn chunks(
    envelope: &Value,
    deltas: Vec<Value>,
    reason: &str,
    usage: Option<Value>,
) -> Vec<Value> {
    let last = deltas.len().saturating_sub(1);
    let chunk = |(index, delta): (usize, Value)| {
        let mut chunk = envelope.clone();
        let reason = (index == last).then_some(reason);
        chunk["choices"] = json!([{"index": 0, "delta": delta, "finish_reason": reason}]);
        if let Some(usage) = usage.as_ref().filter(|_| index == last) {
            chunk["usage"] = usage.clone();
        }
        chunk
    };
    deltas.into_iter().enumerate().map(chunk).collect()
}

/// What a guardrail says in place of the model, whole; `body` is what every answer begins with.
pub(super) fn blocked(mut body: Value, text: &str) -> Value {
    let message = json!({"role": "assistant", "content": text});
    body["choices"] = json!([{"index": 0, "message": message, "finish_reason": "stop"}]);
    body
}

/// The same as a chunk.
pub(super) fn blocked_chunk(mut body: Value, text: &str) -> Value {
    let delta = json!({"role": "assistant", "content": text});
    body["choices"] = json!([{"index": 0, "delta": delta, "finish_reason": "stop"}]);
    body
}
