//! Titan bodies and what comes back.

use super::super::testing::{
    chunks, content, refused, send, stream, survives_wrong_values, whole, with,
};
use serde_json::{Value, json};

const TITAN: &str = "amazon.titan-text-express-v1";

fn good() -> Value {
    json!({"inputText": "one two"})
}

fn configured(config: Value) -> Value {
    with(&good(), &json!({"textGenerationConfig": config}))
}

#[test]
fn a_whole_answer() {
    let body = whole(TITAN, &good());
    assert_eq!(body["inputTextTokenCount"], 2);
    let result = &body["results"][0];
    assert!(
        result["outputText"]
            .as_str()
            .unwrap()
            .starts_with("You asked: \"one two\"")
    );
    assert_eq!(result["completionReason"], "FINISH");
    assert!(result["tokenCount"].as_u64().unwrap() > 3);
    for (config, text, reason) in [
        (json!({"maxTokenCount": 3}), "You asked: \"one", "LENGTH"),
        (
            json!({"stopSequences": ["two"]}),
            "You asked: \"one ",
            "STOP_CRITERIA_MET",
        ),
    ] {
        let result = &whole(TITAN, &configured(config))["results"][0];
        assert_eq!(
            (&result["outputText"], &result["completionReason"]),
            (&json!(text), &json!(reason))
        );
    }
}

#[test]
fn turns_are_read_back() {
    let body = json!({"inputText": "Be brief.\nUser: One?\nBot: 1.\nUser: Two?\nBot:"});
    let text = whole(TITAN, &body)["results"][0]["outputText"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        text.starts_with(
            "You asked: \"Two?\"\nMy instructions are: \"Be brief.\"\nEarlier messages: 2."
        ),
        "{text}"
    );
}

#[test]
fn a_stream_goes_in_strides() {
    let (whole, events) = (whole(TITAN, &good()), stream(TITAN, &good()));
    assert!(events.len() > 1);
    let text: String = events
        .iter()
        .map(|event| event["outputText"].as_str().unwrap())
        .collect();
    assert_eq!(text, whole["results"][0]["outputText"]);
    let (first, last) = (&events[0], &events[events.len() - 1]);
    assert_eq!(
        (&first["inputTextTokenCount"], &first["completionReason"]),
        (&json!(2), &Value::Null)
    );
    assert_eq!(
        (&last["inputTextTokenCount"], &last["completionReason"]),
        (&Value::Null, &json!("FINISH"))
    );
    assert_eq!(
        last["totalOutputTextTokenCount"],
        whole["results"][0]["tokenCount"]
    );
    assert_eq!(
        last["amazon-bedrock-invocationMetrics"]["inputTokenCount"],
        2
    );
}

#[test]
fn behind_a_guardrail_numbers_are_floats() {
    let guard = [
        ("x-amzn-bedrock-guardrailidentifier", "gr1"),
        ("x-amzn-bedrock-trace", "ENABLED"),
    ];
    let body = content(send(TITAN, &guard, &good(), false).unwrap());
    assert_eq!(body["inputTextTokenCount"].to_string(), "2.0");
    let events = chunks(send(TITAN, &guard, &good(), true).unwrap());
    assert!(events[0].get("completionReason").is_none());
    assert_eq!(
        events[events.len() - 1]["amazon-bedrock-guardrailAction"],
        "NONE"
    );

    let blocked = json!({"inputText": "blockme"});
    let events = chunks(send(TITAN, &guard, &blocked, true).unwrap());
    assert_eq!(
        (events.len(), &events[0]["amazon-bedrock-guardrailAction"]),
        (1, &json!("INTERVENED"))
    );
    assert!(events[0].get("amazon-bedrock-invocationMetrics").is_none());
    let whole = content(send(TITAN, &guard, &blocked, false).unwrap());
    assert_eq!(whole["results"][0]["outputText"], events[0]["outputText"]);
}

#[test]
fn bodies_are_checked() {
    for (extra, what) in [
        (
            json!({"inputText": ""}),
            "#/inputText: expected minLength: 1, actual: 0",
        ),
        (
            json!({"prompt": "hi"}),
            "#: extraneous key [prompt] is not permitted",
        ),
        (
            json!({"textGenerationConfig": {"stopSequences": "|"}}),
            "#/textGenerationConfig/stopSequences: expected type: JSONArray, found: String",
        ),
        (
            json!({"textGenerationConfig": {"topP": 2}}),
            "#/textGenerationConfig/topP: 2 is not less or equal to 1",
        ),
    ] {
        let message = refused(TITAN, &with(&good(), &extra));
        assert_eq!(
            message,
            format!("Malformed input request: {what}, please reformat your input and try again.")
        );
    }
    survives_wrong_values(
        TITAN,
        &configured(
            json!({"maxTokenCount": 5, "temperature": 0, "topP": 1, "stopSequences": ["|"]}),
        ),
    );
}
