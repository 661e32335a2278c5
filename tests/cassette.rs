//! Exchanges on record: what is recorded against the emulator is replayed without it, and without credentials.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are tests, which clippy does not see"
)]

mod common;

use std::fs;
use std::path::PathBuf;

use common::{CLAUDE, KEYS, ROUTES, builder, builder_at};
use reqllm::bedrock::Options;
use reqllm::{Cassette, Client, ErrorKind, Event, Response, Result, Retries, user};
use reqllm_emulator::{Emulator, Fault};
use serde_json::Value;

/// Where nobody listens: whatever is sent there fails.
const NOWHERE: &str = "http://127.0.0.1:9";

/// A file of a test's own, gone when the test is over.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("reqllm-cassettes-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(name);
        fs::remove_file(&file).ok();
        Self(file)
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.0).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}

fn recorder(emulator: &Emulator, file: &File) -> Client {
    let cassette = Cassette::record(&file.0);
    let builder = builder(emulator, KEYS).retries(Retries::at_most(1));
    builder.cassette(cassette).build().unwrap()
}

/// Without credentials, and with nowhere to send anything to.
fn player(file: &File) -> Client {
    let cassette = Cassette::replay(&file.0);
    let builder = builder_at(NOWHERE, &[]).retries(Retries::at_most(1));
    builder.cassette(cassette).build().unwrap()
}

/// The events of a stream, and its end.
async fn events(client: &Client, prompt: &str, converse: bool) -> (Vec<Event>, Result<Response>) {
    let options = Options::new().use_converse(converse);
    let chat = client.model(CLAUDE).unwrap().chat(prompt).with(options);
    let mut stream = match chat.stream().await {
        Ok(stream) => stream,
        Err(error) => return (Vec::new(), Err(error)),
    };
    let mut events = Vec::new();
    loop {
        match stream.try_next().await {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return (events, stream.finish().await),
            Err(error) => return (events, Err(error)),
        }
    }
}

#[tokio::test]
async fn what_was_recorded_comes_again_whole_and_streamed() {
    let emulator = Emulator::start().await.unwrap();
    let file = File::new("again.json");
    let record = recorder(&emulator, &file);
    let mut recorded = Vec::new();
    for converse in ROUTES {
        let options = Options::new().use_converse(converse);
        let chat = record.model(CLAUDE).unwrap().chat("Hi").with(options);
        recorded.push((
            chat.await.unwrap(),
            events(&record, "A story", converse).await,
        ));
    }
    let vectors = record
        .model("bedrock:amazon.titan-embed-text-v2:0")
        .unwrap();
    let vectors = vectors.embed(["a", "b", "c"]).await.unwrap();
    let asked = emulator.requests().len();

    let replay = player(&file);
    // In another order than they were recorded.
    let again = replay
        .model("bedrock:amazon.titan-embed-text-v2:0")
        .unwrap();
    assert_eq!(
        again.embed(["a", "b", "c"]).await.unwrap().embeddings,
        vectors.embeddings
    );
    for (converse, (whole, (told, streamed))) in ROUTES.into_iter().zip(recorded) {
        let (told_again, streamed_again) = events(&replay, "A story", converse).await;
        assert_eq!(told_again, told);
        assert_eq!(streamed_again.unwrap(), streamed.unwrap());
        let options = Options::new().use_converse(converse);
        let chat = replay.model(CLAUDE).unwrap().chat("Hi").with(options);
        assert_eq!(chat.await.unwrap(), whole);
    }
    assert_eq!(emulator.requests().len(), asked, "nothing was sent");
}

#[tokio::test]
async fn the_file_can_be_read_by_people() {
    let emulator = Emulator::start().await.unwrap();
    let file = File::new("readable.json");
    let record = recorder(&emulator, &file);
    record
        .model(CLAUDE)
        .unwrap()
        .chat("Hi there")
        .await
        .unwrap();
    events(&record, "A story", true).await.1.unwrap();
    let json = file.json();
    assert_eq!(json["format"], "reqllm-cassette");
    assert_eq!(json["version"], 1);
    let whole = &json["exchanges"][0];
    assert_eq!(whole["request"]["method"], "POST");
    let path = whole["request"]["path"].as_str().unwrap();
    assert!(
        path.starts_with("/model/us.anthropic.") && path.ends_with("/invoke"),
        "{path}"
    );
    let body = &whole["request"]["body"]["json"];
    assert!(body.to_string().contains("Hi there"), "{body}");
    assert_eq!(whole["answer"]["status"], 200);
    assert!(whole["answer"]["chunks"][0]["json"].is_object(), "{whole}");
    assert_eq!(whole["answer"]["end"], "complete");
    let chunks = json["exchanges"][1]["answer"]["chunks"].as_array().unwrap();
    let frame = &chunks[0]["binary"];
    assert!(frame["base64"].is_string(), "{frame}");
    assert!(
        frame["shows"].as_str().unwrap().contains("messageStart"),
        "{frame}"
    );
    let left_over = fs::read_dir(file.0.parent().unwrap()).unwrap();
    for entry in left_over {
        let name = entry.unwrap().file_name();
        assert!(
            !name.to_string_lossy().starts_with("readable.json."),
            "{name:?}"
        );
    }
}

