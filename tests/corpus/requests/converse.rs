//! Recorded Converse requests in the JSON contract of the library.
//!
//! [`contract`] turns a request body into what a user of the library would have written:
//!
//! ```text
//! { "messages": [contract messages, a system message first if there is system content],
//!   "tools": [contract tools], "tool_choice": "auto" | "required" | {"name": "…"},
//!   "max_tokens", "temperature", "top_p", "stop": ["…"],
//!   "schema": {"schema": <JSON Schema>, "name"?, "description"?},     (outputConfig.textFormat)
//!   "additional_model_request_fields": {…},
//!   "options": { "guardrail_identifier", "guardrail_version", "guardrail_trace", "service_tier",
//!                "performance_latency", "request_metadata": {…}, "prompt_variables": {"name": "text"},
//!                "additional_model_response_field_paths": ["…"] } }
//! ```
//!
//! Only what the request has is there. What the contract cannot say is an error with the reason, never
//! an omission: every member of the request is either translated or refused.
//!
//! A caller encodes the result with the library and compares the two bodies in [`crate::normal::normalise`] form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::answers::converse;
use crate::media::{media_type, name_of};
use crate::parts::text_at;

/// Translates a request body, or says why it cannot.
pub(crate) fn contract(body: &Value) -> Result<Value, String> {
    let mut out = json!({ "messages": messages(body)? });
    let mut options = Map::new();
    for (name, value) in members(body)? {
        match name.as_str() {
            // The id that the URL carries; one recorder repeats it here, and the service ignores it.
            "messages" | "system" | "modelId" => {}
            "inferenceConfig" => inference(value, &mut out)?,
            "toolConfig" => tool_config(value, &mut out)?,
            "outputConfig" => out["schema"] = schema(value)?,
            "additionalModelRequestFields" if is_nothing(value) => {}
            "additionalModelRequestFields" => {
                out["additional_model_request_fields"] = value.clone();
            }
            _ => option(name, value, &mut options)?,
        }
    }
    if !options.is_empty() {
        out["options"] = options.into();
    }
    Ok(out)
}

fn option(name: &str, value: &Value, options: &mut Map<String, Value>) -> Result<(), String> {
    let renamed: &[(&str, &str)] = match name {
        "guardrailConfig" => &[
            ("guardrailIdentifier", "guardrail_identifier"),
            ("guardrailVersion", "guardrail_version"),
            ("trace", "guardrail_trace"),
        ],
        "serviceTier" => &[("type", "service_tier")],
        "performanceConfig" => &[("latency", "performance_latency")],
        "requestMetadata" => return keep(options, "request_metadata", value.clone()),
        "additionalModelResponseFieldPaths" => {
            return keep(
                options,
                "additional_model_response_field_paths",
                value.clone(),
            );
        }
        "promptVariables" => {
            let mut variables = Map::new();
            for (variable, value) in members(value)? {
                only(value, &["text"])?;
                variables.insert(variable.clone(), value["text"].clone());
            }
            return keep(options, "prompt_variables", variables.into());
        }
        _ => return Err(format!("request member {name}")),
    };
    for (member, value) in members(value)? {
        let (_, ours) = renamed
            .iter()
            .find(|(theirs, _)| theirs == member)
            .ok_or_else(|| format!("{name}.{member}"))?;
        keep(options, ours, value.clone())?;
    }
    Ok(())
}

fn keep(options: &mut Map<String, Value>, name: &str, value: Value) -> Result<(), String> {
    options.insert(name.to_owned(), value);
    Ok(())
}

fn inference(config: &Value, out: &mut Value) -> Result<(), String> {
    for (name, value) in members(config)? {
        let ours = match name.as_str() {
            "maxTokens" => "max_tokens",
            "temperature" => "temperature",
            "topP" => "top_p",
            "stopSequences" => "stop",
            _ => return Err(format!("inferenceConfig.{name}")),
        };
        out[ours] = value.clone();
    }
    Ok(())
}

fn schema(config: &Value) -> Result<Value, String> {
    only(config, &["textFormat"])?;
    let format = &config["textFormat"];
    only(format, &["type", "structure"])?;
    let described = &format["structure"]["jsonSchema"];
    only(described, &["schema", "name", "description"])?;
    let mut out = described.clone();
    let schema = serde_json::from_str(text_at(described, "/schema"));
    out["schema"] = schema.map_err(|_| "outputConfig schema that is not JSON")?;
    Ok(out)
}

