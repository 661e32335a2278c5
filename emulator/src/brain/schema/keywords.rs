//! What the keywords of one schema say.

use serde_json::{Map, Value};

use super::combine::strings;

/// The types a schema allows, `null` last; guessed from other keywords if it has no `type`.
pub(super) fn types(schema: &Map<String, Value>) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => return vec![kind],
        Some(list @ Value::Array(_)) => {
            let mut kinds = strings(Some(list));
            kinds.sort_by_key(|kind| *kind == "null");
            return kinds;
        }
        _ => {}
    }
    let has = |keys: &[&str]| keys.iter().any(|key| schema.contains_key(*key));
    if has(&[
        "properties",
        "required",
        "additionalProperties",
        "minProperties",
    ]) {
        vec!["object"]
    } else if has(&["items", "prefixItems", "minItems"]) {
        vec!["array"]
    } else if has(&[
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
    ]) {
        vec!["number"]
    } else {
        vec!["string"]
    }
}

/// Whether a value has a type as schemas name them.
pub(super) fn has_type(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => value.is_string(),
    }
}

/// A bound that counts; saturates.
pub(super) fn count(schema: &Map<String, Value>, key: &str) -> Option<u64> {
    let value = schema.get(key)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates"
    )]
    value
        .as_u64()
        .or_else(|| value.as_f64().map(|number| number as u64))
}

/// An example of a common `format`.
pub(super) fn formatted(format: &str) -> Option<&'static str> {
    Some(match format {
        "date" => "2026-11-22",
        "date-time" => "2026-11-22T12:00:00Z",
        "time" => "12:00:00Z",
        "duration" => "PT1H",
        "email" | "idn-email" => "user@example.com",
        "uri" | "url" | "iri" | "uri-reference" | "iri-reference" => "https://example.com/",
        "uuid" => "123e4567-e89b-42d3-a456-426614174000",
        "hostname" | "idn-hostname" => "example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "json-pointer" => "/example",
        "regex" => "example",
        _ => return None,
    })
}
