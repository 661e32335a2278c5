//! Native bodies and what Claude says to them.

use std::sync::Mutex;

use http::HeaderMap;
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::model_id::ModelId;
use crate::native::answer;
use crate::native::testing::survives_wrong_values;
use crate::reply::ReplyBody;

#[path = "tests_answers.rs"]
mod answers;

const CLAUDE: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";

fn ask(body: &Value) -> Result<Value, ApiError> {
    let model = ModelId::parse(CLAUDE).unwrap();
    let reply = answer(
        &model,
        &HeaderMap::new(),
        body.to_string().as_bytes(),
        false,
        &Mutex::default(),
    )?;
    let ReplyBody::Whole(body) = reply.body else {
        panic!("not a whole body")
    };
    Ok(serde_json::from_slice(&body).unwrap())
}

/// A good body with the members of `extra`; null takes a member away.
fn body(extra: Value) -> Value {
    let mut body = json!({
        "anthropic_version": "bedrock-2023-05-31", "max_tokens": 2000,
        "messages": [{"role": "user", "content": "hi"}],
    });
    for (key, value) in extra.as_object().unwrap() {
        match value {
            Value::Null => body.as_object_mut().unwrap().remove(key),
            value => body
                .as_object_mut()
                .unwrap()
                .insert(key.clone(), value.clone()),
        };
    }
    body
}

fn messages(messages: Value) -> Value {
    body(
        json!({"messages": messages, "tools": [{"name": "t", "input_schema": {"type": "object"}}]}),
    )
}

#[test]
fn bodies_are_checked() {
    let user = |content: Value| json!({"role": "user", "content": content});
    let assistant = |content: Value| json!({"role": "assistant", "content": content});
    let call = |id: &str| json!([{"type": "tool_use", "id": id, "name": "t", "input": {}}]);
    let result = |id: &str| json!([{"type": "tool_result", "tool_use_id": id, "content": "x"}]);
    let cached = |ttl: &str| json!({"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": ttl}});
    let enabled = |budget: u64| json!({"type": "enabled", "budget_tokens": budget});
    for (body, fragment) in [
        (
            body(json!({"model": "x"})),
            "model: Extra inputs are not permitted",
        ),
        (
            body(json!({"stream": true})),
            "stream: Extra inputs are not permitted",
        ),
        (
            body(json!({"anthropic_version": null})),
            "anthropic_version: Field required",
        ),
        (
            body(json!({"anthropic_version": "2023-06-01"})),
            "anthropic_version: Input should be 'bedrock-2023-05-31'",
        ),
        (
            body(json!({"max_tokens": null})),
            "max_tokens: Field required",
        ),
        (
            body(json!({"max_tokens": 0})),
            "max_tokens: Input should be greater than or equal to 1",
        ),
        (
            body(json!({"max_tokens": "1"})),
            "max_tokens: Input should be a valid integer",
        ),
        (
            body(json!({"temperature": 2})),
            "temperature: Input should be less than or equal to 1",
        ),
        (
            body(json!({"messages": []})),
            "messages: at least one message is required",
        ),
        (
            messages(json!([assistant(json!("x"))])),
            "first message must use the \"user\" role",
        ),
        (
            messages(json!([{"role": "tool", "content": "x"}])),
            "messages.0.role: Input should be 'user' or 'assistant'",
        ),
        (
            messages(json!([user(json!(""))])),
            "messages: text content blocks must be non-empty",
        ),
        (
            messages(json!([user(json!(" "))])),
            "must contain non-whitespace text",
        ),
        (
            messages(json!([user(json!([]))])),
            "messages.0: all messages must have non-empty content",
        ),
        (
            messages(json!([user(json!([{"type": "sound"}]))])),
            "messages.0.content.0: Input tag 'sound' found using 'type' does not match any of the expected tags",
        ),
        (
            messages(json!([user(
                json!([{"type": "text", "text": "x", "id": 1}])
            )])),
            "messages.0.content.0.id: Extra inputs are not permitted",
        ),
        (
            messages(json!([
                user(json!("q")),
                assistant(call("a")),
                user(json!("x"))
            ])),
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: a.",
        ),
        (
            messages(json!([user(json!("q")), assistant(call("a"))])),
            "messages.1: `tool_use` ids were found without",
        ),
        (
            messages(json!([user(result("a"))])),
            "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: a.",
        ),
        (
            messages(json!([
                user(json!("q")),
                assistant(call("a")),
                user(result("a")),
                assistant(call("a")),
                user(result("a"))
            ])),
            "`tool_use` ids must be unique",
        ),
        (
            messages(json!([user(call("a"))])),
            "`tool_use` blocks can only be in `assistant` messages",
        ),
        (
            messages(json!([user(json!("q")), assistant(json!("x "))])),
            "trailing whitespace",
        ),
        (
            body(json!({"tool_choice": {"type": "auto"}})),
            "tool_choice may only be specified while providing `tools`",
        ),
        (
            body(json!({"tools": [{"name": "t"}]})),
            "tools.0.custom.input_schema: Field required",
        ),
        (
            body(json!({"tools": [{"name": "t", "type": "web_search_20250305"}]})),
            "tools.0: Input tag 'web_search_20250305' found using 'type'",
        ),
        (
            messages(json!([user(json!([cached("5m"), cached("1h")]))])),
            "must not come after",
        ),
        (
            messages(json!([user(json!([
                cached("5m"),
                cached("5m"),
                cached("5m"),
                cached("5m"),
                cached("5m")
            ]))])),
            "A maximum of 4 blocks with cache_control may be provided. Found 5.",
        ),
        (
            body(json!({"thinking": enabled(1023)})),
            "greater than or equal to 1024",
        ),
        (
            body(json!({"thinking": enabled(2000)})),
            "`max_tokens` must be greater than `thinking.budget_tokens`",
        ),
        (
            body(json!({"thinking": enabled(1024), "temperature": 0.5})),
            "`temperature` may only be set to 1",
        ),
        (
            body(json!({"thinking": enabled(1024), "top_k": 5})),
            "`top_k` must be unset",
        ),
        (
            messages(json!([
                user(json!("q")),
                assistant(json!([{"type": "thinking", "thinking": "t", "signature": "AAAA"}])),
                user(json!("q"))
            ])),
            "messages.1.content.0: Invalid `signature` in `thinking` block",
        ),
        (
            messages(json!([
                user(json!("q")),
                assistant(json!([{"type": "redacted_thinking", "data": "AAAA"}])),
                user(json!("q"))
            ])),
            "Invalid `data` in `redacted_thinking` block",
        ),
    ] {
        let error = ask(&body).expect_err(&body.to_string());
        assert_eq!(
            (error.status.as_u16(), &*error.code),
            (400, "ValidationException")
        );
        assert!(
            error.message.contains(fragment),
            "{}\nlacks {fragment}",
            error.message
        );
    }
}

