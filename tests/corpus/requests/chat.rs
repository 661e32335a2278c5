//! Recorded bodies of Mistral's chat form in the JSON contract of the library.
//!
//! Source: AWS's user guide, "Mistral AI chat completion".

use serde_json::{Map, Value, json};

use super::converse::{copy, list, members, only};
use crate::parts::text_at;

/// Translates a body, or says why it cannot.
pub(crate) fn contract(body: &Value) -> Result<Value, String> {
    let mut out = json!({});
    let mut fields = Map::new();
    for (name, value) in members(body)? {
        match name.as_str() {
            "messages" => out["messages"] = messages(value)?,
            "tools" => out["tools"] = tools(value)?,
            "tool_choice" => {
                out["tool_choice"] = match value.as_str() {
                    Some("any") => json!("required"),
                    _ => value.clone(),
                }
            }
            "max_tokens" | "temperature" | "top_p" => out[name] = value.clone(),
            _ => {
                fields.insert(name.clone(), value.clone());
            }
        }
    }
    if !fields.is_empty() {
        out["additional_model_request_fields"] = fields.into();
    }
    Ok(out)
}

fn messages(turns: &Value) -> Result<Value, String> {
    let mut messages = Vec::new();
    for turn in list(turns)? {
        only(turn, &["role", "content"])?;
        let role = text_at(turn, "/role");
        if !matches!(role, "system" | "user" | "assistant") {
            return Err(format!("message of role {role}"));
        }
        let content = match &turn["content"] {
            Value::Array(parts) => parts.iter().map(part).collect::<Result<_, _>>()?,
            text => text.clone(),
        };
        messages.push(json!({"role": role, "content": content}));
    }
    Ok(messages.into())
}

fn part(part: &Value) -> Result<Value, String> {
    match text_at(part, "/type") {
        "text" => {
            only(part, &["type", "text"])?;
            Ok(part.clone())
        }
        "image_url" => {
            only(&part["image_url"], &["url"])?;
            let url = text_at(part, "/image_url/url");
            let coded = url
                .strip_prefix("data:")
                .and_then(|it| it.split_once(";base64,"));
            let (media_type, data) = coded.ok_or("an image at a URL")?;
            Ok(json!({"type": "image", "media_type": media_type, "data": data}))
        }
        other => Err(format!("part of type {other}")),
    }
}

fn tools(tools: &Value) -> Result<Value, String> {
    let tools = list(tools)?.iter().map(|tool| {
        only(tool, &["type", "function"])?;
        let function = &tool["function"];
        only(function, &["name", "description", "parameters"])?;
        let mut ours = json!({"name": function["name"], "parameters": function["parameters"]});
        copy(function, &mut ours, &["description"]);
        Ok(ours)
    });
    tools.collect::<Result<_, String>>()
}