#[tokio::test]
async fn equal_requests_are_answered_in_their_order_and_each_once() {
    let emulator = Emulator::start().await.unwrap();
    let file = File::new("order.json");
    emulator.inject(Fault::error(429, "ThrottlingException", "Too many requests").times(1));
    let record = recorder(&emulator, &file);
    let first = record.model(CLAUDE).unwrap().chat("Hi").await.unwrap();
    assert_eq!(file.json()["exchanges"].as_array().unwrap().len(), 2);
    let replay = player(&file);
    let model = replay.model(CLAUDE).unwrap();
    assert_eq!(model.chat("Hi").await.unwrap(), first);
    let error = model.chat("Hi").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("recorded 2 times"), "{error}");
    // Without a retry the first of them is what there is.
    let replay = player(&file);
    let chat = replay.model(CLAUDE).unwrap().chat("Hi").max_retries(0);
    assert_eq!(chat.await.unwrap_err().kind(), ErrorKind::RateLimited);
}

#[tokio::test]
async fn a_request_that_was_not_recorded_is_told_by_what_differs() {
    let emulator = Emulator::start().await.unwrap();
    let file = File::new("differs.json");
    let record = recorder(&emulator, &file);
    let chat = |client: &Client| {
        let model = client.model(CLAUDE).unwrap();
        model.chat([user("One"), user("Two")]).temperature(0.5)
    };
    chat(&record).await.unwrap();
    let replay = player(&file);
    let message = |error: reqllm::Error| {
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        error.message().to_owned()
    };
    let error = message(chat(&replay).temperature(0.25).await.unwrap_err());
    assert!(error.contains("exchange 1"), "{error}");
    assert!(error.contains("differs at /temperature"), "{error}");
    let other = replay.model(CLAUDE).unwrap().chat("confidential");
    let error = message(other.temperature(0.5).await.unwrap_err());
    assert!(error.contains("differs at /messages/0/content"), "{error}");
    assert!(!error.contains("confidential"), "{error}");
    let options = Options::new().use_converse(true);
    let error = message(chat(&replay).with(options).await.unwrap_err());
    assert!(
        error.contains("/invoke\", not ") && error.contains("/converse\""),
        "{error}"
    );
    // None of these used the recording up.
    chat(&replay).await.unwrap();
}

#[tokio::test]
async fn a_broken_stream_breaks_again_at_the_same_place() {
    for (n, fault) in [
        Fault::truncate_events(3),
        Fault::reset_after_bytes(700),
        Fault::corrupt_message(2),
        Fault::exception(2, "modelStreamErrorException", "No"),
        Fault::reset_before_head(),
    ]
    .into_iter()
    .enumerate()
    {
        let emulator = Emulator::start().await.unwrap();
        emulator.inject(fault);
        let file = File::new(&format!("broken-{n}.json"));
        let (told, end) = events(&recorder(&emulator, &file), "A story", true).await;
        let end = end.unwrap_err();
        let (told_again, end_again) = events(&player(&file), "A story", true).await;
        let end_again = end_again.unwrap_err();
        assert_eq!(told_again, told, "{n}");
        assert_eq!(end_again.to_string(), end.to_string(), "{n}");
        assert_eq!(end_again.kind(), end.kind());
        assert_eq!(end_again.partial(), end.partial());
    }
}

