//! The rules of a request that the shapes of its members do not show.

use serde_json::Value;

use super::Shelf;
use super::schema::{Body, Content, Format, Item, Part, Role, ToolChoice};
use super::sealed;
use crate::openai::door::House;
use crate::openai::error::Refusal;
use crate::openai::{Call, chat, strict, wording};

/// Members that OpenAI knows and the emulator does nothing with.
const UNSERVED: [&str; 3] = ["conversation", "prompt", "max_tool_calls"];

pub(super) fn check(call: &Call<'_>, body: &Body) -> Result<(), Refusal> {
    let given = |name: &&&str| call.body.get(**name).is_some_and(|it| !it.is_null());
    if call.body["background"] == true {
        // Source: the user guide's page on Responses of bedrock-runtime, for that one.
        return Err(Refusal::invalid(
            "Background responses are not supported here: leave out 'background'.",
        )
        .param("background")
        .code("unsupported_parameter"));
    }
    if let Some(name) = UNSERVED.iter().find(given) {
        return Err(
            Refusal::invalid(format!("The emulator does not serve '{name}'.")).param(*name),
        );
    }
    if call.body.get("input").is_none_or(Value::is_null) {
        return Err(Refusal::missing("input"));
    }
    reasoning(call, body)?;
    tools(body)?;
    format(call, body)
}

fn unsupported(name: &str) -> Refusal {
    Refusal::invalid(format!(
        "Unsupported parameter: '{name}' is not supported with this model."
    ))
    .param(name)
    .code("unsupported_parameter")
}

/// What models that reason take, and those that do not.
fn reasoning(call: &Call<'_>, body: &Body) -> Result<(), Refusal> {
    let traits = &call.traits;
    let asked = body.reasoning.as_ref();
    let effort = asked.and_then(|asked| asked.effort.as_deref());
    if !traits.reasons() {
        let summary = asked.and_then(|asked| asked.summary.as_deref());
        let sealed = body
            .include
            .iter()
            .flatten()
            .any(|it| it == "reasoning.encrypted_content");
        return match (effort, summary) {
            (Some(_), _) => Err(unsupported("reasoning.effort")),
            (_, Some(_)) => Err(unsupported("reasoning.summary")),
            _ if sealed => Err(Refusal::invalid(
                "Encrypted content is not supported with this model.",
            )
            .param("include")),
            _ => Ok(()),
        };
    }
    if let Some(effort) = effort.filter(|effort| !traits.efforts.contains(effort)) {
        return Err(Refusal::invalid(format!(
            "Unsupported value: '{effort}' is not supported with the '{}' model. Supported values are: {}.",
            call.model,
            wording::quoted(traits.efforts)
        ))
        .param("reasoning.effort")
        .code("unsupported_value"));
    }
    let open = call.model.contains("gpt-oss") || call.model.contains("grok");
    if open || effort.unwrap_or(traits.effort) == "none" {
        return Ok(());
    }
    let other = |value: Option<f64>| value.is_some_and(|it| (it - 1.0).abs() > f64::EPSILON);
    match [("temperature", body.temperature), ("top_p", body.top_p)]
        .into_iter()
        .find(|(_, value)| other(*value))
    {
        Some((name, _)) => Err(unsupported(name)),
        None => Ok(()),
    }
}

