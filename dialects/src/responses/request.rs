//! A call in the Responses form.

use reqllm_core::{Call, Capability, Error, Model, ObjectSchema, Reasoning, Result, Warning};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::items::Writer;
use super::{Quirks, Wishes, tools};
use crate::chat_completions::all_required;

/// What has to be asked for, so that thoughts can go back to a server that keeps nothing.
const SEALS: &str = "reasoning.encrypted_content";
/// What has to be asked for, so that the likeliest tokens are told.
const LOGPROBS: &str = "message.output_text.logprobs";
/// The longest name of a schema, in characters.
const LONGEST_NAME: usize = 64;

/// The body. Which model it is for and whether it streams is not in it: whoever sends the body adds it, and merges the
/// [fields](crate::shape::Shaped::fields) of the line over it.
///
/// # Errors
///
/// [`ErrorKind::InvalidRequest`](reqllm_core::ErrorKind::InvalidRequest) or
/// [`ErrorKind::Unsupported`](reqllm_core::ErrorKind::Unsupported), naming the place.
pub fn encode(
    quirks: &Quirks,
    model: &Model,
    call: &Call,
    wishes: &Wishes<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Map<String, Value>> {
    let mut body = Map::new();
    let mut writer = Writer::new(quirks, model, call, warnings);
    for (at, message) in call.messages.iter().enumerate() {
        writer.message(at, message)?;
    }
    let written = writer.end();
    if written.items.is_empty() && wishes.previous_response_id.is_none() {
        return Err(Error::invalid_request(
            "`messages` holds nothing that can be sent; at least one message of the user is needed",
        ));
    }
    if !written.instructions.is_empty() {
        body.insert("instructions".to_owned(), written.instructions.into());
    }
    body.insert("input".to_owned(), to_json(&written.items)?);
    settings(model, call, warnings, &mut body)?;
    tools::write(model, call, warnings, &mut body)?;
    kept(quirks, model, call, wishes, warnings, &mut body)?;
    wished(wishes, &mut body);
    text(quirks, call.object.as_ref(), wishes, warnings, &mut body);
    let mut include = Vec::new();
    if thinks(model, call) {
        include.push(SEALS);
    }
    if wishes.top_logprobs.is_some() {
        include.push(LOGPROBS);
    }
    if !include.is_empty() {
        body.insert("include".to_owned(), include.into());
    }
    Ok(body)
}

/// What is absent is left to the server. The form has no place for the rest.
fn settings(
    model: &Model,
    call: &Call,
    warnings: &mut Vec<Warning>,
    body: &mut Map<String, Value>,
) -> Result<()> {
    let settings = &call.settings;
    for (key, value) in [
        ("max_output_tokens", settings.max_tokens.map(Value::from)),
        ("temperature", settings.temperature.map(Value::from)),
        ("top_p", settings.top_p.map(Value::from)),
    ] {
        if let Some(value) = value {
            body.insert(key.to_owned(), value);
        }
    }
    for (what, given) in [
        ("`top_k` in the Responses form", settings.top_k.is_some()),
        (
            "stop sequences in the Responses form",
            !settings.stop.is_empty(),
        ),
        ("a seed in the Responses form", settings.seed.is_some()),
    ] {
        if given {
            call.unsupported(&model.id, what, warnings)?;
        }
    }
    Ok(())
}

/// What is kept on the server: nothing, unless the caller wants it.
fn kept(
    quirks: &Quirks,
    model: &Model,
    call: &Call,
    wishes: &Wishes<'_>,
    warnings: &mut Vec<Warning>,
    body: &mut Map<String, Value>,
) -> Result<()> {
    let store = wishes.store.unwrap_or(false);
    for (what, given) in [
        ("`store`", store),
        (
            "`previous_response_id`",
            wishes.previous_response_id.is_some(),
        ),
    ] {
        if given && !quirks.keeps {
            let what = format!("{what}: {} keeps no answers", quirks.name);
            call.unsupported(&model.id, &what, warnings)?;
        }
    }
    body.insert("store".to_owned(), (store && quirks.keeps).into());
    if let Some(id) = wishes.previous_response_id.filter(|_| quirks.keeps) {
        body.insert("previous_response_id".to_owned(), id.into());
    }
    Ok(())
}

fn wished(wishes: &Wishes<'_>, body: &mut Map<String, Value>) {
    let text = |text: Option<&str>| text.map(Value::from);
    for (key, value) in [
        ("prompt_cache_key", text(wishes.prompt_cache_key)),
        (
            "prompt_cache_retention",
            text(wishes.prompt_cache_retention),
        ),
        ("service_tier", text(wishes.service_tier)),
        ("safety_identifier", text(wishes.safety_identifier)),
        ("user", text(wishes.user)),
        ("metadata", wishes.metadata.cloned().map(Value::Object)),
        ("truncation", text(wishes.truncation)),
        (
            "parallel_tool_calls",
            wishes.parallel_tool_calls.map(Value::from),
        ),
        ("top_logprobs", wishes.top_logprobs.map(Value::from)),
        (
            "reasoning",
            wishes.reasoning_summary.map(|it| json!({ "summary": it })),
        ),
    ] {
        if let Some(value) = value {
            body.insert(key.to_owned(), value);
        }
    }
}

/// The member `text`: how much is said, and in which form.
fn text(
    quirks: &Quirks,
    object: Option<&ObjectSchema>,
    wishes: &Wishes<'_>,
    warnings: &mut Vec<Warning>,
    body: &mut Map<String, Value>,
) {
    let mut text = Map::new();
    if let Some(object) = object {
        let mut format = Map::new();
        format.insert("type".to_owned(), "json_schema".into());
        format.insert("name".to_owned(), name(&object.name).into());
        if let Some(description) = &object.description {
            format.insert("description".to_owned(), description.as_str().into());
        }
        format.insert("schema".to_owned(), object.schema.clone());
        let strict = all_required(&object.schema);
        format.insert("strict".to_owned(), strict.into());
        if !strict {
            warnings.push(Warning::new(
                "object_not_strict",
                format!("the schema of the object has members that are not required, which a strict one of {} may not have; the answer is not held to it to the letter", quirks.name),
            ));
        }
        text.insert("format".to_owned(), format.into());
    }
    if let Some(verbosity) = wishes.verbosity {
        text.insert("verbosity".to_owned(), verbosity.into());
    }
    if !text.is_empty() {
        body.insert("text".to_owned(), text.into());
    }
}

/// The reference, `text.format.name`: letters, digits, `_` and `-`, at most 64 of them.
fn name(wanted: &str) -> String {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let letters = wanted.chars().take(LONGEST_NAME);
    let name: String = letters.map(|c| if legal(c) { c } else { '_' }).collect();
    match name.as_str() {
        "" => "answer".to_owned(),
        _ => name,
    }
}

/// Whether there will be thoughts. Models that have none refuse to be asked for sealed ones, so those of which nothing is
/// known are asked only if they are told to think.
fn thinks(model: &Model, call: &Call) -> bool {
    let asked = call.settings.reasoning.map(Reasoning::settled);
    let none = Reasoning::Effort(reqllm_core::ReasoningEffort::None);
    match model.capabilities.get(Capability::Reasoning) {
        Some(thinks) => thinks,
        None => asked.is_some_and(|it| it != none),
    }
}

fn to_json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| crate::json::unwritten(&error))
}
