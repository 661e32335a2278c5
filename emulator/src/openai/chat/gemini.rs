//! What Gemini has and refuses behind OpenAI's form.
//!
//! Sources: Google's guides "OpenAI compatibility" and "Thought signatures"; the words of refusals as reports of them have them
//! (vercel/ai #15550, hermes-agent #16482, hindsight #187).

use serde_json::{Value, json};

use crate::brain::signature;
use crate::chat::{Body, Call as Called, Message, Role};
use crate::openai::Call;
use crate::openai::error::Refusal;
use crate::openai::wording;

/// The word that stands for a signature on calls that another model has made. Source: "Thought signatures", "FAQs", which has a
/// second one.
const WAIVERS: [&str; 2] = [
    "skip_thought_signature_validator",
    "context_engineering_is_the_way_to_go",
];

/// Members that are Google's alone are refused by everybody else who refuses what he does not know; Google refuses what breaks
/// its own rules.
pub(super) fn check(call: &Call<'_>, body: &Body) -> Result<(), Refusal> {
    let Some(wants) = call.manner.signs else {
        return strangers(call, &body.messages);
    };
    let thinking = call.body.pointer("/extra_body/google/thinking_config");
    let given = |name: &str| thinking.and_then(|it| it.get(name)).is_some();
    if body.reasoning_effort.is_some() && (given("thinking_budget") || given("thinking_level")) {
        return Err(Refusal::invalid(
            "reasoning_effort and thinking_config cannot be set at the same time.",
        ));
    }
    let results = body.messages.iter().enumerate();
    for (at, message) in results.filter(|(_, message)| message.role == Role::Tool) {
        if message.name.as_deref().is_none_or(str::is_empty) {
            return Err(Refusal::invalid(format!(
                "GenerateContentRequest.contents[{at}].parts[0].function_response.name: Name cannot be empty."
            )));
        }
    }
    // What the user said last begins the turn; older ones are not looked at.
    let turn = body.messages.iter().rposition(|it| it.role == Role::User);
    for (at, message) in body.messages.iter().enumerate().skip(turn.unwrap_or(0)) {
        for (n, called) in message.tool_calls.iter().flatten().enumerate() {
            match signature_of(&called.extra_content) {
                Some(given) if !WAIVERS.contains(&given) && given != sign(called) => {
                    return Err(Refusal::invalid("Corrupted thought signature."));
                }
                None if n == 0 && wants(&call.model) => {
                    return Err(Refusal::invalid(format!(
                        "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, \
                         and missing thought_signature may lead to degraded model performance. Additional data, function call \
                         `default_api:{}` , position {at}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.",
                        called.function.name
                    )));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn strangers(call: &Call<'_>, messages: &[Message]) -> Result<(), Refusal> {
    if call.manner.unknown != crate::openai::manners::Unknown::Refused {
        return Ok(());
    }
    for (at, message) in messages.iter().enumerate() {
        let mut calls = message.tool_calls.iter().flatten();
        let found = match calls.position(|called| called.extra_content.is_some()) {
            Some(n) => format!("messages[{at}].tool_calls[{n}].extra_content"),
            None if message.extra_content.is_some() => format!("messages[{at}].extra_content"),
            None => continue,
        };
        return Err(wording::unknown_parameter(&[&found]));
    }
    Ok(())
}

fn signature_of(extra: &Option<Value>) -> Option<&str> {
    extra
        .as_ref()?
        .pointer("/google/thought_signature")?
        .as_str()
}

/// The signature of a call: the emulator knows those again that it gave, on the calls that it gave them with.
fn sign(called: &Called) -> String {
    signature_for(&called.function.name, &called.function.arguments)
}

/// The white space of arguments is the client's.
pub(super) fn signature_for(name: &str, arguments: &str) -> String {
    let arguments = match serde_json::from_str::<Value>(arguments) {
        Ok(value) => value.to_string(),
        Err(_) => arguments.to_owned(),
    };
    signature::sign(&format!("{name} {arguments}"))
}

/// The member beside a call or a message.
pub(super) fn beside(signature: String) -> Value {
    json!({"google": {"thought_signature": signature}})
}

/// Whether thoughts are asked for in words.
pub(super) fn tells(body: &Value) -> bool {
    let told = body.pointer("/extra_body/google/thinking_config/include_thoughts");
    told == Some(&Value::Bool(true))
}
