//! What OpenAI wants of a JSON Schema that answers are held to (`strict`).
//!
//! Source: the guide "Structured Outputs", section "Supported schemas".

use serde_json::{Map, Value};

use super::manners::Manner;

/// Keywords that a strict schema may not have.
const FORBIDDEN: [&str; 9] = [
    "allOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
];

/// A schema that an answer is held to, at a server: as OpenAI wants it, or as a grammar does.
pub(super) fn held(manner: &Manner, schema: &Value, strict: Option<bool>) -> Result<(), String> {
    match strict {
        Some(true) if !manner.grammar => check(schema),
        _ => is_object(schema),
    }
}

/// The first thing that a strict schema may not have, or lacks.
pub(super) fn check(schema: &Value) -> Result<(), String> {
    let Some(root) = schema.as_object() else {
        return Err("schema must be a JSON object.".to_owned());
    };
    if root.contains_key("anyOf") {
        return Err(
            "In context=(), the root must not be 'anyOf': it must be an object.".to_owned(),
        );
    }
    is_object(schema)?;
    walk(root, &mut Vec::new())
}

/// The root of any schema of a function is an object.
pub(super) fn is_object(schema: &Value) -> Result<(), String> {
    match schema.get("type") {
        Some(Value::String(kind)) if kind == "object" => Ok(()),
        other => {
            let found = other.map_or_else(|| "None".to_owned(), Value::to_string);
            Err(format!(
                "schema must be a JSON Schema of 'type: \"object\"', got 'type: {found}'."
            ))
        }
    }
}

fn walk(schema: &Map<String, Value>, path: &mut Vec<String>) -> Result<(), String> {
    let refuse =
        |path: &[String], what: String| Err(format!("In context={}, {what}", context(path)));
    if let Some(word) = FORBIDDEN.iter().find(|word| schema.contains_key(**word)) {
        return refuse(path, format!("'{word}' is not permitted."));
    }
    let none = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object);
    let typed = match schema.get("type") {
        Some(Value::String(kind)) => kind == "object",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "object"),
        _ => false,
    };
    if typed || properties.is_some() {
        if schema.get("additionalProperties") != Some(&Value::Bool(false)) {
            let what = "'additionalProperties' is required to be supplied and to be false.";
            return refuse(path, what.to_owned());
        }
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let properties = properties.unwrap_or(&none);
        let what = "'required' is required to be supplied and to be an array including every key in properties.";
        if let Some(missing) = properties
            .keys()
            .find(|key| !required.contains(&key.as_str()))
        {
            return refuse(path, format!("{what} Missing '{missing}'."));
        }
        if let Some(extra) = required.iter().find(|key| !properties.contains_key(**key)) {
            return refuse(
                path,
                format!("{what} Extra required key '{extra}' supplied."),
            );
        }
    }
    for key in ["properties", "$defs", "definitions"] {
        for (name, inner) in schema
            .get(key)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            below(inner, path, [key, name])?;
        }
    }
    if let Some(items) = schema.get("items") {
        below(items, path, ["items"])?;
    }
    let branches = schema.get("anyOf").and_then(Value::as_array);
    for (index, inner) in branches.into_iter().flatten().enumerate() {
        below(inner, path, ["anyOf", &index.to_string()])?;
    }
    Ok(())
}

fn below<const N: usize>(
    schema: &Value,
    path: &mut Vec<String>,
    steps: [&str; N],
) -> Result<(), String> {
    let Some(schema) = schema.as_object() else {
        return Ok(());
    };
    let depth = path.len();
    path.extend(steps.iter().map(|step| (*step).to_owned()));
    let verdict = walk(schema, path);
    path.truncate(depth);
    verdict
}

/// `('properties', 'city')`
fn context(path: &[String]) -> String {
    let steps: Vec<String> = path.iter().map(|step| format!("'{step}'")).collect();
    format!("({})", steps.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_object_is_closed_and_complete() {
        let good = json!({
            "type": "object", "additionalProperties": false, "required": ["a", "b"],
            "properties": {"a": {"type": ["string", "null"]}, "b": {"$ref": "#/$defs/b"}},
            "$defs": {"b": {"type": "array", "items": {
                "type": "object", "properties": {}, "required": [], "additionalProperties": false}}},
        });
        assert_eq!(check(&good), Ok(()));
        let mut open = good.clone();
        open["$defs"]["b"]["items"]["additionalProperties"] = json!(true);
        assert!(
            check(&open)
                .unwrap_err()
                .starts_with("In context=('$defs', 'b', 'items'), 'additionalProperties'")
        );
        let mut partial = good.clone();
        partial["required"] = json!(["a"]);
        assert!(check(&partial).unwrap_err().ends_with("Missing 'b'."));
        let mut extra = good.clone();
        extra["required"] = json!(["a", "b", "c"]);
        assert!(
            check(&extra)
                .unwrap_err()
                .contains("Extra required key 'c'")
        );
    }

    #[test]
    fn the_root_is_an_object_and_some_words_are_not_known() {
        assert!(
            check(&json!({"type": "string"}))
                .unwrap_err()
                .contains("got 'type: \"string\"'")
        );
        assert!(check(&json!({})).unwrap_err().contains("None"));
        assert!(check(&json!({"anyOf": []})).is_err() && check(&json!([])).is_err());
        let nested = json!({
            "type": "object", "additionalProperties": false, "required": ["a"],
            "properties": {"a": {"anyOf": [{"type": "string"}, {"oneOf": []}]}},
        });
        assert!(
            check(&nested)
                .unwrap_err()
                .contains("('properties', 'a', 'anyOf', '1'), 'oneOf' is not")
        );
    }
}
