//! OpenAI's surfaces on the wire: who may call, and what faults make of the answers.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that fails should fail loudly"
)]

mod wire;

use reqllm_emulator::{API_KEY, Authentication, Emulator, Fault, OPENAI_API_KEY, OTHER_API_KEY};
use serde_json::{Value, json};
use wire::sign::{Signer, at_noon};
use wire::{Answer, send};

const CHAT: &str = "/v1/chat/completions";
const RESPONSES: &str = "/v1/responses";
const DOOR: &str = "/openai/v1/responses";
const GPT: &str = "openai.gpt-5.6-sol";

fn chat(model: &str, stream: bool) -> String {
    let messages = json!([{"role": "user", "content": "hi"}]);
    json!({"model": model, "stream": stream, "messages": messages}).to_string()
}

fn response(model: &str, stream: bool) -> String {
    json!({"model": model, "stream": stream, "input": "hi"}).to_string()
}

async fn post(emulator: &Emulator, path: &str, key: &str, body: &str) -> Answer {
    let headers = match key {
        "" => String::new(),
        key => format!("authorization: Bearer {key}\r\n"),
    };
    send(emulator, "POST", path, &headers, body.as_bytes())
        .await
        .unwrap()
}

/// The status and the code of an error.
fn refusal(answer: &Answer) -> (u16, String) {
    let error = answer.json()["error"].take();
    assert!(
        error["message"].is_string() && error["type"].is_string(),
        "{error}"
    );
    assert!(error.get("param").is_some(), "{error}");
    assert!(answer.header("x-request-id").unwrap().starts_with("req_"));
    (
        answer.status,
        error["code"].as_str().unwrap_or_default().to_owned(),
    )
}

/// The status of an answer, and the code of its error if it is one.
fn outcome(answer: &Answer) -> (u16, String) {
    match answer.status {
        200 => (200, String::new()),
        _ => refusal(answer),
    }
}

/// The data of whole events.
fn events(answer: &Answer) -> Vec<Value> {
    let text = String::from_utf8(answer.body.clone()).unwrap();
    let mut events: Vec<&str> = text.split("\n\n").collect();
    // What comes behind the last blank line is no event.
    events.pop();
    let lines = events.iter().flat_map(|event| event.lines());
    let data = lines.filter_map(|line| line.strip_prefix("data: "));
    data.filter_map(|data| serde_json::from_str(data).ok())
        .collect()
}

#[tokio::test]
async fn whose_model_it_is_says_whose_key_is_wanted() {
    let emulator = Emulator::start().await.unwrap();
    let unknown = (401, "invalid_api_key".to_owned());
    let fine = (200, String::new());
    for (key, model, expected) in [
        (OPENAI_API_KEY, "gpt-4o", &fine),
        ("sk-other", "gpt-4o", &unknown),
        ("", "gpt-4o", &unknown),
        ("anything", "deepseek-reasoner", &fine),
        ("", "deepseek-reasoner", &unknown),
        ("anything", "local-llm", &fine),
        ("", "local-llm", &fine),
        (API_KEY, "openai.gpt-oss-120b", &fine),
        (
            OPENAI_API_KEY,
            "openai.gpt-oss-120b",
            &(404, "model_not_found".to_owned()),
        ),
    ] {
        let answer = post(&emulator, CHAT, key, &chat(model, false)).await;
        assert_eq!(&outcome(&answer), expected, "{key} {model}");
    }
    let seen: Vec<Authentication> = emulator
        .requests()
        .into_iter()
        .map(|request| request.authentication)
        .collect();
    assert_eq!(seen[0], Authentication::VendorKey);
    assert_eq!(seen[6], Authentication::Anonymous);
    assert_eq!(seen[7], Authentication::ApiKey);
    let other = post(
        &emulator,
        CHAT,
        "sk-very-secret-key",
        &chat("gpt-4o", false),
    )
    .await;
    assert!(
        !String::from_utf8(other.body)
            .unwrap()
            .contains("very-secret")
    );
}

