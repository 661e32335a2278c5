//! The rules of a native body that its shape does not show.

use super::Place;
use super::body::{Block, Body, Role, ToolChoice};
use super::thinking::{ThinkingRequest, thinking_error};
use crate::brain::signature;
use crate::error::ApiError;

const MAX_CACHE_POINTS: usize = 4;
/// Tools that Claude knows by their type.
const TOOL_TYPES: [&str; 8] = [
    "bash_20250124",
    "computer_20250124",
    "computer_20251124",
    "custom",
    "memory_20250818",
    "text_editor_20250124",
    "text_editor_20250429",
    "text_editor_20250728",
];

type Verdict = Result<(), ApiError>;

/// Consecutive messages of one role count as one; `index` is that of the first.
struct Turn<'a> {
    index: usize,
    role: Role,
    blocks: Vec<&'a Block>,
}

pub(super) fn check(body: &Body, place: &Place<'_>) -> Verdict {
    contents(body)?;
    let turns = turns(body);
    if turns.first().is_none_or(|turn| turn.role != Role::User) {
        return refuse("messages: first message must use the \"user\" role");
    }
    placement(body)?;
    tools(body)?;
    pairing(&turns)?;
    cache_points(body)?;
    if place.verifies {
        signatures(body)?;
    }
    thinking(body, &turns, place)?;
    ending(body, &turns, place)
}

fn turns(body: &Body) -> Vec<Turn<'_>> {
    let mut turns: Vec<Turn<'_>> = Vec::new();
    for (index, message) in body.messages.iter().enumerate() {
        if message.role == Role::System {
            continue;
        }
        match turns.last_mut().filter(|turn| turn.role == message.role) {
            Some(turn) => turn.blocks.extend(&message.content),
            None => turns.push(Turn {
                index,
                role: message.role,
                blocks: message.content.iter().collect(),
            }),
        }
    }
    turns
}

fn contents(body: &Body) -> Verdict {
    let last = body.messages.len().saturating_sub(1);
    for (index, message) in body.messages.iter().enumerate() {
        if message.content.is_empty() && (index != last || message.role != Role::Assistant) {
            return refuse(format!(
                "messages.{index}: all messages must have non-empty content except for the optional final \
                 assistant message"
            ));
        }
        let thinks = message
            .content
            .iter()
            .any(|block| matches!(block, Block::Thinking { .. }));
        for block in &message.content {
            match block {
                Block::Text { text, .. } if text.is_empty() => {
                    return refuse("messages: text content blocks must be non-empty");
                }
                Block::Text { text, .. } if text.trim().is_empty() && !thinks => {
                    return refuse(
                        "messages: text content blocks must contain non-whitespace text",
                    );
                }
                _ => {}
            }
        }
    }
    let blank = |block: &Block| matches!(block, Block::Text { text, .. } if text.is_empty());
    if body.system.iter().any(blank) {
        return refuse("system: text content blocks must be non-empty");
    }
    Ok(())
}

fn placement(body: &Body) -> Verdict {
    for (index, message) in body.messages.iter().enumerate() {
        for (position, block) in message.content.iter().enumerate() {
            let misplaced = match (message.role, block) {
                (Role::User | Role::System, Block::ToolUse { .. }) => {
                    "`tool_use` blocks can only be in `assistant` messages"
                }
                (
                    Role::User | Role::System,
                    Block::Thinking { .. } | Block::RedactedThinking { .. },
                ) => "`thinking` blocks can only be in `assistant` messages",
                (Role::Assistant | Role::System, Block::ToolResult { .. }) => {
                    "`tool_result` blocks can only be in `user` messages"
                }
                (Role::Assistant | Role::System, Block::Image { .. }) => {
                    "Image blocks are not permitted in this role"
                }
                (Role::Assistant | Role::System, Block::Document { .. }) => {
                    "Document blocks are not permitted in this role"
                }
                _ => continue,
            };
            return refuse(format!("messages.{index}.content.{position}: {misplaced}"));
        }
    }
    Ok(())
}

fn tools(body: &Body) -> Verdict {
    let tools = body.tools.as_deref().unwrap_or_default();
    for (index, tool) in tools.iter().enumerate() {
        let kind = tool.kind.as_deref().unwrap_or("custom");
        if !TOOL_TYPES.contains(&kind) {
            let expected: Vec<String> = TOOL_TYPES.iter().map(|kind| format!("'{kind}'")).collect();
            return refuse(format!(
                "tools.{index}: Input tag '{kind}' found using 'type' does not match any of the expected tags: {}",
                expected.join(", ")
            ));
        }
        if kind == "custom" {
            match &tool.input_schema {
                None => {
                    return refuse(format!("tools.{index}.custom.input_schema: Field required"));
                }
                Some(schema) if schema.get("type").is_none_or(|kind| kind != "object") => {
                    return refuse(format!(
                        "tools.{index}.custom.input_schema.type: Input should be 'object'"
                    ));
                }
                Some(_) => {}
            }
        }
        if tools
            .iter()
            .take(index)
            .any(|other| other.name == tool.name)
        {
            return refuse("tools: Tool names must be unique.");
        }
    }
    if tools.is_empty() {
        let uses = body
            .messages
            .iter()
            .flat_map(|message| &message.content)
            .any(|block| matches!(block, Block::ToolUse { .. } | Block::ToolResult { .. }));
        if uses {
            return refuse(
                "Requests which include `tool_use` or `tool_result` blocks must define tools",
            );
        }
        if body.tool_choice.is_some() {
            return refuse("tool_choice may only be specified while providing `tools`.");
        }
    }
    match &body.tool_choice {
        Some(ToolChoice::Tool { name }) if tools.iter().all(|tool| tool.name != *name) => {
            refuse(format!("Tool '{name}' not found in provided tools"))
        }
        _ => Ok(()),
    }
}

