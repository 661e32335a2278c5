//! The rules of the `thinking` field, on which Converse and native bodies agree.

use serde_json::Value;

const LEAST_BUDGET: u64 = 1024;

/// The `thinking` field and what must fit it.
pub(crate) struct ThinkingRequest<'a> {
    pub(crate) thinking: &'a Value,
    pub(crate) max_tokens: Option<u64>,
    pub(crate) temperature: Option<f64>,
    pub(crate) has_top_k: bool,
    pub(crate) forces_tool: bool,
}

/// What Claude has against the request, if anything.
pub(crate) fn thinking_error(request: &ThinkingRequest<'_>) -> Option<String> {
    let Some(kind) = request.thinking.get("type").and_then(Value::as_str) else {
        return Some("thinking.type: Field required".to_owned());
    };
    match kind {
        "disabled" => return None,
        "adaptive" => {}
        "enabled" => {
            if let Some(error) = budget_error(request) {
                return Some(error);
            }
        }
        other => {
            return Some(format!(
                "thinking: Input tag '{other}' found using 'type' does not match any of the expected tags: \
                 'adaptive', 'disabled', 'enabled'"
            ));
        }
    }
    let error = if request
        .temperature
        .is_some_and(|temperature| temperature != 1.0)
    {
        "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode."
    } else if request.has_top_k {
        "`top_k` must be unset when thinking is enabled or in adaptive mode."
    } else if request.forces_tool {
        "Thinking may not be enabled when tool_choice forces tool use."
    } else {
        return None;
    };
    Some(error.to_owned())
}

fn budget_error(request: &ThinkingRequest<'_>) -> Option<String> {
    let Some(budget) = request.thinking.get("budget_tokens") else {
        return Some("thinking.enabled.budget_tokens: Field required".to_owned());
    };
    let Some(budget) = budget.as_i64() else {
        return Some("thinking.enabled.budget_tokens: Input should be a valid integer".to_owned());
    };
    let budget = u64::try_from(budget).unwrap_or_default();
    if budget < LEAST_BUDGET {
        return Some(format!(
            "thinking.enabled.budget_tokens: Input should be greater than or equal to {LEAST_BUDGET}"
        ));
    }
    request
        .max_tokens
        .is_some_and(|max| max <= budget)
        .then(|| "`max_tokens` must be greater than `thinking.budget_tokens`.".to_owned())
}
