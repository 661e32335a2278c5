//! Without the feature `snapshot`: no model is known, and all of them work. `cargo test -p reqllm --no-default-features --features
//! bedrock --test without_snapshot`.

#![cfg(all(feature = "bedrock", not(feature = "snapshot")))]

mod common;

use common::{CLAUDE, client};
use reqllm::{ErrorKind, Resolution};
use reqllm_emulator::Emulator;

#[tokio::test]
async fn a_model_that_nobody_knows_answers_and_says_so() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    let model = client.model(CLAUDE).unwrap();
    assert_eq!(model.info().resolution, Resolution::Unregistered);
    assert_eq!(model.info().family.as_deref(), Some("claude"));
    let answer = model.chat("Why is the sky blue?").await.unwrap();
    assert!(answer.text().contains("Why is the sky blue?"), "{answer}");
    assert!(answer.cost().is_none(), "an absent price is never 0");
    let unregistered = |it: &&reqllm::Warning| it.code == "unregistered_model";
    assert_eq!(answer.warnings().iter().filter(unregistered).count(), 1);
    let arn = "bedrock:arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc";
    assert!(client.model(arn).is_ok());
    let error = client.model("openai:gpt-5").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownProvider);
}
