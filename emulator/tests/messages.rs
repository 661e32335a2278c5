//! Anthropic's Messages API on the wire: who may call, and what faults make of the answers.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that fails should fail loudly"
)]

mod wire;

use reqllm_emulator::{ANTHROPIC_API_KEY, API_KEY, Authentication, Emulator, Fault};
use serde_json::{Value, json};
use wire::sign::{Signer, at_noon};
use wire::{Answer, send};

const PATH: &str = "/v1/messages";
const DOOR: &str = "/anthropic/v1/messages";
const VERSION: &str = "anthropic-version: 2023-06-01\r\n";
const MANTLE: &str = "anthropic.claude-haiku-4-5";
const RUNTIME: &str = "us.anthropic.claude-haiku-4-5-20251001-v1:0";

fn question(model: &str, stream: bool) -> String {
    json!({
        "model": model, "max_tokens": 200, "stream": stream, "messages": [{"role": "user", "content": "hi"}],
    })
    .to_string()
}

async fn post(emulator: &Emulator, path: &str, key: &str, body: &str) -> Answer {
    let headers = format!("{VERSION}{key}\r\n");
    send(emulator, "POST", path, &headers, body.as_bytes())
        .await
        .unwrap()
}

async fn ask(emulator: &Emulator, stream: bool) -> Answer {
    let key = format!("x-api-key: {ANTHROPIC_API_KEY}");
    post(emulator, PATH, &key, &question("claude-haiku-4-5", stream)).await
}

/// The status and the word for the error.
fn refusal(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    assert_eq!(body["type"], "error", "{body}");
    assert_eq!(
        body["request_id"].as_str(),
        answer.header("request-id"),
        "{body}"
    );
    let kind = body["error"]["type"].as_str().unwrap().to_owned();
    (answer.status, kind)
}

/// The names and the data of whole events.
fn events(answer: &Answer) -> Vec<(String, Value)> {
    let text = String::from_utf8(answer.body.clone()).unwrap();
    let mut events: Vec<&str> = text.split("\n\n").collect();
    // What comes behind the last blank line is no event.
    events.pop();
    let parsed = events.into_iter().map(|event| {
        let (name, data) = event
            .strip_prefix("event: ")
            .and_then(|event| event.split_once("\ndata: "))
            .unwrap();
        (name.to_owned(), serde_json::from_str(data).unwrap())
    });
    parsed.collect()
}

#[tokio::test]
async fn anthropics_models_want_anthropics_key_and_others_want_any() {
    let emulator = Emulator::start().await.unwrap();
    let claude = question("claude-haiku-4-5", false);
    let other = question("MiniMax-M3", false);
    let right = format!("x-api-key: {ANTHROPIC_API_KEY}");
    let unknown = Err((401, "authentication_error".to_owned()));
    for (key, body, expected) in [
        (right.as_str(), &claude, Ok(())),
        ("x-api-key: sk-ant-OTHER", &claude, unknown.clone()),
        ("accept: */*", &claude, unknown.clone()),
        (
            "authorization: Bearer sk-ant-OTHER",
            &claude,
            unknown.clone(),
        ),
        ("authorization: Bearer sk-ant-EXAMPLE", &claude, Ok(())),
        ("x-api-key: whatever", &other, Ok(())),
        ("authorization: Bearer whatever", &other, Ok(())),
        ("accept: */*", &other, unknown),
    ] {
        let answer = post(&emulator, PATH, key, body).await;
        let result = match answer.status {
            200 => Ok(()),
            _ => Err(refusal(&answer)),
        };
        assert_eq!(result, expected, "{key} {body}");
    }
    let seen = emulator.requests();
    assert_eq!(seen[0].authentication, Authentication::VendorKey);
    assert!(!format!("{seen:?}").contains("whatever"));
}

#[tokio::test]
async fn bedrocks_doors_take_keys_in_either_header() {
    let emulator = Emulator::start().await.unwrap();
    let body = question(MANTLE, false);
    for (key, status) in [
        (format!("x-api-key: {API_KEY}"), 200),
        (format!("authorization: Bearer {API_KEY}"), 200),
        (format!("x-api-key: {ANTHROPIC_API_KEY}"), 401),
        ("authorization: Bearer other".to_owned(), 401),
        ("accept: */*".to_owned(), 401),
    ] {
        let answer = post(&emulator, DOOR, &key, &body).await;
        assert_eq!(answer.status, status, "{key}");
        assert!(answer.header("x-amzn-requestid").is_some());
        assert!(
            answer
                .header("anthropic-ratelimit-requests-limit")
                .is_none()
        );
        if status != 200 {
            assert_eq!(refusal(&answer).1, "authentication_error");
        }
    }
    // Anthropic's own path is not Bedrock's.
    let key = format!("x-api-key: {API_KEY}");
    assert_eq!(post(&emulator, PATH, &key, &body).await.status, 401);
}

