//! JSON Schemas as the service takes them.

use serde_json::{Map, Value};

/// Makes a schema one that the service can hold an answer to: every object says `additionalProperties: false`, and bounds
/// that it cannot check (`unchecked`) become words of the description. Gives the bounds that it moved.
pub(super) fn tighten(schema: &mut Value, unchecked: &[&str]) -> Vec<String> {
    let mut moved = Vec::new();
    walk(schema, &mut |map| {
        let is_object = map.get("type").is_some_and(|kind| kind == "object");
        if (is_object || map.contains_key("properties"))
            && !map
                .get("additionalProperties")
                .is_some_and(|it| *it == false)
        {
            map.insert("additionalProperties".to_owned(), false.into());
        }
        let mut bounds = Vec::new();
        for keyword in unchecked {
            let allowed = |value: &Value| {
                *keyword == "minItems" && value.as_u64().is_some_and(|least| least < 2)
            };
            if map
                .get(*keyword)
                .is_some_and(|value| !value.is_object() && !allowed(value))
                && let Some(value) = map.shift_remove(*keyword)
            {
                bounds.push(format!("{keyword}={value}"));
            }
        }
        if bounds.is_empty() {
            return;
        }
        let bounds = bounds.join(", ");
        let description = match map.get("description").and_then(Value::as_str) {
            Some(text) => format!("{text} ({bounds})"),
            None => bounds.clone(),
        };
        map.insert("description".to_owned(), description.into());
        moved.push(bounds);
    });
    moved
}

/// Whether a schema has an object whose members are not all named: it cannot be closed without emptying it.
pub(super) fn has_maps(schema: &Value) -> bool {
    let is_map = |map: &Map<String, Value>| {
        let more = map.get("additionalProperties");
        more.is_some_and(|more| *more != false) || map.contains_key("patternProperties")
    };
    let mut found = false;
    walk(&mut schema.clone(), &mut |map| found |= is_map(map));
    found
}

/// Takes `additionalProperties` away wherever it stands. Says whether there was one.
pub(super) fn loosen(schema: &mut Value) -> bool {
    let mut found = false;
    walk(schema, &mut |map| {
        found |= map.shift_remove("additionalProperties").is_some();
    });
    found
}

/// Whether a schema says `additionalProperties` somewhere.
pub(super) fn closes(schema: &Value) -> bool {
    match schema {
        Value::Object(map) => map.contains_key("additionalProperties") || map.values().any(closes),
        Value::Array(values) => values.iter().any(closes),
        _ => false,
    }
}

/// Visits every schema inside of a schema. What is data (`enum`, `const`, `default`, `examples`) is passed over, and so
/// are the names of properties.
fn walk(schema: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    let Value::Object(map) = schema else { return };
    visit(map);
    for (keyword, value) in map.iter_mut() {
        match keyword.as_str() {
            "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
                for schema in value
                    .as_object_mut()
                    .into_iter()
                    .flat_map(|map| map.values_mut())
                {
                    walk(schema, visit);
                }
            }
            "anyOf" | "oneOf" | "allOf" | "prefixItems" => {
                for schema in value.as_array_mut().into_iter().flatten() {
                    walk(schema, visit);
                }
            }
            "items" if value.is_array() => {
                for schema in value.as_array_mut().into_iter().flatten() {
                    walk(schema, visit);
                }
            }
            "items" | "contains" | "not" | "if" | "then" | "else" | "additionalProperties" => {
                walk(value, visit);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::BOUNDS;
    use serde_json::json;

    #[test]
    fn bounds_become_words_and_objects_are_closed() {
        let mut schema = json!({
            "type": "object",
            "properties": {
                "minimum": {"type": "number", "minimum": 0, "maximum": 1, "description": "How sure"},
                "list": {"type": "array", "minItems": 2, "maxItems": 3, "items": {"type": "object", "properties": {}}},
                "some": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
                "kind": {"const": {"type": "object"}},
            },
            "additionalProperties": true,
        });
        let moved = tighten(&mut schema, BOUNDS);
        assert_eq!(moved, ["minimum=0, maximum=1", "maxItems=3, minItems=2"]);
        assert_eq!(
            schema,
            json!({
                "type": "object",
                "properties": {
                    "minimum": {"type": "number", "description": "How sure (minimum=0, maximum=1)"},
                    "list": {"type": "array", "items": {"type": "object", "properties": {}, "additionalProperties": false},
                        "description": "maxItems=3, minItems=2"},
                    "some": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
                    "kind": {"const": {"type": "object"}},
                },
                "additionalProperties": false,
            })
        );
        assert!(tighten(&mut schema, BOUNDS).is_empty(), "once is enough");
        let mut checked = json!({"type": "integer", "minimum": 1});
        assert!(tighten(&mut checked, &[]).is_empty());
        assert_eq!(checked, json!({"type": "integer", "minimum": 1}));
    }

    #[test]
    fn additional_properties_are_taken_away_and_data_is_not() {
        let mut schema = json!({
            "type": "object",
            "additionalProperties": false,
            "properties": {"additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}}},
        });
        assert!(closes(&schema));
        assert!(loosen(&mut schema));
        assert_eq!(
            schema,
            json!({"type": "object", "properties": {"additionalProperties": {"type": "object"}}})
        );
        assert!(!loosen(&mut schema));
    }
}
