//! Chains of models: who is asked next, after what, and what is told of it.

mod common;

use common::{CLAUDE, KEYS};
use futures_util::StreamExt as _;
use reqllm::{ErrorKind, Event, LanguageModel};
use reqllm_emulator::{Emulator, Fault};

const SECOND: &str = "bedrock:openai.gpt-oss-20b-1:0";
const THIRD: &str = "bedrock:amazon.nova-lite-v1:0";

#[allow(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up should fail loudly"
)]
async fn chain() -> (Emulator, LanguageModel) {
    let emulator = Emulator::start().await.unwrap();
    let client = common::builder(&emulator, KEYS).build().unwrap();
    let model = client.model(CLAUDE).unwrap();
    (emulator, model.or(SECOND).unwrap().or(THIRD).unwrap())
}

fn throttled() -> Fault {
    Fault::error(429, "ThrottlingException", "slow down")
}

#[tokio::test]
async fn the_next_model_answers_and_the_response_says_why() {
    let (emulator, model) = chain().await;
    emulator.inject(throttled().times(2));
    let response = model.chat("Is anybody there?").await.unwrap();
    assert_eq!(response.model, "amazon.nova-lite-v1:0");
    let told: Vec<&str> = response
        .warnings
        .iter()
        .filter(|warning| warning.code == "fallback")
        .map(|warning| warning.message.as_str())
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].contains(CLAUDE) && told[0].contains("slow down"),
        "{told:?}"
    );
    assert!(told[1].contains(SECOND), "{told:?}");
    assert_eq!(
        emulator.requests().len(),
        3,
        "throttling is not waited out while somebody else can answer"
    );
}

#[tokio::test]
async fn the_first_model_is_asked_first_each_time() {
    let (emulator, model) = chain().await;
    emulator.inject(throttled());
    assert_eq!(
        model.chat("one").await.unwrap().model,
        "openai.gpt-oss-20b-1:0"
    );
    let response = model.chat("two").await.unwrap();
    assert!(response.model.contains("claude"), "{}", response.model);
    assert!(response.warnings.is_empty(), "{:?}", response.warnings);
}

#[tokio::test]
async fn a_stream_falls_back_until_something_was_delivered() {
    let (emulator, model) = chain().await;
    let at_once = Fault::exception(0, "validationException", "no such thing");
    emulator.inject(at_once);
    let error = model.chat("hi").stream().await.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::InvalidRequest,
        "the call is at fault"
    );

    // Once for each attempt that the schedule has for errors of the moment.
    emulator.inject(Fault::exception(1, "internalServerException", "oops").times(3));
    let mut stream = model.chat("hi").stream().await.unwrap();
    let mut starts = 0;
    let mut text = String::new();
    while let Some(event) = stream.try_next().await.unwrap() {
        match event {
            Event::Start => starts += 1,
            Event::Text(delta) => text.push_str(&delta.text),
            Event::Finish { response } => {
                assert_eq!(response.model, "openai.gpt-oss-20b-1:0");
                assert_eq!(response.text(), text);
            }
            _ => {}
        }
    }
    assert_eq!(starts, 1);

    emulator.inject(Fault::exception(4, "throttlingException", "too late"));
    let before = emulator.requests().len();
    let stream = model.chat("Tell me a story").stream().await.unwrap();
    let last = stream.collect::<Vec<_>>().await.pop().unwrap();
    let error = last.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(!error.partial().unwrap().text().is_empty());
    assert_eq!(emulator.requests().len(), before + 1);
}

#[tokio::test]
async fn only_kinds_that_another_model_may_help_with_lead_on() {
    let (emulator, model) = chain().await;
    emulator.inject(Fault::error(400, "ValidationException", "malformed"));
    let error = model.chat("hi").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(emulator.requests().len(), 1);

    let too_long = "Input is too long for requested model.";
    let model = model.fall_back_on([ErrorKind::ContextWindow]);
    emulator.inject(Fault::error(400, "ValidationException", too_long));
    let response = model.chat("hi").await.unwrap();
    assert_eq!(response.model, "openai.gpt-oss-20b-1:0");
    emulator.inject(throttled());
    let error = model.chat("hi").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
}

#[tokio::test]
async fn when_all_fail_the_last_error_tells_of_the_others() {
    let (emulator, model) = chain().await;
    emulator.inject(throttled().times(2));
    emulator.inject(Fault::error(404, "ResourceNotFoundException", "gone"));
    let error = model.chat("hi").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.model(), Some("amazon.nova-lite-v1:0"));
    assert!(
        error.message().contains("gone")
            && error.message().contains(CLAUDE)
            && error.message().contains("slow down"),
        "{error}"
    );
}

#[tokio::test]
async fn what_arrived_of_a_model_is_not_lost_when_the_next_one_fails() {
    let (emulator, model) = chain().await;
    // A long answer is streamed inside, and this one breaks in the middle.
    emulator.inject(Fault::exception(4, "modelStreamErrorException", "boom"));
    emulator.inject(Fault::error(403, "AccessDeniedException", "no"));
    let error = model.chat("hi").max_tokens(20_000).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission);
    assert!(!error.partial().unwrap().text().is_empty(), "{error}");
    assert!(error.message().contains("boom"), "{error}");
}
