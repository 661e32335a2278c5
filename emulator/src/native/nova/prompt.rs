//! From a `messages-v1` body to the prompt that it means.

use serde_json::Value;

use super::schema::{Block, Body, Media, Role, ToolResult};
use crate::BEDROCK;
use crate::brain::tokens::{Meter, Ttl};
use crate::brain::{Choice, Part, Prompt, Thinking, Tool, Turn, decoded_length};
use crate::converse::{ToolChoice, in_prefix_order};
use crate::dice::Dice;
use crate::model_id::ModelId;

pub(super) fn translate(body: &Body, dice: Dice) -> Prompt {
    let inference = body.inference_config.as_ref();
    let tools = body.tool_config.as_ref();
    let reasons = body
        .reasoning_config
        .as_ref()
        .is_some_and(|config| config.kind == "enabled");
    let turns = body.messages.iter().map(|message| Turn {
        user: message.role == Role::User,
        parts: message.content.iter().filter_map(part).collect(),
    });
    let tool = |tool: &super::schema::Tool| Tool {
        name: tool.tool_spec.name.clone(),
        schema: tool.tool_spec.input_schema.json.clone(),
    };
    Prompt {
        speaker: BEDROCK,
        system: body
            .system
            .iter()
            .flatten()
            .filter_map(|block| block.text.clone())
            .collect(),
        turns: turns.collect(),
        tools: tools
            .iter()
            .flat_map(|config| &config.tools)
            .map(tool)
            .collect(),
        choice: match tools.and_then(|config| config.tool_choice.as_ref()) {
            None | Some(ToolChoice::Auto {}) => Choice::Auto,
            Some(ToolChoice::Any {}) => Choice::Any,
            Some(ToolChoice::Tool { name }) => Choice::Named(name.clone()),
        },
        max_tokens: inference.and_then(|config| config.max_tokens.or(config.max_new_tokens)),
        stop_sequences: inference
            .and_then(|config| config.stop_sequences.clone())
            .unwrap_or_default(),
        thinking: if reasons {
            Thinking::Unsigned
        } else {
            Thinking::Off
        },
        answer_schema: None,
        dice,
    }
}

/// Reads the body in the order of the cache prefix.
pub(super) fn meter(body: &Value, model: &ModelId) -> Meter {
    let mut meter = Meter::new(&model.id);
    in_prefix_order(body, |place, block| {
        let mut block = block.clone();
        let point = block
            .as_object_mut()
            .and_then(|members| members.shift_remove("cachePoint"))
            .filter(|point| !point.is_null());
        if block.as_object().is_some_and(|members| !members.is_empty()) {
            meter.add(place, &block);
        }
        if point.is_some() {
            meter.point(Ttl::FiveMinutes);
        }
    });
    meter
}

fn part(block: &Block) -> Option<Part> {
    let media = [
        ("image", &block.image),
        ("video", &block.video),
        ("document", &block.document),
    ];
    if let Some(text) = &block.text {
        return Some(Part::Text(text.clone()));
    }
    if let Some(call) = &block.tool_use {
        return Some(Part::ToolCall {
            id: call.tool_use_id.clone(),
            name: call.name.clone(),
        });
    }
    if let Some(result) = &block.tool_result {
        return Some(Part::ToolResult {
            id: result.tool_use_id.clone(),
            text: result_text(result),
            failed: result.status.as_deref() == Some("error"),
        });
    }
    media
        .into_iter()
        .find_map(|(kind, media)| Some(Part::Attachment(describe(kind, media.as_ref()?))))
}

fn result_text(result: &ToolResult) -> String {
    let texts: Vec<String> = result
        .content
        .iter()
        .flat_map(|part| {
            let image = part.image.as_ref().map(|image| describe("image", image));
            let json = part.json.as_ref().map(Value::to_string);
            [part.text.clone(), json, image]
        })
        .flatten()
        .collect();
    texts.join(" ")
}

fn describe(kind: &str, media: &Media) -> String {
    let name = media
        .name
        .as_ref()
        .map_or_else(String::new, |name| format!(" \"{name}\""));
    let source = match (&media.source.s3_location, &media.source.bytes) {
        (Some(location), _) => location.uri.clone(),
        (None, Some(data)) => format!("{} bytes", decoded_length(data)),
        (None, None) => "nothing".to_owned(),
    };
    format!("{kind}{name} ({}, {source})", media.format)
}
