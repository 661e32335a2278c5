//! A call in Anthropic's Messages form.
//!
//! Source: Anthropic's Messages API reference; AWS's user guide, "Anthropic Claude Messages API".

use std::borrow::Cow;
use std::fmt;

use reqllm_core::{
    Cache, Call, Citation, Error, Message, Model, Part, ReasoningPart, Result, Role, ToolChoice,
    ToolContent, ToolResultPart, UnknownPart, Warning,
};
use serde_json::{Map, Value, json};

use super::attachment::{document_source, image_source};
use super::body::Body;
use super::wire::{self, Block, Enabled, ResultContent};
use super::{Quirks, foreign};
use crate::json::LongText;
use crate::{mark, redacted};

/// `max_tokens` is required. This is what Converse takes for Claude where it is not given, so that the route makes no
/// difference.
const DEFAULT_MAX_TOKENS: u64 = 4096;

/// The body of a call that has been [shaped](crate::shape).
///
/// # Errors
///
/// [`ErrorKind::InvalidRequest`](reqllm_core::ErrorKind::InvalidRequest) or
/// [`ErrorKind::Unsupported`](reqllm_core::ErrorKind::Unsupported), naming the place.
pub fn encode<'a>(
    quirks: &Quirks,
    model: &Model,
    call: &'a Call,
    warnings: &mut Vec<Warning>,
) -> Result<Body<'a>> {
    if call.settings.seed.is_some() {
        call.unsupported(&model.id, "a seed", warnings)?;
    }
    let (system, messages) = messages(quirks, call, warnings)?;
    Ok(Body {
        members: members(quirks, model, call),
        tools: call.tools.iter().map(tool).collect(),
        system,
        messages,
    })
}

/// What is small.
fn members(quirks: &Quirks, model: &Model, call: &Call) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |key: &str, value: Value| members.insert(key.to_owned(), value);
    if let Some(version) = quirks.version {
        put("anthropic_version", version.into());
    }
    if let Some(betas) = call.options.get("anthropic_beta").filter(|_| quirks.betas) {
        put("anthropic_beta", betas.clone());
    }
    put("max_tokens", max_tokens(model, call).into());
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
    if let Some(choice) = call.tool_choice.as_ref().filter(|_| !call.tools.is_empty()) {
        put("tool_choice", tool_choice(choice));
    }
    members
}

fn max_tokens(model: &Model, call: &Call) -> u64 {
    let default = model
        .limits
        .output
        .map_or(DEFAULT_MAX_TOKENS, |limit| limit.min(DEFAULT_MAX_TOKENS));
    call.settings.max_tokens.map_or(default, u64::from)
}

/// System prompts at the front, and turns: messages of one side in a row are one.
fn messages<'a>(
    quirks: &Quirks,
    call: &'a Call,
    warnings: &mut Vec<Warning>,
) -> Result<(Vec<Block<'a>>, Vec<wire::Message<'a>>)> {
    let mut system = Vec::new();
    let mut turns: Vec<wire::Message<'a>> = Vec::with_capacity(call.messages.len());
    for (at, message) in call.messages.iter().enumerate() {
        let role = match message.role {
            Role::System if turns.is_empty() => {
                blocks(quirks, at, message, &mut system, warnings)?;
                continue;
            }
            Role::System => "system",
            Role::Assistant => "assistant",
            _ => "user",
        };
        if turns.last().is_none_or(|last| last.role != role) {
            let content = Vec::with_capacity(message.content.len());
            turns.push(wire::Message { role, content });
        }
        if let Some(turn) = turns.last_mut() {
            blocks(quirks, at, message, &mut turn.content, warnings)?;
        }
    }
    // What went without its last block has said nothing.
    turns.retain(|turn| !turn.content.is_empty());
    if turns.is_empty() {
        return Err(Error::invalid_request(
            "`messages` holds no message of the user; at least one is needed",
        ));
    }
    Ok((system, turns))
}

/// Where a part stands, for messages to people.
#[derive(Clone, Copy)]
pub(super) struct Place {
    message: usize,
    part: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "messages[{}].content[{}]", self.message, self.part)
    }
}

fn blocks<'a>(
    quirks: &Quirks,
    at: usize,
    message: &'a Message,
    blocks: &mut Vec<Block<'a>>,
    warnings: &mut Vec<Warning>,
) -> Result<()> {
    for (n, part) in message.content.iter().enumerate() {
        let place = Place {
            message: at,
            part: n,
        };
        if message.role == Role::System && !matches!(part, Part::Text(_)) {
            return Err(Error::invalid_request(format!(
                "{place} is a part of type {} in a system message; only text would do",
                part.kind()
            )));
        }
        if message.role == Role::Assistant
            && let Part::Unknown(unknown) = part
            && (quirks.maker.is_some() || !foreign::is_own(&unknown.raw))
        {
            warnings.push(Warning::new(
                "block_dropped",
                format!("{place} holds a block of another form, which {} has no place for; it was left out", quirks.name),
            ));
            continue;
        }
        check(part, place, warnings)?;
        blocks.push(block(quirks, part, place)?);
    }
    Ok(())
}

