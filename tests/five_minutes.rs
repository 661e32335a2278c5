//! The five minutes of a signature. A request has to arrive within five minutes of the time that it is signed for; how long
//! its answer takes is nobody's business. Time is a number here, which the tests move.

#![allow(
    clippy::expect_used,
    reason = "helpers of tests are tests, which clippy does not see"
)]

mod common;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use common::{CLAUDE, KEYS, ROUTES};
use futures_util::{StreamExt as _, TryStreamExt as _};
use reqllm::bedrock::Options;
use reqllm::{Clock, ErrorKind, Event, Random};
use reqllm_emulator::{Emulator, Fault};

const MINUTE: Duration = Duration::from_secs(60);

/// The time of AWS.
#[derive(Clone)]
struct Time(Arc<Mutex<SystemTime>>);

impl Time {
    fn new() -> Self {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        Self(Arc::new(Mutex::new(start)))
    }

    fn now(&self) -> SystemTime {
        *self.0.lock().expect("nobody panics with the time in hand")
    }

    fn pass(&self, time: Duration) {
        *self.0.lock().expect("nobody panics with the time in hand") += time;
    }
}

async fn emulator(time: &Time) -> Emulator {
    let time = time.clone();
    let emulator = Emulator::builder().clock(move || time.now());
    emulator.start().await.expect("a port is free")
}

/// How long before retries: six minutes each.
fn slow_retries(time: &Time) -> Random {
    let time = time.clone();
    Random::new(move || {
        time.pass(6 * MINUTE);
        0.0
    })
}

fn dates(emulator: &Emulator) -> Vec<String> {
    let requests = emulator.requests();
    let date = |it: &reqllm_emulator::Recorded| it.header("x-amz-date").map(str::to_owned);
    requests.iter().filter_map(date).collect()
}

/// A clock that is off by this many seconds.
fn off(time: &Time, seconds: i64) -> Clock {
    let time = time.clone();
    Clock::new(move || {
        let by = Duration::from_secs(seconds.unsigned_abs());
        match seconds < 0 {
            true => time.now() - by,
            false => time.now() + by,
        }
    })
}

#[tokio::test]
async fn a_retry_after_six_minutes_is_signed_afresh() {
    for converse in ROUTES {
        let time = Time::new();
        let emulator = emulator(&time).await;
        let client = common::builder(&emulator, KEYS)
            .clock(off(&time, 0))
            .random(slow_retries(&time))
            .build()
            .unwrap();
        emulator.inject(Fault::error(503, "ServiceUnavailableException", "no").times(2));
        let options = Options::new().use_converse(converse);
        let model = client.model(CLAUDE).unwrap();
        let response = model.chat("hi").with(options.clone()).await.unwrap();
        assert!(response.text().contains("hi"));
        // A stream whose first message is an exception is signed afresh likewise.
        emulator.inject(Fault::exception(0, "internalServerException", "no").times(2));
        let stream = model.chat("hi").with(options).stream().await.unwrap();
        assert!(stream.finish().await.unwrap().text().contains("hi"));
        let dates: BTreeSet<String> = dates(&emulator).into_iter().collect();
        assert_eq!(
            dates.len(),
            5,
            "the second call began when the first ended: {dates:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_may_take_ten_minutes() {
    for converse in ROUTES {
        let time = Time::new();
        let emulator = emulator(&time).await;
        let client = common::builder(&emulator, KEYS)
            .clock(off(&time, 0))
            .build()
            .unwrap();
        emulator.inject(Fault::pace(Duration::from_millis(1)));
        let chat = client.model(CLAUDE).unwrap().chat("Tell me a long story");
        let chat = chat.with(Options::new().use_converse(converse));
        let mut stream = chat.stream().await.unwrap();
        let mut pieces = 0;
        while let Some(event) = stream.try_next().await.unwrap() {
            if let Event::Text(_) = event {
                pieces += 1;
                time.pass(MINUTE);
            }
        }
        assert!(pieces >= 10, "{pieces} minutes");
        let response = stream.finish().await.unwrap();
        assert!(response.text().contains("a long story"));
        assert_eq!(emulator.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_clock_that_is_off_by_an_hour_is_corrected_once_and_for_all() {
    for hour in [3600, -3600] {
        let time = Time::new();
        let emulator = emulator(&time).await;
        let client = common::builder(&emulator, KEYS)
            .clock(off(&time, hour))
            .max_retries(0)
            .build()
            .unwrap();
        let model = client.model(CLAUDE).unwrap();
        let response = model.chat("one").await.unwrap();
        assert!(response.text().contains("one"));
        assert_eq!(emulator.requests().len(), 2, "refused, then corrected");
        let events: Vec<Event> = model
            .chat("two")
            .stream()
            .await
            .unwrap()
            .try_collect()
            .await
            .unwrap();
        assert!(matches!(events.last(), Some(Event::Finish { .. })));
        assert_eq!(emulator.requests().len(), 3, "it has been learnt");
        // It is learnt anew from every answer: the clock is set right.
        time.pass(MINUTE);
    }
}

/// They go out side by side, and each is refused for what it was signed with itself.
#[tokio::test]
async fn many_embeddings_with_a_clock_that_is_off_are_all_corrected() {
    let time = Time::new();
    let emulator = emulator(&time).await;
    let client = common::builder(&emulator, KEYS)
        .clock(off(&time, 3600))
        .max_retries(0)
        .build()
        .unwrap();
    let model = client
        .model("bedrock:amazon.titan-embed-text-v2:0")
        .unwrap();
    let answer = model.embed(["a", "b", "c", "d", "e", "f"]).await.unwrap();
    assert_eq!(answer.embeddings.len(), 6);
}

#[tokio::test]
async fn a_wrong_secret_is_not_taken_for_a_wrong_clock() {
    let time = Time::new();
    let emulator = emulator(&time).await;
    let keys = [KEYS[0], ("AWS_SECRET_ACCESS_KEY", "another")];
    let client = common::builder(&emulator, &keys)
        .clock(off(&time, 3600))
        .build()
        .unwrap();
    let stream = client.model(CLAUDE).unwrap().chat("hi").stream().await;
    let error = stream.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.message().contains("secret"), "{error}");
    assert!(emulator.requests().len() <= 2);
}

/// Events that were delivered are not delivered again: there is no other attempt.
#[tokio::test]
async fn nothing_is_signed_again_once_something_was_delivered() {
    let time = Time::new();
    let emulator = emulator(&time).await;
    let client = common::builder(&emulator, KEYS)
        .clock(off(&time, 0))
        .random(slow_retries(&time))
        .build()
        .unwrap();
    emulator.inject(Fault::exception(4, "internalServerException", "no"));
    let stream = client.model(CLAUDE).unwrap().chat("hi").stream().await;
    let items: Vec<_> = stream.unwrap().collect().await;
    assert!(items.last().is_some_and(Result::is_err));
    assert_eq!(dates(&emulator).len(), 1);
}
