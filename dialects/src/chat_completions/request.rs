//! A call in the Chat Completions form.

use reqllm_core::{Call, Error, Model, ObjectSchema, Result, Warning};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::message::Writer;
use super::{Quirks, StrictObject, tools};

/// The body. Which model it is for and whether it streams is not in it: on the roads where that is needed, whoever sends
/// the body adds it.
pub fn encode(
    quirks: &Quirks,
    model: &Model,
    call: &Call,
    warnings: &mut Vec<Warning>,
) -> Result<Map<String, Value>> {
    let mut body = Map::new();
    let mut writer = Writer::new(quirks, model, call, warnings);
    for (at, message) in call.messages.iter().enumerate() {
        writer.message(at, message)?;
    }
    if writer.messages.is_empty() {
        return Err(Error::invalid_request(
            "`messages` holds nothing that can be sent; at least one message of the user is needed",
        ));
    }
    body.insert("messages".to_owned(), to_json(&writer.messages)?);
    settings(quirks, model, call, warnings, &mut body)?;
    tools::write(quirks, model, call, warnings, &mut body)?;
    if let Some(object) = &call.object {
        let format = response_format(quirks, object, warnings);
        body.insert("response_format".to_owned(), format);
    }
    Ok(body)
}

/// Asks for a stream, with its counts where the speaker has them to ask for.
///
/// Source: OpenAI's API reference, "Create chat completion", `stream_options`.
pub fn ask_for_stream(quirks: &Quirks, body: &mut Map<String, Value>) {
    body.insert("stream".to_owned(), true.into());
    if quirks.stream_usage {
        let options = json!({ "include_usage": true });
        body.insert("stream_options".to_owned(), options);
    }
}

/// What is absent is left to the server.
fn settings(
    quirks: &Quirks,
    model: &Model,
    call: &Call,
    warnings: &mut Vec<Warning>,
    body: &mut Map<String, Value>,
) -> Result<()> {
    let settings = &call.settings;
    for (key, value) in [
        (quirks.max_tokens, settings.max_tokens.map(Value::from)),
        ("temperature", settings.temperature.map(Value::from)),
        ("top_p", settings.top_p.map(Value::from)),
    ] {
        if let Some(value) = value {
            body.insert(key.to_owned(), value);
        }
    }
    if let Some(top_k) = settings.top_k {
        if quirks.top_k {
            body.insert("top_k".to_owned(), top_k.into());
        } else {
            call.unsupported(&model.id, "`top_k`", warnings)?;
        }
    }
    if !settings.stop.is_empty() {
        if quirks.stop {
            body.insert("stop".to_owned(), settings.stop.clone().into());
        } else {
            call.unsupported(&model.id, "stop sequences in its native form", warnings)?;
        }
    }
    if let Some(seed) = settings.seed {
        if quirks.seed {
            body.insert(quirks.seed_member.to_owned(), seed.into());
        } else {
            call.unsupported(&model.id, "a seed", warnings)?;
        }
    }
    Ok(())
}

/// The member `response_format` that holds the model to a JSON Schema.
///
/// Source: OpenAI's API reference, "Create chat completion", `response_format` of type `json_schema`; its guide "Structured
/// model outputs": of a strict schema all members are required.
pub(super) fn response_format(
    quirks: &Quirks,
    object: &ObjectSchema,
    warnings: &mut Vec<Warning>,
) -> Value {
    let mut format = Map::new();
    format.insert("name".to_owned(), object.name.as_str().into());
    if let Some(description) = &object.description {
        format.insert("description".to_owned(), description.as_str().into());
    }
    format.insert("schema".to_owned(), object.schema.clone());
    let strict = match quirks.strict_object {
        StrictObject::Always => Some(true),
        StrictObject::IfAllRequired => Some(all_required(&object.schema)),
        StrictObject::Unsaid => None,
    };
    if let Some(strict) = strict {
        format.insert("strict".to_owned(), strict.into());
    }
    if strict == Some(false) {
        warnings.push(Warning::new(
            "object_not_strict",
            format!(
                "the schema of the object has members that are not required, which a strict one of {} may not have; the answer is not held to it to the letter",
                quirks.name
            ),
        ));
    }
    json!({ "type": "json_schema", "json_schema": format })
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

pub(super) fn to_json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| {
        Error::invalid_request(format!("the request cannot be written as JSON: {error}"))
    })
}