fn tools(body: &Body) -> Result<(), Refusal> {
    let tools = body.tools.as_deref().unwrap_or_default();
    for (index, tool) in tools.iter().enumerate() {
        let verdict = match &tool.parameters {
            Some(schema) if tool.strict == Some(true) => strict::check(schema),
            Some(schema) => strict::is_object(schema),
            None => Ok(()),
        };
        verdict.map_err(|what| {
            Refusal::invalid(format!(
                "Invalid schema for function '{}': {what}",
                tool.name
            ))
            .param(format!("tools[{index}].parameters"))
            .code("invalid_function_parameters")
        })?;
    }
    let known = |name: &str| tools.iter().any(|tool| tool.name == name);
    let refuse = |what: String| Err(Refusal::invalid(what).param("tool_choice"));
    match &body.tool_choice {
        Some(ToolChoice::Word(word)) if !["none", "auto", "required"].contains(&word.as_str()) => {
            refuse(format!(
                "Invalid value: '{word}'. Supported values are: 'none', 'auto', and 'required'."
            ))
        }
        Some(ToolChoice::Word(word)) if word == "required" && tools.is_empty() => {
            refuse("Tool choice 'required' must be specified with 'tools' parameter.".to_owned())
        }
        Some(ToolChoice::Function { name }) if !known(name) => refuse(format!(
            "Tool choice 'function' not found in 'tools' parameter: '{name}'."
        )),
        Some(ToolChoice::Allowed { tools: allowed, .. }) => {
            match allowed.iter().find(|tool| !known(&tool.name)) {
                Some(tool) => refuse(format!(
                    "Tool choice 'allowed_tools' names '{}', which is not in 'tools'.",
                    tool.name
                )),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn format(call: &Call<'_>, body: &Body) -> Result<(), Refusal> {
    match body.text.as_ref().and_then(|text| text.format.as_ref()) {
        None | Some(Format::Text) => Ok(()),
        Some(Format::JsonObject) => {
            let said =
                call.body["input"].to_string() + body.instructions.as_deref().unwrap_or_default();
            if said.to_lowercase().contains("json") {
                return Ok(());
            }
            Err(Refusal::invalid(
                "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
            )
            .param("input"))
        }
        Some(Format::JsonSchema {
            name,
            schema,
            strict,
        }) => {
            let verdict = match strict {
                Some(true) => strict::check(schema),
                _ => strict::is_object(schema),
            };
            verdict.map_err(|what| {
                Refusal::invalid(format!(
                    "Invalid schema for response_format '{name}': {what}"
                ))
                .param("text.format.schema")
                .code("invalid_json_schema")
            })
        }
    }
}

/// The rules of a conversation, that of the response before it included. `own` items at its beginning are the emulator's.
pub(super) fn conversation(
    call: &Call<'_>,
    items: &[Item],
    own: usize,
    shelf: &Shelf,
) -> Result<(), Refusal> {
    let mut calls: Vec<&str> = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let at = format!("input[{}]", index.saturating_sub(own));
        match item {
            Item::Message { role, content } => message(call, *role, content, &at)?,
            Item::FunctionCall { call_id, .. } => {
                calls.push(call_id);
                open.push(call_id);
            }
            Item::FunctionCallOutput { call_id, .. } => {
                if !calls.contains(&call_id.as_str()) {
                    return Err(Refusal::invalid(format!(
                        "No tool call found for function call output with call_id {call_id}."
                    ))
                    .param("input"));
                }
                open.retain(|call| call != call_id);
            }
            Item::Reasoning {
                id,
                encrypted_content,
            } => {
                thought(call, id, encrypted_content.as_deref(), index < own, shelf)?;
                let next = items.get(index + 1);
                let follows = matches!(
                    next,
                    Some(
                        Item::FunctionCall { .. }
                            | Item::Reasoning { .. }
                            | Item::Message {
                                role: Role::Assistant,
                                ..
                            }
                    )
                );
                if !follows {
                    return Err(Refusal::invalid(format!(
                        "Item '{id}' of type 'reasoning' was provided without its required following item."
                    ))
                    .param("input"));
                }
            }
            Item::Reference { id } => return Err(lost(id)),
        }
    }
    match open.first() {
        Some(call_id) => Err(Refusal::invalid(format!(
            "No tool output found for function call {call_id}."
        ))
        .param("input")),
        None => Ok(()),
    }
}

/// Reasoning comes back only to a model that reasons, and only as it was sent.
fn thought(
    call: &Call<'_>,
    id: &str,
    content: Option<&str>,
    own: bool,
    shelf: &Shelf,
) -> Result<(), Refusal> {
    if !call.traits.reasons() {
        return Err(Refusal::invalid(
            "Reasoning input items can only be provided to a reasoning or computer use model. \
             Remove reasoning items from your input and try again.",
        )
        .param("input"));
    }
    match content {
        Some(content) if !sealed::opens(id, content) => Err(Refusal::invalid(format!(
            "The encrypted content for item {id} could not be verified. Reason: Encrypted content could not be decrypted or parsed."
        ))
        .code("invalid_encrypted_content")),
        Some(_) => Ok(()),
        // Open-weight models think in the open, and forget it.
        None if own || call.model.contains("gpt-oss") => Ok(()),
        None if shelf.item(id).is_some() => Ok(()),
        None => Err(lost(id)),
    }
}

pub(super) fn lost(id: &str) -> Refusal {
    Refusal::not_found(format!(
        "Item with id '{id}' not found. Items are not persisted when `store` is set to false. \
         Try again with `store` set to true, or remove this item from your input."
    ))
    .param("input")
}

fn message(call: &Call<'_>, role: Role, content: &Content, at: &str) -> Result<(), Refusal> {
    const SAID: [&str; 2] = ["output_text", "refusal"];
    const ASKED: [&str; 3] = ["input_text", "input_image", "input_file"];
    for (index, part) in content.parts().iter().enumerate() {
        let at = format!("{at}.content[{index}]");
        let (name, is_said) = match part {
            Part::InputText { .. } => ("input_text", false),
            Part::InputImage { .. } => ("input_image", false),
            Part::InputFile { .. } => ("input_file", false),
            Part::OutputText { .. } => ("output_text", true),
            Part::Refusal { .. } => ("refusal", true),
        };
        let assistant = role == Role::Assistant;
        if is_said != assistant {
            let set: &[&str] = if assistant { &SAID } else { &ASKED };
            return Err(Refusal::invalid(format!(
                "Invalid value: '{name}'. Supported values are: {}.",
                wording::quoted(set)
            ))
            .param(at)
            .code("invalid_value"));
        }
        let refuse = |what: String| {
            Err(Refusal::invalid(format!("Invalid '{at}': {what}"))
                .param(at.clone())
                .code("invalid_value"))
        };
        match part {
            Part::InputImage { image_url: None } => {
                return refuse("the emulator keeps no files: send 'image_url'.".to_owned());
            }
            Part::InputImage {
                image_url: Some(url),
            } => image(call, url).or_else(refuse)?,
            Part::InputFile {
                file_data: None,
                file_url: None,
            } => {
                return refuse(
                    "the emulator keeps no files: send 'file_data' or 'file_url'.".to_owned(),
                );
            }
            _ => {}
        }
    }
    Ok(())
}

/// Bedrock takes no addresses on the web. Source: litellm, responses/transformation.
fn image(call: &Call<'_>, url: &str) -> Result<(), String> {
    match (call.house, url) {
        (House::OpenAi, _) => chat::image(url),
        _ if url.starts_with("s3://") => Ok(()),
        _ if url.starts_with("data:") => chat::image(url),
        _ => Err("image URLs have to begin with 'data:' or 's3://' here.".to_owned()),
    }
}