#[tokio::test]
async fn bedrocks_own_door_wants_bedrocks_key() {
    let emulator = Emulator::start().await.unwrap();
    for (key, status) in [
        (API_KEY, 200),
        (OPENAI_API_KEY, 401),
        ("other", 401),
        ("", 401),
    ] {
        let answer = post(&emulator, DOOR, key, &response(GPT, false)).await;
        assert_eq!(answer.status, status, "{key}");
    }
    let answer = post(&emulator, DOOR, API_KEY, &response(GPT, false)).await;
    assert!(answer.header("x-amzn-requestid").is_some());
    let own = post(&emulator, CHAT, OPENAI_API_KEY, &chat("gpt-4o", false)).await;
    assert!(own.header("x-amzn-requestid").is_none());
}

#[tokio::test]
async fn a_signature_says_which_of_bedrocks_doors_it_is() {
    let emulator = at_noon().await;
    let profile = format!("us.{GPT}");
    let fine = (200, "");
    for (service, path, body, expected) in [
        ("bedrock-mantle", DOOR, response(GPT, false), fine),
        ("bedrock", DOOR, response(&profile, false), fine),
        (
            "bedrock-mantle",
            DOOR,
            response(&profile, false),
            (404, "model_not_found"),
        ),
        (
            "bedrock",
            DOOR,
            response(GPT, false),
            (400, "validation_error"),
        ),
        (
            "bedrock-mantle",
            CHAT,
            chat("openai.gpt-oss-20b", false),
            fine,
        ),
        (
            "bedrock",
            CHAT,
            chat("openai.gpt-oss-20b", false),
            (403, "InvalidSignatureException"),
        ),
        (
            "s3",
            DOOR,
            response(GPT, false),
            (403, "InvalidSignatureException"),
        ),
    ] {
        let signer = Signer {
            service,
            ..Signer::default()
        };
        let answer = signer.send(&emulator, "POST", path, body.as_bytes()).await;
        let (status, code) = outcome(&answer);
        assert_eq!((status, code.as_str()), expected, "{service} {path} {body}");
    }
}

#[tokio::test]
async fn errors_have_openais_form() {
    let emulator = Emulator::start().await.unwrap();
    emulator
        .inject(Fault::error(429, "ThrottlingException", "Slow down").header("retry-after", "7"));
    emulator.inject(Fault::error(500, "server_error", "Oops"));
    let body = chat("gpt-4o", true);
    let limited = post(&emulator, CHAT, OPENAI_API_KEY, &body).await;
    assert_eq!(refusal(&limited), (429, "rate_limit_exceeded".to_owned()));
    assert_eq!(limited.header("retry-after"), Some("7"));
    assert_eq!(limited.header("x-ratelimit-remaining-requests"), Some("0"));
    let broken = post(&emulator, CHAT, OPENAI_API_KEY, &body).await;
    assert_eq!(refusal(&broken), (500, "server_error".to_owned()));
    let headers = format!("authorization: Bearer {OPENAI_API_KEY}\r\n");
    let wrong = send(&emulator, "GET", CHAT, &headers, b"").await.unwrap();
    assert_eq!(refusal(&wrong).0, 405);
    let nonsense = post(&emulator, CHAT, "any", "{").await;
    assert_eq!(refusal(&nonsense).0, 401);
    let nonsense = post(&emulator, CHAT, OPENAI_API_KEY, "{").await;
    assert_eq!(refusal(&nonsense).0, 400);
}

