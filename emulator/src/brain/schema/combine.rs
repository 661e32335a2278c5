//! Schemas made of schemas: references, and keywords that apply together.

use serde_json::{Map, Value};

/// Both schemas at once. Where keywords clash the stricter bound, or else `extra`, decides.
pub(super) fn merge(base: &Value, extra: &Map<String, Value>) -> Value {
    let mut out = base.as_object().cloned().unwrap_or_default();
    for (key, theirs) in extra {
        let Some(ours) = out.get(key) else {
            out.insert(key.clone(), theirs.clone());
            continue;
        };
        let pick = |ours_is_stricter: bool| {
            if ours_is_stricter {
                ours.clone()
            } else {
                theirs.clone()
            }
        };
        let (a, b) = (
            ours.as_f64().unwrap_or_default(),
            theirs.as_f64().unwrap_or_default(),
        );
        let merged = match (key.as_str(), ours, theirs) {
            ("properties", Value::Object(ours), Value::Object(theirs)) => {
                let mut all = ours.clone();
                for (name, schema) in theirs {
                    let both = match (all.get(name), schema.as_object()) {
                        (Some(present), Some(schema)) => merge(present, schema),
                        _ => schema.clone(),
                    };
                    all.insert(name.clone(), both);
                }
                Value::Object(all)
            }
            ("required" | "allOf", Value::Array(ours), Value::Array(theirs)) => {
                Value::Array(ours.iter().chain(theirs).cloned().collect())
            }
            ("enum", Value::Array(ours), Value::Array(theirs)) => Value::Array(
                ours.iter()
                    .filter(|value| theirs.contains(value))
                    .cloned()
                    .collect(),
            ),
            ("minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties", ..) => {
                pick(a > b)
            }
            ("maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties", ..) => {
                pick(a < b)
            }
            ("type", Value::String(kind), Value::Array(kinds))
                if kinds.contains(&kind.as_str().into()) =>
            {
                ours.clone()
            }
            _ => theirs.clone(),
        };
        out.insert(key.clone(), merged);
    }
    Value::Object(out)
}

pub(super) fn without(schema: &Map<String, Value>, key: &str) -> Map<String, Value> {
    schema
        .iter()
        .filter(|(name, _)| *name != key)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// A local reference: `#` or `#/$defs/Name`.
pub(super) fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    let fragment = crate::auth::percent_decode(reference.strip_prefix('#')?);
    root.pointer(std::str::from_utf8(&fragment).ok()?)
}

pub(super) fn strings(value: Option<&Value>) -> Vec<&str> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}
