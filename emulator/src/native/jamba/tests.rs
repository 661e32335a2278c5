//! Jamba bodies and what comes back.

use super::super::testing::{
    asking, chunks, content, keys, refused, send, stream, survives_wrong_values, told_result,
    weather, whole, with,
};
use serde_json::{Value, json};

const JAMBA: &str = "ai21.jamba-1-5-mini-v1:0";

fn good() -> Value {
    json!({"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]})
}

#[test]
fn a_whole_answer() {
    let answer = whole(JAMBA, &good());
    assert_eq!(keys(&answer), ["id", "choices", "usage", "meta", "model"]);
    let message = &answer["choices"][0]["message"];
    assert!(
        message["content"]
            .as_str()
            .unwrap()
            .starts_with("You asked: \"Hi\"\nMy instructions are: \"Be brief.\"")
    );
    assert_eq!(
        (&message["tool_calls"], &answer["model"]),
        (&Value::Null, &json!("jamba-1.5-mini"))
    );
    assert_eq!(
        (
            &answer["choices"][0]["finish_reason"],
            &answer["usage"]["prompt_tokens"]
        ),
        (&json!("stop"), &json!(3))
    );
    for (extra, text, reason) in [
        (json!({"max_tokens": 2}), "You asked:", "length"),
        (json!({"stop": ["\""]}), "You asked: ", "stop"),
    ] {
        let choice = &whole(JAMBA, &with(&good(), &extra))["choices"][0];
        assert_eq!(
            (&choice["message"]["content"], &choice["finish_reason"]),
            (&json!(text), &json!(reason))
        );
    }
    let two = whole(JAMBA, &with(&good(), &json!({"n": 2})));
    assert_eq!(
        (
            two["choices"].as_array().unwrap().len(),
            &two["choices"][1]["index"]
        ),
        (2, &json!(1))
    );
    assert_eq!(
        two["usage"]["completion_tokens"].as_u64().unwrap(),
        2 * answer["usage"]["completion_tokens"].as_u64().unwrap()
    );
}

#[test]
fn a_stream_counts_as_it_goes_and_ends_with_metrics_alone() {
    let (answer, events) = (whole(JAMBA, &good()), stream(JAMBA, &good()));
    let (metrics, events) = events.split_last().unwrap();
    assert_eq!(keys(metrics), ["amazon-bedrock-invocationMetrics"]);
    let text: String = events
        .iter()
        .map(|event| event["choices"][0]["delta"]["content"].as_str().unwrap())
        .collect();
    assert_eq!(text, answer["choices"][0]["message"]["content"]);
    let counts: Vec<u64> = events
        .iter()
        .map(|event| event["usage"]["completion_tokens"].as_u64().unwrap())
        .collect();
    assert!(counts.is_sorted() && counts[0] == 0);
    let last = &events[events.len() - 1];
    assert_eq!(
        (
            &last["choices"][0]["finish_reason"],
            &last["usage"]["total_tokens"]
        ),
        (&json!("stop"), &answer["usage"]["total_tokens"])
    );
    assert!(last["meta"]["requestDurationMillis"].is_u64());
}

#[test]
fn tools_are_called_and_documents_seen() {
    let body = with(
        &asking("get the weather of Lyon"),
        &json!({"tools": weather()}),
    );
    let answer = whole(JAMBA, &body);
    let message = &answer["choices"][0]["message"];
    assert_eq!(
        message["tool_calls"][0]["function"]["arguments"],
        "{\"city\": \"Lyon\"}"
    );
    told_result(JAMBA, &body, message);
    let documents = json!({"documents": [{"content": "x"}]});
    assert!(
        whole(JAMBA, &with(&good(), &documents))
            .to_string()
            .contains("Attached: document")
    );
}

#[test]
fn a_guardrail_speaks_in_place_of_jamba() {
    let guard = [("x-amzn-bedrock-guardrailidentifier", "gr1")];
    let body = json!({"messages": [{"role": "user", "content": "blockme"}]});
    let answer = content(send(JAMBA, &guard, &body, false).unwrap());
    assert_eq!(answer["amazon-bedrock-guardrailAction"], "INTERVENED");
    let events = chunks(send(JAMBA, &guard, &body, true).unwrap());
    assert_eq!(
        events[0]["choices"][0]["delta"]["content"],
        answer["choices"][0]["message"]["content"]
    );
    assert_eq!(events[0]["amazon-bedrock-guardrailAction"], "INTERVENED");
}

#[test]
fn bodies_are_checked() {
    for (extra, what) in [
        (
            json!({"messages": []}),
            "#/messages: expected minimum item count: 1, found: 0",
        ),
        (
            json!({"messages": [{"role": "user", "content": ""}]}),
            "#/messages/0: content must not be empty",
        ),
        (
            json!({"max_tokens": 5000}),
            "#/max_tokens: 5000 is not less or equal to 4096",
        ),
        (
            json!({"stream": false}),
            "#: extraneous key [stream] is not permitted",
        ),
        (json!({"n": 17}), "#/n: 17 is not less or equal to 16"),
    ] {
        let message = refused(JAMBA, &with(&good(), &extra));
        assert_eq!(
            message,
            format!("Malformed input request: {what}, please reformat your input and try again.")
        );
    }
    let two = with(&good(), &json!({"n": 2}));
    assert!(
        send(JAMBA, &[], &two, true)
            .unwrap_err()
            .message
            .contains("#/n: a stream has one choice only")
    );
    survives_wrong_values(
        JAMBA,
        &with(
            &good(),
            &json!({"n": 1, "stop": "x", "documents": [{"content": "x"}], "response_format": {"type": "text"}}),
        ),
    );
}
