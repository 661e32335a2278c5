//! Nova bodies and what comes back.

use std::sync::Mutex;

use super::super::testing::{
    chunks, content, refused, send, stream, survives_wrong_values, whole, with,
};
use crate::model_id::ModelId;
use http::HeaderMap;
use serde_json::{Value, json};

const NOVA: &str = "us.amazon.nova-lite-v1:0";
const NOVA_2: &str = "us.amazon.nova-2-lite-v1:0";

fn good() -> Value {
    asking("Hi")
}

fn asking(text: &str) -> Value {
    json!({"schemaVersion": "messages-v1", "messages": [{"role": "user", "content": [{"text": text}]}]})
}

fn weather() -> Value {
    let schema =
        json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    json!({"tools": [{"toolSpec": {"name": "get_weather", "inputSchema": {"json": schema}}}]})
}

fn text(events: &[Value]) -> String {
    let texts = events
        .iter()
        .filter_map(|event| event.pointer("/contentBlockDelta/delta/text"));
    texts.map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn a_whole_answer() {
    let body = with(&good(), &json!({"system": [{"text": "Be brief."}]}));
    let reply = send(NOVA, &[], &body, false).unwrap();
    assert_eq!(
        reply.headers["x-amzn-bedrock-cache-read-input-token-count"],
        "0"
    );
    let answer = content(reply);
    let text = answer
        .pointer("/output/message/content/0/text")
        .unwrap()
        .as_str()
        .unwrap();
    assert!(
        text.starts_with("You asked: \"Hi\"\nMy instructions are: \"Be brief.\""),
        "{text}"
    );
    assert_eq!(
        (&answer["stopReason"], &answer["usage"]["inputTokens"]),
        (&json!("end_turn"), &json!(3))
    );
    assert_eq!(answer["usage"]["cacheReadInputTokenCount"], 0);
    for (config, text, reason) in [
        (json!({"maxTokens": 2}), "You asked:", "max_tokens"),
        (json!({"max_new_tokens": 2}), "You asked:", "max_tokens"),
        (
            json!({"stopSequences": ["\""]}),
            "You asked: ",
            "stop_sequence",
        ),
    ] {
        let answer = whole(NOVA, &with(&good(), &json!({"inferenceConfig": config})));
        assert_eq!(
            answer.pointer("/output/message/content/0/text").unwrap(),
            text
        );
        assert_eq!(answer["stopReason"], reason);
    }
}

#[test]
fn every_piece_of_a_streamed_text_is_a_block() {
    let (answer, events) = (whole(NOVA, &good()), stream(NOVA, &good()));
    assert_eq!(
        text(&events),
        answer["output"]["message"]["content"][0]["text"]
    );
    assert_eq!(events[0], json!({"messageStart": {"role": "assistant"}}));
    assert_eq!(
        events[2],
        json!({"contentBlockStop": {"contentBlockIndex": 0}})
    );
    assert_eq!(events[3]["contentBlockDelta"]["contentBlockIndex"], 1);
    let last = &events[events.len() - 1];
    assert_eq!(
        events[events.len() - 2],
        json!({"messageStop": {"stopReason": "end_turn"}})
    );
    assert!(last["metadata"]["usage"].get("totalTokens").is_none());
    assert_eq!(
        last["amazon-bedrock-invocationMetrics"]["cacheWriteInputTokenCount"],
        0
    );
    assert_eq!(
        last["metadata"]["usage"]["outputTokens"],
        answer["usage"]["outputTokens"]
    );
}

#[test]
fn tools_are_called_and_their_results_told() {
    let body = with(
        &asking("get the weather of Lyon"),
        &json!({"toolConfig": weather()}),
    );
    let answer = whole(NOVA, &body);
    assert_eq!(answer["stopReason"], "tool_use");
    let message = &answer["output"]["message"];
    assert_eq!(
        message["content"][0]["text"],
        "<thinking> I will call get_weather.</thinking>\n"
    );
    let call = &message["content"][1]["toolUse"];
    assert_eq!(
        (&call["name"], &call["input"]),
        (&json!("get_weather"), &json!({"city": "Lyon"}))
    );
    let events = stream(NOVA, &body);
    let start = events
        .iter()
        .find_map(|event| event.pointer("/contentBlockStart/start/toolUse"))
        .unwrap();
    assert_eq!(start["toolUseId"], call["toolUseId"]);
    let input = events
        .iter()
        .find_map(|event| event.pointer("/contentBlockDelta/delta/toolUse/input"))
        .unwrap();
    assert_eq!(input, "{\"city\":\"Lyon\"}");
    assert!(
        whole(NOVA_2, &body)["output"]["message"]["content"][0]["text"]
            .to_string()
            .starts_with("\"I will")
    );

    let result = json!({"toolResult": {"toolUseId": call["toolUseId"], "content": [{"json": {"degrees": 21}}]}});
    let messages = json!([body["messages"][0], message, {"role": "user", "content": [result]}]);
    let told = whole(NOVA, &with(&body, &json!({"messages": messages})));
    assert!(
        told.to_string()
            .contains("get_weather returned: {\\\"degrees\\\":21}"),
        "{told}"
    );
    let only = whole(
        NOVA,
        &with(
            &good(),
            &json!({"toolConfig": with(&weather(), &json!({"toolChoice": {"any": {}}}))}),
        ),
    );
    assert_eq!(
        only["output"]["message"]["content"][0]["toolUse"]["name"],
        "get_weather"
    );
}

#[test]
fn nova_2_reasons_when_asked() {
    let low = json!({"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}});
    let body = with(&good(), &low);
    let answer = whole(NOVA_2, &body);
    let thought = answer
        .pointer("/output/message/content/0/reasoningContent/reasoningText/text")
        .unwrap();
    let events = stream(NOVA_2, &body);
    let texts = events.iter().filter_map(|event| {
        event.pointer("/contentBlockDelta/delta/reasoningContent/reasoningText/text")
    });
    let streamed: String = texts.map(|text| text.as_str().unwrap()).collect();
    assert_eq!(*thought, streamed);
    assert_eq!(
        text(&events),
        answer["output"]["message"]["content"][1]["text"]
    );

    let invalid = "Malformed input request: the provided reasoning config value is invalid, please reformat your input and try again.";
    assert_eq!(refused(NOVA, &body), invalid);
    let high = json!({"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "high"}, "inferenceConfig": {"maxTokens": 9}});
    assert!(
        refused(NOVA_2, &with(&good(), &high))
            .contains("[maxTokens] is not permitted when maxReasoningEffort is high")
    );
    let replayed = json!({"messages": [good()["messages"][0], answer["output"]["message"], {"role": "user", "content": [{"text": "And?"}]}]});
    assert!(
        whole(NOVA_2, &with(&good(), &replayed))
            .to_string()
            .contains("And?")
    );
}

#[test]
fn cached_prefixes_are_written_and_read() {
    let model = ModelId::parse(NOVA).unwrap();
    let cache = Mutex::default();
    let usage = |question: &str| {
        let body = json!({"messages": [{"role": "user", "content": [
            {"text": "one two three", "cachePoint": {"type": "default"}}, {"text": question}]}]});
        let body = body.to_string();
        let reply = super::super::answer(&model, &HeaderMap::new(), body.as_bytes(), false, &cache)
            .unwrap();
        content(reply)["usage"].clone()
    };
    assert_eq!(usage("four")["cacheWriteInputTokenCount"], 3);
    let again = usage("other words");
    assert_eq!(
        (&again["cacheReadInputTokenCount"], &again["inputTokens"]),
        (&json!(3), &json!(2))
    );
}

#[test]
fn attachments_are_seen() {
    let content = json!([{"text": "What?"}, {"image": {"format": "png", "source": {"bytes": "AAAA"}}},
        {"document": {"format": "pdf", "name": "report", "source": {"s3Location": {"uri": "s3://b/k"}}}}]);
    let answer = whole(
        NOVA,
        &json!({"messages": [{"role": "user", "content": content}]}),
    );
    let text = answer["output"]["message"]["content"][0]["text"]
        .as_str()
        .unwrap();
    assert!(
        text.contains("Attached: image (png, 3 bytes); document \"report\" (pdf, s3://b/k)."),
        "{text}"
    );
}

#[test]
fn a_guardrail_speaks_in_place_of_nova() {
    let guard = [
        ("x-amzn-bedrock-guardrailidentifier", "gr1"),
        ("x-amzn-bedrock-trace", "ENABLED"),
    ];
    let answer = content(send(NOVA, &guard, &asking("blockme"), false).unwrap());
    assert_eq!(answer["amazon-bedrock-guardrailAction"], "INTERVENED");
    assert!(answer.get("usage").is_none());
    let events = chunks(send(NOVA, &guard, &asking("blockme"), true).unwrap());
    assert_eq!(
        text(&events),
        answer["output"]["message"]["content"][0]["text"]
    );
    assert_eq!(
        events[events.len() - 1]["amazon-bedrock-guardrailAction"],
        "INTERVENED"
    );
}

#[test]
fn bodies_are_checked() {
    let user = json!({"role": "user", "content": [{"text": "x"}]});
    let assistant = json!({"role": "assistant", "content": [{"text": "x"}]});
    let said = |content: Value| json!({"messages": [{"role": "user", "content": content}]});
    let call = json!({"role": "assistant", "content": [{"toolUse": {"toolUseId": "a", "name": "get_weather", "input": {}}}]});
    let result = json!({"toolResult": {"toolUseId": "a", "content": [{"text": "x"}]}});
    for (extra, what) in [
        (
            json!({"messages": []}),
            "#/messages: expected minimum item count: 1, found: 0",
        ),
        (
            said(json!([])),
            "#/messages/0/content: expected minimum item count: 1, found: 0",
        ),
        (
            said(json!([{"text": ""}])),
            "#/messages/0/content/0/text: expected minLength: 1, actual: 0",
        ),
        (
            said(json!("x")),
            "#/messages/0/content: expected type: JSONArray, found: String",
        ),
        (
            said(json!([{"type": "text", "text": "x"}])),
            "#/messages/0/content/0: extraneous key [type] is not permitted",
        ),
        (
            said(json!([{}])),
            "#/messages/0/content/0: 0 subschemas matched instead of one",
        ),
        (
            said(json!([result])),
            "#/messages/0: toolResult [a] has no toolUse in the message before it",
        ),
        (
            json!({"schemaVersion": "v2"}),
            "#/schemaVersion: v2 is not a valid enum value",
        ),
        (
            json!({"max_tokens": 1}),
            "#: extraneous key [max_tokens] is not permitted",
        ),
        (
            json!({"inferenceConfig": {"topK": 129}}),
            "#/inferenceConfig/topK: 129 is not less or equal to 128",
        ),
        (
            json!({"messages": [assistant, user]}),
            "#/messages/0/role: a conversation must start with a user message",
        ),
        (
            json!({"messages": [user, user]}),
            "#/messages/1/role: roles must alternate between user and assistant",
        ),
        (
            json!({"messages": [user, assistant]}),
            "#/messages/1/role: a conversation must end with a user message",
        ),
        (
            json!({"messages": [user, call, user], "toolConfig": weather()}),
            "#/messages/2: toolUse [a] has no toolResult in the message after it",
        ),
        (
            json!({"messages": [user, call, {"role": "user", "content": [result]}]}),
            "#: required key [toolConfig] not found",
        ),
        (
            json!({"toolConfig": {"tools": [{"cachePoint": {"type": "default"}}]}}),
            "#/toolConfig/tools/0: extraneous key [cachePoint] is not permitted#/toolConfig/tools/0: required key [toolSpec] not found",
        ),
        (
            json!({"toolConfig": {"tools": [{"toolSpec": {"name": "t", "inputSchema": {"json": {}}}}]}}),
            "#/toolConfig/tools/0/toolSpec/inputSchema/json/type: the type must be object",
        ),
        (
            json!({"toolConfig": with(&weather(), &json!({"toolChoice": {"tool": {"name": "x"}}}))}),
            "#/toolConfig/toolChoice/tool/name: there is no tool [x]",
        ),
    ] {
        let message = refused(NOVA, &with(&good(), &extra));
        assert_eq!(
            message,
            format!("Malformed input request: {what}, please reformat your input and try again.")
        );
    }
    survives_wrong_values(
        NOVA_2,
        &json!({
            "schemaVersion": "messages-v1", "system": [{"text": "x", "cachePoint": {"type": "default"}}],
            "messages": [user, call, {"role": "user", "content": [result, {"image": {"format": "png", "source": {"bytes": "AAAA"}}}]}],
            "toolConfig": with(&weather(), &json!({"toolChoice": {"auto": {}}})),
            "inferenceConfig": {"maxTokens": 50, "temperature": 0.5, "topP": 0.5, "topK": 5, "stopSequences": ["x"]},
            "reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"},
        }),
    );
}
