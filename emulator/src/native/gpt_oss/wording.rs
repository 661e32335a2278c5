//! How gpt-oss words what is wrong with the shape of a body: in the words of serde.
//!
//! Known from users: `thinking: unknown field …, expected one of messages, model, …` (litellm #13959) and
//! `reasoning_effort: invalid type: map, expected a string` (bedrock-client-for-mac #114). The place in
//! the text that the service adds (`at line 1 column 187`) is left out.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::ApiError;
use crate::shape::{self, Problem, Shape, Step, Violation, bracketed};

/// Checks a body against its shape and reads it.
pub(super) fn read<T: DeserializeOwned>(shape: &Shape, body: &Value) -> Result<T, ApiError> {
    let refuse = |what: String| {
        ApiError::validation(format!(
            "Failed to deserialize the JSON body into the target type: {what}"
        ))
    };
    match shape::check(shape, body).first() {
        Some(violation) => Err(refuse(describe(violation, shape, body))),
        None => T::deserialize(body).map_err(|error| refuse(error.to_string())),
    }
}

fn describe(violation: &Violation, shape: &Shape, body: &Value) -> String {
    let mut path = violation.path.clone();
    let what = match &violation.problem {
        Problem::Missing => match path.pop() {
            Some(Step::Member(name)) => format!("missing field `{name}`"),
            _ => "missing field".to_owned(),
        },
        Problem::Unknown { key } => {
            let known = match shape {
                Shape::Structure(members) if path.is_empty() => {
                    let names: Vec<&str> = members.iter().map(|member| member.name).collect();
                    format!(", expected one of {}", quoted(&names))
                }
                _ => String::new(),
            };
            path.push(Step::Member(key.clone()));
            format!("unknown field `{key}`{known}")
        }
        Problem::WrongType { expected, .. } => {
            format!(
                "invalid type: {}, expected {}",
                found(body, &path),
                article(expected)
            )
        }
        Problem::NotAnObject => format!("invalid type: {}, expected a map", found(body, &path)),
        Problem::UnknownTag { tag, tags } => {
            format!("unknown variant `{tag}`, expected one of {}", quoted(tags))
        }
        Problem::NotInSet { value, set } => {
            format!("unknown variant `{value}`, expected one of {}", quoted(set))
        }
        Problem::NotOne { .. } => "data did not match any variant".to_owned(),
        Problem::TooShort { min, .. } => format!("must have at least {min} character"),
        Problem::TooLong { max, .. } => format!("must have at most {max} characters"),
        Problem::TooFew { min } => format!("must have at least {min} item"),
        Problem::TooMany { max } => format!("must have at most {max} items"),
        Problem::TooSmall { value, min } => format!("{value} is less than the minimum of {min}"),
        Problem::TooLarge { value, max } => format!("{value} is more than the maximum of {max}"),
        Problem::Pattern { value, source } => format!("`{value}` does not match {source}"),
        Problem::BadBlob => "invalid base64".to_owned(),
    };
    let at = bracketed(&path);
    if at.is_empty() {
        what
    } else {
        format!("{at}: {what}")
    }
}

fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// The value at `path` as serde's messages name it.
fn found(body: &Value, path: &[Step]) -> String {
    let value = path.iter().try_fold(body, |at, step| match step {
        Step::Member(name) => at.get(name),
        Step::Item(index) => at.get(index),
    });
    match value {
        None | Some(Value::Null) => "null".to_owned(),
        Some(Value::Bool(value)) => format!("boolean `{value}`"),
        Some(Value::Number(number)) if number.is_f64() => format!("floating point `{number}`"),
        Some(Value::Number(number)) => format!("integer `{number}`"),
        Some(Value::String(text)) => {
            format!("string {:?}", text.chars().take(200).collect::<String>())
        }
        Some(Value::Array(_)) => "sequence".to_owned(),
        Some(Value::Object(_)) => "map".to_owned(),
    }
}

fn article(expected: &str) -> &'static str {
    match expected {
        "Structure" => "a map",
        "List" => "a sequence",
        "Integer" => "i32",
        "Float" => "f32",
        "Boolean" => "a boolean",
        _ => "a string",
    }
}
