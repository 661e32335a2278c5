//! Instances of many schemas, judged by a small validator that shares nothing with the generator.

use super::instance;
use serde_json::{Value, json};

/// Whether `value` satisfies `schema`: the keywords of these tests, spelled out plainly.
fn valid(root: &Value, schema: &Value, value: &Value) -> bool {
    let Value::Object(keywords) = schema else {
        return schema != &json!(false);
    };
    keywords.iter().all(|(keyword, argument)| {
        let all = |schemas: &Value| {
            schemas
                .as_array()
                .unwrap()
                .iter()
                .filter(|s| valid(root, s, value))
                .count()
        };
        let number = value.as_f64();
        let length = value.as_str().map(|text| text.chars().count() as f64);
        let bound = || argument.as_f64().unwrap();
        match keyword.as_str() {
            "$ref" => {
                let target = argument
                    .as_str()
                    .unwrap()
                    .trim_start_matches('#')
                    .replace("%24", "$");
                valid(root, root.pointer(&target).unwrap(), value)
            }
            "type" => match argument {
                Value::Array(kinds) => kinds.iter().any(|kind| has_type(kind, value)),
                kind => has_type(kind, value),
            },
            "const" => value == argument,
            "enum" => argument.as_array().unwrap().contains(value),
            "allOf" => all(argument) == argument.as_array().unwrap().len(),
            "anyOf" => all(argument) > 0,
            "oneOf" => all(argument) == 1,
            "minimum" => number.is_none_or(|n| n >= bound()),
            "maximum" => number.is_none_or(|n| n <= bound()),
            "exclusiveMinimum" if argument.is_number() => number.is_none_or(|n| n > bound()),
            "exclusiveMaximum" if argument.is_number() => number.is_none_or(|n| n < bound()),
            "multipleOf" => number.is_none_or(|n| (n / bound()).fract() == 0.0),
            "minLength" => length.is_none_or(|n| n >= bound()),
            "maxLength" => length.is_none_or(|n| n <= bound()),
            "minItems" => value
                .as_array()
                .is_none_or(|items| items.len() as f64 >= bound()),
            "maxItems" => value
                .as_array()
                .is_none_or(|items| items.len() as f64 <= bound()),
            "minProperties" => value
                .as_object()
                .is_none_or(|object| object.len() as f64 >= bound()),
            "uniqueItems" => value.as_array().is_none_or(|items| {
                items
                    .iter()
                    .enumerate()
                    .all(|(i, item)| !items[..i].contains(item))
            }),
            "prefixItems" => value.as_array().is_none_or(|items| {
                items
                    .iter()
                    .zip(argument.as_array().unwrap())
                    .all(|(item, s)| valid(root, s, item))
            }),
            "items" => value.as_array().is_none_or(|items| {
                let prefix = keywords
                    .get("prefixItems")
                    .map_or(0, |prefix| prefix.as_array().unwrap().len());
                items
                    .iter()
                    .skip(prefix)
                    .all(|item| valid(root, argument, item))
            }),
            "required" => value.as_object().is_none_or(|object| {
                argument
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|name| object.contains_key(name.as_str().unwrap()))
            }),
            "properties" => value.as_object().is_none_or(|object| {
                argument
                    .as_object()
                    .unwrap()
                    .iter()
                    .all(|(name, s)| object.get(name).is_none_or(|v| valid(root, s, v)))
            }),
            "additionalProperties" => value.as_object().is_none_or(|object| {
                let known = |name: &String| {
                    keywords
                        .get("properties")
                        .is_some_and(|p| p.get(name).is_some())
                };
                object
                    .iter()
                    .filter(|(name, _)| !known(name))
                    .all(|(_, v)| valid(root, argument, v))
            }),
            "dependentRequired" => value.as_object().is_none_or(|object| {
                argument.as_object().unwrap().iter().all(|(name, needed)| {
                    !object.contains_key(name)
                        || needed
                            .as_array()
                            .unwrap()
                            .iter()
                            .all(|n| object.contains_key(n.as_str().unwrap()))
                })
            }),
            "$defs" | "title" | "description" | "format" | "exclusiveMinimum" | "$schema" => true,
            other => panic!("the validator does not know {other}"),
        }
    })
}

fn has_type(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.as_f64().is_some_and(|n| n.fract() == 0.0),
        _ => value.is_number(),
    }
}

#[test]
fn the_validator_can_fail() {
    let schema = json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 3}}});
    assert!(valid(&schema, &schema, &json!({"a": 3})));
    for wrong in [json!({}), json!({"a": 2}), json!({"a": "x"}), json!([])] {
        assert!(!valid(&schema, &schema, &wrong), "{wrong}");
    }
}

