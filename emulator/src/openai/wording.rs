//! How OpenAI words what is wrong with the shape of a body.

use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{Form, Refusal};
use super::manners::{Manner, Unknown};
use crate::shape::{self, Problem, Shape, Step, Violation, bracketed};

/// Checks a body against its shape, as strictly as the house does, and reads it. `top` words the refusal of members that
/// nobody knows.
pub(super) fn read<T: DeserializeOwned>(
    shape: &Shape,
    body: &Value,
    manner: &Manner,
    top: fn(&[&str]) -> Refusal,
) -> Result<T, Refusal> {
    let mut violations = shape::check(shape, body);
    violations.retain(|violation| match &violation.problem {
        Problem::Unknown { key } => {
            let own = violation.path.is_empty() && manner.extra.contains(&key.as_str());
            manner.unknown == Unknown::Refused && !own
        }
        _ => true,
    });
    let given = |name: &&&str| body.get(**name).is_some_and(|it| !it.is_null());
    let refused = manner.refused.iter().filter(given).copied();
    let strangers: Vec<&str> = refused
        .chain(violations.iter().filter_map(|it| match &it.problem {
            Problem::Unknown { key } if it.path.is_empty() => Some(key.as_str()),
            _ => None,
        }))
        .collect();
    let (kind, refusal) = match violations.first() {
        _ if !strangers.is_empty() => (
            "extra_forbidden",
            manner.strangers.unwrap_or(top)(&strangers),
        ),
        Some(violation) => ("value_error", describe(violation, body)),
        // The shape is at least as strict as the type: an error here is one of this crate.
        None => return T::deserialize(body).map_err(|error| Refusal::invalid(error.to_string())),
    };
    Err(match manner.form {
        Form::Mistral => Refusal {
            kind,
            status: StatusCode::UNPROCESSABLE_ENTITY,
            ..refusal
        },
        _ => refusal,
    })
}

/// The refusal of members that a body of Chat Completions or Embeddings does not have.
pub(super) fn unrecognized(names: &[&str]) -> Refusal {
    let plural = if names.len() == 1 { "" } else { "s" };
    Refusal::invalid(format!(
        "Unrecognized request argument{plural} supplied: {}",
        names.join(", ")
    ))
}

/// The same for Responses.
pub(super) fn unknown_parameter(names: &[&str]) -> Refusal {
    let name = names.first().copied().unwrap_or_default();
    Refusal::invalid(format!("Unknown parameter: '{name}'."))
        .param(name)
        .code("unknown_parameter")
}

fn describe(violation: &Violation, body: &Value) -> Refusal {
    let at = bracketed(&violation.path);
    let value = violation.path.iter().try_fold(body, |at, step| match step {
        Step::Member(name) => at.get(name),
        Step::Item(index) => at.get(index),
    });
    let found = value.map_or("nothing", kind);
    let count = value.and_then(Value::as_array).map_or(0, Vec::len);
    let (code, what) = match &violation.problem {
        Problem::Missing => return Refusal::missing(&at),
        Problem::Unknown { key } => {
            let at = if at.is_empty() {
                key.clone()
            } else {
                format!("{at}.{key}")
            };
            return unknown_parameter(&[&at]);
        }
        Problem::WrongType { expected, .. } => (
            "invalid_type",
            format!(
                "Invalid type for '{at}': expected {}, but got {found} instead.",
                article(expected)
            ),
        ),
        Problem::NotAnObject => (
            "invalid_type",
            format!("Invalid type for '{at}': expected an object, but got {found} instead."),
        ),
        Problem::NotOne { keys, .. } => (
            "invalid_value",
            format!("Invalid '{at}': exactly one of {} is wanted.", quoted(keys)),
        ),
        Problem::UnknownTag { tag, tags } => (
            "invalid_value",
            format!(
                "Invalid value: '{tag}'. Supported values are: {}.",
                quoted(tags)
            ),
        ),
        Problem::NotInSet { value, set } => (
            "invalid_value",
            format!(
                "Invalid value: '{value}'. Supported values are: {}.",
                quoted(set)
            ),
        ),
        Problem::TooShort { value, min } if value.is_empty() => (
            "empty_string",
            format!(
                "Invalid '{at}': empty string. Expected a string with minimum length {min}, but got an empty string instead."
            ),
        ),
        Problem::TooShort { min, .. } => (
            "string_below_min_length",
            format!(
                "Invalid '{at}': string too short. Expected a string with minimum length {min}."
            ),
        ),
        Problem::TooLong { max, .. } => (
            "string_above_max_length",
            format!(
                "Invalid '{at}': string too long. Expected a string with maximum length {max}, but got a longer one instead."
            ),
        ),
        Problem::TooFew { min } => (
            "empty_array",
            format!(
                "Invalid '{at}': empty array. Expected an array with minimum length {min}, but got an array with length {count} instead."
            ),
        ),
        Problem::TooMany { max } => (
            "array_above_max_length",
            format!(
                "Invalid '{at}': array too long. Expected an array with maximum length {max}, but got an array with length {count} instead."
            ),
        ),
        Problem::TooSmall { value, min } => {
            let (code, number) = number(value, "below_min_value");
            (
                code,
                format!(
                    "Invalid '{at}': {number} below minimum value. Expected a value >= {min}, but got {value} instead."
                ),
            )
        }
        Problem::TooLarge { value, max } => {
            let (code, number) = number(value, "above_max_value");
            (
                code,
                format!(
                    "Invalid '{at}': {number} above maximum value. Expected a value <= {max}, but got {value} instead."
                ),
            )
        }
        Problem::Pattern { source, .. } => (
            "invalid_value",
            format!(
                "Invalid '{at}': string does not match pattern. Expected a string that matches the pattern '{source}'."
            ),
        ),
        Problem::BadBlob => (
            "invalid_base64",
            format!("Invalid '{at}': the string is not valid base64."),
        ),
    };
    Refusal::invalid(what).param(at).code(code)
}

fn number(value: &str, end: &str) -> (&'static str, &'static str) {
    match (value.contains('.'), end) {
        (true, "below_min_value") => ("decimal_below_min_value", "decimal"),
        (true, _) => ("decimal_above_max_value", "decimal"),
        (false, "below_min_value") => ("integer_below_min_value", "integer"),
        (false, _) => ("integer_above_max_value", "integer"),
    }
}

/// `'a', 'b', and 'c'`
pub(super) fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
    }
}

/// A value as the messages name it.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a decimal number",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn article(expected: &str) -> &'static str {
    match expected {
        "Structure" => "an object",
        "List" => "an array",
        "Integer" => "an integer",
        "Float" => "a decimal",
        "Boolean" => "a boolean",
        _ => "a string",
    }
}
