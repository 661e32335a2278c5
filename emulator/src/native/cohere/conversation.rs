//! From a Command R body to the prompt that it means, and the rules that its shape does not show.

use serde_json::{Map, Value, json};

use super::schema::{Body, Call, Role, Tool, ToolResult};
use crate::BEDROCK;
use crate::brain::{self, Choice, Conversation, Part, Prompt, Thinking};
use crate::dice::Dice;
use crate::error::ApiError;
use crate::native::wording::refuse;

pub(super) fn check(body: &Body) -> Result<(), ApiError> {
    let results = body.tool_results.as_deref().unwrap_or_default();
    // A turn that brings results may have nothing more to say.
    if body.message.is_empty() && results.is_empty() {
        return refuse("#/message: expected minLength: 1, actual: 0");
    }
    let tools = body.tools.as_deref().unwrap_or_default();
    if !results.is_empty() && tools.is_empty() {
        return refuse("#/tool_results: tool_results need the tools that were called");
    }
    for (index, result) in results.iter().enumerate() {
        let name = &result.call.name;
        if tools.iter().all(|tool| tool.name != *name) {
            return refuse(format!(
                "#/tool_results/{index}/call/name: there is no tool [{name}]"
            ));
        }
        if result.outputs.is_empty() {
            return refuse(format!(
                "#/tool_results/{index}/outputs: expected minimum item count: 1, found: 0"
            ));
        }
    }
    for (index, turn) in body.chat_history.iter().flatten().enumerate() {
        let calls = turn.tool_calls.as_deref().unwrap_or_default();
        let brings = turn.tool_results.as_deref().unwrap_or_default();
        let silent = turn.message.as_deref().unwrap_or_default().is_empty();
        let misplaced = match turn.role {
            Role::User | Role::System => !calls.is_empty() || !brings.is_empty(),
            Role::Chatbot => !brings.is_empty(),
            Role::Tool => brings.is_empty() || !calls.is_empty(),
        };
        if misplaced {
            return refuse(format!(
                "#/chat_history/{index}: tool_calls are of CHATBOT and tool_results of TOOL"
            ));
        }
        if silent && calls.is_empty() && brings.is_empty() {
            return refuse(format!(
                "#/chat_history/{index}: required key [message] not found"
            ));
        }
    }
    Ok(())
}

pub(super) fn translate(body: &Body, dice: Dice) -> Prompt {
    let mut said = Conversation::default();
    said.system.extend(body.preamble.clone());
    for turn in body.chat_history.iter().flatten() {
        let message = turn.message.as_deref().filter(|text| !text.is_empty());
        match (turn.role, message) {
            (Role::System, message) => said.system.extend(message.map(str::to_owned)),
            (role, Some(message)) => said.text(role != Role::Chatbot, message),
            (_, None) => {}
        }
        for call in turn.tool_calls.iter().flatten() {
            said.push(false, part(call));
        }
        results(&mut said, turn.tool_results.as_deref().unwrap_or_default());
    }
    if !body.message.is_empty() {
        said.text(true, &body.message);
    }
    // Results that come with the message are a turn after it.
    for result in body.tool_results.iter().flatten() {
        said.push(false, part(&result.call));
    }
    results(&mut said, body.tool_results.as_deref().unwrap_or_default());
    for document in body.documents.iter().flatten() {
        said.push(
            true,
            Part::Attachment(format!("document \"{}\"", title(document))),
        );
    }
    Prompt {
        speaker: BEDROCK,
        system: said.system,
        turns: said.turns,
        tools: body.tools.iter().flatten().map(tool).collect(),
        choice: Choice::Auto,
        max_tokens: body.max_tokens,
        stop_sequences: body.stop_sequences.clone().unwrap_or_default(),
        thinking: Thinking::Off,
        answer_schema: None,
        dice,
    }
}

/// What a document is called: its title, or how it begins.
pub(super) fn title(document: &Map<String, Value>) -> String {
    let text = |key: &str| document.get(key).and_then(Value::as_str);
    let name = text("title")
        .or_else(|| text("snippet"))
        .or_else(|| text("text"));
    name.unwrap_or("untitled").chars().take(60).collect()
}

fn results(said: &mut Conversation, results: &[ToolResult]) {
    for result in results {
        let outputs: Vec<String> = result.outputs.iter().map(Value::to_string).collect();
        said.push(
            true,
            Part::ToolResult {
                id: id(&result.call),
                text: outputs.join(" "),
                failed: false,
            },
        );
    }
}

fn part(call: &Call) -> Part {
    Part::ToolCall {
        id: id(call),
        name: call.name.clone(),
    }
}

/// What stands for an id where there is none.
fn id(call: &Call) -> String {
    format!("{}{}", call.name, call.parameters)
}

/// The JSON Schema that Cohere's definitions of parameters mean. Types are those of Python.
fn tool(tool: &Tool) -> brain::Tool {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, definition) in tool.parameter_definitions.iter().flatten() {
        let kind = definition
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        properties.insert(name.clone(), schema(kind));
        if definition.get("required").and_then(Value::as_bool) == Some(true) {
            required.push(name.as_str());
        }
    }
    brain::Tool {
        name: tool.name.clone(),
        schema: json!({"type": "object", "properties": properties, "required": required}),
    }
}

fn schema(kind: &str) -> Value {
    let kind = kind.trim().to_lowercase();
    match kind.as_str() {
        "int" | "integer" => json!({"type": "integer"}),
        "float" | "number" => json!({"type": "number"}),
        "bool" | "boolean" => json!({"type": "boolean"}),
        "dict" | "object" => json!({"type": "object"}),
        "list" | "array" => json!({"type": "array"}),
        _ => match kind
            .strip_prefix("list[")
            .and_then(|rest| rest.strip_suffix(']'))
        {
            Some(item) => json!({"type": "array", "items": schema(item)}),
            None if kind.starts_with("dict[") => json!({"type": "object"}),
            None => json!({"type": "string"}),
        },
    }
}