fn tool_config(config: &Value, out: &mut Value) -> Result<(), String> {
    only(config, &["tools", "toolChoice"])?;
    let mut tools = Vec::new();
    for entry in list(&config["tools"])? {
        match member(entry)? {
            ("toolSpec", spec) => {
                only(spec, &["name", "description", "inputSchema", "strict"])?;
                only(&spec["inputSchema"], &["json"])?;
                let mut tool =
                    json!({"name": spec["name"], "parameters": spec["inputSchema"]["json"]});
                copy(spec, &mut tool, &["description", "strict"]);
                tools.push(tool);
            }
            ("cachePoint", point) => cache_after(tools.last_mut(), point)?,
            (kind, _) => return Err(format!("tool of kind {kind}")),
        }
    }
    out["tools"] = tools.into();
    if let Some(choice) = config.get("toolChoice") {
        out["tool_choice"] = match member(choice)? {
            ("auto", _) => json!("auto"),
            ("any", _) => json!("required"),
            ("tool", tool) => json!({ "name": tool["name"] }),
            (kind, _) => return Err(format!("toolChoice.{kind}")),
        };
    }
    Ok(())
}

fn messages(body: &Value) -> Result<Vec<Value>, String> {
    let mut messages = Vec::new();
    if let Some(system) = body.get("system").filter(|system| !is_nothing(system)) {
        let content = parts(list(system)?, "system")?;
        messages.push(json!({"role": "system", "content": content}));
    }
    for turn in body.get("messages").map_or(Ok(&[][..]), list)? {
        only(turn, &["role", "content"])?;
        let role = text_at(turn, "/role");
        let mut content = parts(list(&turn["content"])?, role)?;
        match role {
            "assistant" => messages.push(json!({"role": role, "content": content})),
            "user" => {
                let is_result = |part: &Value| part["type"] == "tool_result";
                let results = content.iter().take_while(|part| is_result(part)).count();
                let others = content.split_off(results);
                if others.iter().any(is_result) {
                    return Err("toolResult after another block".to_owned());
                }
                for (role, content) in [("tool", content), ("user", others)] {
                    if !content.is_empty() {
                        messages.push(json!({"role": role, "content": content}));
                    }
                }
            }
            _ => return Err(format!("message of role {role}")),
        }
    }
    Ok(messages)
}

fn parts(blocks: &[Value], role: &str) -> Result<Vec<Value>, String> {
    let mut parts: Vec<Value> = Vec::new();
    for block in blocks {
        match member(block)? {
            ("cachePoint", point) => cache_after(parts.last_mut(), point)?,
            (kind, value) => parts.push(part(block, kind, value, role)?),
        }
    }
    if parts.is_empty() {
        return Err(format!("{role} message without content"));
    }
    Ok(parts)
}

/// A block of the conversation. Those of an answer that is sent back read as they do in an answer.
fn part(block: &Value, kind: &str, value: &Value, role: &str) -> Result<Value, String> {
    match (kind, role) {
        ("text", _) => {}
        ("image" | "document" | "video" | "audio", "user") => return medium(kind, value),
        ("guardContent", "user" | "system") => return guarded(value),
        ("toolResult", "user") => return tool_result(value),
        ("toolUse", "assistant") => only(value, &["toolUseId", "name", "input"])?,
        ("reasoningContent", "assistant") => {
            only(value, &["reasoningText", "redactedContent"])?;
            if let Some(text) = value.get("reasoningText") {
                only(text, &["text", "signature"])?;
            }
        }
        ("citationsContent", "assistant") => {
            only(value, &["content", "citations"])?;
            if list(&value["content"])?.len() != 1 {
                return Err("citationsContent of several texts".to_owned());
            }
            for citation in list(&value["citations"])? {
                only(citation, &["title", "source", "sourceContent", "location"])?;
            }
        }
        _ => return Err(format!("{kind} block from {role}")),
    }
    converse::part(block).ok_or_else(|| format!("empty {kind} block from {role}"))
}

fn guarded(content: &Value) -> Result<Value, String> {
    match member(content)? {
        ("text", text) => {
            only(text, &["text", "qualifiers"])?;
            let qualifiers = text.get("qualifiers").cloned().unwrap_or_else(|| json!([]));
            let guard = json!({ "qualifiers": qualifiers });
            Ok(json!({"type": "text", "text": text["text"], "guard": guard}))
        }
        ("image", image) => {
            let mut part = medium("image", image)?;
            part["guard"] = json!({"qualifiers": []});
            Ok(part)
        }
        (kind, _) => Err(format!("guardContent of {kind}")),
    }
}

