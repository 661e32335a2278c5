//! Whoever watches calls is told of every attempt and of every end.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are tests, which clippy does not see"
)]

mod common;

use std::sync::{Arc, Mutex};

use common::{CLAUDE, KEYS, builder};
use reqllm::bedrock::Options;
use reqllm::{
    AnswerHead, Attempt, CallInfo, Client, Failure, HttpClient, HttpError, HttpFuture, Observer,
    Outcome, Retries, Summary,
};
use reqllm_emulator::{Emulator, Fault};

/// Writes down what it is told.
#[derive(Clone, Debug, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn write(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Observer for Diary {
    fn sending(&self, _: &CallInfo, attempt: &mut Attempt<'_>) {
        let secret = attempt
            .headers
            .keys()
            .any(|name| name.as_str().starts_with("x-amz-") || name == "authorization");
        assert!(!secret, "no credentials: {:?}", attempt.headers);
        assert!(!attempt.body.is_empty() || attempt.method == http::Method::GET);
        let mark = http::HeaderValue::from_static("billing");
        attempt.headers.insert("x-team", mark);
        self.write(format!("sending {}", attempt.number));
    }

    fn answered(&self, _: &CallInfo, answer: &AnswerHead<'_>) {
        assert!(
            answer.headers.contains_key("x-amzn-requestid"),
            "{answer:?}"
        );
        self.write(format!(
            "answered {} {}",
            answer.number,
            answer.status.as_u16()
        ));
    }

    fn failed(&self, _: &CallInfo, failure: &Failure<'_>) {
        let Failure {
            number,
            error,
            wait,
            ..
        } = failure;
        let next = if wait.is_some() { "again" } else { "last" };
        self.write(format!("failed {number} {} {next}", error.kind()));
    }

    fn ended(&self, call: &CallInfo, summary: &Summary<'_>) {
        let Summary {
            attempts,
            retries,
            duration,
            first_event,
            first_content,
            ..
        } = summary;
        assert!(first_event.is_none_or(|first| first <= *duration));
        assert!(first_content.is_none() || first_event.is_some() && first_content >= first_event);
        let how = match summary.outcome {
            Outcome::Response(response) => {
                assert_eq!(summary.usage, Some(&response.usage));
                "response".to_owned()
            }
            Outcome::Done => "done".to_owned(),
            Outcome::Failed(error) => error.kind().to_string(),
            Outcome::Dropped => "dropped".to_owned(),
            _ => "?".to_owned(),
        };
        let heard = if first_content.is_some() {
            " heard"
        } else {
            ""
        };
        self.write(format!(
            "ended {} {} {how} {attempts} {retries}{heard}",
            call.operation, call.route
        ));
    }
}

/// A client that cannot send anything.
#[derive(Debug)]
struct Unset;

impl HttpClient for Unset {
    fn execute(&self, _: http::Request<reqllm::Bytes>) -> HttpFuture {
        HttpFuture::new(std::future::ready(Err(HttpError::setup("no roots"))))
    }
}

#[tokio::test]
async fn what_never_went_out_is_not_told_as_sent() {
    let diary = Diary::default();
    let client = common::builder_at("http://127.0.0.1:9", KEYS)
        .http_client(Unset)
        .observer(diary.clone());
    let model = client.build().unwrap().model(CLAUDE).unwrap();
    let error = model.chat("Hi").await.unwrap_err();
    assert_eq!(error.attempts(), None, "{error}");
    let told = diary.take();
    let end = told.last().unwrap();
    assert_eq!(end, "ended chat InvokeModel config 0 0", "{told:?}");
}

fn watched(emulator: &Emulator) -> (Client, Diary) {
    let diary = Diary::default();
    let builder = builder(emulator, KEYS).retries(Retries::at_most(1));
    (builder.observer(diary.clone()).build().unwrap(), diary)
}

#[tokio::test]
async fn a_call_tells_of_its_attempt_and_its_end() {
    let emulator = Emulator::start().await.unwrap();
    let (client, diary) = watched(&emulator);
    let model = client.model(CLAUDE).unwrap();
    model.chat("Hi").await.unwrap();
    assert_eq!(
        diary.take(),
        [
            "sending 1",
            "answered 1 200",
            "ended chat InvokeModel response 1 0"
        ]
    );
    let stream = model.chat("Hi").stream().await.unwrap();
    stream.finish().await.unwrap();
    assert_eq!(
        diary.take(),
        [
            "sending 1",
            "answered 1 200",
            "ended chat InvokeModelWithResponseStream response 1 0 heard"
        ]
    );
    // The emulator checks signatures, and those of the headers that are signed; this one arrived.
    for request in emulator.requests() {
        assert!(
            format!("{:?}", request.headers).contains("billing"),
            "{request:?}"
        );
    }
}

