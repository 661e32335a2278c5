//! Blocks of answers that were none of this form's.

use serde_json::Value;

/// Whether a block of an answer comes from another form, in which it means something.
///
/// A block of Converse has no `type`. OpenAI's API reference, "Responses", output items: calls of its own tools, what they gave,
/// lists and requests for leave. Those of Messages end in `_tool_use` and `_tool_result`, or are names that none of these has. A
/// delta of a stream that nobody knew is no block at all.
pub(super) fn is(raw: &Value) -> bool {
    let Some(kind) = raw.get("type").and_then(Value::as_str) else {
        return true;
    };
    let ends = [
        "_call",
        "_call_output",
        "_approval_request",
        "_approval_response",
    ];
    ends.iter().any(|end| kind.ends_with(end))
        || matches!(
            kind,
            "mcp_list_tools"
                | "item_reference"
                | "message"
                | "reasoning"
                | "output_text"
                | "refusal"
                | "content_block_delta"
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn blocks_of_messages_are_known_from_those_of_others() {
        for kind in [
            "server_tool_use",
            "web_search_tool_result",
            "mcp_tool_use",
            "container_upload",
            "compaction",
            "search_result",
        ] {
            assert!(!is(&json!({"type": kind})), "{kind}");
        }
        for raw in [
            json!({"citationsContent": {}}),
            json!({"type": "web_search_call"}),
            json!({"type": "mcp_list_tools"}),
            json!({"type": 1}),
            json!("text"),
        ] {
            assert!(is(&raw), "{raw}");
        }
    }
}
