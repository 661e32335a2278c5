//! A call in Anthropic's Messages form, as InvokeModel takes it.
//!
//! Source: Anthropic's Messages API reference, and AWS's user guide, "Anthropic Claude Messages API".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqllm_core::{
    Cache, Call, Citation, DocumentPart, Error, MediaPart, Message, Model, Part, ReasoningPart,
    Result, Role, Source, TextPart, ToolChoice, ToolContent, ToolResultPart, Warning,
};
use serde_json::{Map, Value, json};

use super::Quirks;
use crate::{media, redacted};

/// `max_tokens` is required. This is what Converse takes for Claude where it is not given, so that the route makes no
/// difference.
const DEFAULT_MAX_TOKENS: u64 = 4096;

/// The body. Which model it is for and whether it streams is not in it: where that is needed, whoever sends the body adds it.
///
/// # Errors
///
/// [`ErrorKind::InvalidRequest`](reqllm_core::ErrorKind::InvalidRequest) or
/// [`ErrorKind::Unsupported`](reqllm_core::ErrorKind::Unsupported), naming the place.
pub fn encode(
    quirks: &Quirks,
    model: &Model,
    call: &Call,
    warnings: &mut Vec<Warning>,
) -> Result<Map<String, Value>> {
    if call.settings.seed.is_some() {
        call.unsupported(&model.id, "a seed", warnings)?;
    }
    let mut body = Map::new();
    let mut put = |key: &str, value: Value| body.insert(key.to_owned(), value);
    if let Some(version) = quirks.version {
        put("anthropic_version", version.into());
    }
    if let Some(betas) = call.options.get("anthropic_beta").filter(|_| quirks.betas) {
        put("anthropic_beta", betas.clone());
    }
    put("max_tokens", max_tokens(model, call).into());
    let (system, messages) = messages(call, warnings)?;
    if !system.is_empty() {
        put("system", system.into());
    }
    put("messages", messages.into());
    let settings = &call.settings;
    for (key, value) in [
        ("temperature", settings.temperature.map(Value::from)),
        ("top_p", settings.top_p.map(Value::from)),
        ("top_k", settings.top_k.map(Value::from)),
    ] {
        if let Some(value) = value {
            put(key, value);
        }
    }
    if !settings.stop.is_empty() {
        put("stop_sequences", settings.stop.clone().into());
    }
    if let Some(object) = &call.object {
        let format = json!({ "type": "json_schema", "schema": object.schema });
        put("output_config", json!({ "format": format }));
    }
    if !call.tools.is_empty() {
        put("tools", tools(call).into());
        if let Some(choice) = &call.tool_choice {
            put("tool_choice", tool_choice(choice));
        }
    }
    Ok(body)
}

fn max_tokens(model: &Model, call: &Call) -> u64 {
    let default = model
        .limits
        .output
        .map_or(DEFAULT_MAX_TOKENS, |limit| limit.min(DEFAULT_MAX_TOKENS));
    call.settings.max_tokens.map_or(default, u64::from)
}

fn messages(call: &Call, warnings: &mut Vec<Warning>) -> Result<(Vec<Value>, Vec<Value>)> {
    let mut system = Vec::new();
    let mut messages: Vec<(&str, Vec<Value>)> = Vec::new();
    for (at, message) in call.messages.iter().enumerate() {
        let content = blocks(at, message, warnings)?;
        let role = match message.role {
            Role::System if messages.is_empty() => {
                system.extend(content);
                continue;
            }
            Role::System => "system",
            Role::Assistant => "assistant",
            _ => "user",
        };
        match messages.last_mut() {
            Some((last, blocks)) if *last == role => blocks.extend(content),
            _ => messages.push((role, content)),
        }
    }
    if messages.is_empty() {
        return Err(Error::invalid_request(
            "`messages` holds no message of the user; at least one is needed",
        ));
    }
    let messages = messages
        .into_iter()
        .map(|(role, content)| json!({ "role": role, "content": content }))
        .collect();
    Ok((system, messages))
}

