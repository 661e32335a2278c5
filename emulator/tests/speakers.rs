//! An answer says who is played, so that nobody takes one API for another.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that fails should fail loudly"
)]

mod wire;

use reqllm_emulator::{ANTHROPIC_API_KEY, API_KEY, Emulator, OPENAI_API_KEY, OTHER_API_KEY};
use serde_json::json;
use wire::send;

#[tokio::test]
async fn an_answer_names_the_house_that_is_played() {
    let emulator = Emulator::start().await.unwrap();
    let messages = json!([{"role": "user", "content": "hi"}]);
    let chat = |model: &str| json!({"model": model, "messages": messages, "max_tokens": 200});
    let said = json!([{"role": "user", "content": [{"text": "hi"}]}]);
    let converse = json!({"messages": said});
    let nova = "amazon.nova-lite-v1%3A0";
    for (path, key, body, name) in [
        (
            format!("/model/{nova}/converse"),
            API_KEY,
            converse.clone(),
            "Bedrock",
        ),
        (
            format!("/model/{nova}/invoke"),
            API_KEY,
            converse,
            "Bedrock",
        ),
        (
            "/v1/chat/completions".to_owned(),
            API_KEY,
            chat("openai.gpt-oss-20b"),
            "Bedrock",
        ),
        (
            "/anthropic/v1/messages".to_owned(),
            API_KEY,
            chat("anthropic.claude-haiku-4-5"),
            "Bedrock",
        ),
        (
            "/v1/messages".to_owned(),
            ANTHROPIC_API_KEY,
            chat("claude-haiku-4-5"),
            "Anthropic",
        ),
        (
            "/v1/messages".to_owned(),
            ANTHROPIC_API_KEY,
            chat("claude-9"),
            "Anthropic",
        ),
        (
            "/v1/messages".to_owned(),
            "any",
            chat("MiniMax-M3"),
            "Anthropic-compatible",
        ),
        (
            "/v1/chat/completions".to_owned(),
            OPENAI_API_KEY,
            chat("gpt-4o"),
            "OpenAI",
        ),
        (
            "/v1/chat/completions".to_owned(),
            OPENAI_API_KEY,
            chat("my-model"),
            "OpenAI",
        ),
        (
            "/v1/chat/completions".to_owned(),
            OTHER_API_KEY,
            chat("my-model"),
            "OpenAI-compatible",
        ),
        (
            "/v1/chat/completions".to_owned(),
            "any",
            chat("deepseek-chat"),
            "DeepSeek",
        ),
        (
            "/v1/responses".to_owned(),
            OPENAI_API_KEY,
            json!({"model": "gpt-5", "input": "hi"}),
            "OpenAI",
        ),
    ] {
        let headers = format!("authorization: Bearer {key}\r\nanthropic-version: 2023-06-01\r\n");
        let body = body.to_string();
        let answer = send(&emulator, "POST", &path, &headers, body.as_bytes()).await;
        let answer = answer.unwrap();
        let text = String::from_utf8(answer.body).unwrap();
        let names = format!("This is the {name} emulator speaking: ");
        assert_eq!(answer.status, 200, "{path} {body}: {text}");
        assert!(text.contains(&names), "{path} {body}: {text}");
    }
}
