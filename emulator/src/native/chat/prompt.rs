//! From a chat body to the prompt that it means.

use serde_json::{Value, json};

use super::schema::{Body, Message, ResponseFormat, Role, StopSequences, Tool, ToolChoice};
use crate::brain::{self, Choice, Part, Prompt, Thinking};
use crate::dice::Dice;
use crate::native::conversation::Conversation;

pub(in crate::native) fn translate(body: &Body, thinking: Thinking, dice: Dice) -> Prompt {
    let mut said = Conversation::default();
    for message in &body.messages {
        say(&mut said, message);
    }
    for document in body.documents.iter().flatten() {
        said.push(
            true,
            Part::Attachment(format!("document ({} bytes)", document.to_string().len())),
        );
    }
    Prompt {
        system: said.system,
        turns: said.turns,
        tools: body.tools.iter().flatten().map(tool).collect(),
        choice: choice(body.tool_choice.as_ref()),
        max_tokens: body.max_completion_tokens.or(body.max_tokens),
        stop_sequences: match &body.stop {
            None => Vec::new(),
            Some(StopSequences::One(sequence)) => vec![sequence.clone()],
            Some(StopSequences::Many(sequences)) => sequences.clone(),
        },
        thinking,
        answer_schema: match &body.response_format {
            None | Some(ResponseFormat::Text) => None,
            // Any object will do.
            Some(ResponseFormat::JsonObject) => Some(json!({
                "type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"],
            })),
            Some(ResponseFormat::JsonSchema { json_schema }) => Some(json_schema.schema.clone()),
        },
        dice,
    }
}

fn say(said: &mut Conversation, message: &Message) {
    let text = message.text();
    match message.role {
        Role::System | Role::Developer => said.system.push(text),
        Role::User => {
            if !text.is_empty() {
                said.text(true, &text);
            }
            for url in message.images() {
                said.push(true, Part::Attachment(describe(url)));
            }
        }
        Role::Assistant => {
            if !text.is_empty() {
                said.text(false, &text);
            }
            for call in message.tool_calls.iter().flatten() {
                said.push(
                    false,
                    Part::ToolCall {
                        id: call.id.clone(),
                        name: call.function.name.clone(),
                    },
                );
            }
        }
        Role::Tool => said.push(
            true,
            Part::ToolResult {
                id: message.tool_call_id.clone().unwrap_or_default(),
                text,
                failed: false,
            },
        ),
    }
}

/// A data URL by its media type and length, any other as it is.
fn describe(url: &str) -> String {
    match url
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(','))
    {
        Some((kind, data)) => {
            let kind = kind.split(';').next().unwrap_or_default();
            let padding = data.bytes().rev().take_while(|byte| *byte == b'=').count();
            let length = (data.len() / 4 * 3).saturating_sub(padding);
            format!("image ({kind}, {length} bytes)")
        }
        None => format!("image ({url})"),
    }
}

fn tool(tool: &Tool) -> brain::Tool {
    brain::Tool {
        name: tool.function.name.clone(),
        schema: tool
            .function
            .parameters
            .clone()
            .unwrap_or_else(|| Value::Object(serde_json::Map::new())),
    }
}

fn choice(choice: Option<&ToolChoice>) -> Choice {
    match choice {
        Some(ToolChoice::Function { function }) => Choice::Named(function.name.clone()),
        Some(ToolChoice::Word(word)) => match word.as_str() {
            "none" => Choice::None,
            "any" | "required" => Choice::Any,
            _ => Choice::Auto,
        },
        None => Choice::Auto,
    }
}