fn blocks(at: usize, message: &Message, warnings: &mut Vec<Warning>) -> Result<Vec<Value>> {
    let mut blocks = Vec::with_capacity(message.content.len());
    for (n, part) in message.content.iter().enumerate() {
        let place = format!("messages[{at}].content[{n}]");
        if message.role == Role::System && !matches!(part, Part::Text(_)) {
            return Err(Error::invalid_request(format!(
                "{place} is a part of type {} in a system message; only text would do",
                part.kind()
            )));
        }
        check(part, &place, warnings)?;
        let Some(mut block) = block(part, &place)? else {
            continue;
        };
        if let (Some(cache), Some(object)) = (part.cache(), block.as_object_mut()) {
            object.insert("cache_control".to_owned(), cache_control(cache));
        }
        blocks.push(block);
    }
    Ok(blocks)
}

/// What cannot go as it is, is said.
fn check(part: &Part, place: &str, warnings: &mut Vec<Warning>) -> Result<()> {
    match part {
        Part::Reasoning(_) if part.cache().is_some() => Err(Error::invalid_request(format!(
            "{place} is reasoning with a cache point, which cannot stand there; put it after the next part"
        ))),
        Part::Text(text)
            if text
                .citations
                .iter()
                .any(|it| native_citation(it).is_none()) =>
        {
            warnings.push(Warning::new(
                "citations_dropped",
                format!("{place} has citations that are not in Claude's own form; the text goes without them"),
            ));
            Ok(())
        }
        _ => Ok(()),
    }
}

fn block(part: &Part, place: &str) -> Result<Option<Value>> {
    Ok(Some(match part {
        Part::Text(text) => text_block(text),
        Part::Image(image) => {
            json!({ "type": "image", "source": image_source(image, place)? })
        }
        Part::Document(document) => document_block(document, place)?,
        Part::Reasoning(reasoning) => return Ok(reasoning_block(reasoning)),
        Part::ToolCall(call) => {
            // `input` must be an object: arguments that did not parse go back inside one.
            let input = match &call.arguments {
                Value::Object(_) => call.arguments.clone(),
                other => json!({ "invalid_arguments": other }),
            };
            json!({ "type": "tool_use", "id": call.id, "name": call.name, "input": input })
        }
        Part::ToolResult(result) => tool_result(result, place)?,
        // A block of Converse has no `type`, and would mean nothing here.
        Part::Unknown(unknown) if unknown.raw.get("type").is_some() => unknown.raw.clone(),
        other => {
            return Err(Error::invalid_request(format!(
                "{place} is a part of type {} that Claude's native body has no block for",
                other.kind()
            )));
        }
    }))
}

fn text_block(part: &TextPart) -> Value {
    let mut block = json!({ "type": "text", "text": part.text });
    let citations: Vec<Value> = part.citations.iter().filter_map(native_citation).collect();
    if !citations.is_empty() {
        block["citations"] = citations.into();
    }
    block
}

/// A citation that came in this form keeps its whole wire shape as its location.
fn native_citation(citation: &Citation) -> Option<Value> {
    let location = citation.location.as_ref()?;
    location.get("type").is_some().then(|| location.clone())
}

/// A thought goes back as it came. One without a signature was never Claude's and is refused, so it is left out.
fn reasoning_block(part: &ReasoningPart) -> Option<Value> {
    match (&part.redacted, &part.signature) {
        (Some(data), _) => {
            Some(json!({ "type": "redacted_thinking", "data": redacted::native(data) }))
        }
        (None, Some(signature)) => {
            Some(json!({ "type": "thinking", "thinking": part.text, "signature": signature }))
        }
        (None, None) => None,
    }
}

fn image_source(part: &MediaPart, place: &str) -> Result<Value> {
    let format = media::IMAGE
        .of(&part.media_type)
        .map_err(|why| Error::invalid_request(format!("{place}: {why}")))?;
    Ok(json!({
        "type": "base64",
        "media_type": format!("image/{format}"),
        "data": base64(&part.source, place)?,
    }))
}

