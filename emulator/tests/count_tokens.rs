//! CountTokens on the wire.

#![allow(clippy::unwrap_used, reason = "a test that fails should fail loudly")]

mod wire;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqllm_emulator::Emulator;
use serde_json::{Value, json};
use wire::{ask, assert_refused};

const PATH: &str = "/model/anthropic.claude-sonnet-4-20250514-v1%3A0/count-tokens";

fn native(body: &Value) -> Value {
    json!({"input": {"invokeModel": {"body": STANDARD.encode(body.to_string())}}})
}

#[tokio::test]
async fn it_counts_what_converse_would() {
    let emulator = Emulator::start().await.unwrap();
    let request = json!({
        "system": [{"text": "Be very brief."}, {"cachePoint": {"type": "default"}}],
        "messages": [{"role": "user", "content": [{"text": "Why is the sky blue?"}]}],
        "toolConfig": {"tools": [{"toolSpec": {"name": "weather", "description": "Current weather", "inputSchema": {"json": {"type": "object"}}}}]},
    });
    let counted = ask(&emulator, PATH, &json!({"input": {"converse": request}})).await;
    assert_eq!(counted.status, 200);
    let counted = counted.json();
    let converse = PATH.replace("count-tokens", "converse");
    let usage = ask(&emulator, &converse, &request).await.json()["usage"].clone();
    let of = |key: &str| usage[key].as_u64().unwrap();
    assert!(of("cacheWriteInputTokens") > 0);
    assert_eq!(
        counted,
        json!({"inputTokens": of("inputTokens") + of("cacheWriteInputTokens")})
    );
    // Nothing was cached by the counting.
    assert_eq!(of("cacheReadInputTokens"), 0);
}

#[tokio::test]
async fn it_counts_native_bodies_as_invoke_would() {
    let emulator = Emulator::start().await.unwrap();
    let body = json!({
        "anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "system": "Be brief.",
        "messages": [{"role": "user", "content": "Why is the sky blue?"}],
    });
    let counted = ask(&emulator, PATH, &native(&body)).await.json();
    let invoke = PATH.replace("count-tokens", "invoke");
    let answer = ask(&emulator, &invoke, &body).await.json();
    assert_eq!(counted["inputTokens"], answer["usage"]["input_tokens"]);
    assert_eq!(counted["inputTokens"], 7);
}

#[tokio::test]
async fn only_base_models_of_claude_count() {
    let emulator = Emulator::start().await.unwrap();
    let body = json!({"input": {"converse": {"messages": [{"role": "user", "content": [{"text": "hi"}]}]}}});
    for (model, status) in [
        ("anthropic.claude-3-7-sonnet-20250219-v1%3A0", 200),
        (
            "arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Fanthropic.claude-sonnet-4-20250514-v1%3A0",
            200,
        ),
        ("us.anthropic.claude-sonnet-4-20250514-v1%3A0", 400),
        ("global.anthropic.claude-sonnet-4-20250514-v1%3A0", 400),
        (
            "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc123def456",
            400,
        ),
        ("amazon.nova-lite-v1%3A0", 400),
    ] {
        let answer = ask(&emulator, &format!("/model/{model}/count-tokens"), &body).await;
        assert_eq!(answer.status, status, "{model}");
        if status != 200 {
            assert_refused(
                &answer,
                400,
                "ValidationException",
                "The provided model doesn't support counting tokens.",
            );
        }
    }
    let answer = ask(
        &emulator,
        "/model/does-not-exist-v1%3A0/count-tokens",
        &body,
    )
    .await;
    assert_refused(
        &answer,
        400,
        "ValidationException",
        "The provided model identifier is invalid.",
    );
    let long = format!("/model/anthropic.{}/count-tokens", "a".repeat(256));
    let answer = ask(&emulator, &long, &body).await;
    assert_refused(
        &answer,
        400,
        "ValidationException",
        "at 'modelId' failed to satisfy constraint: Member must have length less than or equal to 256",
    );
}

#[tokio::test]
async fn bad_inputs_are_refused() {
    let emulator = Emulator::start().await.unwrap();
    let message = json!([{"role": "user", "content": [{"text": "hi"}]}]);
    let search = json!({
        "anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}],
        "tools": [{"type": "web_search_20250305", "name": "web_search"}],
    });
    for (body, code, fragment) in [
        (json!({}), "ValidationException", "at 'input' failed"),
        (
            json!({"input": {}}),
            "ValidationException",
            "must set at least one of the following keys: invokeModel, converse",
        ),
        (
            json!({"input": {"converse": {"messages": message}, "invokeModel": {"body": "e30="}}}),
            "ValidationException",
            "must set only one of the following keys",
        ),
        (
            json!({"input": {"converse": {"messages": message, "inferenceConfig": {"maxTokens": 3}}}}),
            "ValidationException",
            "extraneous key [inferenceConfig] is not permitted in 'input.converse'",
        ),
        (
            json!({"input": {"converse": {"messages": message}}, "modelId": "x"}),
            "ValidationException",
            "extraneous key [modelId] is not permitted in the request",
        ),
        (
            json!({"input": {"converse": {"messages": [{"role": "user", "content": [{"text": " "}]}]}}}),
            "ValidationException",
            "The text field in the ContentBlock object at messages.0.content.0 is blank.",
        ),
        (
            json!({"input": {"invokeModel": {"body": "?"}}}),
            "ValidationException",
            "input.invokeModel.body is not valid base64",
        ),
        (
            json!({"input": {"invokeModel": {"body": 3}}}),
            "SerializationException",
            "NUMBER_VALUE can not be converted to a String at 'input.invokeModel.body'",
        ),
        (
            native(&json!({"max_tokens": 9, "messages": []})),
            "ValidationException",
            "anthropic_version: Field required",
        ),
        (
            native(&search),
            "ValidationException",
            "tools.0: Input tag 'web_search_20250305' found using 'type' does not match",
        ),
    ] {
        let answer = ask(&emulator, PATH, &body).await;
        assert_refused(&answer, 400, code, fragment);
    }
}
