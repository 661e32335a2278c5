//! Rules of the additional fields that ask for reasoning. Each family has its own.

use serde_json::Value;

use super::{Case, Turn, Verdict, extraneous_key, model_error};
use crate::claude::{ThinkingRequest, thinking_error};
use crate::converse::families::{Quirk, Reasoning, Thinking};
use crate::converse::request::{ContentBlock, Request, Role, ToolChoice};

/// The fields by which any family is asked to reason.
const FIELDS: [&str; 5] = [
    "thinking",
    "reasoning",
    "reasoning_effort",
    "reasoningConfig",
    "reasoning_config",
];

pub(super) fn check(case: &Case<'_>, turns: &[Turn<'_>]) -> Verdict {
    for (field, value) in FIELDS
        .into_iter()
        .filter_map(|field| Some((field, case.request.extra(field)?)))
    {
        match (case.family.reasoning, field) {
            (Reasoning::Unknown, "thinking") if case.model.may_be_claude() => {
                claude(case, turns, Thinking::BudgetOrAdaptive, value)?;
            }
            (Reasoning::Unknown, _) => {}
            (Reasoning::Claude(kinds), "thinking") => claude(case, turns, kinds, value)?,
            (Reasoning::Claude(_), _) => {
                return model_error(format!("{field}: Extra inputs are not permitted"));
            }
            (Reasoning::Nova1, "reasoningConfig") => return invalid_reasoning_config(),
            (Reasoning::Nova2, "reasoningConfig") => nova(case.request, value)?,
            (Reasoning::GptOss, "reasoning_effort") => gpt_oss(value)?,
            // A live probe: taken, though it is the field of the newer ones.
            (Reasoning::GptOss, "reasoning") => {}
            (Reasoning::GptOss, _) => {
                return model_error(format!(
                    "Failed to deserialize the JSON body into the target type: {field}: unknown field {field}, \
                     expected one of messages, model, reasoning_effort, max_completion_tokens, temperature, top_p, \
                     tools, tool_choice"
                ));
            }
            (Reasoning::Responses { none }, "reasoning") => responses(value, none)?,
            (Reasoning::Responses { .. }, _) => {
                return model_error(format!("Unknown parameter: '{field}'."));
            }
            (Reasoning::Qwen, "reasoning_config") => qwen(value)?,
            (Reasoning::Refused | Reasoning::Nova1 | Reasoning::Nova2 | Reasoning::Qwen, _) => {
                return extraneous_key("#", field);
            }
        }
    }
    Ok(())
}

/// The rules of Claude's `thinking` field, which Converse passes on.
fn claude(case: &Case<'_>, turns: &[Turn<'_>], kinds: Thinking, thinking: &Value) -> Verdict {
    let kind = thinking.get("type").and_then(Value::as_str);
    match (kinds, kind) {
        (Thinking::Never, _) => return model_error("thinking: Extra inputs are not permitted"),
        (Thinking::Budget, Some("adaptive")) => {
            return model_error("adaptive thinking is not supported on this model");
        }
        (Thinking::Adaptive, Some("enabled")) => {
            return model_error(
                "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and \
                 \"output_config.effort\" to control thinking behavior.",
            );
        }
        _ => {}
    }
    if let (Some(kind), Some(display)) = (kind, thinking.get("display"))
        && display != "summarized"
        && display != "omitted"
    {
        return model_error(format!(
            "thinking.{kind}.display: Input should be 'summarized' or 'omitted'"
        ));
    }
    let inference = case.request.inference_config.as_ref();
    let choice = case.request.tool_config.as_ref();
    let choice = choice.and_then(|config| config.tool_choice.as_ref());
    let asked = ThinkingRequest {
        thinking,
        max_tokens: inference.and_then(|config| config.max_tokens),
        temperature: inference.and_then(|config| config.temperature),
        has_top_k: case.request.extra("top_k").is_some(),
        forces_tool: matches!(choice, Some(ToolChoice::Any {} | ToolChoice::Tool { .. }))
            && !case.family.has(Quirk::ForcedWhileThinking),
    };
    if let Some(message) = thinking_error(&asked) {
        return model_error(message);
    }
    begins_with_thinking(turns, thinking)
}