#[tokio::test]
async fn a_stream_that_nobody_read_to_its_end_is_marked_as_such() {
    let emulator = Emulator::start().await.unwrap();
    let file = File::new("dropped.json");
    let record = recorder(&emulator, &file);
    let chat = record.model(CLAUDE).unwrap().chat("A long story, please");
    let mut stream = chat.stream().await.unwrap();
    while !matches!(stream.try_next().await.unwrap(), Some(Event::Text(_))) {}
    drop(stream);
    let answer = &file.json()["exchanges"][0]["answer"];
    assert_eq!(answer["end"], "dropped");
    let replay = player(&file).model(CLAUDE).unwrap();
    let stream = replay.chat("A long story, please").stream().await.unwrap();
    let error = stream.finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
    assert!(error.message().contains("nobody read on"), "{error}");
}

#[tokio::test]
async fn auto_records_once_and_replays_from_then_on() {
    let emulator = Emulator::start().await.unwrap();
    let file = File::new("auto.json");
    let make = || {
        let builder = builder(&emulator, KEYS).cassette(Cassette::auto(&file.0));
        builder.build().unwrap().model(CLAUDE).unwrap()
    };
    let first = make().chat("Hi").await.unwrap();
    assert_eq!(emulator.requests().len(), 1);
    assert_eq!(make().chat("Hi").await.unwrap(), first);
    assert_eq!(emulator.requests().len(), 1);
}

#[tokio::test]
async fn what_one_wants_redacted_is_redacted_and_still_matches() {
    let emulator = Emulator::start().await.unwrap();
    let file = File::new("redacted.json");
    let settings = |cassette: Cassette| {
        cassette
            .redact(|text| text.replace("Marguerite", "NAME"))
            .redact_header("x-amzn-requestid")
    };
    let record = builder(&emulator, KEYS).cassette(settings(Cassette::record(&file.0)));
    let record = record.build().unwrap().model(CLAUDE).unwrap();
    record.chat("I am Marguerite").await.unwrap();
    assert!(!file.text().contains("Marguerite"), "{}", file.text());
    assert!(!file.text().contains("x-amzn-requestid"), "{}", file.text());
    let replay = builder_at(NOWHERE, &[]).cassette(settings(Cassette::replay(&file.0)));
    let replay = replay.build().unwrap().model(CLAUDE).unwrap();
    let answer = replay.chat("I am Marguerite").await.unwrap();
    assert!(answer.text().contains("I am NAME"), "{answer}");
}

#[test]
fn a_file_that_is_no_cassette_is_refused_with_the_reason() {
    let file = File::new("malformed.json");
    let open = || {
        let client = builder_at(NOWHERE, &[]).cassette(Cassette::replay(&file.0));
        let error = client.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        error.message().to_owned()
    };
    let missing = open();
    assert!(missing.contains("cannot be read"), "{missing}");
    let good = r#"{"request": {"method": "GET", "path": "/"}, "answer": {"status": 200, "chunks": [], "end": "complete"}}"#;
    let cases = [
        ("", "is no JSON object"),
        ("[]", "is no JSON object"),
        ("{}", "`format`"),
        (r#"{"format": "vcr", "version": 1}"#, "`format` is \"vcr\""),
        (r#"{"format": "reqllm-cassette"}"#, "no `version`"),
        (
            r#"{"format": "reqllm-cassette", "version": 2}"#,
            "version 2",
        ),
        (
            r#"{"format": "reqllm-cassette", "version": 1}"#,
            "exchanges",
        ),
        (
            &of(r#"{"request": {"method": "GET", "path": "/"}}"#),
            "exchange 1",
        ),
        (&of(&good.replace("200", "20")), "`status` is 20"),
        (
            &of(&good.replace("[]", r#"[{"binary": {"base64": "?"}}]"#)),
            "`base64`",
        ),
        (&of(&good.replace("complete", "maybe")), "maybe"),
    ];
    for (text, says) in cases {
        fs::write(&file.0, text).unwrap();
        let error = open();
        assert!(error.contains(says), "{text}: {error}");
    }
    fs::write(&file.0, of(good)).unwrap();
    let client = builder_at(NOWHERE, &[]).cassette(Cassette::replay(&file.0));
    assert!(client.build().is_ok());
}

fn of(exchange: &str) -> String {
    format!(r#"{{"format": "reqllm-cassette", "version": 1, "exchanges": [{exchange}]}}"#)
}

#[test]
fn a_cassette_that_cannot_be_written_is_told_at_once() {
    let file = File::new("a-file");
    fs::write(&file.0, "").unwrap();
    let cassette = Cassette::record(file.0.join("inside.json"));
    let error = builder_at(NOWHERE, &[]).cassette(cassette).build();
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("cannot be written"), "{error}");
}
