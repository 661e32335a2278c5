//! A call in the Chat Completions form.

use reqllm_core::{Call, Error, Model, ObjectSchema, Result, Warning};
use serde_json::Value;

use super::body::{Body, ResponseFormat, Schema, Settings};
use super::message::Writer;
use super::{Quirks, StrictObject, tools};
use crate::over::Over;

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
    let mut writer = Writer::new(quirks, model, call, warnings);
    for (at, message) in call.messages.iter().enumerate() {
        writer.message(at, message)?;
    }
    let messages = writer.messages;
    if messages.is_empty() {
        return Err(Error::invalid_request(
            "`messages` holds nothing that can be sent; at least one message of the user is needed",
        ));
    }
    let settings = settings(quirks, model, call, warnings)?;
    let tools = tools::offers(quirks, model, call, warnings)?;
    let tool_choice = tools::choice(quirks, model, call, warnings)?;
    let object = call.object.as_ref();
    Ok(Body {
        messages,
        settings,
        tools,
        tool_choice,
        response_format: object.map(|object| response_format(quirks, object, warnings)),
        model: None,
        streams: false,
        stream_usage: quirks.stream_usage,
        over: Over::default(),
    })
}

fn settings<'a>(
    quirks: &Quirks,
    model: &Model,
    call: &'a Call,
    warnings: &mut Vec<Warning>,
) -> Result<Settings<'a>> {
    let settings = &call.settings;
    for (what, given, taken) in [
        ("`top_k`", settings.top_k.is_some(), quirks.top_k),
        (
            "stop sequences in Chat Completions",
            !settings.stop.is_empty(),
            quirks.stop,
        ),
        ("a seed", settings.seed.is_some(), quirks.seed),
    ] {
        if given && !taken {
            call.unsupported(&model.id, what, warnings)?;
        }
    }
    Ok(Settings {
        max_tokens: (quirks.max_tokens, settings.max_tokens),
        temperature: settings.temperature,
        top_p: settings.top_p,
        top_k: settings.top_k.filter(|_| quirks.top_k),
        stop: if quirks.stop { &settings.stop } else { &[] },
        seed: (quirks.seed_member, settings.seed.filter(|_| quirks.seed)),
    })
}

/// The member `response_format` that holds the model to a JSON Schema.
///
/// Source: OpenAI's API reference, "Create chat completion", `response_format` of type `json_schema`; its guide "Structured
/// model outputs": of a strict schema all members are required.
pub(super) fn response_format<'a>(
    quirks: &Quirks,
    object: &'a ObjectSchema,
    warnings: &mut Vec<Warning>,
) -> ResponseFormat<'a> {
    let strict = match quirks.strict_object {
        StrictObject::Always => Some(true),
        StrictObject::IfAllRequired => Some(all_required(&object.schema)),
        StrictObject::Unsaid => None,
    };
    if strict == Some(false) {
        warnings.push(Warning::new(
            "object_not_strict",
            format!(
                "the schema of the object has members that are not required, which a strict one of {} may not have; the answer is not held to it to the letter",
                quirks.name
            ),
        ));
    }
    ResponseFormat::JsonSchema {
        json_schema: Schema {
            name: &object.name,
            description: object.description.as_deref(),
            schema: &object.schema,
            strict,
        },
    }
}

/// Whether every object in a schema requires all of its members.
pub(crate) fn all_required(schema: &Value) -> bool {
    match schema {
        Value::Object(map) => {
            let is_required = |name: &String| {
                let required = map.get("required").and_then(Value::as_array);
                required.is_some_and(|all| all.iter().any(|it| it.as_str() == Some(name)))
            };
            let members = map.get("properties").and_then(Value::as_object);
            members.is_none_or(|it| it.keys().all(is_required)) && map.values().all(all_required)
        }
        Value::Array(list) => list.iter().all(all_required),
        _ => true,
    }
}
