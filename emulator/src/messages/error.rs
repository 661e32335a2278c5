//! Errors as Anthropic writes them: `{"type": "error", "error": {"type", "message"}, "request_id"}`.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::dice::Dice;
use crate::error::ApiError;
use crate::reply::{Reply, ReplyBody};
use crate::voice::{self, Voice};
use crate::{sse, time};

/// Anthropic's documentation, "Errors": requests of more than 32 MB are refused.
const MAX_BODY: usize = 32 * 1024 * 1024;
/// Requests, and tokens of each kind, that one minute allows. Nobody is held to them.
const REQUESTS: u64 = 4000;
const TOKENS: u64 = 400_000;

pub(super) static ANTHROPIC: Voice = Voice {
    answer,
    exception,
    error: |code, message| {
        let message = Map::from_iter([("message".to_owned(), message.into())]);
        exception(code, &message)
    },
    finish: |reply, number, now| {
        request_id(reply, number);
        rate_limits(reply, now);
    },
    max_body: MAX_BODY,
};

/// The same words, with Amazon's id of the request beside Anthropic's, and without Anthropic's limits.
pub(super) static BEDROCK: Voice = Voice {
    finish: |reply, number, _| {
        request_id(reply, number);
        voice::request_id(reply, number);
    },
    ..ANTHROPIC
};

/// 400: the request is not acceptable.
pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "invalid_request_error", message)
}

/// 401: nobody knows the caller.
pub(super) fn unknown_caller(message: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "authentication_error", message)
}

/// 404: there is no such path, or no such model.
pub(super) fn not_found(message: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "not_found_error", message)
}

/// 405 for a path that has the method `allow` alone.
pub(super) fn method_not_allowed(allow: &'static str) -> ApiError {
    let mut error = ApiError::unknown_method(allow);
    error.code = "invalid_request_error".into();
    error.message = "Method Not Allowed".to_owned();
    error
}

fn answer(error: ApiError) -> Reply {
    let body = json!({
        "type": "error",
        "error": {"type": kind(&error.code, error.status), "message": error.message},
        "request_id": null,
    });
    let mut reply = Reply::json(error.status, &body);
    if error.status == StatusCode::TOO_MANY_REQUESTS {
        let second = HeaderValue::from_static("1");
        reply.headers.insert(header::RETRY_AFTER, second);
    }
    if let Some(allow) = error.allow() {
        let allow = HeaderValue::from_static(allow);
        reply.headers.insert(header::ALLOW, allow);
    }
    reply
}

/// Anthropic's word for an error: the one that it brings, or else the one that belongs to the status.
fn kind(code: &str, status: StatusCode) -> &str {
    if code.ends_with("_error") || code == "request_too_large" {
        return code;
    }
    match status.as_u16() {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        529 => "overloaded_error",
        500.. => "api_error",
        _ => "invalid_request_error",
    }
}

fn exception(name: &str, members: &Map<String, Value>) -> Bytes {
    let mut error = json!({"type": name});
    for (name, value) in members {
        error[name] = value.clone();
    }
    let event = json!({"type": "error", "error": error});
    sse::event(Some("error"), &event.to_string()).into()
}

/// The id is in a header, and in the body of an error.
fn request_id(reply: &mut Reply, number: usize) {
    let token = Dice::new(&[b"anthropic request"]).token("id", number, 20);
    let id = format!("req_011C{token}");
    if let Ok(value) = HeaderValue::try_from(&id) {
        // A replayed answer keeps the one that was recorded.
        reply.headers.entry("request-id").or_insert(value);
    }
    let ReplyBody::Whole(body) = &reply.body else {
        return;
    };
    let Ok(mut error) = serde_json::from_slice::<Value>(body) else {
        return;
    };
    if reply.status != StatusCode::OK
        && let Some(place) = error.get_mut("request_id").filter(|it| it.is_null())
    {
        *place = id.into();
        reply.body = ReplyBody::Whole(error.to_string().into());
    }
}

/// What is left of the minute: all of it, unless the answer says that there is nothing left.
fn rate_limits(reply: &mut Reply, now: i64) {
    let exceeded = reply.status == StatusCode::TOO_MANY_REQUESTS;
    let reset = time::iso(now.saturating_add(1));
    for (kind, limit) in [
        ("requests", REQUESTS),
        ("tokens", TOKENS),
        ("input-tokens", TOKENS),
        ("output-tokens", TOKENS),
    ] {
        let remaining = if exceeded { 0 } else { limit };
        for (what, value) in [
            ("limit", limit.to_string()),
            ("remaining", remaining.to_string()),
            ("reset", reset.clone()),
        ] {
            let name = format!("anthropic-ratelimit-{kind}-{what}");
            if let (Ok(name), Ok(value)) = (
                http::HeaderName::try_from(name),
                HeaderValue::try_from(value),
            ) {
                reply.headers.entry(name).or_insert(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_its_word_unless_the_error_brings_one() {
        for (status, code, expected) in [
            (400, "ValidationException", "invalid_request_error"),
            (429, "ThrottlingException", "rate_limit_error"),
            (503, "x", "api_error"),
            (529, "x", "overloaded_error"),
            (500, "overloaded_error", "overloaded_error"),
            (413, "ValidationException", "request_too_large"),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(kind(code, status), expected);
        }
    }

    #[test]
    fn the_id_of_the_request_is_in_header_and_body() {
        let mut reply = (ANTHROPIC.answer)(invalid("no"));
        (ANTHROPIC.finish)(&mut reply, 3, 0);
        let ReplyBody::Whole(body) = &reply.body else {
            panic!("not a whole body")
        };
        let body: Value = serde_json::from_slice(body).unwrap();
        let id = reply.headers["request-id"].to_str().unwrap();
        assert!(id.starts_with("req_011C"), "{id}");
        assert_eq!(
            body,
            json!({
                "type": "error", "error": {"type": "invalid_request_error", "message": "no"}, "request_id": id,
            })
        );
        assert_eq!(
            reply.headers["anthropic-ratelimit-requests-reset"],
            "1970-01-01T00:00:01Z"
        );
    }

    #[test]
    fn an_exhausted_limit_says_when_to_come_back() {
        let error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, "x", "slow");
        let mut reply = (ANTHROPIC.answer)(error);
        (ANTHROPIC.finish)(&mut reply, 0, 0);
        assert_eq!(reply.headers["retry-after"], "1");
        assert_eq!(reply.headers["anthropic-ratelimit-tokens-remaining"], "0");
    }

    #[test]
    fn an_error_in_mid_stream_is_an_event() {
        assert_eq!(
            (ANTHROPIC.error)("overloaded_error", "Overloaded"),
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n"
        );
    }
}