#[test]
fn instances_satisfy_their_schemas() {
    let node = json!({"type": "object", "required": ["value", "next"], "properties": {
        "value": {"type": "integer"}, "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}}});
    let tree = json!({"type": "object", "required": ["children"], "properties": {
        "children": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}});
    for schema in [
        json!({"type": "object", "properties": {}}),
        json!({"type": "object"}),
        json!(true),
        json!({"properties": {"a": {"type": "string"}, "b": {"type": "boolean"}}}),
        json!({"type": "object", "required": ["x"], "additionalProperties": {"type": "integer"}}),
        json!({"type": "object", "minProperties": 3}),
        json!({"type": "object", "minProperties": 2, "required": [], "properties": {"a": {"type": "null"}, "b": {"const": 7}}}),
        json!({"type": "object", "required": ["card"], "dependentRequired": {"card": ["zip"]}, "properties": {"zip": {"type": "string"}}}),
        json!({"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": true}),
        json!({"type": "array", "items": {"type": "string"}, "minItems": 4, "uniqueItems": true}),
        json!({"type": "array", "items": {"enum": ["a", "b", "c"]}, "minItems": 3, "uniqueItems": true}),
        json!({"type": "array", "items": {"type": "object", "properties": {"n": {"type": "string"}}, "required": ["n"]}, "minItems": 2, "uniqueItems": true}),
        json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "number"}], "items": {"type": "null"}, "minItems": 4}),
        json!({"type": "array", "maxItems": 0, "items": {"type": "string"}}),
        json!({"type": "integer", "minimum": 5, "maximum": 5}),
        json!({"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 7}),
        json!({"type": "integer", "minimum": -10, "maximum": -3, "multipleOf": 4}),
        json!({"type": "integer", "multipleOf": 1.5, "minimum": 1}),
        json!({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}),
        json!({"type": "number", "minimum": 0.5, "maximum": 0.9, "multipleOf": 0.25}),
        json!({"type": "number", "maximum": -3}),
        json!({"type": "integer", "maximum": 0}),
        json!({"type": "number", "minimum": 3, "exclusiveMinimum": true}),
        json!({"type": "string", "minLength": 30}),
        json!({"type": "string", "maxLength": 2}),
        json!({"type": "string", "minLength": 3, "maxLength": 3}),
        json!({"enum": [1, "two", null]}),
        json!({"type": ["null", "integer"], "minimum": 2}),
        json!({"type": "null"}),
        json!({"anyOf": [false, {"type": "integer", "minimum": 3}]}),
        json!({"oneOf": [{"type": "string", "maxLength": 0, "minLength": 1}, {"type": "boolean"}]}),
        json!({"type": "object", "oneOf": [{"properties": {"k": {"const": "a"}}, "required": ["k"]}, {"properties": {"k": {"const": "b"}}, "required": ["k"]}]}),
        json!({"allOf": [{"type": "object", "properties": {"a": {"type": "integer", "minimum": 2}}, "required": ["a"]}, {"properties": {"a": {"maximum": 2}, "b": {"type": "string"}}, "required": ["b"]}]}),
        json!({"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}),
        json!({"$ref": "#/%24defs/node", "$defs": {"node": node}}),
        json!({"$ref": "#/$defs/tree", "$defs": {"tree": tree}}),
        json!({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/s", "description": "x"}}, "$defs": {"s": {"type": "string", "minLength": 2}}}),
    ] {
        for question in ["", "Weather in Lyon for 3 days?", "-4 0.5 99"] {
            let value = instance(&schema, question);
            assert!(
                valid(&schema, &schema, &value),
                "{schema}\n{question}\n{value}"
            );
        }
    }
}

#[test]
fn words_and_numbers_come_from_the_question() {
    let schema = json!({"type": "object", "required": ["city", "a", "b", "unit"], "properties": {
        "city": {"type": "string"}, "a": {"type": "integer"}, "b": {"type": "number"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}}});
    let value = instance(&schema, "Weather in Lyon, in Fahrenheit, between 2 and 3.5");
    assert_eq!(
        value,
        json!({"city": "Fahrenheit", "a": 2, "b": 3.5, "unit": "fahrenheit"})
    );
    assert_eq!(
        instance(&json!({"type": "string"}), "weather in Lyon?"),
        "Lyon"
    );
    assert_eq!(instance(&json!({"type": "string"}), "hello"), "example");
}

#[test]
fn formats_and_patterns() {
    for (schema, expected) in [
        (json!({"type": "string", "format": "date"}), "2026-11-22"),
        (
            json!({"type": "string", "format": "email"}),
            "user@example.com",
        ),
        (
            json!({"type": "string", "pattern": "^[A-Z]{3}-\\d{2}$"}),
            "AAA-11",
        ),
        (
            json!({"type": "string", "pattern": "^[a-z]+$", "minLength": 4}),
            "aaaa",
        ),
    ] {
        assert_eq!(instance(&schema, "Lyon"), expected);
    }
}

#[test]
fn what_cannot_be_satisfied_ends() {
    let endless = json!({"$ref": "#/$defs/a", "$defs": {"a": {"type": "object", "required": ["x", "y"], "properties": {"x": {"$ref": "#/$defs/a"}, "y": {"$ref": "#/$defs/a"}}}}});
    let branching = json!({"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]}}});
    for schema in [
        endless,
        branching,
        json!({"$ref": "#"}),
        json!({"$ref": "http://x/"}),
        json!({"enum": []}),
        json!(7),
        json!({"type": "array", "minItems": 1e300}),
        json!({"type": "string", "minLength": 1e300}),
    ] {
        instance(&schema, "Lyon 1e999 NaN");
    }
}
