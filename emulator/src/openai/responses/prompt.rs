//! From the items of a conversation to the prompt that they mean.

use serde_json::{Map, Value};

use super::schema::{Body, Content, Format, Item, Part as Said, Role, ToolChoice};
use crate::brain::{Choice, Conversation, Part, Prompt, Thinking, Tool};
use crate::chat::{any_object, choice, describe};
use crate::openai::Call;

pub(super) fn translate(call: &Call<'_>, body: &Body, items: &[Item]) -> Prompt {
    let mut said = Conversation::default();
    said.system.extend(body.instructions.clone());
    for item in items {
        say(&mut said, item);
    }
    let mut tools: Vec<Tool> = body.tools.iter().flatten().map(tool).collect();
    let choice = match &body.tool_choice {
        None => Choice::Auto,
        Some(ToolChoice::Word(word)) => choice(word),
        Some(ToolChoice::Function { name }) => Choice::Named(name.clone()),
        Some(ToolChoice::Allowed {
            mode,
            tools: allowed,
        }) => {
            tools.retain(|tool| allowed.iter().any(|it| it.name == tool.name));
            choice(mode)
        }
    };
    Prompt {
        speaker: call.manner.speaker,
        system: said.system,
        turns: said.turns,
        tools,
        choice,
        max_tokens: body.max_output_tokens,
        stop_sequences: Vec::new(),
        thinking: if reasons(call, body) {
            Thinking::Unsigned
        } else {
            Thinking::Off
        },
        answer_schema: match body.text.as_ref().and_then(|text| text.format.as_ref()) {
            None | Some(Format::Text) => None,
            Some(Format::JsonObject) => Some(any_object()),
            Some(Format::JsonSchema { schema, .. }) => Some(schema.clone()),
        },
        dice: call.dice.clone(),
    }
}

fn reasons(call: &Call<'_>, body: &Body) -> bool {
    let effort = body.reasoning.as_ref().and_then(|it| it.effort.as_deref());
    call.traits.reasons() && effort.unwrap_or(call.traits.effort) != "none"
}

fn tool(tool: &super::schema::Tool) -> Tool {
    let schema = tool.parameters.clone();
    Tool {
        name: tool.name.clone(),
        schema: schema.unwrap_or_else(|| Value::Object(Map::new())),
    }
}

fn say(said: &mut Conversation, item: &Item) {
    match item {
        Item::Message {
            role: Role::System | Role::Developer,
            content,
        } => said.system.push(content.text()),
        Item::Message { role, content } => {
            let user = *role == Role::User;
            let text = content.text();
            if user || !text.is_empty() {
                said.text(user, &text);
            }
            attach(said, content);
        }
        Item::FunctionCall { call_id, name } => {
            let (id, name) = (call_id.clone(), name.clone());
            said.push(false, Part::ToolCall { id, name });
        }
        Item::FunctionCallOutput { call_id, output } => {
            let (id, text) = (call_id.clone(), output.text());
            said.push(
                true,
                Part::ToolResult {
                    id,
                    text,
                    failed: false,
                },
            );
            attach(said, output);
        }
        Item::Reasoning { .. } | Item::Reference { .. } => {}
    }
}

fn attach(said: &mut Conversation, content: &Content) {
    for part in content.parts() {
        let (what, url) = match part {
            Said::InputImage { image_url } => ("image", image_url.as_deref()),
            Said::InputFile {
                file_data,
                file_url,
            } => ("file", file_data.as_deref().or(file_url.as_deref())),
            Said::InputText { .. } | Said::OutputText { .. } | Said::Refusal { .. } => continue,
        };
        let what = describe(what, url.unwrap_or_default());
        said.push(true, Part::Attachment(what));
    }
}