/// With thinking on, the turn that called the tools must be replayed with its thinking.
fn begins_with_thinking(turns: &[Turn<'_>], thinking: &Value) -> Verdict {
    if thinking.get("type").is_none_or(|kind| kind != "enabled") {
        return Ok(());
    }
    let last = turns.iter().rev().find(|turn| turn.role == Role::Assistant);
    let Some(turn) = last else {
        return Ok(());
    };
    let calls = turn
        .blocks
        .iter()
        .any(|place| matches!(place.block, ContentBlock::ToolUse(_)));
    let found = match turn.blocks.first().map(|place| place.block) {
        Some(ContentBlock::ReasoningContent(_)) => return Ok(()),
        Some(ContentBlock::ToolUse(_)) => "tool_use",
        _ => "text",
    };
    if !calls {
        return Ok(());
    }
    model_error(format!(
        "messages.{}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `{found}`. When \
         `thinking` is enabled, a final `assistant` message must start with a thinking block",
        turn.index
    ))
}

/// The words of Nova Pro, from a report.
fn invalid_reasoning_config() -> Verdict {
    model_error(
        "Malformed input request: the provided reasoning config value is invalid, please reformat your input and \
         try again.",
    )
}

fn nova(request: &Request, config: &Value) -> Verdict {
    let text = |key: &str| config.get(key).and_then(Value::as_str);
    let effort = text("maxReasoningEffort");
    match (text("type"), effort) {
        (Some("disabled"), None) if config.get("maxReasoningEffort").is_none() => return Ok(()),
        (Some("enabled"), Some("low" | "medium" | "high")) => {}
        _ => return invalid_reasoning_config(),
    }
    let Some(inference) = request
        .inference_config
        .as_ref()
        .filter(|_| effort == Some("high"))
    else {
        return Ok(());
    };
    let set = [
        ("maxTokens", inference.max_tokens.is_some()),
        ("temperature", inference.temperature.is_some()),
        ("topP", inference.top_p.is_some()),
    ];
    match set.into_iter().find(|(_, set)| *set) {
        Some((field, _)) => model_error(format!(
            "Malformed input request: {field} cannot be set when maxReasoningEffort is high, please reformat your \
             input and try again."
        )),
        None => Ok(()),
    }
}

fn gpt_oss(effort: &Value) -> Verdict {
    if matches!(effort.as_str(), Some("low" | "medium" | "high")) {
        return Ok(());
    }
    model_error(format!(
        "Failed to deserialize the JSON body into the target type: reasoning_effort: unknown variant {effort}, \
         expected one of `low`, `medium`, `high`"
    ))
}

fn responses(reasoning: &Value, none: bool) -> Verdict {
    let Some(reasoning) = reasoning.as_object() else {
        return model_error("Invalid type for 'reasoning': expected an object.");
    };
    let values: [(&str, &[&str]); 2] = [
        ("effort", &["none", "low", "medium", "high", "xhigh", "max"]),
        ("summary", &["auto", "concise", "detailed"]),
    ];
    for (key, value) in reasoning {
        let Some((_, allowed)) = values.iter().find(|(name, _)| name == key) else {
            return model_error(format!("Unknown parameter: 'reasoning.{key}'."));
        };
        let known = value
            .as_str()
            .is_some_and(|value| allowed.contains(&value) && (none || value != "none"));
        if !known {
            return model_error(format!(
                "Unsupported value: 'reasoning.{key}' does not support {value} with this model."
            ));
        }
    }
    Ok(())
}

fn qwen(level: &Value) -> Verdict {
    if matches!(level.as_str(), Some("low" | "high")) {
        return Ok(());
    }
    model_error(format!(
        "reasoning_config: Input should be 'low' or 'high', but was {level}"
    ))
}