#[tokio::test]
async fn streams_break_off_in_every_way() {
    let emulator = Emulator::start().await.unwrap();
    for (path, body) in [
        (CHAT, chat("gpt-4o", true)),
        (RESPONSES, response("gpt-5", true)),
    ] {
        let ask = || post(&emulator, path, OPENAI_API_KEY, &body);
        let whole = ask().await;
        assert!(
            whole
                .header("content-type")
                .unwrap()
                .starts_with("text/event-stream")
        );
        let all = events(&whole);
        assert!(all.len() > 5);

        for fault in [
            Fault::exception(3, "server_error", "It broke"),
            Fault::error_frame(3, "server_error", "It broke"),
        ] {
            emulator.inject(fault);
            let broken = events(&ask().await);
            assert_eq!(broken[..3], all[..3]);
            let error = broken[3].get("error").unwrap_or(&broken[3]);
            assert_eq!(
                (&error["code"], &error["message"]),
                (&json!("server_error"), &json!("It broke"))
            );
            assert_eq!(broken.len(), 4);
        }
        emulator.inject(Fault::truncate_events(2));
        let cut = ask().await;
        assert_eq!((events(&cut).len(), cut.complete), (2, true));
        emulator.inject(Fault::truncate_bytes(100));
        assert_eq!(ask().await.body, whole.body[..100]);
        for fault in [Fault::reset_after_bytes(150), Fault::close_after_events(2)] {
            emulator.inject(fault);
            assert!(!ask().await.complete);
        }
        emulator.inject(Fault::flip(8));
        assert_ne!(ask().await.body, whole.body);
        emulator.inject(Fault::append("garbage"));
        assert!(ask().await.body.ends_with(b"garbage"));
        emulator.inject(Fault::chunks(1));
        let slow = ask().await;
        assert!(slow.chunks.iter().all(|chunk| chunk.len() == 1));
        assert_eq!(slow.body, whole.body);
    }
}

#[tokio::test]
async fn models_are_listed_for_who_asks() {
    let emulator = Emulator::start().await.unwrap();
    let get = async |path: &str, key: &str| {
        let headers = format!("authorization: Bearer {key}\r\n");
        send(&emulator, "GET", path, &headers, b"").await.unwrap()
    };
    let ids = |answer: Answer| -> Vec<String> {
        let list = answer.json()["data"].take();
        let entries = list.as_array().unwrap().iter();
        entries
            .map(|it| it["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let own = ids(get("/v1/models", OPENAI_API_KEY).await);
    assert!(own.contains(&"gpt-5".to_owned()) && !own.iter().any(|id| id.contains("oss")));
    let mantle = ids(get("/v1/models", API_KEY).await);
    assert!(mantle.contains(&"openai.gpt-oss-120b".to_owned()));
    assert!(ids(get("/openai/v1/models", API_KEY).await).contains(&GPT.to_owned()));
    let one = get("/v1/models/deepseek%2Fdeepseek-r1", "any").await;
    assert_eq!(one.json()["owned_by"], "openrouter");
    assert_eq!(get("/v1/models/gpt-9", OPENAI_API_KEY).await.status, 404);
}

/// As Azure's clients send it.
#[tokio::test]
async fn a_key_may_stand_in_a_header_of_its_own() {
    let emulator = Emulator::start().await.unwrap();
    for (key, status) in [(OPENAI_API_KEY, 200), ("wrong", 401)] {
        let header = format!("api-key: {key}\r\n");
        let body = chat("gpt-4o", false);
        let answer = send(&emulator, "POST", CHAT, &header, body.as_bytes()).await;
        assert_eq!(answer.unwrap().status, status, "{key}");
    }
}

#[tokio::test]
async fn another_server_has_whatever_model_it_is_asked_for() {
    let emulator = Emulator::start().await.unwrap();
    for (key, model, status) in [
        (OTHER_API_KEY, "llama3", 200),
        (OTHER_API_KEY, "gpt-oss:20b", 200),
        (OTHER_API_KEY, "gpt-4o", 200),
        (OTHER_API_KEY, "unknown-3", 404),
        (OPENAI_API_KEY, "llama3", 200),
        (OPENAI_API_KEY, "unknown-3", 404),
        (OPENAI_API_KEY, "claude-sonnet-5", 404),
        ("wrong", "llama3", 401),
    ] {
        let answer = post(&emulator, CHAT, key, &chat(model, false)).await;
        assert_eq!(answer.status, status, "{key} {model}");
    }
}
