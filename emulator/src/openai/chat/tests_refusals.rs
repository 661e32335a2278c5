use serde_json::{Value, json};

use super::tests::{CHAT, chat, tool, weather};
use crate::openai::testing::{ask, refused};

#[test]
fn formats_hold_the_answer_to_a_schema() {
    let schema = json!({"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"], "additionalProperties": false});
    let format = json!({"type": "json_schema", "json_schema": {"name": "Person", "schema": schema, "strict": true}});
    let answer = ask(CHAT, &chat(json!({"response_format": format})));
    let text = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(serde_json::from_str::<Value>(text).unwrap()["age"].is_i64());
    let mut open = chat(json!({"response_format": format}));
    open["response_format"]["json_schema"]["schema"]["additionalProperties"] = true.into();
    let (status, error) = refused(CHAT, &open);
    assert_eq!((status, &error["param"]), (400, &json!("response_format")));
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("'additionalProperties' is required")
    );
    let object = json!({"response_format": {"type": "json_object"}});
    assert!(
        refused(CHAT, &chat(object.clone())).1["message"]
            .as_str()
            .unwrap()
            .contains("'json'")
    );
    let mut body = chat(object);
    body["messages"][0]["content"] = "Answer in JSON".into();
    let answer = ask(CHAT, &body);
    let text = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(serde_json::from_str::<Value>(text).unwrap().is_object());
}

#[test]
fn models_that_reason_hide_it_and_count_it() {
    let answer = ask(
        CHAT,
        &chat(json!({"model": "gpt-5", "reasoning_effort": "minimal"})),
    );
    let tokens = answer["usage"]["completion_tokens_details"]["reasoning_tokens"]
        .as_u64()
        .unwrap();
    assert!(tokens > 0);
    assert_eq!(
        answer["choices"][0]["message"].get("reasoning_content"),
        None
    );
    let quiet = ask(CHAT, &chat(json!({"model": "gpt-5.1", "temperature": 0.2})));
    assert_eq!(
        quiet["usage"]["completion_tokens_details"]["reasoning_tokens"],
        0
    );
    let short = ask(
        CHAT,
        &chat(json!({"model": "gpt-5", "max_completion_tokens": 3})),
    );
    assert_eq!(short["choices"][0]["finish_reason"], "length");
}

#[test]
fn what_a_model_does_not_take_is_refused_by_name() {
    let image = json!({"type": "image_url", "image_url": {"url": "ftp://x/y.png"}});
    for (extra, param, code) in [
        (
            json!({"model": "gpt-5", "max_tokens": 9}),
            "max_tokens",
            "unsupported_parameter",
        ),
        (
            json!({"model": "o3", "temperature": 0.5}),
            "temperature",
            "unsupported_value",
        ),
        (
            json!({"model": "gpt-5", "reasoning_effort": "none"}),
            "reasoning_effort",
            "unsupported_value",
        ),
        (
            json!({"model": "gpt-5", "stop": ["x"]}),
            "stop",
            "unsupported_parameter",
        ),
        (
            json!({"model": "gpt-5", "logprobs": true}),
            "logprobs",
            "unsupported_parameter",
        ),
        (
            json!({"stop": ["a", "b", "c", "d", "e"]}),
            "stop",
            "array_above_max_length",
        ),
        (
            json!({"temperature": 3.0}),
            "temperature",
            "decimal_above_max_value",
        ),
        (
            json!({"max_tokens": 0}),
            "max_tokens",
            "integer_below_min_value",
        ),
        (json!({"max_tokens": 99_999}), "max_tokens", "invalid_value"),
        (json!({"messages": []}), "messages", "empty_array"),
        (
            json!({"messages": [{"role": "bot", "content": "x"}]}),
            "messages[0].role",
            "invalid_value",
        ),
        (
            json!({"messages": [{"role": "user", "content": 1}]}),
            "messages[0].content",
            "invalid_type",
        ),
        (
            json!({"messages": [{"role": "user", "content": "x", "foo": 1}]}),
            "messages[0].foo",
            "unknown_parameter",
        ),
        (
            json!({"messages": [{"role": "user", "content": [image]}]}),
            "messages[0].content[0].image_url.url",
            "invalid_value",
        ),
        (json!({"tools": []}), "tools", "empty_array"),
        (
            json!({"tools": [tool("a b", json!({}))]}),
            "tools[0].function.name",
            "invalid_value",
        ),
        (
            json!({"tools": weather(), "tool_choice": "any"}),
            "tool_choice",
            "invalid_value",
        ),
        (json!({"model": "unknown-1"}), "", "model_not_found"),
    ] {
        let (_, error) = refused(CHAT, &chat(extra.clone()));
        assert_eq!(error["code"], code, "{extra} {error}");
        assert_eq!(
            error["param"].as_str().unwrap_or_default(),
            param,
            "{extra} {error}"
        );
        assert_eq!(error["type"], "invalid_request_error", "{extra}");
    }
    let (status, error) = refused(CHAT, &chat(json!({"foo": 1, "bar": 2})));
    assert_eq!(status, 400);
    assert_eq!(
        error["message"],
        "Unrecognized request arguments supplied: foo, bar"
    );
    let (_, error) = refused(CHAT, &chat(json!({"reasoning_effort": "low"})));
    assert_eq!(
        error["message"],
        "Unrecognized request argument supplied: reasoning_effort"
    );
}

#[test]
fn strict_tools_are_held_to_the_rules_of_strict_schemas() {
    let mut tools = weather();
    tools[0]["function"]["strict"] = true.into();
    tools[0]["function"]["parameters"]["required"] = json!([]);
    let (_, error) = refused(CHAT, &chat(json!({"tools": tools})));
    assert_eq!(error["code"], "invalid_function_parameters");
    assert_eq!(error["param"], "tools[0].function.parameters");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("Missing 'city'")
    );
}

#[test]
fn calls_and_their_answers_belong_together() {
    let call = |id: &str| {
        json!({"role": "assistant", "content": null, "tool_calls": [
        {"id": id, "type": "function", "function": {"name": "get_time", "arguments": "{}"}}]})
    };
    let result = |id: &str| json!({"role": "tool", "tool_call_id": id, "content": "x"});
    let user = json!({"role": "user", "content": "hi"});
    for (messages, fragment) in [
        (
            json!([user, result("a")]),
            "has to answer one of the 'tool_calls'",
        ),
        (json!([user, call("a"), result("b")]), "'b' is none"),
        (json!([user, call("a"), user]), "These have no answer: a"),
        (json!([user, call("a")]), "These have no answer: a"),
        (
            json!([user, call("a"), result("a"), result("a")]),
            "'a' is none",
        ),
        (
            json!([user, {"role": "assistant", "content": null}]),
            "expected a string, got null",
        ),
        (
            json!([user, {"role": "tool", "content": "x"}]),
            "messages[1].tool_call_id",
        ),
    ] {
        let (_, error) = refused(CHAT, &chat(json!({"messages": messages})));
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(fragment), "{message}");
    }
}

#[test]
fn members_that_need_another_are_not_taken_alone() {
    for (extra, param) in [
        (
            json!({"stream_options": {"include_usage": true}}),
            "stream_options",
        ),
        (json!({"top_logprobs": 2}), "top_logprobs"),
    ] {
        let (status, error) = refused(CHAT, &chat(extra));
        assert_eq!((status, &error["param"]), (400, &json!(param)));
    }
}
