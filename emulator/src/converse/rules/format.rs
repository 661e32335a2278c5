//! Rules of `outputConfig.textFormat`, and of schemas that are enforced.

use serde_json::Value;

use super::{Case, Verdict, model_error, refuse, unsupported_field};
use crate::converse::families::{Reasoning, Schema};
use crate::converse::request::{Request, Structure};
use crate::error::ApiError;

/// Keywords of numbers for which a model's grammar has no words.
const NUMBER_BOUNDS: [&str; 5] = [
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maximum",
    "minimum",
    "multipleOf",
];

pub(super) fn check(case: &Case<'_>) -> Verdict {
    let native = case.request.extra("output_config");
    let native = native
        .filter(|_| matches!(case.family.reasoning, Reasoning::Claude(_)))
        .and_then(|config| config.get("format"));
    if native.is_some() && case.family.schema == Schema::No {
        return model_error("output_config.format: Extra inputs are not permitted");
    }
    let Some(schema) = answer_schema(case.request)? else {
        return Ok(());
    };
    match case.family.schema {
        Schema::No => unsupported_field("outputConfig.textFormat"),
        Schema::Lenient => Ok(()),
        Schema::Strict => match strict_schema_error(&schema) {
            Some(error) => model_error(format!("output_config.format.schema: {error}")),
            None => Ok(()),
        },
    }
}

/// The schema that the text of the answer must satisfy. It arrives as a string that holds JSON.
pub(in crate::converse) fn answer_schema(request: &Request) -> Result<Option<Value>, ApiError> {
    let format = request
        .output_config
        .as_ref()
        .and_then(|config| config.text_format.as_ref());
    let Some(format) = format else {
        return Ok(None);
    };
    let Structure::JsonSchema { schema } = &format.structure;
    match serde_json::from_str(schema) {
        Ok(schema @ Value::Object(_)) => Ok(Some(schema)),
        _ => refuse(
            "The value at outputConfig.textFormat.structure.jsonSchema.schema is not a valid JSON schema. \
             Provide a string that holds a JSON object and try again.",
        ),
    }
}

/// What a model that is held to a schema cannot follow: open objects, bounds of numbers and arrays.
pub(crate) fn strict_schema_error(schema: &Value) -> Option<String> {
    let schema = schema.as_object()?;
    let is = |wanted: &str| match schema.get("type") {
        Some(Value::String(kind)) => kind == wanted,
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == wanted),
        _ => false,
    };
    let open = schema
        .get("additionalProperties")
        .is_none_or(|value| *value != Value::Bool(false));
    if (is("object") || schema.contains_key("properties")) && open {
        return Some(
            "For 'object' type, 'additionalProperties' must be explicitly set to false".to_owned(),
        );
    }
    for kind in ["integer", "number"].into_iter().filter(|kind| is(kind)) {
        let bounds: Vec<&str> = NUMBER_BOUNDS
            .into_iter()
            .filter(|bound| schema.contains_key(*bound))
            .collect();
        if !bounds.is_empty() {
            return Some(format!(
                "For '{kind}' type, properties {} are not supported",
                bounds.join(", ")
            ));
        }
    }
    if is("array") && schema.contains_key("maxItems") {
        return Some("For 'array' type, property 'maxItems' is not supported".to_owned());
    }
    if is("array") && schema.get("minItems").and_then(Value::as_u64) > Some(1) {
        return Some(
            "For 'array' type, 'minItems' values other than 0 or 1 are not supported".to_owned(),
        );
    }
    let named = ["properties", "$defs", "definitions"]
        .into_iter()
        .filter_map(|key| schema.get(key)?.as_object())
        .flat_map(|members| members.values());
    let listed = ["anyOf", "oneOf", "allOf", "prefixItems"]
        .into_iter()
        .filter_map(|key| schema.get(key)?.as_array())
        .flatten();
    named
        .chain(listed)
        .chain(schema.get("items"))
        .find_map(strict_schema_error)
}