#[tokio::test]
async fn a_failed_attempt_is_told_before_the_next_one_and_the_last_one_too() {
    let emulator = Emulator::start().await.unwrap();
    let (client, diary) = watched(&emulator);
    let model = client.model(CLAUDE).unwrap();
    let busy = || Fault::error(503, "ServiceUnavailableException", "Busy");
    emulator.inject(busy());
    model.chat("Hi").await.unwrap();
    let retried = [
        "sending 1",
        "answered 1 503",
        "failed 1 overloaded again",
        "sending 2",
        "answered 2 200",
        "ended chat InvokeModel response 2 1",
    ];
    assert_eq!(diary.take(), retried);
    emulator.inject(busy().times(2));
    model.chat("Hi").await.unwrap_err();
    let failed = diary.take();
    assert_eq!(failed[..4], retried[..4]);
    assert_eq!(
        failed[4..],
        [
            "answered 2 503",
            "failed 2 overloaded last",
            "ended chat InvokeModel overloaded 2 1"
        ]
    );
}

#[tokio::test]
async fn a_stream_that_breaks_or_fails_at_once_is_told() {
    let emulator = Emulator::start().await.unwrap();
    let (client, diary) = watched(&emulator);
    let model = client.model(CLAUDE).unwrap();
    let chat = || {
        model
            .chat("A story")
            .with(Options::new().use_converse(true))
    };
    emulator.inject(Fault::truncate_events(3));
    let stream = chat().stream().await.unwrap();
    stream.finish().await.unwrap_err();
    assert_eq!(
        diary.take(),
        [
            "sending 1",
            "answered 1 200",
            "failed 1 stream last",
            "ended chat ConverseStream stream 1 0 heard"
        ]
    );
    // Before anything was said it is asked for again.
    emulator.inject(Fault::exception(0, "throttlingException", "Slow down"));
    let stream = chat().stream().await.unwrap();
    stream.finish().await.unwrap();
    assert_eq!(
        diary.take(),
        [
            "sending 1",
            "answered 1 200",
            "failed 1 rate_limited again",
            "sending 2",
            "answered 2 200",
            "ended chat ConverseStream response 2 1 heard"
        ]
    );
}

#[tokio::test]
async fn what_is_dropped_is_told_as_well() {
    let emulator = Emulator::start().await.unwrap();
    let (client, diary) = watched(&emulator);
    let model = client.model(CLAUDE).unwrap();
    let mut stream = model.chat("Hi").stream().await.unwrap();
    stream.try_next().await.unwrap();
    assert_eq!(diary.take(), ["sending 1", "answered 1 200"]);
    drop(stream);
    let told = diary.take();
    assert!(told[0].contains("dropped 1 0"), "{told:?}");

    let stream = model.chat("Hi").stream().await.unwrap();
    stream.abandon();
    let told = diary.take();
    assert!(told.last().unwrap().contains("dropped 1 0"), "{told:?}");

    let mut future = Box::pin(model.chat("Hi").send());
    let context = &mut std::task::Context::from_waker(std::task::Waker::noop());
    assert!(future.as_mut().poll(context).is_pending());
    drop(future);
    let told = diary.take();
    assert!(told.last().unwrap().contains("dropped"), "{told:?}");
    // A whole one is told once, however long it is kept.
    let mut stream = model.chat("Hi").stream().await.unwrap();
    while stream.try_next().await.unwrap().is_some() {}
    assert_eq!(diary.take().len(), 3);
    drop(stream);
    assert_eq!(diary.take(), [""; 0]);
}

#[tokio::test]
async fn what_is_no_conversation_is_one_call_however_many_requests_it_takes() {
    let emulator = Emulator::start().await.unwrap();
    let (client, diary) = watched(&emulator);
    let model = client
        .model("bedrock:amazon.titan-embed-text-v2:0")
        .unwrap();
    model.embed(["a", "b", "c"]).await.unwrap();
    let told = diary.take();
    assert_eq!(
        told.last().unwrap(),
        "ended embeddings InvokeModel done 3 0"
    );
    assert_eq!(
        told.iter().filter(|line| line.starts_with("ended")).count(),
        1
    );
    let model = client.model("bedrock:cohere.rerank-v3-5:0").unwrap();
    model.rerank("q", ["a", "b"]).await.unwrap();
    assert_eq!(
        diary.take().last().unwrap(),
        "ended rerank InvokeModel done 1 0"
    );
    let model = client.model(CLAUDE).unwrap();
    model.count_tokens("Hi").await.unwrap();
    assert_eq!(
        diary.take().last().unwrap(),
        "ended count_tokens CountTokens done 1 0"
    );
    client
        .guardrail("bedrock", "gr1", "1")
        .input("Hi")
        .await
        .ok();
    let told = diary.take();
    assert!(
        told.last()
            .unwrap()
            .starts_with("ended apply_guardrail ApplyGuardrail"),
        "{told:?}"
    );
    client.account_models("bedrock").await.unwrap();
    let told = diary.take();
    assert!(
        told.last().unwrap().starts_with("ended list_models"),
        "{told:?}"
    );
    emulator.inject(Fault::error(400, "ValidationException", "No"));
    let model = client
        .model("bedrock:amazon.titan-embed-text-v2:0")
        .unwrap();
    model.embed("a").await.unwrap_err();
    let told = diary.take();
    assert_eq!(
        told[1..],
        [
            "answered 1 400",
            "failed 1 invalid_request last",
            "ended embeddings InvokeModel invalid_request 1 0"
        ]
    );
}
