//! Rules of reasoning: what may be asked for, and what of it may be sent back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Verdict, model_error, refuse};
use crate::brain::signature;
use crate::claude::{ThinkingRequest, thinking_error};
use crate::converse::request::{ContentBlock, Reasoning, Request, Role, ToolChoice};
use crate::model_id::ModelId;

pub(super) fn check(request: &Request, model: &ModelId) -> Verdict {
    replayed(request, model)?;
    let thinking = request
        .additional_model_request_fields
        .as_ref()
        .and_then(|fields| fields.get("thinking"));
    match thinking {
        Some(thinking) if model.may_be_claude() => asked(request, thinking),
        _ => Ok(()),
    }
}

/// The rules of Claude's `thinking` field, which Converse passes on.
fn asked(request: &Request, thinking: &Value) -> Verdict {
    let inference = request.inference_config.as_ref();
    let choice = request
        .tool_config
        .as_ref()
        .and_then(|config| config.tool_choice.as_ref());
    let field = |name: &str| {
        request
            .additional_model_request_fields
            .as_ref()
            .and_then(|fields| fields.get(name))
    };
    let asked = ThinkingRequest {
        thinking,
        max_tokens: inference.and_then(|config| config.max_tokens),
        temperature: inference.and_then(|config| config.temperature),
        has_top_k: field("top_k").is_some(),
        forces_tool: matches!(choice, Some(ToolChoice::Any {} | ToolChoice::Tool { .. })),
    };
    if let Some(message) = thinking_error(&asked) {
        return model_error(message);
    }
    begins_with_thinking(request, thinking)
}

/// With thinking on, the turn that called the tools must be replayed with its thinking.
fn begins_with_thinking(request: &Request, thinking: &Value) -> Verdict {
    if thinking.get("type").is_none_or(|kind| kind != "enabled") {
        return Ok(());
    }
    let turns: Vec<_> = request.messages.iter().flatten().enumerate().collect();
    let last = turns
        .iter()
        .rev()
        .find(|(_, message)| message.role == Role::Assistant);
    let Some((index, message)) = last else {
        return Ok(());
    };
    let calls = message
        .content
        .iter()
        .any(|block| matches!(block, ContentBlock::ToolUse(_)));
    let found = match message.content.first() {
        Some(ContentBlock::ReasoningContent(_)) => return Ok(()),
        Some(ContentBlock::ToolUse(_)) => "tool_use",
        _ => "text",
    };
    if !calls {
        return Ok(());
    }
    model_error(format!(
        "messages.{index}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `{found}`. When \
         `thinking` is enabled, a final `assistant` message must start with a thinking block"
    ))
}

/// Reasoning that is sent back must be what was given.
fn replayed(request: &Request, model: &ModelId) -> Verdict {
    for (index, message) in request.messages.iter().flatten().enumerate() {
        for (position, block) in message.content.iter().enumerate() {
            if let ContentBlock::ReasoningContent(reasoning) = block {
                let at = format!("messages.{index}.content.{position}");
                block_rules(reasoning, &at, model)?;
            }
        }
    }
    Ok(())
}

fn block_rules(reasoning: &Reasoning, at: &str, model: &ModelId) -> Verdict {
    if !model.may_be_claude() {
        let field = match reasoning {
            Reasoning::ReasoningText {
                signature: None, ..
            } => return Ok(()),
            Reasoning::ReasoningText { .. } => "reasoningContent.reasoningText.signature",
            Reasoning::RedactedContent(_) => "reasoningContent.redactedContent",
        };
        return refuse(format!(
            "This model doesn't support the {field} field. Remove {field} and try again."
        ));
    }
    match reasoning {
        Reasoning::ReasoningText {
            signature: None, ..
        } if model.is_claude() => model_error(format!("{at}.thinking.signature: Field required")),
        Reasoning::ReasoningText {
            text,
            signature: Some(signature),
        } if !signature::verify(text, signature) => {
            model_error(format!("{at}: Invalid `signature` in `thinking` block"))
        }
        Reasoning::RedactedContent(blob) => {
            let data = STANDARD
                .decode(blob)
                .ok()
                .and_then(|data| String::from_utf8(data).ok());
            match data {
                Some(data) if signature::verify_redacted(&data) => Ok(()),
                _ => model_error(format!("{at}: Invalid `data` in `redacted_thinking` block")),
            }
        }
        Reasoning::ReasoningText { .. } => Ok(()),
    }
}
