//! How InvokeModel words what is wrong with a body for an embedding or rerank model.
//!
//! The wording is that of a JSON-schema validator in front of the models, as users quote it:
//! `Malformed input request: #/texts/0: expected maxLength: 2048, actual: 2459, please reformat your input
//! and try again.` Several complaints stand one after the other.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::ApiError;
use crate::shape::{self, Problem, Shape, Step, Violation};

/// Checks `body` against `shape` and reads it.
pub(super) fn read<T: DeserializeOwned>(shape: &Shape, body: &[u8]) -> Result<T, ApiError> {
    let value: Value = serde_json::from_slice(body).map_err(|_| {
        ApiError::validation("Malformed input request, please reformat your input and try again.")
    })?;
    let violations = shape::check(shape, &value);
    if !violations.is_empty() {
        let complaints: Vec<String> = violations
            .iter()
            .map(|violation| complaint(&value, violation))
            .collect();
        return Err(malformed(&complaints.join(", ")));
    }
    T::deserialize(value).map_err(|error| malformed(&format!("#: {error}")))
}

/// A refusal with a complaint that no shape makes, for example `#/dimensions: 3 is not a valid enum value`.
pub(super) fn malformed(complaint: &str) -> ApiError {
    ApiError::validation(format!(
        "Malformed input request: {complaint}, please reformat your input and try again."
    ))
}

/// Refuses a number that is not one of `set`.
pub(super) fn one_of(at: &str, value: usize, set: &[usize]) -> Result<usize, ApiError> {
    if set.contains(&value) {
        Ok(value)
    } else {
        Err(malformed(&format!(
            "{at}: {value} is not a valid enum value"
        )))
    }
}

/// Refuses a text of more tokens than the model takes. The emulator's tokens are words.
pub(super) fn token_limit(tokens: u64, limit: u64) -> Result<(), ApiError> {
    if tokens <= limit {
        return Ok(());
    }
    Err(ApiError::validation(format!(
        "400 Bad Request: Too many input tokens. Max input tokens: {limit}, request input token count: {tokens} "
    )))
}

fn complaint(body: &Value, violation: &Violation) -> String {
    let at = pointer(&violation.path);
    let found = body.pointer(at.trim_start_matches('#'));
    match &violation.problem {
        Problem::Missing => {
            let (last, parent) = violation
                .path
                .split_last()
                .map_or((None, &[][..]), |(l, p)| (Some(l), p));
            let key = last.map(name).unwrap_or_default();
            format!("{}: required key [{key}] not found", pointer(parent))
        }
        Problem::Unknown { key } => format!("{at}: extraneous key [{key}] is not permitted"),
        Problem::WrongType { expected, found } => {
            format!(
                "{at}: expected type: {}, found: {}",
                expected_type(expected),
                found_type(found)
            )
        }
        Problem::NotAnObject => format!("{at}: expected type: JSONObject"),
        Problem::TooShort { min, value } => {
            format!(
                "{at}: expected minLength: {min}, actual: {}",
                value.chars().count()
            )
        }
        Problem::TooLong { max, .. } => {
            let actual = found
                .and_then(Value::as_str)
                .map_or(0, |text| text.chars().count());
            format!("{at}: expected maxLength: {max}, actual: {actual}")
        }
        Problem::TooFew { min } => {
            format!(
                "{at}: expected minimum item count: {min}, found: {}",
                items(found)
            )
        }
        Problem::TooMany { max } => {
            format!(
                "{at}: expected maximum item count: {max}, found: {}",
                items(found)
            )
        }
        Problem::TooSmall { value, min } => {
            format!("{at}: {value} is not greater or equal to {min}")
        }
        Problem::TooLarge { value, max } => format!("{at}: {value} is not less or equal to {max}"),
        Problem::Pattern { value, source } => {
            format!("{at}: string [{value}] does not match pattern {source}")
        }
        Problem::NotInSet { value, .. } => format!("{at}: {value} is not a valid enum value"),
        Problem::UnknownTag { tag, .. } => format!("{at}/type: {tag} is not a valid enum value"),
        Problem::NotOne { keys, set, .. } => {
            format!(
                "{at}: expected exactly one of the keys {}, found: {set}",
                keys.join(", ")
            )
        }
        Problem::BadBlob => format!("{at}: string is not valid base64"),
    }
}

fn items(value: Option<&Value>) -> usize {
    value.and_then(Value::as_array).map_or(0, Vec::len)
}

/// `#/texts/0`
fn pointer(path: &[Step]) -> String {
    let steps: String = path.iter().map(|step| format!("/{}", name(step))).collect();
    format!("#{steps}")
}

fn name(step: &Step) -> String {
    match step {
        Step::Member(name) => name.clone(),
        Step::Item(index) => index.to_string(),
    }
}

fn expected_type(expected: &str) -> &str {
    match expected {
        "Structure" => "JSONObject",
        "List" => "JSONArray",
        "Float" => "Number",
        other => other,
    }
}

fn found_type(found: &str) -> &str {
    match found {
        "STRUCTURE_VALUE" => "JSONObject",
        "LIST_VALUE" => "JSONArray",
        "STRING_VALUE" => "String",
        "NUMBER_VALUE" => "Integer",
        "DECIMAL_VALUE" => "BigDecimal",
        "TRUE_VALUE" | "FALSE_VALUE" => "Boolean",
        _ => "Null",
    }
}
