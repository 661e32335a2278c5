//! Recorded requests of `bedrock-mantle` in the JSON contract of the library.
//!
//! Source: OpenAI's API reference, "Create a model response".

use serde_json::{Value, json};

use super::converse::{list, members, only};
use super::{Unmade, call, chat};
use crate::mantle;
use crate::normal::sorted;
use crate::parts::text_at;
use crate::recording::Recording;
use crate::wire::Dialect;

/// Our body and the recorded one, in one spelling.
pub(super) fn pair(
    recording: &Recording,
    dialect: Dialect,
    mut recorded: Value,
) -> Result<(Value, Value), Unmade> {
    let envelope = ["model", "stream"].map(|name| {
        let members = recorded.as_object_mut();
        (name, members.and_then(|it| it.shift_remove(name)))
    });
    let contract = match dialect {
        Dialect::ChatCompletions => chat::contract(&recorded)?,
        Dialect::Responses => contract(&recorded)?,
    };
    let call = call::call(&contract)?;
    let thinks = recorded.get("include").is_some();
    let ours = mantle::encode(recording, dialect, &call, thinks)
        .map_err(|error| Unmade::Refused(error.to_string()))?;
    let mut ours = Value::Object(ours);
    for (name, value) in envelope {
        let value = value.ok_or_else(|| format!("a request without {name}"))?;
        ours[name] = value.clone();
        recorded[name] = value;
    }
    if dialect == Dialect::Responses {
        normalise(&mut ours);
        normalise(&mut recorded);
    }
    Ok((sorted(ours), sorted(recorded)))
}

/// Translates a body, or says why it cannot.
fn contract(body: &Value) -> Result<Value, String> {
    let mut out = json!({});
    let mut messages = Vec::new();
    for (name, value) in members(body)? {
        match name.as_str() {
            "instructions" => messages.insert(0, json!({"role": "system", "content": value})),
            "input" => {
                for item in list(value)? {
                    add(&mut messages, item)?;
                }
            }
            "tools" => out["tools"] = tools(value)?,
            "tool_choice" => out["tool_choice"] = value.clone(),
            "text" => {
                only(value, &["format"])?;
                let format = &value["format"];
                only(format, &["type", "name", "schema", "strict"])?;
                out["schema"] = json!({"name": format["name"], "schema": format["schema"]});
            }
            "include" if *value == json!(["reasoning.encrypted_content"]) => {}
            other => return Err(format!("member {other}")),
        }
    }
    out["messages"] = messages.into();
    Ok(out)
}

/// What the model said goes into one message of the assistant.
fn add(messages: &mut Vec<Value>, item: &Value) -> Result<(), String> {
    let (role, part) = match text_at(item, "/type") {
        "" => {
            only(item, &["role", "content"])?;
            let part = json!({"type": "text", "text": item["content"]});
            (text_at(item, "/role"), part)
        }
        "message" => {
            let [part] = list(&item["content"])? else {
                return Err("a message of several parts".to_owned());
            };
            let mut part = json!({"type": "text", "text": part["text"]});
            if let Some(phase) = item["phase"].as_str() {
                part["phase"] = phase.into();
            }
            (text_at(item, "/role"), part)
        }
        "function_call" => {
            let arguments: Value = serde_json::from_str(text_at(item, "/arguments"))
                .map_err(|error| error.to_string())?;
            let part = json!({"type": "tool_call", "id": item["call_id"], "name": item["name"], "arguments": arguments});
            ("assistant", part)
        }
        "reasoning" if item["summary"] == json!([]) => {
            let (id, seal) = (text_at(item, "/id"), text_at(item, "/encrypted_content"));
            let signature = format!("bedrock:{id}:{seal}");
            let part = json!({"type": "reasoning", "text": "", "signature": signature});
            ("assistant", part)
        }
        "function_call_output" => {
            only(item, &["type", "call_id", "output"])?;
            let part =
                json!({"type": "tool_result", "id": item["call_id"], "content": item["output"]});
            ("tool", part)
        }
        other => return Err(format!("item of type {other}")),
    };
    match messages.last_mut().filter(|last| last["role"] == role) {
        Some(last) => last["content"].as_array_mut().expect("parts").push(part),
        None => messages.push(json!({"role": role, "content": [part]})),
    }
    Ok(())
}

fn tools(tools: &Value) -> Result<Value, String> {
    let tools = list(tools)?.iter().map(|tool| {
        only(tool, &["type", "name", "description", "parameters", "strict"])?;
        Ok(json!({"name": tool["name"], "description": tool["description"], "parameters": tool["parameters"], "strict": tool["strict"]}))
    });
    tools.collect::<Result<_, String>>()
}

/// One spelling for what means the same. Of `store` the client said nothing, and the library says that nothing is to be kept;
/// so ids of what the server may have kept are not sent either.
fn normalise(body: &mut Value) {
    let members = body.as_object_mut().expect("an object");
    if members.get("store") == Some(&Value::Bool(false)) {
        members.shift_remove("store");
    }
    for item in body["input"].as_array_mut().into_iter().flatten() {
        if item.get("type").is_none() {
            item["type"] = "message".into();
        }
        let is_thought = item["type"] == "reasoning";
        let members = item.as_object_mut().expect("an item");
        for name in ["id", "status"] {
            if !is_thought {
                members.shift_remove(name);
            }
        }
        if let Some(Value::String(text)) = members.get("content") {
            let part = json!({"type": "input_text", "text": text});
            members.insert("content".to_owned(), json!([part]));
        }
        for part in members
            .get_mut("content")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            part.as_object_mut()
                .expect("a part")
                .shift_remove("annotations");
        }
    }
    for tool in body["tools"].as_array_mut().into_iter().flatten() {
        let members = tool.as_object_mut().expect("a tool");
        if members.get("description") == Some(&Value::Null) {
            members.shift_remove("description");
        }
    }
    if body["tools"].is_null() {
        body.as_object_mut()
            .expect("an object")
            .shift_remove("tools");
    }
}
