//! The rules of a chat that the shapes of its members do not show.

use super::gemini;
use crate::chat::{Body, Message, Part, ResponseFormat, Role, ToolChoice};
use crate::openai::door::House;
use crate::openai::error::Refusal;
use crate::openai::manners::{Key, Manner};
use crate::openai::{Call, strict, wording};

/// Members that OpenAI knows and the emulator does nothing with.
const UNSERVED: [&str; 5] = [
    "audio",
    "prediction",
    "function_call",
    "functions",
    "web_search_options",
];

pub(super) fn check(call: &Call<'_>, body: &Body) -> Result<(), Refusal> {
    let given = |name: &&&str| call.body.get(**name).is_some_and(|it| !it.is_null());
    if let Some(name) = UNSERVED.iter().find(given) {
        return Err(
            Refusal::invalid(format!("The emulator does not serve '{name}'.")).param(*name),
        );
    }
    for (index, message) in body.messages.iter().enumerate() {
        contents(index, message, call)?;
    }
    companions(body)?;
    limits(call, body)?;
    sampling(call, body)?;
    tools_or_effort(call, body)?;
    tools(call.manner, body)?;
    format(call, body)?;
    pairing(&body.messages, call.manner)?;
    gemini::check(call, body)?;
    ending(&body.messages, call.manner)
}

fn contents(index: usize, message: &Message, call: &Call<'_>) -> Result<(), Refusal> {
    let refuse = |member: &str, what: &str| {
        let at = format!("messages[{index}].{member}");
        Err(Refusal::invalid(format!("Invalid '{at}': {what}"))
            .param(at)
            .code("invalid_value"))
    };
    let calls = message.tool_calls.as_deref().unwrap_or_default();
    if !calls.is_empty() && message.role != Role::Assistant {
        return refuse(
            "tool_calls",
            "only messages of the assistant have tool calls.",
        );
    }
    if message.role == Role::Tool && message.tool_call_id.is_none() {
        return Err(Refusal::missing(&format!("messages[{index}].tool_call_id")));
    }
    let silent = message.content.is_none() && message.refusal.is_none();
    if silent && (message.role != Role::Assistant || calls.is_empty()) {
        let at = format!("messages[{index}].content");
        return Err(Refusal::invalid(format!(
            "Invalid value for '{at}': expected a string, got null."
        ))
        .param(at));
    }
    for (place, part) in message.parts().iter().enumerate() {
        let at = format!("content[{place}]");
        match part {
            Part::ImageUrl { .. } | Part::File { .. } if message.role != Role::User => {
                return refuse(
                    &at,
                    "images and files are only allowed for messages with role 'user'.",
                );
            }
            Part::ImageUrl { .. } if !call.traits.images => {
                return refuse(&at, "image_url is only supported by certain models.");
            }
            Part::ImageUrl { image_url } => image(image_url.url())
                .or_else(|what| refuse(&format!("{at}.image_url.url"), &what))?,
            Part::File { file } if file.file_data.is_none() => {
                return refuse(&at, "the emulator keeps no files: send 'file_data'.");
            }
            _ => {}
        }
    }
    Ok(())
}

/// An address of an image is `https:`, `http:` or `data:` with base64 of a kind of image that is known.
pub(in crate::openai) fn image(url: &str) -> Result<(), String> {
    const KINDS: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];
    if url.starts_with("https://") || url.starts_with("http://") {
        return Ok(());
    }
    let Some((kind, data)) = url
        .strip_prefix("data:")
        .and_then(|it| it.split_once(";base64,"))
    else {
        return Err(
            "expected a URL that begins with 'https://' or 'data:image/…;base64,'.".to_owned(),
        );
    };
    if !KINDS.contains(&kind) {
        return Err(format!(
            "You uploaded an unsupported image. Please make sure your image has one of the following formats: {}.",
            wording::quoted(&KINDS)
        ));
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    if data.is_empty() || data.len() % 4 != 0 || !data.bytes().all(plain) {
        return Err("the data of the image is not valid base64.".to_owned());
    }
    Ok(())
}

/// Members that say something only beside another one.
fn companions(body: &Body) -> Result<(), Refusal> {
    if body.stream_options.is_some() && body.stream != Some(true) {
        return Err(Refusal::invalid(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
        )
        .param("stream_options"));
    }
    if body.top_logprobs.is_some() && body.logprobs != Some(true) {
        return Err(Refusal::invalid(
            "Setting 'top_logprobs' is only allowed when 'logprobs' is enabled.",
        )
        .param("top_logprobs"));
    }
    Ok(())
}

