//! From a native body to the prompt that it means.

use serde_json::Value;

use super::body::{Block, Body, Role, Source, ToolChoice};
use crate::brain::tokens::{Meter, Ttl};
use crate::brain::{Choice, Part, Prompt, Thinking, Tool, Turn, decoded_length};
use crate::dice::Dice;

pub(super) fn translate(speaker: &'static str, body: &Body, dice: Dice) -> Prompt {
    let mut system: Vec<String> = body.system.iter().filter_map(text).collect();
    let mut turns: Vec<Turn> = Vec::new();
    for message in &body.messages {
        if message.role == Role::System {
            system.extend(message.content.iter().filter_map(text));
            continue;
        }
        let user = message.role == Role::User;
        let parts = message.content.iter().filter_map(part);
        match turns.last_mut().filter(|turn| turn.user == user) {
            Some(turn) => turn.parts.extend(parts),
            None => turns.push(Turn {
                user,
                parts: parts.collect(),
            }),
        }
    }
    let kind = body
        .thinking
        .as_ref()
        .and_then(|thinking| thinking.get("type"))
        .and_then(Value::as_str);
    let tools = body.tools.iter().flatten().filter_map(|tool| {
        Some(Tool {
            name: tool.name.clone(),
            schema: tool.input_schema.clone()?,
        })
    });
    Prompt {
        speaker,
        system,
        turns,
        tools: tools.collect(),
        choice: match &body.tool_choice {
            None | Some(ToolChoice::Auto { .. }) => Choice::Auto,
            Some(ToolChoice::Any { .. }) => Choice::Any,
            Some(ToolChoice::Tool { name }) => Choice::Named(name.clone()),
            Some(ToolChoice::None) => Choice::None,
        },
        max_tokens: body.max_tokens,
        stop_sequences: body.stop_sequences.clone().unwrap_or_default(),
        thinking: match kind {
            Some("enabled" | "adaptive") => Thinking::Signed,
            _ => Thinking::Off,
        },
        answer_schema: body
            .output_config
            .as_ref()
            .and_then(|config| config.format.as_ref())
            .map(|format| format.schema.clone()),
        dice,
    }
}

/// Reads the body in the order of the cache prefix.
pub(super) fn meter(body: &Value, model: &str) -> Meter {
    let mut meter = Meter::new(model);
    let mut blocks = |place: &str, value: Option<&Value>| match value {
        Some(Value::Array(blocks)) => {
            for block in blocks {
                let mut block = block.clone();
                let control = block
                    .as_object_mut()
                    .and_then(|block| block.shift_remove("cache_control"));
                meter.add(place, &block);
                if let Some(control) = control.filter(|control| !control.is_null()) {
                    meter.point(Ttl::parse(control.get("ttl").and_then(Value::as_str)));
                }
            }
        }
        Some(other) => meter.add(place, other),
        None => {}
    };
    blocks("tool", body.get("tools"));
    blocks("system", body.get("system"));
    for message in body
        .get("messages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let role = message
            .get("role")
            .and_then(Value::as_str)
            .unwrap_or_default();
        blocks(role, message.get("content"));
    }
    if let Some(control) = body.get("cache_control").filter(|it| !it.is_null()) {
        meter.point(Ttl::parse(control.get("ttl").and_then(Value::as_str)));
    }
    meter
}

fn text(block: &Block) -> Option<String> {
    match block {
        Block::Text { text, .. } => Some(text.clone()),
        _ => None,
    }
}

fn part(block: &Block) -> Option<Part> {
    Some(match block {
        Block::Text { text, .. } => Part::Text(text.clone()),
        Block::ToolUse { id, name, .. } => Part::ToolCall {
            id: id.clone(),
            name: name.clone(),
        },
        Block::ToolResult {
            tool_use_id,
            content,
            is_error,
            ..
        } => {
            let texts: Vec<String> = content
                .iter()
                .filter_map(|block| text(block).or_else(|| attachment(block)))
                .collect();
            Part::ToolResult {
                id: tool_use_id.clone(),
                text: texts.join(" "),
                failed: *is_error == Some(true),
            }
        }
        _ => return attachment(block).map(Part::Attachment),
    })
}

fn attachment(block: &Block) -> Option<String> {
    match block {
        Block::Image { source, .. } => Some(format!("image ({})", describe(source))),
        Block::Document { source, title, .. } => {
            let title = title.as_deref().unwrap_or("untitled");
            Some(format!("document \"{title}\" ({})", describe(source)))
        }
        Block::SearchResult { title, .. } => Some(format!("search result \"{title}\"")),
        _ => None,
    }
}

fn describe(source: &Source) -> String {
    if let Some(url) = &source.url {
        return format!("at {url}");
    }
    let media_type = source.media_type.as_deref().unwrap_or("content");
    let format = media_type.rsplit('/').next().unwrap_or(media_type);
    let data = source.data.as_deref().unwrap_or_default();
    let length = if source.kind == "base64" {
        decoded_length(data)
    } else {
        data.len()
    };
    format!("{format}, {length} bytes")
}
