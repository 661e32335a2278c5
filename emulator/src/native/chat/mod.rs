//! The chat-completions vocabulary that gpt-oss, the newer Mistrals and Jamba share.
//!
//! Which members a body may have is each family's own table; what they mean is the same for all.

mod prompt;
mod rules;
mod schema;

use serde_json::{Value, json};

use crate::brain::Stop;
use crate::native::call::Answered;
pub(super) use prompt::translate;
pub(super) use rules::{Rules, check};
pub(super) use schema::{Body, MESSAGES, RESPONSE_FORMAT, STOP, TOOL_CHOICE, TOOLS};

/// When gpt-oss came to Bedrock: the emulator has no clock of its own, and the same request is to get
/// the same bytes.
pub(super) const CREATED: u64 = 1_754_400_000;

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
