//! Calls through Bedrock's other doors, against the emulator, which knows them by AWS's facts and not by our table.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up should fail loudly"
)]

mod common;

use common::{KEYS, client_with};
use reqllm::bedrock::{Api, Endpoint, Options};
use reqllm::{Delivery, ErrorKind, Tool, tool_result, user};
use reqllm_emulator::{API_KEY, Emulator};
use serde_json::json;

/// A model, the options that lead it through its door, and the operation that this is.
fn doors() -> Vec<(&'static str, Options, &'static str)> {
    let mantle = || Options::new().endpoint(Endpoint::Mantle);
    let by = |api| Options::new().api(api);
    let none = Options::new;
    vec![
        ("openai.gpt-5.5", none(), "Responses"),
        ("openai.gpt-5.6-luna", none(), "Responses"),
        ("xai.grok-4.3", none(), "Responses"),
        ("xai.grok-4.3", by(Api::Chat), "ChatCompletions"),
        ("google.gemma-4-31b", none(), "ChatCompletions"),
        ("openai.gpt-oss-120b", none(), "ChatCompletions"),
        ("openai.gpt-oss-120b", by(Api::Responses), "Responses"),
        ("openai.gpt-oss-120b-1:0", mantle(), "ChatCompletions"),
        ("openai.gpt-oss-safeguard-20b", mantle(), "ChatCompletions"),
        ("qwen.qwen3-32b", mantle(), "ChatCompletions"),
        ("anthropic.claude-haiku-4-5", mantle(), "Messages"),
        ("openai.gpt-oss-120b-1:0", by(Api::Chat), "ChatCompletions"),
        ("us.openai.gpt-5.6-sol", by(Api::Responses), "Responses"),
        ("us.openai.gpt-5.6-sol", by(Api::Chat), "ChatCompletions"),
        ("us.xai.grok-4.3", by(Api::Responses), "Responses"),
        ("qwen.qwen3-32b", none(), "ChatCompletions"),
        ("qwen.qwen3-32b-v1:0", mantle(), "ChatCompletions"),
        ("qwen.qwen3-vl-235b-a22b", mantle(), "ChatCompletions"),
        ("moonshot.kimi-k2-thinking", mantle(), "ChatCompletions"),
        ("moonshotai.kimi-k2.5", by(Api::Chat), "ChatCompletions"),
        ("deepseek.v3.1", by(Api::Chat), "ChatCompletions"),
        ("anthropic.claude-haiku-4-5", none(), "Messages"),
        (
            "anthropic.claude-haiku-4-5-20251001-v1:0",
            mantle(),
            "Messages",
        ),
    ]
}

#[tokio::test]
async fn every_door_opens_to_both_kinds_of_keys_whole_and_streamed() {
    let emulator = Emulator::start().await.unwrap();
    let bearer = [("AWS_BEARER_TOKEN_BEDROCK", API_KEY)];
    for client in [
        client_with(&emulator, KEYS),
        client_with(&emulator, &bearer),
    ] {
        for (id, options, operation) in doors() {
            let model = client.model(format!("bedrock:{id}").as_str()).unwrap();
            let chat = model.chat("Say hello.").max_tokens(200).with(options);
            assert_eq!(
                chat.dry_run(Delivery::Whole).unwrap().route["operation"],
                operation,
                "{id}"
            );
            let whole = chat.clone().await;
            let whole = whole.unwrap_or_else(|error| panic!("{id} by {operation}: {error}"));
            assert!(!whole.text().is_empty(), "{id}: {whole:?}");
            assert!(whole.usage.input_tokens.is_some(), "{id}: {whole:?}");
            let streamed = chat.stream().await.unwrap().finish().await;
            let streamed = streamed.unwrap_or_else(|error| panic!("{id} by {operation}: {error}"));
            assert_eq!(streamed.text(), whole.text(), "{id}");
            assert_eq!(
                streamed.usage.output_tokens, whole.usage.output_tokens,
                "{id}"
            );
        }
    }
}

/// The registry and the provider agree on what a model is called at either host.
#[tokio::test]
async fn names_of_both_hosts_lead_to_one_another() {
    let emulator = Emulator::start().await.unwrap();
    let client = client_with(&emulator, KEYS);
    for (of_mantle, of_runtime) in [
        ("qwen.qwen3-32b", "qwen.qwen3-32b-v1:0"),
        (
            "qwen.qwen3-235b-a22b-2507",
            "qwen.qwen3-235b-a22b-2507-v1:0",
        ),
        (
            "qwen.qwen3-coder-30b-a3b-instruct",
            "qwen.qwen3-coder-30b-a3b-v1:0",
        ),
        (
            "qwen.qwen3-coder-480b-a35b-instruct",
            "qwen.qwen3-coder-480b-a35b-v1:0",
        ),
        (
            "qwen.qwen3-next-80b-a3b-instruct",
            "qwen.qwen3-next-80b-a3b",
        ),
        (
            "qwen.qwen3-vl-235b-a22b-instruct",
            "qwen.qwen3-vl-235b-a22b",
        ),
        ("deepseek.v3.1", "deepseek.v3-v1:0"),
        ("moonshotai.kimi-k2-thinking", "moonshot.kimi-k2-thinking"),
        (
            "anthropic.claude-haiku-4-5",
            "anthropic.claude-haiku-4-5-20251001-v1:0",
        ),
    ] {
        let sent = |id: &str, options: Options| {
            let model = client.model(format!("bedrock:{id}").as_str()).unwrap();
            let run = model.chat("hi").with(options).dry_run(Delivery::Whole);
            (model.info().base_model.clone(), run.unwrap().body)
        };
        let (base, body) = sent(of_mantle, Options::new());
        assert_eq!(base.as_deref(), Some(of_runtime));
        assert_eq!(body["model"], of_mantle, "it goes to mantle by itself");
        let (_, body) = sent(of_runtime, Options::new().endpoint(Endpoint::Mantle));
        assert_eq!(body["model"], of_mantle);
    }
}

/// One conversation with a tool goes through all of them in turn: each takes up what the others left.
#[tokio::test]
async fn a_conversation_with_tools_goes_from_door_to_door() {
    let emulator = Emulator::start().await.unwrap();
    let client = client_with(&emulator, KEYS);
    let look = Tool::from_schema(
        "look_up",
        json!({"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}),
    );
    let mut messages = vec![user("Use look_up for the word leek.")];
    for (id, options, operation) in doors() {
        // The emulator's guard model and its like have no tools.
        if id.contains("safeguard") {
            continue;
        }
        let model = client.model(format!("bedrock:{id}").as_str()).unwrap();
        let chat = model
            .chat(messages.clone())
            .max_tokens(500)
            .tools([look.clone()])
            .with(options);
        let answer = chat.await;
        let answer = answer.unwrap_or_else(|error| panic!("{id} by {operation}: {error}"));
        let calls: Vec<String> = answer.tool_calls().map(|call| call.id.clone()).collect();
        messages.push(answer.message);
        for call in calls {
            messages.push(tool_result(call, "a vegetable"));
        }
        messages.push(user("Use look_up for the word kale."));
    }
}

#[tokio::test]
async fn a_wrong_path_is_told_with_what_would_do() {
    let emulator = Emulator::start().await.unwrap();
    let client = client_with(&emulator, KEYS);
    let model = client.model("bedrock:openai.gpt-5.5").unwrap();
    let options = Options::new()
        .mantle_base_path("/v1")
        .endpoint(Endpoint::Mantle);
    let error = model.chat("hi").with(options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
    assert!(error.message().contains("`mantle_base_path`"), "{error}");
}
