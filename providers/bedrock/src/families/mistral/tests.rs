use reqllm_core::{
    ErrorKind, FinishReason, Fold, Identity, Response, Tool, ToolChoice, system, user,
};
use serde_json::json;

use super::*;

const TEXT: &str = "mistral.mistral-7b-instruct-v0:2";
const LARGE: &str = "mistral.mistral-large-2407-v1:0";

fn body(id: &str, call: &Call) -> Result<Value> {
    Mistral.encode(&Model::new("bedrock", id), call, &mut Vec::new())
}

fn whole(body: &Value) -> Response {
    let mut fold = Fold::new(Identity::default());
    Mistral
        .answer(body.to_string().as_bytes(), &mut fold)
        .unwrap();
    fold.finish()
}

fn streamed(chunks: &[Value]) -> Response {
    let mut fold = Fold::new(Identity::default());
    let mut stream = Mistral.stream();
    for (at, chunk) in chunks.iter().enumerate() {
        assert!(stream.missing(&fold).is_some(), "before chunk {at}");
        stream
            .chunk(chunk.to_string().as_bytes(), &mut fold)
            .unwrap();
    }
    assert_eq!(stream.missing(&fold), None);
    fold.finish()
}

#[test]
fn the_model_decides_the_form() {
    let member = |model: &Model| {
        let body = Mistral
            .encode(model, &Call::new("hi"), &mut Vec::new())
            .unwrap();
        body.as_object().unwrap().keys().next().unwrap().clone()
    };
    let model = |id: &str| Model::new("bedrock", id);
    for id in [
        TEXT,
        "mistral.mixtral-8x7b-instruct-v0:1",
        "mistral.mistral-large-2402-v1:0",
        "mistral.mistral-small-2402-v1:0",
        "eu.mistral.mistral-large-2402-v1:0",
        "arn:aws:bedrock:us-east-1::foundation-model/mistral.mistral-7b-instruct-v0:2",
    ] {
        assert_eq!(member(&model(id)), "prompt", "{id}");
    }
    for id in [
        LARGE,
        "us.mistral.pixtral-large-2502-v1:0",
        "mistral.mistral-large-3-675b-instruct",
        "mistral.ministral-3-8b-instruct",
    ] {
        assert_eq!(member(&model(id)), "messages", "{id}");
    }
    let opaque = model("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc");
    assert_eq!(member(&opaque.clone().base_model(TEXT)), "prompt");
    assert_eq!(member(&opaque), "messages");
    assert!(!Mistral.by_default());
}

#[test]
fn a_text_model_gets_a_prompt() {
    let mut call = Call::new([system("Be brief."), user("hi")]);
    call.settings.max_tokens = Some(9);
    call.settings.stop = vec!["|".into()];
    call.settings.temperature = Some(0.5);
    call.settings.top_p = Some(0.9);
    call.settings.top_k = Some(50);
    assert_eq!(
        body(TEXT, &call).unwrap(),
        json!({
            "prompt": "<s>[INST] Be brief.\n\nhi [/INST]",
            "max_tokens": 9, "stop": ["|"], "temperature": 0.5, "top_p": 0.9, "top_k": 50,
        })
    );
    assert_eq!(
        body(TEXT, &Call::new("hi")).unwrap(),
        json!({ "prompt": "<s>[INST] hi [/INST]" })
    );
    call.settings.seed = Some(1);
    assert_eq!(
        body(TEXT, &call).unwrap_err().kind(),
        ErrorKind::Unsupported
    );
    let mut call = Call::new("hi");
    call.tools = vec![Tool::from_schema("f", json!({ "type": "object" }))];
    let error = body(TEXT, &call).unwrap_err();
    assert!(error.message().contains("tools"), "{error}");
}

#[test]
fn a_newer_model_gets_messages() {
    let mut call = Call::new([system("Be brief."), user("hi")]);
    call.settings.max_tokens = Some(9);
    call.tools = vec![Tool::from_schema("f", json!({ "type": "object" }))];
    call.tool_choice = Some(ToolChoice::Required);
    assert_eq!(
        body(LARGE, &call).unwrap(),
        json!({
            "messages": [
                { "role": "system", "content": "Be brief." },
                { "role": "user", "content": "hi" },
            ],
            "max_tokens": 9,
            "tools": [{ "type": "function", "function": { "name": "f", "parameters": { "type": "object" } } }],
            "tool_choice": "any",
        })
    );
    call.settings.top_k = Some(1);
    assert_eq!(
        body(LARGE, &call).unwrap_err().kind(),
        ErrorKind::Unsupported
    );
}

#[test]
fn the_text_form_is_read_whole_and_streamed() {
    let output = |text: &str, reason: Option<&str>| json!({ "outputs": [{ "text": text, "stop_reason": reason }] });
    let whole = whole(&output(" Rye is a grass", Some("length")));
    let streamed = streamed(&[
        output(" Rye", None),
        output(" is a", None),
        output(" grass", Some("length")),
    ]);
    assert_eq!(whole, streamed);
    assert_eq!(whole.text(), " Rye is a grass");
    assert_eq!(whole.finish_reason, FinishReason::Length);
    assert_eq!(whole.raw_finish_reason.as_deref(), Some("length"));
}

#[test]
fn an_unknown_reason_to_stop_is_kept() {
    let response = whole(&json!({ "outputs": [{ "text": "", "stop_reason": "tired" }] }));
    assert_eq!(response.finish_reason, FinishReason::Unknown);
    assert_eq!(response.raw_finish_reason.as_deref(), Some("tired"));
    assert!(response.message.content.is_empty());
}

/// Its chunks may have `message` where others have `delta`, and `stop_reason` where others have `finish_reason`.
#[test]
fn the_chat_form_is_read_whole_and_streamed() {
    let choice = |member: &str, message: Value, reason: Option<&str>| json!({ "choices": [{ "index": 0, member: message, "stop_reason": reason }] });
    let call =
        json!([{ "id": "abcDEF123", "function": { "name": "f", "arguments": "{\"x\":1}" } }]);
    let whole = whole(&choice(
        "message",
        json!({ "role": "assistant", "content": "Let me see", "tool_calls": call }),
        Some("tool_calls"),
    ));
    assert_eq!(
        serde_json::to_value(&whole.message.content).unwrap(),
        json!([
            { "type": "text", "text": "Let me see" },
            { "type": "tool_call", "id": "abcDEF123", "name": "f", "arguments": { "x": 1 } },
        ])
    );
    assert_eq!(whole.finish_reason, FinishReason::ToolCalls);
    for member in ["message", "delta"] {
        let streamed = streamed(&[
            choice(
                member,
                json!({ "role": "assistant", "content": "Let me" }),
                None,
            ),
            choice(member, json!({ "content": " see" }), None),
            choice(
                member,
                json!({ "content": "", "tool_calls": call }),
                Some("tool_calls"),
            ),
        ]);
        assert_eq!(whole, streamed, "{member}");
    }
}

#[test]
fn what_is_of_neither_form_is_an_error() {
    for body in ["{}", "[]", "no JSON", r#"{"outputs": 7}"#] {
        let mut fold = Fold::new(Identity::default());
        let error = Mistral.answer(body.as_bytes(), &mut fold).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
    }
}
