//! Errors that are not of a room: keys that are not good, bodies that are too long, faults on purpose.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use super::door::Door;
use super::{Surface, error};
use crate::dice::Dice;
use crate::error::ApiError;
use crate::reply::Reply;
use crate::sse;
use crate::voice::Voice;

/// Bytes of a request body. OpenAI says 512 MB for a request with images; nobody sends as much to a test.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// How a request to one of OpenAI's paths is answered when something goes wrong.
pub(crate) fn voice(path: &str, headers: &HeaderMap) -> Option<&'static Voice> {
    let door = Door::of(path, headers)?;
    Some(match door.surface {
        Surface::Responses | Surface::Response(_) => &RESPONSES,
        _ => &CHAT,
    })
}

static CHAT: Voice = Voice {
    answer,
    exception: |name, members| chunk(name, text(members)),
    error: chunk,
    finish,
    max_body: MAX_BODY,
};

static RESPONSES: Voice = Voice {
    answer,
    exception: |name, members| event(name, text(members)),
    error: event,
    finish,
    max_body: MAX_BODY,
};

fn text(members: &Map<String, Value>) -> &str {
    let message = members.get("message").and_then(Value::as_str);
    message.unwrap_or_default()
}

/// OpenAI's word for a kind of error, by the status and the code that go with it.
fn kind(status: StatusCode, code: &str) -> &'static str {
    match (status.as_u16(), code) {
        (429, "insufficient_quota") => "insufficient_quota",
        (429, "rate_limit_exceeded") => "requests",
        (429, _) => "rate_limit_error",
        (401 | 403, _) if code != "invalid_api_key" => "authentication_error",
        (500.., _) => "server_error",
        _ => "invalid_request_error",
    }
}

/// The code that OpenAI would have for what AWS calls so; its own codes stay as they are.
fn code(status: StatusCode, code: &str) -> Option<&str> {
    match code {
        "" => None,
        "ThrottlingException" | "TooManyRequestsException" => Some("rate_limit_exceeded"),
        "UnknownOperationException" => Some("unknown_url"),
        _ if code.ends_with("Exception") && status.is_server_error() => Some("server_error"),
        _ => Some(code),
    }
}

fn answer(error: ApiError) -> Reply {
    let status = error.status;
    let code = code(status, &error.code);
    let body = error::body(
        &error.message,
        kind(status, code.unwrap_or_default()),
        None,
        code,
    );
    let reply = Reply::json(status, &body);
    if status != StatusCode::TOO_MANY_REQUESTS {
        return reply;
    }
    let reply = reply
        .header("x-ratelimit-limit-requests", 500)
        .header("x-ratelimit-remaining-requests", 0)
        .header("x-ratelimit-reset-requests", "1s")
        .header("x-ratelimit-limit-tokens", 30_000)
        .header("x-ratelimit-remaining-tokens", 29_000)
        .header("x-ratelimit-reset-tokens", "2s");
    // Waiting does not help who has no money left.
    match code {
        Some("insufficient_quota") => reply,
        _ => reply.header("retry-after", 1),
    }
}

/// An error in the middle of a chat's stream: a chunk that has `error` and nothing else.
fn chunk(code: &str, message: &str) -> Bytes {
    let body = error::body(message, "server_error", None, Some(code));
    sse::event(None, &body.to_string()).into()
}

/// An error in the middle of a stream of Responses: `response.failed` if it is called so, else the event `error`.
fn event(name: &str, message: &str) -> Bytes {
    let (name, body) = if name == "response.failed" {
        let error = json!({"code": "server_error", "message": message});
        let response = json!({
            "id": "resp_emulator", "object": "response", "created_at": super::CREATED, "status": "failed",
            "model": "", "output": [], "error": error, "incomplete_details": null, "instructions": null,
            "metadata": {}, "parallel_tool_calls": true, "temperature": null, "tool_choice": "auto",
            "tools": [], "top_p": null, "usage": null,
        });
        (
            name,
            json!({"type": name, "response": response, "sequence_number": 9999}),
        )
    } else {
        let body = json!({
            "type": "error", "code": name, "message": message, "param": null, "sequence_number": 9999,
        });
        ("error", body)
    };
    sse::event(Some(name), &body.to_string()).into()
}

fn finish(reply: &mut Reply, number: usize, _now: i64) {
    let dice = Dice::new(&[b"openai request"]);
    let id = format!("req_{}", dice.uuid("id", number).replace('-', ""));
    if let Ok(id) = HeaderValue::try_from(id) {
        // A replayed answer keeps the values that were recorded.
        reply.headers.entry("x-request-id").or_insert(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::ReplyBody;

    fn shown(status: u16, code: &'static str) -> (Value, HeaderMap) {
        let status = StatusCode::from_u16(status).unwrap();
        let reply = answer(ApiError::new(status, code, "why"));
        let ReplyBody::Whole(body) = reply.body else {
            panic!("a stream")
        };
        (serde_json::from_slice(&body).unwrap(), reply.headers)
    }

    #[test]
    fn throttling_says_how_long_to_wait_and_an_empty_purse_does_not() {
        let (body, headers) = shown(429, "ThrottlingException");
        assert_eq!(body["error"]["code"], "rate_limit_exceeded");
        assert!(headers.contains_key("retry-after"));
        assert_eq!(headers["x-ratelimit-remaining-requests"], "0");
        let (body, headers) = shown(429, "insufficient_quota");
        assert_eq!(body["error"]["type"], "insufficient_quota");
        assert!(!headers.contains_key("retry-after"));
        assert_eq!(
            shown(500, "InternalServerException").0["error"]["type"],
            "server_error"
        );
    }

    #[test]
    fn errors_in_streams_are_in_the_words_of_the_surface() {
        let chat = chunk("server_error", "broke");
        assert!(chat.starts_with(b"data: {\"error\":") && chat.ends_with(b"\n\n"));
        assert!(event("server_error", "broke").starts_with(b"event: error\ndata: "));
        assert!(event("response.failed", "broke").starts_with(b"event: response.failed\n"));
    }
}