fn medium(kind: &str, value: &Value) -> Result<Value, String> {
    match kind {
        "document" => only(value, &["format", "source", "name", "context", "citations"])?,
        _ => only(value, &["format", "source"])?,
    }
    let format = text_at(value, "/format");
    let media_type =
        media_type(kind, format).ok_or_else(|| format!("{kind} of format {format}"))?;
    let mut part = json!({"type": kind, "media_type": media_type});
    match member(&value["source"])? {
        ("bytes", data) => part["data"] = data.clone(),
        ("text", text) => {
            let text = text.as_str().ok_or("a document's text that is none")?;
            part["data"] = STANDARD.encode(text).into();
        }
        ("s3Location", place) => {
            only(place, &["uri"])?;
            part["url"] = place["uri"].clone();
        }
        (source, _) => return Err(format!("{kind} with source {source}")),
    }
    copy(value, &mut part, &["name", "context"]);
    if let Some(citations) = value.get("citations") {
        only(citations, &["enabled"])?;
        part["citations"] = citations["enabled"].clone();
    }
    Ok(part)
}

/// One text is the contract's string, one JSON object its "any JSON"; other content is parts.
fn tool_result(result: &Value) -> Result<Value, String> {
    only(result, &["toolUseId", "content", "status"])?;
    let content = list(&result["content"])?;
    let content = match content
        .iter()
        .map(member)
        .collect::<Result<Vec<_>, _>>()?
        .as_slice()
    {
        [("text", text)] => (*text).clone(),
        [("json", value @ Value::Object(_))] => (*value).clone(),
        [("json", value)] => {
            return Err(format!("toolResult with JSON that is a {}", name_of(value)));
        }
        blocks => {
            let mut parts = Vec::new();
            for (block, (kind, value)) in content.iter().zip(blocks) {
                if matches!(*kind, "json" | "searchResult") {
                    return Err(format!("toolResult with {kind} among other blocks"));
                }
                parts.push(part(block, kind, value, "user")?);
            }
            parts.into()
        }
    };
    let mut out = json!({"type": "tool_result", "id": result["toolUseId"], "content": content});
    match result.get("status").and_then(Value::as_str) {
        None | Some("success") => {}
        Some("error") => out["is_error"] = true.into(),
        Some(status) => return Err(format!("toolResult of status {status}")),
    }
    Ok(out)
}

/// Notes a cache point at what comes before it.
fn cache_after(before: Option<&mut Value>, point: &Value) -> Result<(), String> {
    only(point, &["type", "ttl"])?;
    let before = before.ok_or("cachePoint before everything")?;
    if before.get("cache").is_some() {
        return Err("two cachePoints in a row".to_owned());
    }
    before["cache"] = match point.get("ttl") {
        Some(ttl) => json!({ "ttl": ttl }),
        None => true.into(),
    };
    Ok(())
}

pub(crate) fn copy(from: &Value, to: &mut Value, names: &[&str]) {
    for name in names {
        if let Some(value) = from.get(*name) {
            to[*name] = value.clone();
        }
    }
}

fn is_nothing(value: &Value) -> bool {
    matches!(value, Value::Null) || *value == json!({}) || *value == json!([])
}

/// The single member of a union.
fn member(union: &Value) -> Result<(&str, &Value), String> {
    let members = members(union)?;
    match (members.iter().next(), members.len()) {
        (Some((name, value)), 1) => Ok((name, value)),
        _ => Err("a union without exactly one member".to_owned()),
    }
}

pub(crate) fn members(value: &Value) -> Result<&Map<String, Value>, String> {
    value
        .as_object()
        .ok_or_else(|| format!("a {} where an object belongs", name_of(value)))
}

/// The names of the members of an object.
pub(crate) fn member_names(value: &Value) -> Vec<String> {
    let members = value.as_object().into_iter().flatten();
    members.map(|(name, _)| name.clone()).collect()
}

pub(crate) fn list(value: &Value) -> Result<&[Value], String> {
    let list = value.as_array().map(Vec::as_slice);
    list.ok_or_else(|| format!("a {} where a list belongs", name_of(value)))
}

/// Refuses an object with a member that nobody translates.
pub(crate) fn only(value: &Value, names: &[&str]) -> Result<(), String> {
    match members(value)?
        .keys()
        .find(|name| !names.contains(&name.as_str()))
    {
        Some(stranger) => Err(format!("member {stranger} beside {}", names.join(", "))),
        None => Ok(()),
    }
}
