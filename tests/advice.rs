//! What an error tells to do, where the registry knows more than the service says.

mod common;

use common::{client, faulty};
use reqllm::{ErrorKind, LanguageModel, Result};
use reqllm_emulator::{Emulator, Fault};

const HAIKU: &str = "bedrock:anthropic.claude-haiku-4-5-20251001-v1:0";
const NOT_ON_DEMAND: &str = "Invocation of model ID anthropic.claude-haiku-4-5-20251001-v1:0 with on-demand throughput isn\u{2019}t supported. Retry your request with the ID or ARN of an inference profile that contains this model.";
const NO_SUCH_MODEL: &str = "The provided model identifier is invalid.";

#[expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail loudly"
)]
async fn refusing(message: &str, spec: &str) -> (Emulator, LanguageModel) {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject(Fault::error(400, "ValidationException", message));
    let model = client(&emulator).model(spec).unwrap();
    (emulator, model)
}

#[tokio::test]
async fn a_model_without_on_demand_throughput_names_its_profiles() {
    for (region, first) in [
        ("eu-central-1", "eu"),
        ("us-east-1", "us"),
        ("ap-northeast-1", "jp"),
    ] {
        let (_emulator, model) = refusing(NOT_ON_DEMAND, HAIKU).await;
        let error = model.chat("hi").option("region", region).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        let of = |geography: &str| HAIKU.replacen(':', &format!(":{geography}."), 1);
        assert_eq!(error.suggestions(), [of(first), of("global")], "{error}");
        assert!(error.message().contains(region), "{error}");
        assert!(error.to_string().contains("did you mean"), "{error}");
    }
}

/// Calls, streams, and counts of tokens: every error goes the same way.
#[tokio::test]
async fn every_operation_of_a_model_is_advised() {
    let spec = HAIKU.replacen(':', ":us.", 1);
    for operation in 0..4 {
        let (_emulator, model) = refusing(NO_SUCH_MODEL, &spec).await;
        let chat = model.chat("hi").option("region", "eu-west-1");
        let done: Result<()> = match operation {
            0 => chat.await.map(|_| ()),
            1 => chat.stream().await.map(|_| ()),
            2 => chat.count_tokens().await.map(|_| ()),
            _ => chat.max_tokens(20_000).await.map(|_| ()),
        };
        let error = done.unwrap_err();
        let eu = spec.replacen("us.", "eu.", 1);
        assert_eq!(
            error.suggestions().first(),
            Some(&eu),
            "{operation}: {error}"
        );
        assert!(error.message().contains("eu-west-1 was asked"), "{error}");
    }
    let (_emulator, model) = refusing(NO_SUCH_MODEL, "bedrock:amazon.titan-embed-text-v2:O").await;
    let error = model.embed("hi").await.unwrap_err();
    assert_eq!(
        error.suggestions(),
        ["bedrock:amazon.titan-embed-text-v2:0"],
        "{error}"
    );
}

#[tokio::test]
async fn load_and_length_are_told_apart() {
    let fault = Fault::error(
        429,
        "ThrottlingException",
        "Too many tokens, please wait before trying again.",
    );
    let (_emulator, model) = faulty(fault).await;
    let error = model.chat("hi").max_retries(0).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.retryable()),
        (ErrorKind::RateLimited, true)
    );
    let fault = Fault::error(
        400,
        "ValidationException",
        "Input is too long for requested model.",
    );
    let (_emulator, model) = faulty(fault).await;
    let error = model.chat("hi").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.retryable()),
        (ErrorKind::ContextWindow, false)
    );
    assert!(error.message().contains("holds 200000 tokens"), "{error}");
}

/// A long whole answer is streamed inside, and a dry run says so.
#[tokio::test]
async fn a_long_answer_is_streamed_inside() {
    let emulator = Emulator::start().await.unwrap();
    let model = client(&emulator).model(common::CLAUDE).unwrap();
    let long = model.chat("hi").max_tokens(20_000);
    let sent = long.dry_run(reqllm::Delivery::Whole).unwrap();
    let sent = serde_json::to_value(&sent).unwrap();
    assert!(
        sent["url"]
            .as_str()
            .unwrap()
            .ends_with("/invoke-with-response-stream"),
        "{sent}"
    );
    assert!(sent.to_string().contains("streamed inside"), "{sent}");
    let response = long.await.unwrap();
    assert!(response.text().contains("hi"), "{response}");
    model.chat("hi").max_tokens(2_000).await.unwrap();
    let paths: Vec<String> = emulator.requests().into_iter().map(|it| it.path).collect();
    assert!(
        paths[0].ends_with("/invoke-with-response-stream"),
        "{paths:?}"
    );
    assert!(paths[1].ends_with("/invoke"), "{paths:?}");
}
