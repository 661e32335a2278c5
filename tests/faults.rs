//! What goes wrong on the road, and what is said of it. What comes of every fault is in `tests/matrix`.

mod common;

use std::time::Duration;

use common::{CLAUDE, KEYS, faulty};
use reqllm::{Client, Environment, ErrorKind};
use reqllm_emulator::{Emulator, Fault, OPENAI_API_KEY};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[tokio::test]
async fn load_is_waited_out_and_told_when_it_lasts() {
    let fault = Fault::error(429, "ThrottlingException", "slow down").times(9);
    let (emulator, model) = faulty(fault).await;
    let error = model.chat("hi").max_retries(1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.attempts(), Some(2));
    assert!(error.message().starts_with("slow down — "), "{error}");
    assert!(error.retryable() && error.request_id().is_some());
    assert_eq!(emulator.requests().len(), 2);
    let error = model.chat("hi").max_retries(0).stream().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(emulator.requests().len(), 3);
}

#[tokio::test]
async fn an_answer_that_is_none_is_an_error() {
    let html = Fault::replay(200, [("content-type", "text/html")], "<html>");
    let (_emulator, model) = faulty(html.times(2)).await;
    let error = model.chat("hi").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    let stream = model.chat("hi").stream().await.unwrap();
    let error = stream.finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    assert!(error.message().contains("text/html"), "{error}");

    let complaint = r#"{"message": "from a proxy"}"#;
    let json = Fault::replay(200, [("content-type", "application/json")], complaint);
    let (_emulator, model) = faulty(json).await;
    let stream = model.chat("hi").stream().await.unwrap();
    let error = stream.finish().await.unwrap_err();
    assert!(error.message().contains("from a proxy"), "{error}");
}

/// What had to come has come and been paid for; that something may be missing behind it is told.
#[tokio::test]
async fn a_connection_that_breaks_behind_the_end_of_an_answer_costs_no_more_than_a_warning() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::builder()
        .environment(Environment::of([("OPENAI_API_KEY", OPENAI_API_KEY)]))
        .endpoint_url("openai", format!("{}/v1", emulator.endpoint()));
    let model = client
        .build()
        .unwrap()
        .model("openai:gpt-4.1-mini")
        .unwrap();
    let chat = model.chat("hi").option("api", "chat");
    let whole = chat.clone().stream().await.unwrap().finish().await.unwrap();
    assert!(whole.warnings.is_empty(), "{:?}", whole.warnings);
    // The last two events are the counts and `[DONE]`.
    let events = whole.text().split_inclusive(' ').count() + 2;
    for count in 0.. {
        emulator.inject(Fault::reset_after_events(count));
        let stream = chat.clone().max_retries(0).stream().await.unwrap();
        let Ok(response) = stream.finish().await else {
            assert!(count < 2 * events, "an answer that has come does not pass");
            continue;
        };
        assert_eq!(response.text(), whole.text());
        assert_eq!(response.usage.output_tokens, None);
        let codes: Vec<&str> = response.warnings.iter().map(|it| &*it.code).collect();
        assert_eq!(codes, ["broken_behind_end"]);
        break;
    }
}

#[tokio::test]
async fn dropping_a_future_or_a_stream_closes_the_connection() {
    for begin_answer in [false, true] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let client = common::builder_at(&endpoint, KEYS).build().unwrap();
        let (arrived, wait) = tokio::sync::oneshot::channel();
        let server = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut buffer = vec![0; 65536];
            assert!(socket.read(&mut buffer).await.unwrap() > 0);
            if begin_answer {
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\n\
                            transfer-encoding: chunked\r\n\r\n";
                socket.write_all(head.as_bytes()).await.unwrap();
            }
            arrived.send(()).unwrap();
            // Ends when the client is gone.
            while socket.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
        });
        let chat = client.model(CLAUDE).unwrap().chat("hi");
        if begin_answer {
            let stream = chat.stream().await.unwrap();
            wait.await.unwrap();
            drop(stream);
        } else {
            let call = tokio::spawn(chat.send());
            wait.await.unwrap();
            call.abort();
        }
        tokio::time::timeout(Duration::from_secs(30), server)
            .await
            .expect("the connection was closed")
            .unwrap();
    }
}
