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
    exception: |code, members| chunk(code, members),
    error: |code, message| chunk(code, &only(message)),
    finish,
    max_body: MAX_BODY,
};

static RESPONSES: Voice = Voice {
    answer,
    exception: |name, members| event(name, members),
    error: |name, message| event(name, &only(message)),
    finish,
    max_body: MAX_BODY,
};

/// The members of an error of which nothing but the message is known.
fn only(message: &str) -> Map<String, Value> {
    [("message".to_owned(), message.into())]
        .into_iter()
        .collect()
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
fn chunk(code: &str, members: &Map<String, Value>) -> Bytes {
    let mut body = error::body("", "server_error", None, Some(code));
    for (name, value) in members {
        body["error"][name] = value.clone();
    }
    sse::event(None, &body.to_string()).into()
}

/// An error in the middle of a stream of Responses: `response.failed` if it is called so, else the event `error`.
fn event(name: &str, members: &Map<String, Value>) -> Bytes {
    // No event of a real stream comes as late.
    const NUMBER: u32 = 9999;
    let (name, mut body) = if name == "response.failed" {
        let response = json!({
            "id": "resp_emulator", "object": "response", "created_at": super::CREATED, "status": "failed",
            "model": "", "output": [], "error": {"code": "server_error", "message": ""},
            "incomplete_details": null, "instructions": null, "metadata": {},
            "parallel_tool_calls": true, "temperature": null, "tool_choice": "auto", "tools": [],
            "top_p": null, "usage": null,
        });
        let body = json!({"type": name, "response": response, "sequence_number": NUMBER});
        (name, body)
    } else {
        let body = json!({
            "type": "error", "code": name, "message": "", "param": null, "sequence_number": NUMBER,
        });
        ("error", body)
    };
    let place = match name {
        "error" => &mut body,
        _ => &mut body["response"]["error"],
    };
    for (name, value) in members {
        place[name] = value.clone();
    }
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
        let mut members = only("broke");
        members.insert("param".to_owned(), "n".into());
        let chat = String::from_utf8(chunk("server_error", &members).to_vec()).unwrap();
        assert!(chat.starts_with("data: {\"error\":") && chat.ends_with("\n\n"));
        assert!(
            chat.contains("\"broke\"") && chat.contains("\"param\":\"n\""),
            "{chat}"
        );
        let start = |name| {
            let event = event(name, &members);
            let text = String::from_utf8(event.to_vec()).unwrap();
            assert!(text.contains("\"broke\""), "{text}");
            text.lines().next().unwrap().to_owned()
        };
        assert_eq!(start("server_error"), "event: error");
        assert_eq!(start("response.failed"), "event: response.failed");
    }
}
