//! The emulator over a real socket: heads, streams, the memory of requests, control endpoints.

mod wire;

use std::time::{Duration, UNIX_EPOCH};

use reqllm_emulator::{Authentication, Emulator};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wire::{CONVERSE, INVOKE_STREAM, STREAM, bearer, frames, hi, names, parse, post, send};

#[tokio::test]
async fn every_answer_has_a_request_id_and_the_date_of_the_clock() {
    let clock = || UNIX_EPOCH + Duration::from_secs(1_795_348_800);
    let emulator = Emulator::builder().clock(clock).start().await.unwrap();
    let good = post(&emulator, CONVERSE).await;
    let bad = send(&emulator, "POST", CONVERSE, "", &hi()).await.unwrap();
    assert_eq!((good.status, bad.status), (200, 403));
    for answer in [&good, &bad] {
        assert_eq!(answer.header("date"), Some("Sun, 22 Nov 2026 12:00:00 GMT"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("x-amzn-requestid").unwrap().len(), 36);
    }
    assert_ne!(
        good.header("x-amzn-requestid"),
        bad.header("x-amzn-requestid")
    );
    assert_eq!(
        bad.json(),
        json!({"message": "Missing Authentication Token"})
    );
    assert_eq!(
        bad.header("x-amzn-errortype"),
        Some(
            "MissingAuthenticationTokenException:http://internal.amazon.com/coral/com.amazon.coral.service/"
        )
    );
}

#[tokio::test]
async fn the_same_request_gets_the_same_bytes() {
    let (one, other) = (
        Emulator::start().await.unwrap(),
        Emulator::start().await.unwrap(),
    );
    for path in [CONVERSE, STREAM] {
        let first = post(&one, path).await;
        assert_eq!(first.body, post(&one, path).await.body);
        assert_eq!(first.body, post(&other, path).await.body);
    }
}

#[tokio::test]
async fn a_stream_has_the_events_of_converse() {
    let emulator = Emulator::start().await.unwrap();
    let answer = post(&emulator, STREAM).await;
    assert_eq!(
        answer.header("content-type"),
        Some("application/vnd.amazon.eventstream")
    );
    let frames = frames(&answer.body);
    assert_eq!(answer.chunks.len(), frames.len(), "every event is a chunk");
    assert_eq!(frames[0].0, "messageStart");
    assert!(
        frames
            .iter()
            .all(|(_, payload)| payload["p"].as_str().unwrap().starts_with('a'))
    );
    let (name, last) = frames.last().unwrap();
    assert_eq!(name, "metadata");
    assert!(last["usage"]["totalTokens"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn native_streams_are_chunks() {
    let emulator = Emulator::start().await.unwrap();
    let body = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]});
    let answer = send(
        &emulator,
        "POST",
        INVOKE_STREAM,
        &bearer(),
        body.to_string().as_bytes(),
    )
    .await
    .unwrap();
    assert_eq!(
        answer.header("x-amzn-bedrock-content-type"),
        Some("application/json")
    );
    assert!(names(&answer).iter().all(|name| name == "chunk"));
    assert!(
        frames(&answer.body)
            .iter()
            .all(|(_, payload)| payload["bytes"].is_string() && payload["p"].is_string())
    );
}

#[tokio::test]
async fn requests_are_remembered_raw_and_without_secrets() {
    let emulator = Emulator::start().await.unwrap();
    post(&emulator, CONVERSE).await;
    send(
        &emulator,
        "POST",
        CONVERSE,
        "authorization: Bearer sesame\r\n",
        b"{}",
    )
    .await
    .unwrap();
    let requests = emulator.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(
        (requests[0].method.as_str(), requests[0].path.as_str()),
        ("POST", CONVERSE)
    );
    assert_eq!(requests[0].body, hi());
    assert_eq!(requests[0].authentication, Authentication::ApiKey);
    assert!(
        matches!(&requests[1].authentication, Authentication::Refused { code, .. } if code == "AccessDeniedException")
    );
    assert!(!format!("{requests:?}").contains("sesame"));
    let listed = send(&emulator, "GET", "/_emulator/requests", "", b"")
        .await
        .unwrap()
        .json();
    assert_eq!(listed[1]["headers"]["authorization"], "****");
    assert_eq!(listed[0]["authentication"], json!({"kind": "api_key"}));
}

#[tokio::test]
async fn the_control_endpoints() {
    let emulator = Emulator::start().await.unwrap();
    let control = async |method: &str, path: &str, body: &str| {
        send(&emulator, method, path, "", body.as_bytes())
            .await
            .unwrap()
    };
    assert_eq!(
        control("GET", "/_emulator/health", "").await.json(),
        json!({"status": "ok"})
    );
    let load = control("GET", "/_emulator/load", "").await.json();
    assert_eq!(load["streams"], 0);
    // The one that asks.
    assert!(load["connections"].as_u64().unwrap() > 0, "{load}");
    let wrong = control("POST", "/_emulator/faults", r#"{"eror": 1}"#).await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.json()["message"].as_str().unwrap().contains("eror"));
    control(
        "POST",
        "/_emulator/faults",
        r#"{"truncate": {"after_events": 1}, "times": 9}"#,
    )
    .await;
    assert_eq!(
        control("DELETE", "/_emulator/faults", "").await.json(),
        json!({"forgotten": 1})
    );
    assert_eq!(control("GET", "/_emulator/other", "").await.status, 404);
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn paths_methods_and_sizes_that_are_not_served() {
    let emulator = Emulator::start().await.unwrap();
    let answer = post(
        &emulator,
        "/model/arn:aws:bedrock:us-east-1::foundation-model/a.b/converse",
    )
    .await;
    assert_eq!(answer.status, 404);
    assert!(
        answer
            .header("x-amzn-errortype")
            .unwrap()
            .starts_with("UnknownOperationException:")
    );
    let answer = send(&emulator, "GET", CONVERSE, &bearer(), b"")
        .await
        .unwrap();
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
    let mut socket = TcpStream::connect(emulator.addr()).await.unwrap();
    let head = format!(
        "POST {CONVERSE} HTTP/1.1\r\nhost: x\r\n{}content-length: 25000001\r\n\r\n",
        bearer()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    while parse(&bytes).is_none() {
        assert_ne!(socket.read_buf(&mut bytes).await.unwrap(), 0);
    }
    assert_eq!(parse(&bytes).unwrap().status, 413);
}

#[tokio::test]
async fn nonsense_on_the_socket_harms_nobody() {
    let emulator = Emulator::start().await.unwrap();
    for bytes in [
        &b"\x16\x03\x01 hello"[..],
        b"GET",
        b"POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\n12",
        b"\r\n\r\n\r\n",
    ] {
        let mut socket = TcpStream::connect(emulator.addr()).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        socket.shutdown().await.unwrap();
        let _ = socket.read_to_end(&mut Vec::new()).await;
    }
    for body in [
        &b"null"[..],
        b"[]",
        b"\"x\"",
        b"{\"messages\": null}",
        b"{\"messages\": [null]}",
        b"\0",
    ] {
        let answer = send(&emulator, "POST", CONVERSE, &bearer(), body)
            .await
            .unwrap();
        assert_eq!(answer.status, 400, "{}", String::from_utf8_lossy(body));
    }
    assert_eq!(post(&emulator, CONVERSE).await.status, 200);
}

#[tokio::test]
async fn no_operation_falls_over_nonsense() {
    let emulator = Emulator::start().await.unwrap();
    for path in [
        "/model/amazon.titan-embed-text-v2%3A0/invoke",
        "/model/amazon.titan-embed-image-v1/invoke",
        "/model/cohere.embed-english-v3/invoke",
        "/model/cohere.embed-v4%3A0/invoke",
        "/model/amazon.nova-2-multimodal-embeddings-v1%3A0/invoke",
        "/model/cohere.rerank-v3-5%3A0/invoke",
        "/model/anthropic.claude-v2%3A1/count-tokens",
        "/guardrail/gr1/version/1/apply",
    ] {
        for body in [
            &b""[..],
            b"null",
            b"[]",
            b"7",
            b"\"x\"",
            b"{\"input\": null}",
            b"{\"texts\": [null], \"input_type\": {}}",
            b"{\"inputText\": 1e999}",
            b"\xff",
        ] {
            let answer = send(&emulator, "POST", path, &bearer(), body)
                .await
                .unwrap();
            assert_eq!(
                answer.status,
                400,
                "{path}: {}",
                String::from_utf8_lossy(body)
            );
            assert!(
                answer.json()["message"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty())
            );
        }
    }
    for target in [
        "/foundation-models?=&&byProvider",
        "/inference-profiles?nextToken=%FF%00",
        "/inference-profiles?maxResults=99999999999999999999",
        "/foundation-models/%FF",
        "/inference-profiles/",
    ] {
        let answer = send(&emulator, "GET", target, &bearer(), b"")
            .await
            .unwrap();
        assert_eq!(answer.status, 400, "{target}");
    }
}
