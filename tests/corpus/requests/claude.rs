//! Recorded bodies of Claude's native form in the JSON contract of the library.
//!
//! Source: Anthropic's Messages API reference. What the contract has no word for (`metadata`, `thinking`, …) is an
//! additional field, as a user would give it.

use serde_json::{Map, Value, json};

use super::converse::{copy, list, member_names, members, only};
use crate::normal::{merge_turns, sorted};
use crate::parts::text_at;

/// Translates a body, or says why it cannot.
pub(crate) fn contract(body: &Value) -> Result<Value, String> {
    if body.get("prompt").is_some() {
        return Err("Claude's legacy Text Completions form".to_owned());
    }
    let mut out = json!({});
    let mut fields = Map::new();
    for (name, value) in members(body)? {
        match name.as_str() {
            // The library's own, the same for everybody.
            "anthropic_version" | "messages" | "system" => {}
            "max_tokens" | "temperature" | "top_p" | "top_k" => out[name] = value.clone(),
            "stop_sequences" => out["stop"] = value.clone(),
            "tools" => out["tools"] = tools(value)?,
            "tool_choice" => out["tool_choice"] = tool_choice(value)?,
            _ => {
                fields.insert(name.clone(), value.clone());
            }
        }
    }
    out["messages"] = messages(body)?.into();
    if !fields.is_empty() {
        out["additional_model_request_fields"] = fields.into();
    }
    Ok(out)
}

fn tools(list_of_tools: &Value) -> Result<Value, String> {
    let mut tools = Vec::new();
    for tool in list(list_of_tools)? {
        if !matches!(text_at(tool, "/type"), "" | "custom") {
            return Err(format!("a tool of Anthropic's own: {}", tool["type"]));
        }
        only(
            tool,
            &[
                "type",
                "name",
                "description",
                "input_schema",
                "strict",
                "cache_control",
            ],
        )?;
        let mut ours = json!({"name": tool["name"], "parameters": tool["input_schema"]});
        copy(tool, &mut ours, &["description", "strict"]);
        cached(tool, &mut ours)?;
        tools.push(ours);
    }
    Ok(tools.into())
}

fn tool_choice(choice: &Value) -> Result<Value, String> {
    only(choice, &["type", "name"])?;
    Ok(match text_at(choice, "/type") {
        "tool" => json!({ "name": choice["name"] }),
        "any" => json!("required"),
        other => json!(other),
    })
}

fn messages(body: &Value) -> Result<Vec<Value>, String> {
    let mut messages = Vec::new();
    if let Some(system) = body.get("system") {
        messages.push(json!({"role": "system", "content": parts(system, "system")?}));
    }
    for turn in list(&body["messages"])? {
        only(turn, &["role", "content"])?;
        let role = text_at(turn, "/role");
        let mut content = parts(&turn["content"], role)?;
        if role != "user" {
            messages.push(json!({"role": role, "content": content}));
            continue;
        }
        let is_result = |part: &Value| part["type"] == "tool_result";
        let results = content.iter().take_while(|part| is_result(part)).count();
        let others = content.split_off(results);
        if others.iter().any(is_result) {
            return Err("tool_result after another block".to_owned());
        }
        for (role, content) in [("tool", content), ("user", others)] {
            if !content.is_empty() {
                messages.push(json!({"role": role, "content": content}));
            }
        }
    }
    Ok(messages)
}

fn parts(content: &Value, role: &str) -> Result<Vec<Value>, String> {
    blocks(content).iter().map(|it| part(it, role)).collect()
}

fn part(block: &Value, role: &str) -> Result<Value, String> {
    let kind = text_at(block, "/type");
    let mut part = match kind {
        "text" => {
            only(block, &["type", "text", "cache_control"])?;
            json!({"type": "text", "text": block["text"]})
        }
        "image" => {
            only(block, &["type", "source", "cache_control"])?;
            only(&block["source"], &["type", "media_type", "data"])?;
            let source = &block["source"];
            json!({"type": "image", "media_type": source["media_type"], "data": source["data"]})
        }
        "tool_use" => {
            only(block, &["type", "id", "name", "input", "cache_control"])?;
            json!({"type": "tool_call", "id": block["id"], "name": block["name"], "arguments": block["input"]})
        }
        "tool_result" => tool_result(block)?,
        "thinking" => {
            only(block, &["type", "thinking", "signature"])?;
            json!({"type": "reasoning", "text": block["thinking"], "signature": block["signature"]})
        }
        _ => return Err(format!("{kind} block from {role}")),
    };
    cached(block, &mut part)?;
    Ok(part)
}

fn tool_result(block: &Value) -> Result<Value, String> {
    only(
        block,
        &[
            "type",
            "tool_use_id",
            "content",
            "is_error",
            "cache_control",
        ],
    )?;
    let content = match blocks(&block["content"]).as_slice() {
        [text] if text["type"] == "text" => text["text"].clone(),
        several => several
            .iter()
            .map(|it| part(it, "tool"))
            .collect::<Result<Vec<_>, _>>()?
            .into(),
    };
    let mut out = json!({"type": "tool_result", "id": block["tool_use_id"], "content": content});
    copy(block, &mut out, &["is_error"]);
    Ok(out)
}

/// Notes that a cache point comes after it.
fn cached(block: &Value, ours: &mut Value) -> Result<(), String> {
    let Some(control) = block.get("cache_control") else {
        return Ok(());
    };
    only(control, &["type", "ttl"])?;
    ours["cache"] = match control.get("ttl") {
        Some(ttl) => json!({ "ttl": ttl }),
        None => true.into(),
    };
    Ok(())
}

/// A string is one block of text.
fn blocks(content: &Value) -> Vec<Value> {
    match content {
        Value::String(text) => vec![json!({"type": "text", "text": text})],
        other => other.as_array().cloned().unwrap_or_default(),
    }
}

/// One spelling for bodies that mean the same.
pub(crate) fn normalise(mut body: Value) -> Value {
    for name in member_names(&body) {
        let value = &mut body[&name];
        match name.as_str() {
            "system" => *value = blocks(value).into(),
            "messages" => {
                for turn in value.as_array_mut().into_iter().flatten() {
                    let mut content = blocks(&turn["content"]);
                    for block in content.iter_mut().filter(|it| it["type"] == "tool_result") {
                        block["content"] = blocks(&block["content"]).into();
                    }
                    turn["content"] = content.into();
                }
            }
            _ => {}
        }
    }
    merge_turns(&mut body);
    sorted(body)
}