fn unsupported(name: &str, instead: &str) -> Refusal {
    Refusal::invalid(format!(
        "Unsupported parameter: '{name}' is not supported with this model.{instead}"
    ))
    .param(name)
    .code("unsupported_parameter")
}

fn is_open(call: &Call<'_>) -> bool {
    let names = ["gpt-oss", "deepseek"];
    names.iter().any(|name| call.model.contains(name))
}

fn limits(call: &Call<'_>, body: &Body) -> Result<(), Refusal> {
    if body.max_tokens.is_some() && body.max_completion_tokens.is_some() {
        return Err(Refusal::invalid(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
        )
        .code("invalid_parameter_combination"));
    }
    // Open weights on Bedrock take either name.
    let either = call.traits.old_limit || is_open(call);
    if body.max_tokens.is_some() && call.traits.reasons() && !either {
        return Err(unsupported(
            "max_tokens",
            " Use 'max_completion_tokens' instead.",
        ));
    }
    let name = if body.max_tokens.is_some() {
        "max_tokens"
    } else {
        "max_completion_tokens"
    };
    let limit = body.max_completion_tokens.or(body.max_tokens);
    match limit.filter(|limit| *limit > call.traits.output) {
        Some(limit) => Err(Refusal::invalid(format!(
            "{name} is too large: {limit}. This model supports at most {} completion tokens.",
            call.traits.output
        ))
        .param(name)
        .code("invalid_value")),
        None => Ok(()),
    }
}

/// Bedrock's GPT takes tools in a chat only while it is not told to reason. Source: litellm, common_utils.
fn tools_or_effort(call: &Call<'_>, body: &Body) -> Result<(), Refusal> {
    let told = body
        .reasoning_effort
        .as_ref()
        .is_some_and(|it| it != "none");
    let tools = body.tools.as_ref().is_some_and(|tools| !tools.is_empty());
    if told && tools && call.house != House::OpenAi && call.model.contains("openai.gpt-5") {
        let instead = " To use function tools, use /v1/responses or set it to 'none'.";
        return Err(unsupported("reasoning_effort", instead));
    }
    Ok(())
}

/// What a model that reasons does not take, unless it is told not to reason.
/// Source: the guide "Using GPT-5.2", parameter compatibility, and the guide "Reasoning models".
fn sampling(call: &Call<'_>, body: &Body) -> Result<(), Refusal> {
    let traits = &call.traits;
    if let Some(effort) = &body.reasoning_effort {
        if call.manner.key == Key::OpenAi && !traits.reasons() {
            return Err(wording::unrecognized(&["reasoning_effort"]));
        }
        if traits.reasons() && !traits.efforts.contains(&effort.as_str()) {
            return Err(Refusal::invalid(format!(
                "Unsupported value: 'reasoning_effort' does not support '{effort}' with this model. Supported values are: {}.",
                wording::quoted(traits.efforts)
            ))
            .param("reasoning_effort")
            .code("unsupported_value"));
        }
    }
    let effort = body.reasoning_effort.as_deref().unwrap_or(traits.effort);
    let open = is_open(call) || call.model.contains("grok");
    if !traits.reasons() || effort == "none" || open {
        return Ok(());
    }
    for (name, value) in [("temperature", body.temperature), ("top_p", body.top_p)] {
        if value.is_some_and(|value| (value - 1.0).abs() > f64::EPSILON) {
            return Err(Refusal::invalid(format!(
                "Unsupported value: '{name}' does not support {} with this model. Only the default (1) value is supported.",
                value.unwrap_or_default()
            ))
            .param(name)
            .code("unsupported_value"));
        }
    }
    let given = |name: &str| {
        let value = call.body.get(name);
        value.is_some_and(|it| !it.is_null() && *it != false && it.as_f64() != Some(0.0))
    };
    match [
        "presence_penalty",
        "frequency_penalty",
        "logprobs",
        "top_logprobs",
        "logit_bias",
        "stop",
    ]
    .into_iter()
    .find(|name| given(name))
    {
        Some(name) => Err(unsupported(name, "")),
        None => Ok(()),
    }
}

