//! Reading of requests that a service model describes.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::auth::percent_decode;
use crate::converse::wording;
use crate::error::ApiError;
use crate::shape::{self, Problem, Shape, dotted};

/// Checks a JSON body against `shape` and reads it.
pub(super) fn body<T: DeserializeOwned>(shape: &Shape, body: &[u8]) -> Result<T, ApiError> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| ApiError::serialization(format!("Malformed JSON: {error}")))?;
    checked(shape, value)
}

/// Checks a query string against `shape` and reads it. Whole numbers are numbers, all else is text.
pub(super) fn query<T: DeserializeOwned>(shape: &Shape, query: &str) -> Result<T, ApiError> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let members: Map<String, Value> = pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let text = |text| String::from_utf8_lossy(&percent_decode(text)).into_owned();
            let value = text(value);
            let value = value
                .parse::<i64>()
                .map_or_else(|_| value.into(), Value::from);
            (text(name), value)
        })
        .collect();
    checked(shape, Value::Object(members))
}

/// Checks `value` against `shape` and reads it.
///
/// A member that the model does not have is refused. The real services may well pass it over; but a client
/// that sends it has made a mistake.
pub(super) fn checked<T: DeserializeOwned>(shape: &Shape, value: Value) -> Result<T, ApiError> {
    let violations = shape::check(shape, &value);
    let wrong_type = |problem: &Problem| matches!(problem, Problem::WrongType { .. });
    if !violations
        .iter()
        .any(|violation| wrong_type(&violation.problem))
    {
        for violation in &violations {
            if let Problem::Unknown { key } = &violation.problem {
                let at = match &*violation.path {
                    [] => "the request".to_owned(),
                    path => format!("'{}'", dotted(path)),
                };
                return Err(ApiError::validation(format!(
                    "extraneous key [{key}] is not permitted in {at}"
                )));
            }
        }
    }
    if let Some(error) = wording::error(&violations) {
        return Err(error);
    }
    T::deserialize(value).map_err(|error| ApiError::serialization(error.to_string()))
}