#[tokio::test]
async fn a_signature_says_which_of_bedrocks_doors_it_is() {
    let emulator = at_noon().await;
    for (service, model, expected) in [
        ("bedrock-mantle", MANTLE, Ok(())),
        ("bedrock", RUNTIME, Ok(())),
        ("bedrock-mantle", RUNTIME, Err((404, "not_found_error"))),
        ("bedrock", MANTLE, Err((400, "invalid_request_error"))),
        ("bedrock-runtime", MANTLE, Err((403, "permission_error"))),
    ] {
        let signer = Signer {
            service,
            headers: VERSION,
            ..Signer::default()
        };
        let body = question(model, false);
        let answer = signer.send(&emulator, "POST", DOOR, body.as_bytes()).await;
        let result = match answer.status {
            200 => Ok(()),
            _ => Err(refusal(&answer)),
        };
        let expected = expected.map_err(|(status, kind)| (status, kind.to_owned()));
        assert_eq!(result, expected, "{service} {model}");
    }
    let wrong = Signer {
        service: "bedrock-mantle",
        secret_key: "wrong",
        headers: VERSION,
        ..Signer::default()
    };
    let answer = wrong
        .send(&emulator, "POST", DOOR, question(MANTLE, false).as_bytes())
        .await;
    assert_eq!(refusal(&answer), (403, "permission_error".to_owned()));
}

#[tokio::test]
async fn errors_have_anthropics_form() {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject(Fault::error(529, "overloaded_error", "Overloaded"));
    emulator
        .inject(Fault::error(429, "ThrottlingException", "Slow down").header("retry-after", "7"));
    let overloaded = ask(&emulator, false).await;
    assert_eq!(refusal(&overloaded), (529, "overloaded_error".to_owned()));
    let limited = ask(&emulator, true).await;
    assert_eq!(refusal(&limited), (429, "rate_limit_error".to_owned()));
    assert_eq!(limited.header("retry-after"), Some("7"));
    let left = limited.header("anthropic-ratelimit-requests-remaining");
    assert_eq!(left, Some("0"));
    let good = ask(&emulator, false).await;
    let left = good.header("anthropic-ratelimit-requests-remaining");
    assert_eq!((good.status, left), (200, Some("4000")));
    assert!(good.header("x-amzn-requestid").is_none());
}

#[tokio::test]
async fn a_body_that_is_too_long_is_named() {
    let emulator = Emulator::start().await.unwrap();
    let body = vec![b' '; 32 * 1024 * 1024 + 1];
    let headers = format!("{VERSION}x-api-key: {ANTHROPIC_API_KEY}\r\n");
    let answer = send(&emulator, "POST", PATH, &headers, &body)
        .await
        .unwrap();
    assert_eq!(refusal(&answer), (413, "request_too_large".to_owned()));
}

#[tokio::test]
async fn streams_break_off_in_every_way() {
    let emulator = Emulator::start().await.unwrap();
    let whole = ask(&emulator, true).await;
    let all = events(&whole);
    assert_eq!(all.last().unwrap().0, "message_stop");
    assert_eq!(whole.chunks.len(), all.len());

    for fault in [
        Fault::exception(3, "overloaded_error", "Overloaded"),
        Fault::error_frame(3, "overloaded_error", "Overloaded"),
    ] {
        emulator.inject(fault);
        let broken = events(&ask(&emulator, true).await);
        assert_eq!(broken[..3], all[..3]);
        let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
        assert_eq!(broken[3..], [("error".to_owned(), error)]);
    }
    emulator.inject(Fault::exception(0, "api_error", "x").field("details", json!({"y": 1})));
    let (_, error) = &events(&ask(&emulator, true).await)[0];
    assert_eq!(error["error"]["details"], json!({"y": 1}));

    emulator.inject(Fault::truncate_events(2));
    let cut = ask(&emulator, true).await;
    assert_eq!((events(&cut).len(), cut.complete), (2, true));
    emulator.inject(Fault::truncate_bytes(100));
    assert_eq!(ask(&emulator, true).await.body, whole.body[..100]);
    for fault in [Fault::reset_after_bytes(150), Fault::close_after_events(2)] {
        emulator.inject(fault);
        assert!(!ask(&emulator, true).await.complete);
    }
    emulator.inject(Fault::flip(8));
    assert_ne!(ask(&emulator, true).await.body, whole.body);
    emulator.inject(Fault::append("garbage"));
    assert!(ask(&emulator, true).await.body.ends_with(b"garbage"));
    emulator.inject(Fault::chunks(1));
    let slow = ask(&emulator, true).await;
    assert!(slow.chunks.iter().all(|chunk| chunk.len() == 1));
    assert_eq!(slow.body, whole.body);
}

#[tokio::test]
async fn the_list_of_models_is_anthropics_where_its_header_is() {
    let emulator = Emulator::start().await.unwrap();
    let key = format!("x-api-key: {ANTHROPIC_API_KEY}\r\n");
    let headers = format!("{VERSION}{key}");
    let list = send(&emulator, "GET", "/v1/models", &headers, b"")
        .await
        .unwrap();
    assert_eq!(list.json()["data"][0]["type"], "model");
    let other = send(&emulator, "GET", "/v1/models", &key, b"")
        .await
        .unwrap();
    assert_ne!(other.status, 200);
}
