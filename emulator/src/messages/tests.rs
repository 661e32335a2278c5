//! Bodies on Anthropic's paths, and what is said to them.

use std::sync::Mutex;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::Door;
use crate::brain::tokens::PromptCache;
use crate::error::ApiError;
use crate::native::testing::with;
use crate::reply::{Reply, ReplyBody};

#[path = "tests_answers.rs"]
mod answers;
#[path = "tests_refusals.rs"]
mod refusals;

const PATH: &str = "/v1/messages";
const SONNET: &str = "claude-sonnet-4-5";

/// A request with the headers that it needs, and those of `headers` in addition.
fn send_with(
    cache: &Mutex<PromptCache>,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Result<Reply, ApiError> {
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "anthropic-version") {
        request = request.header("anthropic-version", "2023-06-01");
    }
    for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
        request = request.header(*name, *value);
    }
    let (head, ()) = request.body(()).unwrap().into_parts();
    let door = Door::of(head.uri.path(), &head.headers).expect(path);
    door.answer(&head, body.to_string().as_bytes(), cache)
}

fn send(path: &str, headers: &[(&str, &str)], body: &Value) -> Result<Reply, ApiError> {
    send_with(&Mutex::default(), "POST", path, headers, body)
}

fn ask(body: &Value) -> Value {
    read(send(PATH, &[], body).unwrap_or_else(|error| panic!("{}: {body}", error.message)))
}

/// The status and the message of a refusal.
fn refused(path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, String) {
    let error = send(path, headers, body).expect_err(&body.to_string());
    (error.status.as_u16(), error.message)
}

fn read(reply: Reply) -> Value {
    let ReplyBody::Whole(body) = reply.body else {
        panic!("not a whole body")
    };
    serde_json::from_slice(&body).unwrap()
}

/// The names and the data of a stream's events.
fn events(body: &Value) -> Vec<(String, Value)> {
    let reply = send(PATH, &[], &with(body, &json!({"stream": true}))).unwrap();
    assert_eq!(
        reply.headers["content-type"],
        "text/event-stream; charset=utf-8"
    );
    let ReplyBody::Events(events) = reply.body else {
        panic!("not a stream")
    };
    events.iter().map(event).collect()
}

fn event(bytes: &Bytes) -> (String, Value) {
    let text = std::str::from_utf8(bytes).unwrap();
    let (name, data) = text
        .strip_prefix("event: ")
        .and_then(|rest| rest.strip_suffix("\n\n"))
        .and_then(|rest| rest.split_once("\ndata: "))
        .expect(text);
    (name.to_owned(), serde_json::from_str(data).unwrap())
}

/// A good body with the members of `extra`; null takes a member away.
fn body(extra: Value) -> Value {
    let good = json!({
        "model": SONNET, "max_tokens": 2000, "messages": [{"role": "user", "content": "hi"}],
    });
    with(&good, &extra)
}

fn of_model(model: &str, extra: Value) -> Value {
    with(&body(extra), &json!({"model": model}))
}

fn user(content: Value) -> Value {
    json!({"role": "user", "content": content})
}

fn tool(extra: Value) -> Value {
    let tool = json!({"name": "get_weather", "input_schema": {
        "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],
        "additionalProperties": false,
    }});
    with(&tool, &extra)
}