/// What cannot go as it is, is said.
fn check(part: &Part, place: Place, warnings: &mut Vec<Warning>) -> Result<()> {
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

fn block<'a>(quirks: &Quirks, part: &'a Part, place: Place) -> Result<Block<'a>> {
    let cache_control = part.cache().map(Into::into);
    Ok(match part {
        Part::Text(part) => Block::Text {
            text: part.text.as_str().into(),
            citations: part.citations.iter().filter_map(native_citation).collect(),
            cache_control,
        },
        Part::Image(part) => Block::Image {
            source: image_source(quirks, part, place)?,
            cache_control,
        },
        Part::Document(part) => Block::Document {
            source: document_source(quirks, part, place)?,
            title: part.name.as_deref(),
            context: part.context.as_deref(),
            citations: part.citations.then_some(Enabled { enabled: true }),
            cache_control,
        },
        Part::Reasoning(part) => reasoning(quirks, part),
        Part::ToolCall(call) => Block::ToolUse {
            id: &call.id,
            name: &call.name,
            // `input` must be an object: arguments that did not parse go back inside one.
            input: match &call.arguments {
                Value::Object(_) => Cow::Borrowed(&call.arguments),
                other => Cow::Owned(json!({ "invalid_arguments": other })),
            },
            cache_control,
        },
        Part::ToolResult(result) => Block::ToolResult {
            tool_use_id: &result.id,
            content: result_content(quirks, result, place)?,
            is_error: result.is_error,
            cache_control,
        },
        // A block of Converse has no `type`, and would mean nothing here.
        Part::Unknown(part) if part.raw.get("type").is_some() => raw(part),
        other => {
            return Err(Error::invalid_request(format!(
                "{place} is a part of type {} that {} has no block for",
                other.kind(),
                quirks.name
            )));
        }
    })
}

fn raw(part: &UnknownPart) -> Block<'_> {
    let Some(cache) = part.cache else {
        return Block::Raw(Cow::Borrowed(&part.raw));
    };
    let mut raw = part.raw.clone();
    if let Some(object) = raw.as_object_mut() {
        object.insert("cache_control".to_owned(), cache_control(cache));
    }
    Block::Raw(Cow::Owned(raw))
}

fn cache_control(cache: Cache) -> Value {
    match cache.ttl {
        None => json!({ "type": "ephemeral" }),
        Some(ttl) => json!({ "type": "ephemeral", "ttl": ttl.as_str() }),
    }
}

/// A citation that came in this form keeps its whole wire shape as its location.
fn native_citation(citation: &Citation) -> Option<&Value> {
    let location = citation.location.as_ref()?;
    location.get("type").is_some().then_some(location)
}

/// A thought goes back as it came, without the mark of its maker. Which thoughts go back at all has been settled before.
fn reasoning<'a>(quirks: &Quirks, part: &'a ReasoningPart) -> Block<'a> {
    if let Some(data) = &part.redacted {
        return Block::RedactedThinking {
            data: redacted::native(data),
        };
    }
    let seal = part.signature.as_deref().map(|signature| {
        let own = quirks.maker.and_then(|maker| mark::of(maker, signature));
        own.map_or(signature, |(_, seal)| seal)
    });
    Block::Thinking {
        thinking: part.text.as_str().into(),
        signature: seal.filter(|seal| !seal.is_empty()),
    }
}

fn result_content<'a>(
    quirks: &Quirks,
    part: &'a ToolResultPart,
    place: Place,
) -> Result<ResultContent<'a>> {
    Ok(match &part.content {
        ToolContent::Text(text) => ResultContent::Text(text.as_str().into()),
        ToolContent::Json(value) => ResultContent::Text(LongText::from(value.to_string())),
        ToolContent::Parts(parts) => {
            let blocks = parts.iter().map(|part| block(quirks, part, place));
            ResultContent::Blocks(blocks.collect::<Result<_>>()?)
        }
        other => {
            return Err(Error::invalid_request(format!(
                "{place} holds {other:?}, which {} has no block for",
                quirks.name
            )));
        }
    })
}

fn tool(tool: &reqllm_core::Tool) -> wire::Tool<'_> {
    let description = tool.description.as_deref();
    wire::Tool {
        name: &tool.name,
        description: description.filter(|text| !text.trim().is_empty()),
        input_schema: &tool.parameters,
        strict: tool.strict,
        cache_control: tool.cache.map(Into::into),
    }
}

fn tool_choice(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::None => json!({ "type": "none" }),
        ToolChoice::Required => json!({ "type": "any" }),
        ToolChoice::Tool(name) => json!({ "type": "tool", "name": name }),
        _ => json!({ "type": "auto" }),
    }
}

#[cfg(test)]
mod tests;