fn tools(manner: &Manner, body: &Body) -> Result<(), Refusal> {
    let tools = body.tools.as_deref().unwrap_or_default();
    for (index, tool) in tools.iter().enumerate() {
        let function = &tool.function;
        let verdict = match &function.parameters {
            Some(schema) => strict::held(manner, schema, function.strict),
            None => Ok(()),
        };
        verdict.map_err(|what| {
            Refusal::invalid(format!(
                "Invalid schema for function '{}': {what}",
                function.name
            ))
            .param(format!("tools[{index}].function.parameters"))
            .code("invalid_function_parameters")
        })?;
    }
    if body.tools.as_ref().is_some_and(Vec::is_empty) {
        return Err(Refusal::invalid(
            "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
        )
        .param("tools")
        .code("empty_array"));
    }
    if tools.is_empty() {
        for (name, given) in [
            ("tool_choice", body.tool_choice.is_some()),
            ("parallel_tool_calls", body.parallel_tool_calls.is_some()),
        ] {
            if given {
                return Err(Refusal::invalid(format!(
                    "Invalid value for '{name}': '{name}' is only allowed when 'tools' are specified."
                ))
                .param(name));
            }
        }
        return Ok(());
    }
    let refuse = |what: String| {
        Err(Refusal::invalid(what)
            .param("tool_choice")
            .code("invalid_value"))
    };
    match &body.tool_choice {
        Some(ToolChoice::Word(word)) if !manner.choices.contains(&word.as_str()) => {
            refuse(format!(
                "Invalid value: '{word}'. Supported values are: {}.",
                wording::quoted(manner.choices)
            ))
        }
        Some(ToolChoice::Function { function })
            if tools.iter().all(|tool| tool.function.name != function.name) =>
        {
            refuse(format!(
                "Invalid value for 'tool_choice': no function named '{}' was specified in the 'tools' parameter.",
                function.name
            ))
        }
        _ => Ok(()),
    }
}

fn format(call: &Call<'_>, body: &Body) -> Result<(), Refusal> {
    match &body.response_format {
        None | Some(ResponseFormat::Text) => Ok(()),
        Some(ResponseFormat::JsonObject) => {
            let says_json = |message: &Message| message.text().to_lowercase().contains("json");
            if call.manner.key == Key::Free || body.messages.iter().any(says_json) {
                return Ok(());
            }
            Err(Refusal::invalid(
                "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
            )
            .param("messages"))
        }
        Some(ResponseFormat::JsonSchema { json_schema }) => {
            let Some(schema) = &json_schema.schema else {
                return Err(Refusal::missing("response_format.json_schema.schema"));
            };
            strict::held(call.manner, schema, json_schema.strict).map_err(|what| {
                Refusal::invalid(format!(
                    "Invalid schema for response_format '{}': {what}",
                    json_schema.name
                ))
                .param("response_format")
            })
        }
    }
}

/// Every call is answered before the next message that is not a tool's.
fn pairing(messages: &[Message], manner: &Manner) -> Result<(), Refusal> {
    let mut open: Vec<&str> = Vec::new();
    let role = |index: usize| format!("messages.[{index}].role");
    for (index, message) in messages.iter().enumerate() {
        if message.role == Role::Tool {
            let id = message.tool_call_id.as_deref().unwrap_or_default();
            let Some(place) = open.iter().position(|call| *call == id) else {
                return Err(Refusal::invalid(format!(
                    "Invalid parameter: a message with role 'tool' has to answer one of the 'tool_calls' of the \
                     message before it, and '{id}' is none that waits for an answer."
                ))
                .param(role(index)));
            };
            open.remove(place);
            continue;
        }
        unanswered(&open, role(index))?;
        open.clear();
        for call in message.tool_calls.iter().flatten() {
            let plain = call.id.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if manner.short_ids && (call.id.len() != 9 || !plain) {
                return Err(Refusal::invalid(format!(
                    "Tool call id was {} but must be a-z, A-Z, 0-9, with a length of 9.",
                    call.id
                ))
                .code("3280"));
            }
            if open.contains(&call.id.as_str()) {
                return Err(Refusal::invalid(format!(
                    "Invalid parameter: 'tool_call_id' of '{}' is not unique in the message.",
                    call.id
                ))
                .param(role(index)));
            }
            open.push(&call.id);
        }
    }
    unanswered(&open, role(messages.len().saturating_sub(1)))
}

fn unanswered(open: &[&str], at: String) -> Result<(), Refusal> {
    if open.is_empty() {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "An assistant message with 'tool_calls' has to be followed by tool messages that answer each 'tool_call_id'. \
         These have no answer: {}",
        open.join(", ")
    ))
    .param(at))
}

/// Mistral goes on from nobody's words but the user's or a tool's.
fn ending(messages: &[Message], manner: &Manner) -> Result<(), Refusal> {
    let last = messages.last().map(|message| message.role);
    if manner.short_ids && !matches!(last, Some(Role::User | Role::Tool)) {
        let refusal = Refusal {
            kind: "invalid_request_message_order",
            ..Refusal::invalid("Expected last role User or Tool for serving.")
        };
        return Err(refusal.code("3230"));
    }
    Ok(())
}
