//! Bodies of three kinds of Mistral, and what comes back.

use super::super::testing::{
    asking, chunks, content, keys, refused, send, stream, survives_wrong_values, told_result,
    weather, whole, with,
};
use serde_json::{Value, json};

const SEVEN: &str = "mistral.mistral-7b-instruct-v0:2";
const LARGE_1: &str = "mistral.mistral-large-2402-v1:0";
const LARGE_2: &str = "mistral.mistral-large-2407-v1:0";
const LARGE_3: &str = "mistral.mistral-large-3-675b-instruct";

fn malformed(what: &str) -> String {
    format!("Malformed input request: {what}, please reformat your input and try again.")
}

#[test]
fn the_first_models_complete_a_prompt() {
    let body = json!({"prompt": "<s>[INST] One [/INST] 1</s>[INST] Two? [/INST]"});
    let answer = whole(SEVEN, &body);
    let output = &answer["outputs"][0];
    assert!(
        output["text"]
            .as_str()
            .unwrap()
            .starts_with("You asked: \"Two?\"\nEarlier messages: 2.")
    );
    assert_eq!(output["stop_reason"], "stop");
    let events = stream(SEVEN, &body);
    let text: String = events
        .iter()
        .map(|event| event["outputs"][0]["text"].as_str().unwrap())
        .collect();
    assert_eq!(text, output["text"]);
    let last = &events[events.len() - 1];
    assert_eq!(
        last["outputs"][0],
        json!({"text": "", "stop_reason": "stop"})
    );
    assert_eq!(events[0]["outputs"][0]["stop_reason"], Value::Null);
    assert!(
        last["amazon-bedrock-invocationMetrics"]["outputTokenCount"]
            .as_u64()
            .unwrap()
            > 3
    );
    for (extra, text, reason) in [
        (json!({"max_tokens": 2}), "You asked:", "length"),
        (json!({"stop": ["\""]}), "You asked: ", "stop"),
    ] {
        let body = with(&json!({"prompt": "Hi"}), &extra);
        assert_eq!(
            whole(SEVEN, &body)["outputs"][0],
            json!({"text": text, "stop_reason": reason})
        );
    }
    let cut = stream(SEVEN, &json!({"prompt": "Hi", "max_tokens": 2}));
    assert_eq!(
        (cut.len(), &cut[0]["outputs"][0]["stop_reason"]),
        (1, &json!("length"))
    );
}

#[test]
fn bodies_with_a_prompt_are_checked() {
    let good = json!({"prompt": "Hi"});
    for (extra, what) in [
        (
            json!({"prompt": ""}),
            "#/prompt: expected minLength: 1, actual: 0",
        ),
        (
            json!({"messages": []}),
            "#: extraneous key [messages] is not permitted",
        ),
        (
            json!({"stop": "x"}),
            "#/stop: expected type: JSONArray, found: String",
        ),
        (
            json!({"stop": vec!["x"; 11]}),
            "#/stop: expected maximum item count: 10, found: 11",
        ),
        (
            json!({"max_tokens": 8193}),
            "#/max_tokens: 8193 is not less or equal to 8192",
        ),
    ] {
        assert_eq!(refused(SEVEN, &with(&good, &extra)), malformed(what));
    }
    survives_wrong_values(
        SEVEN,
        &json!({"prompt": "Hi", "stop": ["x"], "max_tokens": 5, "top_k": 5, "top_p": 1}),
    );
}

#[test]
fn large_of_february_takes_both() {
    assert!(whole(LARGE_1, &json!({"prompt": "Hi"}))["outputs"][0]["text"].is_string());
    assert!(whole(LARGE_1, &asking("Hi"))["choices"][0]["message"]["content"].is_string());
    assert!(refused(LARGE_2, &json!({"prompt": "Hi"})).contains("extraneous key [prompt]"));
}

#[test]
fn large_2_has_choices_of_its_own_kind() {
    let answer = whole(LARGE_2, &asking("Hi"));
    assert_eq!(keys(&answer), ["choices"]);
    assert_eq!(
        keys(&answer["choices"][0]),
        ["index", "message", "stop_reason"]
    );
    let events = stream(LARGE_2, &asking("Hi"));
    let text: String = events
        .iter()
        .map(|event| event["choices"][0]["message"]["content"].as_str().unwrap())
        .collect();
    assert_eq!(text, answer["choices"][0]["message"]["content"]);
    let cut = whole(LARGE_2, &with(&asking("Hi"), &json!({"max_tokens": 2})));
    assert_eq!(
        (
            &cut["choices"][0]["message"]["content"],
            &cut["choices"][0]["stop_reason"]
        ),
        (&json!("You asked:"), &json!("length"))
    );

    let body = with(
        &asking("get the weather of Lyon"),
        &json!({"tools": weather(), "tool_choice": "any"}),
    );
    let answer = whole(LARGE_2, &body);
    let message = &answer["choices"][0]["message"];
    assert_eq!(keys(&message["tool_calls"][0]), ["id", "function"]);
    assert_eq!(
        (&message["content"], &answer["choices"][0]["stop_reason"]),
        (&json!(""), &json!("tool_calls"))
    );
    let events = stream(LARGE_2, &body);
    assert_eq!(
        events[events.len() - 1]["choices"][0]["message"]["tool_calls"],
        message["tool_calls"]
    );
    told_result(LARGE_2, &body, message);
}