#[test]
fn consecutive_messages_of_one_role_are_one_turn() {
    let user = |content: Value| json!({"role": "user", "content": content});
    let call = |id: &str| json!({"type": "tool_use", "id": id, "name": "t", "input": {}});
    let result = |id: &str| json!([{"type": "tool_result", "tool_use_id": id, "content": id}]);
    let body = messages(json!([
        user(json!("a")), user(json!("b")),
        {"role": "assistant", "content": [call("x"), call("y")]},
        user(result("x")), user(result("y")),
    ]));
    let text = ask(&body).unwrap()["content"][0]["text"].to_string();
    assert!(
        text.contains("t returned: x") && text.contains("t returned: y"),
        "{text}"
    );
}

#[test]
fn an_answer_has_the_shape_of_a_message() {
    let answer = ask(&body(json!({"system": "Be brief."}))).unwrap();
    let keys: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "id",
            "type",
            "role",
            "model",
            "content",
            "stop_reason",
            "stop_sequence",
            "usage"
        ]
    );
    assert!(answer["id"].as_str().unwrap().starts_with("msg_bdrk_01"));
    assert_eq!(answer["model"], "claude-sonnet-4-5-20250929");
    assert_eq!(answer["usage"]["input_tokens"], 3);
    assert_eq!(
        answer["usage"]["cache_creation"]["ephemeral_1h_input_tokens"],
        0
    );
}

#[test]
fn cached_prefixes_are_written_and_read() {
    let model = ModelId::parse(CLAUDE).unwrap();
    let cache = Mutex::default();
    let usage = |question: &str| {
        let system = json!([{"type": "text", "text": "one two three", "cache_control": {"type": "ephemeral", "ttl": "1h"}}]);
        let body =
            body(json!({"system": system, "messages": [{"role": "user", "content": question}]}));
        let reply = answer(
            &model,
            &HeaderMap::new(),
            body.to_string().as_bytes(),
            false,
            &cache,
        )
        .unwrap();
        let headers = reply.headers.clone();
        let ReplyBody::Whole(body) = reply.body else {
            panic!("not a whole body")
        };
        (
            serde_json::from_slice::<Value>(&body).unwrap()["usage"].clone(),
            headers,
        )
    };
    let (first, _) = usage("a");
    assert_eq!(first["cache_creation"]["ephemeral_1h_input_tokens"], 3);
    let (second, headers) = usage("b c");
    assert_eq!(
        (&second["cache_read_input_tokens"], &second["input_tokens"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(headers["x-amzn-bedrock-cache-read-input-token-count"], "3");
}

#[test]
fn no_wrong_value_anywhere_is_worse_than_an_error() {
    let good = body(json!({
        "system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}],
        "tools": [{"name": "t", "input_schema": {"type": "object"}}], "tool_choice": {"type": "auto"},
        "thinking": {"type": "adaptive"}, "output_config": {"format": {"type": "json_schema", "schema": {}}},
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "q"}, {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "t", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "r"}]}]},
        ],
    }));
    survives_wrong_values(CLAUDE, &good);
}
