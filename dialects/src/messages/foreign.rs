//! Blocks of answers that are none of this form's.

use serde_json::Value;

/// Whether a block of an answer is Claude's own, and goes back to it as it came.
///
/// Source: Anthropic's Messages API reference, content blocks: tools that the service runs itself and what they gave, files, what
/// is left of a conversation that was made shorter. What is not named here is another form's, or a delta of a stream that nobody
/// knew, and would be refused.
pub(super) fn is_own(raw: &Value) -> bool {
    let Some(kind) = raw.get("type").and_then(Value::as_str) else {
        return false;
    };
    kind.ends_with("_tool_result")
        || matches!(
            kind,
            "server_tool_use"
                | "mcp_tool_use"
                | "container_upload"
                | "compaction"
                | "search_result"
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
            "bash_code_execution_tool_result",
            "mcp_tool_use",
            "mcp_tool_result",
            "container_upload",
            "compaction",
            "search_result",
        ] {
            assert!(is_own(&json!({"type": kind})), "{kind}");
        }
        for raw in [
            json!({"citationsContent": {}}),
            json!({"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}),
            json!({"type": "web_search_call"}),
            json!({"type": "mcp_list_tools"}),
            json!({"type": "content_block_delta"}),
            json!({"type": 1}),
            json!("text"),
        ] {
            assert!(!is_own(&raw), "{raw}");
        }
    }
}