fn document_block(part: &DocumentPart, place: &str) -> Result<Value> {
    let format = media::DOCUMENT
        .of_named(&part.media_type, part.name.as_deref())
        .map_err(|why| Error::invalid_request(format!("{place}: {why}")))?;
    let source = match (format, &part.source) {
        ("pdf", source) => json!({
            "type": "base64", "media_type": "application/pdf", "data": base64(source, place)?,
        }),
        ("txt", source) => {
            let text = text(source, place)?;
            json!({ "type": "text", "media_type": "text/plain", "data": text })
        }
        _ => {
            return Err(Error::invalid_request(format!(
                "{place} is a {format} document; Claude's native body takes pdf and txt, Converse takes all (`use_converse`)"
            )));
        }
    };
    let mut block = json!({ "type": "document", "source": source });
    if let Some(name) = &part.name {
        block["title"] = name.as_str().into();
    }
    if let Some(context) = &part.context {
        block["context"] = context.as_str().into();
    }
    if part.citations {
        block["citations"] = json!({ "enabled": true });
    }
    Ok(block)
}

/// The text of a text document.
fn text(source: &Source, place: &str) -> Result<String> {
    String::from_utf8(bytes(source, place)?.to_vec()).map_err(|error| {
        Error::invalid_request(format!(
            "{place} is a text document that is not UTF-8: {error}; Converse takes it as it is (`use_converse`)"
        ))
    })
}

fn base64(source: &Source, place: &str) -> Result<String> {
    bytes(source, place).map(|bytes| STANDARD.encode(bytes))
}

fn bytes<'a>(source: &'a Source, place: &str) -> Result<&'a [u8]> {
    match source {
        Source::Data(bytes) => Ok(bytes),
        Source::Url(_) => Err(Error::invalid_request(format!(
            "{place}: Claude's native body takes `data` or a data: URL; s3:// goes through Converse (`use_converse`)"
        ))),
        _ => Err(Error::invalid_request(format!(
            "{place}: Claude has no such source"
        ))),
    }
}

fn tool_result(part: &ToolResultPart, place: &str) -> Result<Value> {
    let content = match &part.content {
        ToolContent::Text(text) => Value::String(text.clone()),
        ToolContent::Json(value) => Value::String(value.to_string()),
        ToolContent::Parts(parts) => {
            let mut blocks = Vec::with_capacity(parts.len());
            for part in parts {
                blocks.extend(block(part, place)?);
            }
            blocks.into()
        }
        other => {
            return Err(Error::invalid_request(format!(
                "{place} holds {other:?}, which Claude has no block for"
            )));
        }
    };
    let mut block = json!({ "type": "tool_result", "tool_use_id": part.id, "content": content });
    if part.is_error {
        block["is_error"] = true.into();
    }
    Ok(block)
}

fn tools(call: &Call) -> Vec<Value> {
    call.tools
        .iter()
        .map(|tool| {
            let mut entry = json!({ "name": tool.name });
            if let Some(description) = tool
                .description
                .as_deref()
                .filter(|text| !text.trim().is_empty())
            {
                entry["description"] = description.into();
            }
            entry["input_schema"] = tool.parameters.clone();
            if let Some(strict) = tool.strict {
                entry["strict"] = strict.into();
            }
            if let Some(cache) = tool.cache {
                entry["cache_control"] = cache_control(cache);
            }
            entry
        })
        .collect()
}

fn tool_choice(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::None => json!({ "type": "none" }),
        ToolChoice::Required => json!({ "type": "any" }),
        ToolChoice::Tool(name) => json!({ "type": "tool", "name": name }),
        _ => json!({ "type": "auto" }),
    }
}

fn cache_control(cache: Cache) -> Value {
    match cache.ttl {
        None => json!({ "type": "ephemeral" }),
        Some(ttl) => json!({ "type": "ephemeral", "ttl": ttl.as_str() }),
    }
}
