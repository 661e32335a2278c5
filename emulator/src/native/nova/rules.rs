//! The rules of a `messages-v1` body that its shape does not show.

use super::schema::{Block, Body, Inference, Reasoning, Role};
use crate::converse::ToolChoice;
use crate::error::ApiError;
use crate::native::wording::{malformed, refuse};

type Verdict = Result<(), ApiError>;

/// `reasons`: whether the model is one that takes `reasoningConfig`.
pub(super) fn check(body: &Body, reasons: bool) -> Verdict {
    for (index, message) in body.messages.iter().enumerate() {
        for (position, block) in message.content.iter().enumerate() {
            contents(
                block,
                message.role,
                &format!("#/messages/{index}/content/{position}"),
            )?;
        }
    }
    order(body)?;
    tools(body)?;
    pairing(body)?;
    let inference = body.inference_config.as_ref();
    reasoning(body.reasoning_config.as_ref(), inference, reasons)
}

/// A block has one content, and a cache point beside it if need be.
fn contents(block: &Block, role: Role, at: &str) -> Verdict {
    let members = [
        ("text", block.text.is_some()),
        ("image", block.image.is_some()),
        ("video", block.video.is_some()),
        ("document", block.document.is_some()),
        ("reasoningContent", block.reasoning_content.is_some()),
        ("toolUse", block.tool_use.is_some()),
        ("toolResult", block.tool_result.is_some()),
    ];
    let set: Vec<&str> = members
        .iter()
        .filter_map(|(name, set)| set.then_some(*name))
        .collect();
    let one = match set.as_slice() {
        [] if block.cache_point.is_some() => return Ok(()),
        [one] => *one,
        _ => {
            return refuse(format!(
                "{at}: {} subschemas matched instead of one",
                set.len()
            ));
        }
    };
    let misplaced = match role {
        Role::User => matches!(one, "toolUse" | "reasoningContent"),
        Role::Assistant => !matches!(one, "text" | "toolUse" | "reasoningContent"),
    };
    if misplaced {
        return refuse(format!("{at}: extraneous key [{one}] is not permitted"));
    }
    // Seen on Converse, which hands the block on: hermes #97281.
    if block.cache_point.is_some() && matches!(one, "toolUse" | "toolResult") {
        return refuse(format!(
            "{at}: extraneous key [cachePoint] is not permitted"
        ));
    }
    Ok(())
}

fn order(body: &Body) -> Verdict {
    let roles: Vec<Role> = body.messages.iter().map(|message| message.role).collect();
    if roles.first() != Some(&Role::User) {
        return refuse("#/messages/0/role: a conversation must start with a user message");
    }
    if roles.last() != Some(&Role::User) {
        let last = roles.len() - 1;
        return refuse(format!(
            "#/messages/{last}/role: a conversation must end with a user message"
        ));
    }
    match roles.windows(2).position(|pair| pair[0] == pair[1]) {
        Some(index) => refuse(format!(
            "#/messages/{}/role: roles must alternate between user and assistant",
            index + 1
        )),
        None => Ok(()),
    }
}

fn tools(body: &Body) -> Verdict {
    let Some(config) = &body.tool_config else {
        return Ok(());
    };
    let names: Vec<&str> = config
        .tools
        .iter()
        .map(|tool| tool.tool_spec.name.as_str())
        .collect();
    for (index, tool) in config.tools.iter().enumerate() {
        let schema = &tool.tool_spec.input_schema.json;
        if schema.get("type").is_none_or(|kind| kind != "object") {
            return refuse(format!(
                "#/toolConfig/tools/{index}/toolSpec/inputSchema/json/type: the type must be object"
            ));
        }
        if names.iter().take(index).any(|name| *name == names[index]) {
            return refuse(format!(
                "#/toolConfig/tools/{index}/toolSpec/name: there are two tools [{}]",
                names[index]
            ));
        }
    }
    match &config.tool_choice {
        Some(ToolChoice::Tool { name }) if !names.contains(&name.as_str()) => refuse(format!(
            "#/toolConfig/toolChoice/tool/name: there is no tool [{name}]"
        )),
        _ => Ok(()),
    }
}

/// Every call is answered in the message after it, and nothing else is.
fn pairing(body: &Body) -> Verdict {
    let mut open: Vec<&str> = Vec::new();
    for (index, message) in body.messages.iter().enumerate() {
        let results: Vec<&str> = message
            .content
            .iter()
            .filter_map(|block| Some(block.tool_result.as_ref()?.tool_use_id.as_str()))
            .collect();
        if let Some(stray) = results.iter().find(|id| !open.contains(id)) {
            return refuse(format!(
                "#/messages/{index}: toolResult [{stray}] has no toolUse in the message before it"
            ));
        }
        if let Some(id) = open.iter().find(|id| !results.contains(id)) {
            return refuse(format!(
                "#/messages/{index}: toolUse [{id}] has no toolResult in the message after it"
            ));
        }
        open = message
            .content
            .iter()
            .filter_map(|block| Some(block.tool_use.as_ref()?.tool_use_id.as_str()))
            .collect();
        if !open.is_empty() && body.tool_config.is_none() {
            return refuse("#: required key [toolConfig] not found");
        }
    }
    Ok(())
}

fn reasoning(config: Option<&Reasoning>, inference: Option<&Inference>, reasons: bool) -> Verdict {
    let Some(config) = config else { return Ok(()) };
    // The words for a model that does not reason: inspect_ai #5301.
    let effort = config.max_reasoning_effort.as_deref();
    let enabled = config.kind == "enabled";
    if !reasons || enabled != effort.is_some() {
        return Err(malformed("the provided reasoning config value is invalid"));
    }
    let Some(inference) = inference.filter(|_| effort == Some("high")) else {
        return Ok(());
    };
    let set = [
        (
            "maxTokens",
            inference.max_tokens.or(inference.max_new_tokens).is_some(),
        ),
        ("temperature", inference.temperature.is_some()),
        ("topP", inference.top_p.or(inference.old_top_p).is_some()),
    ];
    match set.iter().find(|(_, set)| *set) {
        Some((name, _)) => refuse(format!(
            "#/inferenceConfig: extraneous key [{name}] is not permitted when maxReasoningEffort is high"
        )),
        None => Ok(()),
    }
}
