//! How the service words what is wrong with the shape of a native body.
//!
//! The bodies of Titan, Nova, Command, Llama, Mistral and Jamba pass a JSON Schema check in front of the
//! model. Its words are known from reports of users (langchain #27871, promptfoo #914 and #921, dify
//! #3326, boto3 #3993): `#: extraneous key [prompt] is not permitted`, `#: required key [texts] not
//! found`, `#/p: 1 is not less or equal to 0.99`, `#/stopSequences: expected type: JSONArray, found:
//! String`. Several follow one another without a separator.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::ApiError;
use crate::shape::{self, Problem, Shape, Step, Violation};

/// Checks a body against the shape of its family and reads it.
pub(super) fn read<T: DeserializeOwned>(shape: &Shape, body: &Value) -> Result<T, ApiError> {
    let violations = shape::check(shape, body);
    if violations.is_empty() {
        // The shape is at least as strict as the type: an error here is one of this crate.
        return T::deserialize(body).map_err(|error| malformed(&error.to_string()));
    }
    let found: Vec<String> = violations
        .iter()
        .map(|violation| describe(violation, body))
        .collect();
    Err(malformed(&found.concat()))
}

/// `Malformed input request: …, please reformat your input and try again.`
pub(super) fn malformed(what: &str) -> ApiError {
    ApiError::validation(format!(
        "Malformed input request: {what}, please reformat your input and try again."
    ))
}

/// [`malformed`], as the verdict of a rule.
pub(super) fn refuse<T>(what: impl AsRef<str>) -> Result<T, ApiError> {
    Err(malformed(what.as_ref()))
}

fn describe(violation: &Violation, body: &Value) -> String {
    let mut path = violation.path.as_slice();
    let what = match &violation.problem {
        Problem::Missing => {
            let Some((Step::Member(name), parent)) = path.split_last() else {
                return "#: required key not found".to_owned();
            };
            path = parent;
            format!("required key [{name}] not found")
        }
        Problem::Unknown { key } => format!("extraneous key [{key}] is not permitted"),
        Problem::WrongType { expected, found } => format!(
            "expected type: {}, found: {}",
            class_expected(expected),
            class_found(found)
        ),
        Problem::NotAnObject => "expected type: JSONObject".to_owned(),
        Problem::NotOne { set, .. } => format!("{set} subschemas matched instead of one"),
        Problem::UnknownTag { tag, .. } => format!("{tag} is not a valid enum value"),
        Problem::NotInSet { value, .. } => format!("{value} is not a valid enum value"),
        Problem::TooShort { value, min } => format!(
            "expected minLength: {min}, actual: {}",
            value.chars().count()
        ),
        Problem::TooLong { value, max } => format!(
            "expected maxLength: {max}, actual: {}",
            value.chars().count()
        ),
        Problem::TooFew { min } => {
            format!(
                "expected minimum item count: {min}, found: {}",
                items(body, path)
            )
        }
        Problem::TooMany { max } => {
            format!(
                "expected maximum item count: {max}, found: {}",
                items(body, path)
            )
        }
        Problem::TooSmall { value, min } => format!("{value} is not greater or equal to {min}"),
        Problem::TooLarge { value, max } => format!("{value} is not less or equal to {max}"),
        Problem::Pattern { value, source } => {
            format!("string [{value}] does not match pattern {source}")
        }
        Problem::BadBlob => "string is not valid base64".to_owned(),
    };
    format!("{}: {what}", pointer(path))
}

/// `#/messages/2/content/0`
fn pointer(path: &[Step]) -> String {
    let mut out = "#".to_owned();
    for step in path {
        out.push('/');
        match step {
            Step::Member(name) => out.push_str(name),
            Step::Item(index) => out.push_str(&index.to_string()),
        }
    }
    out
}

/// How many items the list at `path` has.
fn items(body: &Value, path: &[Step]) -> usize {
    let found = path.iter().try_fold(body, |at, step| match step {
        Step::Member(name) => at.get(name),
        Step::Item(index) => at.get(index),
    });
    found.and_then(Value::as_array).map_or(0, Vec::len)
}

fn class_expected(expected: &str) -> &str {
    match expected {
        "Structure" => "JSONObject",
        "List" => "JSONArray",
        "Float" => "Number",
        other => other,
    }
}

fn class_found(found: &str) -> &str {
    match found {
        "NULL_VALUE" => "Null",
        "TRUE_VALUE" | "FALSE_VALUE" => "Boolean",
        "DECIMAL_VALUE" => "BigDecimal",
        "NUMBER_VALUE" => "Integer",
        "STRING_VALUE" => "String",
        "LIST_VALUE" => "JSONArray",
        _ => "JSONObject",
    }
}
