//! The same answer whole and as a stream gives the same response: what routes that swap the one for the other rely on.
//!
//! Both forms are written by hand from the service model: shapes ConverseResponse and ConverseStreamOutput.

use reqllm_core::{Fold, Identity, Response};
use serde_json::{Value, json};

use super::{ConverseEvents, read};
use crate::eventstream::Events as _;
use crate::profile::Profile;

fn whole(content: &Value, end: &Value) -> Response {
    let mut body = json!({"output": {"message": {"role": "assistant", "content": content}}});
    for (key, value) in end.as_object().unwrap() {
        body[key] = value.clone();
    }
    let mut fold = Fold::new(Identity::default());
    read(body.to_string().as_bytes(), &mut fold).unwrap();
    fold.finish()
}

fn streamed(events: &[(&str, Value)], end: &Value) -> Response {
    let mut metadata = end.clone();
    let stop = metadata.as_object_mut().unwrap().remove("stopReason");
    let mut fold = Fold::new(Identity::default());
    let mut reader = ConverseEvents::new(&Profile::CAUTIOUS);
    let first = ("messageStart", json!({"role": "assistant"}));
    let last = [
        ("messageStop", json!({ "stopReason": stop })),
        ("metadata", metadata),
    ];
    for (name, payload) in [first].iter().chain(events).chain(&last) {
        let mut payload = payload.clone();
        payload["p"] = "abcdefgh".into();
        let payload = payload.to_string();
        reader.event(name, payload.as_bytes(), &mut fold).unwrap();
    }
    assert_eq!(reader.end(&mut fold), None);
    fold.finish()
}

fn end(reason: &str) -> Value {
    json!({
        "stopReason": reason,
        "usage": {
            "inputTokens": 2, "outputTokens": 5, "totalTokens": 1329, "cacheReadInputTokens": 1300,
            "cacheWriteInputTokens": 22, "cacheDetails": [{"ttl": "1h", "inputTokens": 22}],
        },
        "metrics": {"latencyMs": 7},
        "trace": {
            "promptRouter": {"invokedModelId": "arn:aws:bedrock:us-east-1::foundation-model/acme.x"},
            "guardrail": {"actionReason": "none", "inputAssessment": {"gr-1": {}}},
        },
        "performanceConfig": {"latency": "optimized"},
        "serviceTier": {"type": "flex"},
    })
}

fn delta(index: u32, delta: Value) -> (&'static str, Value) {
    let payload = json!({"contentBlockIndex": index, "delta": delta});
    ("contentBlockDelta", payload)
}

fn start(index: u32, start: Value) -> (&'static str, Value) {
    let payload = json!({"contentBlockIndex": index, "start": start});
    ("contentBlockStart", payload)
}

fn stop(index: u32) -> (&'static str, Value) {
    ("contentBlockStop", json!({ "contentBlockIndex": index }))
}

fn citation() -> Value {
    json!({
        "title": "Wheat", "sourceContent": [{"text": "Wheat rose."}],
        "location": {"documentPage": {"documentIndex": 0, "start": 1, "end": 2}},
    })
}

/// Name, content of the whole answer, events of the stream, stop reason.
type Case = (
    &'static str,
    Value,
    Vec<(&'static str, Value)>,
    &'static str,
);

fn cases() -> Vec<Case> {
    vec![
        (
            "text",
            json!([{"text": "Hello, wörld"}]),
            vec![
                delta(0, json!({"text": "Hello, "})),
                delta(0, json!({"text": "wörld"})),
                stop(0),
            ],
            "end_turn",
        ),
        (
            "thoughts, text, tools",
            json!([
                {"reasoningContent": {"reasoningText": {"text": "Hm. So.", "signature": "c2ln"}}},
                {"reasoningContent": {"redactedContent": "c2VjcmV0"}},
                {"text": "Let me see."},
                {"toolUse": {"toolUseId": "t1", "name": "weather", "input": {"city": "Lyon", "days": 1.0}}},
                {"toolUse": {"toolUseId": "t2", "name": "now", "input": {}}},
            ]),
            vec![
                delta(0, json!({"reasoningContent": {"text": "Hm. "}})),
                delta(0, json!({"reasoningContent": {"text": "So."}})),
                delta(0, json!({"reasoningContent": {"signature": "c2ln"}})),
                stop(0),
                delta(
                    1,
                    json!({"reasoningContent": {"redactedContent": "c2VjcmV0"}}),
                ),
                stop(1),
                delta(2, json!({"text": "Let me see."})),
                stop(2),
                start(
                    3,
                    json!({"toolUse": {"toolUseId": "t1", "name": "weather"}}),
                ),
                delta(3, json!({"toolUse": {"input": "{\"city\": \"Ly"}})),
                delta(3, json!({"toolUse": {"input": "on\", \"days\": 1.0}"}})),
                stop(3),
                // The input of a tool without arguments may have no delta at all.
                start(4, json!({"toolUse": {"toolUseId": "t2", "name": "now"}})),
                stop(4),
            ],
            "tool_use",
        ),
        (
            "citations",
            json!([
                {"text": "It says: "},
                {"citationsContent": {"content": [{"text": "Wheat rose."}], "citations": [citation()]}},
            ]),
            vec![
                delta(0, json!({"text": "It says: "})),
                stop(0),
                // Citations may come before the text that they are for.
                delta(1, json!({"citation": citation()})),
                delta(1, json!({"text": "Wheat "})),
                delta(1, json!({"text": "rose."})),
                stop(1),
            ],
            "max_tokens",
        ),
        (
            "a tool of the service",
            json!([
                {"toolUse": {"toolUseId": "s1", "name": "nova_grounding", "type": "server_tool_use", "input": {"q": "x"}}},
                {"toolResult": {"toolUseId": "s1", "type": "nova_grounding_result", "content": [{"json": {"a": 1}}]}},
                {"text": "Found."},
            ]),
            vec![
                start(
                    0,
                    json!({"toolUse": {"toolUseId": "s1", "name": "nova_grounding", "type": "server_tool_use"}}),
                ),
                delta(0, json!({"toolUse": {"input": "{\"q\": \"x\"}"}})),
                stop(0),
                start(
                    1,
                    json!({"toolResult": {"toolUseId": "s1", "type": "nova_grounding_result"}}),
                ),
                delta(1, json!({"toolResult": [{"json": {"a": 1}}]})),
                stop(1),
                delta(2, json!({"text": "Found."})),
                stop(2),
            ],
            "guardrail_intervened",
        ),
        (
            "nothing",
            json!([]),
            vec![],
            "model_context_window_exceeded",
        ),
    ]
}

#[test]
fn an_answer_is_the_same_whole_and_streamed() {
    for (name, content, events, reason) in cases() {
        let end = end(reason);
        let whole = whole(&content, &end);
        assert!(whole.warnings.is_empty(), "{name}: {whole:?}");
        assert_eq!(whole.raw_finish_reason.as_deref(), Some(reason));
        assert_eq!(whole.provider_metadata["service_tier"]["type"], "flex");
        let streamed = streamed(&events, &end);
        assert_eq!(json!(whole), json!(streamed), "{name}");
        assert_eq!(whole.usage, streamed.usage, "{name}");
    }
}
