//! From a chat body to the prompt that it means.

use serde_json::{Map, Value, json};

use super::body::{Body, Message, Part as Said, ResponseFormat, Role, Stop, Tool, ToolChoice};
use crate::brain::{self, Choice, Conversation, Part, Prompt, Thinking, decoded_length};
use crate::dice::Dice;

/// What `body` asks; `speaker` is who answers.
pub(crate) fn translate(
    speaker: &'static str,
    body: &Body,
    thinking: Thinking,
    dice: Dice,
) -> Prompt {
    let mut said = Conversation::default();
    for message in &body.messages {
        say(&mut said, message);
    }
    let documents = body.documents.as_ref().and_then(Value::as_array);
    for document in documents.into_iter().flatten() {
        let length = document.to_string().len();
        said.push(true, Part::Attachment(format!("document ({length} bytes)")));
    }
    let mut prompt = Prompt {
        speaker,
        system: said.system,
        turns: said.turns,
        tools: body.tools.iter().flatten().map(tool).collect(),
        choice: match &body.tool_choice {
            Some(ToolChoice::Function { function }) => Choice::Named(function.name.clone()),
            Some(ToolChoice::Word(word)) => choice(word),
            None => Choice::Auto,
        },
        max_tokens: body.max_completion_tokens.or(body.max_tokens),
        stop_sequences: match &body.stop {
            None => Vec::new(),
            Some(Stop::One(sequence)) => vec![sequence.clone()],
            Some(Stop::Many(sequences)) => sequences.clone(),
        },
        thinking,
        answer_schema: match &body.response_format {
            None | Some(ResponseFormat::Text) => None,
            Some(ResponseFormat::JsonObject) => Some(any_object()),
            Some(ResponseFormat::JsonSchema { json_schema }) => json_schema.schema.clone(),
        },
        dice,
    };
    // Which object, it may have been told in words.
    if let Some(ResponseFormat::JsonObject) = &body.response_format
        && let Some(schema) = prompt.schema_in_words(&prompt.question())
    {
        prompt.answer_schema = Some(schema);
    }
    prompt
}

/// The schema of an answer of which is known only that it is an object.
pub(crate) fn any_object() -> Value {
    json!({"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]})
}

/// What the words of `tool_choice` mean, those of all houses.
pub(crate) fn choice(word: &str) -> Choice {
    match word {
        "none" => Choice::None,
        "any" | "required" => Choice::Any,
        _ => Choice::Auto,
    }
}

fn tool(tool: &Tool) -> brain::Tool {
    let schema = tool.function.parameters.clone();
    brain::Tool {
        name: tool.function.name.clone(),
        schema: schema.unwrap_or_else(|| Value::Object(Map::new())),
    }
}

fn say(said: &mut Conversation, message: &Message) {
    let text = message.text();
    match message.role {
        Role::System | Role::Developer => said.system.push(text),
        Role::Tool => said.push(
            true,
            Part::ToolResult {
                id: message.tool_call_id.clone().unwrap_or_default(),
                text,
                failed: false,
            },
        ),
        Role::User | Role::Assistant => {
            let user = message.role == Role::User;
            if user || !text.is_empty() {
                said.text(user, &text);
            }
            for part in message.parts() {
                match part {
                    Said::ImageUrl { image_url } => {
                        said.push(true, Part::Attachment(describe("image", image_url.url())));
                    }
                    Said::File { file } => {
                        let data = file.file_data.as_deref().unwrap_or_default();
                        said.push(true, Part::Attachment(describe("file", data)));
                    }
                    Said::Text { .. } | Said::Refusal { .. } | Said::Thinking {} => {}
                }
            }
            for call in message.tool_calls.iter().flatten() {
                let (id, name) = (call.id.clone(), call.function.name.clone());
                said.push(false, Part::ToolCall { id, name });
            }
        }
    }
}

/// A data URL by its media type and length, any other as it is.
pub(crate) fn describe(what: &str, url: &str) -> String {
    match url.strip_prefix("data:").and_then(|it| it.split_once(',')) {
        Some((kind, data)) => {
            let kind = kind.split(';').next().unwrap_or_default();
            format!("{what} ({kind}, {} bytes)", decoded_length(data))
        }
        None => format!("{what} ({url})"),
    }
}