#[test]
fn later_models_speak_chat_completions() {
    let body = with(
        &asking("get the weather of Lyon"),
        &json!({"tools": weather()}),
    );
    let answer = whole(LARGE_3, &body);
    assert_eq!(
        keys(&answer),
        ["id", "object", "created", "model", "choices", "usage"]
    );
    let message = &answer["choices"][0]["message"];
    let id = message["tool_calls"][0]["id"].as_str().unwrap();
    assert_eq!(
        (id.len(), &answer["choices"][0]["finish_reason"]),
        (9, &json!("tool_calls"))
    );
    let events = stream(LARGE_3, &body);
    let text: String = events
        .iter()
        .filter_map(|event| event.pointer("/choices/0/delta/content"))
        .map(|text| text.as_str().unwrap())
        .collect();
    assert_eq!(text, message["content"]);
    let arguments: String = events
        .iter()
        .filter_map(|event| event.pointer("/choices/0/delta/tool_calls/0/function/arguments"))
        .map(|text| text.as_str().unwrap())
        .collect();
    assert_eq!(arguments, message["tool_calls"][0]["function"]["arguments"]);
    let last = &events[events.len() - 1];
    assert_eq!(
        (&last["choices"][0]["finish_reason"], &last["usage"]),
        (&json!("tool_calls"), &answer["usage"])
    );
    assert_eq!(
        last["amazon-bedrock-invocationMetrics"]["inputTokenCount"],
        answer["usage"]["prompt_tokens"]
    );

    told_result(LARGE_3, &body, message);
    let stopped = whole(LARGE_3, &with(&asking("Hi"), &json!({"stop": ["\""]})));
    assert_eq!(
        (
            &stopped["choices"][0]["message"]["content"],
            &stopped["choices"][0]["finish_reason"]
        ),
        (&json!("You asked: "), &json!("stop"))
    );
}

#[test]
fn a_guardrail_speaks_in_place_of_all_of_them() {
    let guard = [("x-amzn-bedrock-guardrailidentifier", "gr1")];
    for (model, body) in [
        (SEVEN, json!({"prompt": "blockme"})),
        (LARGE_2, asking("blockme")),
        (LARGE_3, asking("blockme")),
    ] {
        let answer = content(send(model, &guard, &body, false).unwrap());
        assert_eq!(answer["amazon-bedrock-guardrailAction"], "INTERVENED");
        assert!(answer.to_string().contains(crate::guardrail::BLOCKED));
        let events = chunks(send(model, &guard, &body, true).unwrap());
        assert!(events[0].to_string().contains(crate::guardrail::BLOCKED));
        assert_eq!(
            events[events.len() - 1]["amazon-bedrock-guardrailAction"],
            "INTERVENED"
        );
    }
}

#[test]
fn conversations_are_checked() {
    let user = json!({"role": "user", "content": "x"});
    let call = json!({"role": "assistant", "tool_calls": [{"id": "call_0", "function": {"name": "t", "arguments": "{}"}}]});
    let result = json!({"role": "tool", "tool_call_id": "call_0", "content": "x"});
    let turn = json!([user, call, result]);
    for (model, extra, what) in [
        (
            LARGE_2,
            json!({"stop": ["x"]}),
            "#: extraneous key [stop] is not permitted",
        ),
        (
            LARGE_2,
            json!({"messages": []}),
            "#/messages: expected minimum item count: 1, found: 0",
        ),
        (
            LARGE_2,
            json!({"messages": [user, {"role": "assistant", "content": "x"}]}),
            "#/messages/1: expected last role user or tool, but got assistant",
        ),
        (
            LARGE_2,
            json!({"tools": weather(), "tool_choice": "required"}),
            "#/tool_choice: required is not one of auto, any, none",
        ),
        (
            LARGE_3,
            json!({"messages": turn}),
            "#/messages/1: tool call id was call_0 but must be a-z, A-Z, 0-9, with a length of 9",
        ),
        (
            LARGE_3,
            json!({"max_completion_tokens": 1}),
            "#: extraneous key [max_completion_tokens] is not permitted",
        ),
    ] {
        assert_eq!(
            refused(model, &with(&asking("Hi"), &extra)),
            malformed(what)
        );
    }
    assert!(send(LARGE_2, &[], &json!({"messages": turn}), false).is_ok());
    survives_wrong_values(
        LARGE_2,
        &json!({"messages": turn, "tools": weather(), "tool_choice": "auto", "max_tokens": 50}),
    );
}
