//! What the tests of the vendors' rooms share: asking without a socket.

use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::answer;
use crate::error::ApiError;
use crate::frame::PRELUDE;
use crate::model_id::ModelId;
use crate::reply::{Reply, ReplyBody};

pub(crate) fn send(
    model: &str,
    headers: &[(&str, &str)],
    body: &Value,
    streaming: bool,
) -> Result<Reply, ApiError> {
    let model = ModelId::parse(model).unwrap();
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::try_from(*name).unwrap(),
                HeaderValue::try_from(*value).unwrap(),
            )
        })
        .collect();
    let body = body.to_string();
    answer(
        &model,
        &headers,
        body.as_bytes(),
        streaming,
        &Mutex::default(),
    )
}

/// A whole answer.
pub(crate) fn whole(model: &str, body: &Value) -> Value {
    content(send(model, &[], body, false).unwrap())
}

pub(crate) fn content(reply: Reply) -> Value {
    let ReplyBody::Whole(body) = reply.body else {
        panic!("not a whole body")
    };
    serde_json::from_slice(&body).unwrap()
}

/// The chunks of a stream.
pub(crate) fn stream(model: &str, body: &Value) -> Vec<Value> {
    chunks(send(model, &[], body, true).unwrap())
}

pub(crate) fn chunks(reply: Reply) -> Vec<Value> {
    let ReplyBody::Events(frames) = reply.body else {
        panic!("not a stream")
    };
    let decode = |frame: bytes::Bytes| {
        let headers = u32::from_be_bytes(frame[4..8].try_into().unwrap()) as usize;
        let payload: Value =
            serde_json::from_slice(&frame[PRELUDE + headers..frame.len() - 4]).unwrap();
        let bytes = STANDARD.decode(payload["bytes"].as_str().unwrap()).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    frames.into_iter().map(decode).collect()
}

/// The message of a refusal, which is a `ValidationException`.
pub(crate) fn refused(model: &str, body: &Value) -> String {
    let whole = send(model, &[], body, false).expect_err(&body.to_string());
    assert_eq!(
        (whole.status.as_u16(), &*whole.code),
        (400, "ValidationException")
    );
    whole.message
}

/// The members of an object, in their order.
pub(crate) fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// `body` with the members of `extra`; null takes a member away.
pub(crate) fn with(body: &Value, extra: &Value) -> Value {
    let mut body = body.clone();
    let members = body.as_object_mut().unwrap();
    for (key, value) in extra.as_object().unwrap() {
        if value.is_null() {
            members.shift_remove(key);
        } else {
            members.insert(key.clone(), value.clone());
        }
    }
    body
}

/// A chat body with one question.
pub(crate) fn asking(text: &str) -> Value {
    json!({"messages": [{"role": "user", "content": text}]})
}

/// A tool that is asked for a city.
pub(crate) fn weather() -> Value {
    let schema =
        json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    json!([{"type": "function", "function": {"name": "get_weather", "parameters": schema}}])
}

/// What is said to the result of the first call of `message`, which answered a chat body of one question.
pub(crate) fn told_result(model: &str, body: &Value, message: &Value) -> Value {
    let id = &message["tool_calls"][0]["id"];
    let result = json!({"role": "tool", "tool_call_id": id, "content": "21"});
    let said = json!({"messages": [body["messages"][0], message, result]});
    let told = whole(model, &with(body, &said));
    assert!(
        told.to_string().contains("get_weather returned: 21"),
        "{told}"
    );
    told
}

/// No wrong value anywhere in `good` may do worse than an error.
pub(crate) fn survives_wrong_values(model: &str, good: &Value) {
    send(model, &[], good, false).unwrap();
    let mut refused = 0;
    for pointer in pointers(good, String::new()) {
        for wrong in [
            "null",
            "-1",
            "1e300",
            "\"\"",
            "[]",
            "[[]]",
            "{}",
            "{\"type\":{}}",
            "true",
        ] {
            let mut body = good.clone();
            *body.pointer_mut(&pointer).unwrap() = serde_json::from_str(wrong).unwrap();
            for streaming in [false, true] {
                match send(model, &[], &body, streaming) {
                    Ok(_) => {}
                    Err(error) => {
                        assert_eq!(error.status.as_u16(), 400, "{body}");
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(refused > 0);
}

/// JSON Pointers to every value inside of `value`.
pub(crate) fn pointers(value: &Value, at: String) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, value)| (index.to_string(), value))
            .collect(),
        _ => Vec::new(),
    };
    let inner = children
        .into_iter()
        .flat_map(|(key, value)| pointers(value, format!("{at}/{key}")));
    std::iter::once(at.clone()).chain(inner).collect()
}
