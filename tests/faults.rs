//! What goes wrong on the road, and what is kept of the answer.

mod common;

use std::time::Duration;

use common::{CLAUDE, KEYS, ROUTES, faulty};
use futures_util::StreamExt as _;
use reqllm::bedrock::Options;
use reqllm::{ErrorKind, Event, FinishReason};
use reqllm_emulator::Fault;
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

/// What arrived is given as events first, then the error, which carries it again.
#[tokio::test]
async fn a_broken_stream_is_never_a_whole_one_and_loses_nothing() {
    let faults = [
        (Fault::truncate_events(4), ErrorKind::Stream),
        (Fault::truncate_bytes(2000), ErrorKind::Stream),
        (Fault::reset_after_bytes(2000), ErrorKind::Transport),
        (
            Fault::exception(4, "modelStreamErrorException", "boom"),
            ErrorKind::Model,
        ),
        (
            Fault::error_frame(4, "InternalError", "boom"),
            ErrorKind::Stream,
        ),
        (Fault::corrupt_message(4), ErrorKind::Stream),
        (Fault::corrupt_prelude(4), ErrorKind::Stream),
    ];
    for converse in ROUTES {
        for (fault, kind) in &faults {
            let (_emulator, model) = faulty(fault.clone()).await;
            let options = Options::new().use_converse(converse);
            let stream = model.chat("Tell me").with(options).stream().await.unwrap();
            let items: Vec<_> = stream.collect().await;
            let (last, events) = items.split_last().unwrap();
            let error = last.as_ref().unwrap_err();
            assert_eq!(error.kind(), *kind, "{fault:?}: {error}");
            let text: String = events
                .iter()
                .map(|event| match event {
                    Ok(Event::Text(delta)) => delta.text.as_str(),
                    Ok(_) => "",
                    Err(error) => panic!("a second error: {error}"),
                })
                .collect();
            assert!(!text.is_empty(), "{fault:?}, converse {converse}");
            let partial = error.partial().unwrap();
            assert_eq!(partial.text(), text, "{fault:?}");
            assert_eq!(partial.finish_reason(), FinishReason::Error);
        }
    }
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

#[tokio::test]
async fn redirects_are_not_followed() {
    let fault = Fault::replay(307, [("location", "http://127.0.0.1:1/")], "");
    let (emulator, model) = faulty(fault).await;
    let error = model.chat("hi").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.status(), Some(307));
    assert_eq!(emulator.requests().len(), 1);
}

#[tokio::test]
async fn a_deadline_ends_a_stall_and_keeps_what_came() {
    let (_emulator, model) = faulty(Fault::stall(4)).await;
    let chat = model.chat("hi").timeout(Duration::from_millis(300));
    let error = chat.stream().await.unwrap().finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(!error.partial().unwrap().text().is_empty());
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