fn pairing(turns: &[Turn<'_>]) -> Verdict {
    let mut seen: Vec<&str> = Vec::new();
    let mut open: (usize, Vec<&str>) = (0, Vec::new());
    for turn in turns {
        let mut answered = Vec::new();
        for (position, block) in turn.blocks.iter().enumerate() {
            if let Block::ToolResult { tool_use_id, .. } = block {
                if !open.1.contains(&tool_use_id.as_str()) {
                    return refuse(format!(
                        "messages.{}.content.{position}: unexpected `tool_use_id` found in `tool_result` blocks: \
                         {tool_use_id}. Each `tool_result` block must have a corresponding `tool_use` block in the \
                         previous message.",
                        turn.index
                    ));
                }
                answered.push(tool_use_id.as_str());
            }
        }
        unanswered(&open, &answered)?;
        let ids: Vec<&str> = turn
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::ToolUse { id, .. } => Some(id.as_str()),
                _ => None,
            })
            .collect();
        for id in &ids {
            if seen.contains(id) {
                return refuse("messages: `tool_use` ids must be unique");
            }
            seen.push(id);
        }
        open = (turn.index, ids);
    }
    unanswered(&open, &[])
}

fn unanswered((index, open): &(usize, Vec<&str>), answered: &[&str]) -> Verdict {
    let missing: Vec<&str> = open
        .iter()
        .copied()
        .filter(|id| !answered.contains(id))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    refuse(format!(
        "messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {}. Each \
         `tool_use` block must have a corresponding `tool_result` block in the next message.",
        missing.join(", ")
    ))
}

fn cache_points(body: &Body) -> Verdict {
    let tools = body
        .tools
        .iter()
        .flatten()
        .filter_map(|tool| tool.cache_control.as_ref());
    let blocks = body
        .system
        .iter()
        .chain(body.messages.iter().flat_map(|message| &message.content));
    let points: Vec<bool> = tools
        .chain(blocks.filter_map(Block::cache_control))
        .chain(&body.cache_control)
        .map(|control| control.ttl.as_deref() == Some("1h"))
        .collect();
    if points.len() > MAX_CACHE_POINTS {
        return refuse(format!(
            "A maximum of {MAX_CACHE_POINTS} blocks with cache_control may be provided. Found {}.",
            points.len()
        ));
    }
    if points.is_sorted_by(|earlier, later| earlier >= later) {
        return Ok(());
    }
    refuse("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.")
}

fn signatures(body: &Body) -> Verdict {
    for (index, message) in body.messages.iter().enumerate() {
        for (position, block) in message.content.iter().enumerate() {
            let kind = match block {
                Block::Thinking {
                    thinking,
                    signature,
                } if !signature::verify(thinking, signature) => "`signature` in `thinking`",
                Block::RedactedThinking { data } if !signature::verify_redacted(data) => {
                    "`data` in `redacted_thinking`"
                }
                _ => continue,
            };
            return refuse(format!(
                "messages.{index}.content.{position}: Invalid {kind} block"
            ));
        }
    }
    Ok(())
}

fn thinking(body: &Body, turns: &[Turn<'_>], place: &Place<'_>) -> Verdict {
    let Some(thinking) = &body.thinking else {
        return Ok(());
    };
    let asked = ThinkingRequest {
        thinking,
        max_tokens: body.max_tokens.filter(|_| !place.budget_beyond_answer),
        temperature: body.temperature,
        has_top_k: body.top_k.is_some(),
        forces_tool: matches!(
            body.tool_choice,
            Some(ToolChoice::Any { .. } | ToolChoice::Tool { .. })
        ) && !place.forced_while_thinking,
    };
    if let Some(message) = thinking_error(&asked) {
        return refuse(message);
    }
    let last = turns.iter().rev().find(|turn| turn.role == Role::Assistant);
    let Some(last) = last.filter(|_| thinking.get("type").is_some_and(|kind| kind == "enabled"))
    else {
        return Ok(());
    };
    let calls = last
        .blocks
        .iter()
        .any(|block| matches!(block, Block::ToolUse { .. }));
    let found = match last.blocks.first() {
        Some(Block::Thinking { .. } | Block::RedactedThinking { .. }) => return Ok(()),
        Some(Block::ToolUse { .. }) => "tool_use",
        _ => "text",
    };
    if !calls {
        return Ok(());
    }
    refuse(format!(
        "messages.{}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `{found}`. When \
         `thinking` is enabled, a final `assistant` message must start with a thinking block",
        last.index
    ))
}

fn ending(body: &Body, turns: &[Turn<'_>], place: &Place<'_>) -> Verdict {
    let last = body.messages.last();
    if !place.prefill && last.is_some_and(|message| message.role == Role::Assistant) {
        return refuse(
            "This model does not support assistant message prefill. The conversation must end with a user message.",
        );
    }
    let last = turns.last().filter(|turn| turn.role == Role::Assistant);
    match last.and_then(|turn| turn.blocks.last()) {
        Some(Block::Text { text, .. }) if text.ends_with(char::is_whitespace) => {
            refuse("messages: final assistant content cannot end with trailing whitespace")
        }
        _ => Ok(()),
    }
}

fn refuse(message: impl Into<String>) -> Verdict {
    Err(ApiError::validation(message))
}
