//! Faults as a client on a real socket meets them.

mod wire;

use std::time::Duration;

use reqllm_emulator::{Emulator, Fault};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wire::{CONVERSE, STREAM, bearer, frames, hi, names, parse, post, send};

#[tokio::test]
async fn errors_are_answered_in_order_and_as_often_as_asked() {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject(
        Fault::error(429, "ThrottlingException", "Slow down")
            .header("retry-after", "1")
            .times(2),
    );
    emulator.inject(Fault::error(503, "ServiceUnavailableException", "Busy"));
    emulator.inject(Fault::error(500, "Never", "").times(0));
    // A request that is not let in does not use a fault up.
    assert_eq!(
        send(&emulator, "POST", CONVERSE, "", &hi())
            .await
            .unwrap()
            .status,
        403
    );
    let answer = post(&emulator, CONVERSE).await;
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (429, Some("1"))
    );
    assert!(
        answer
            .header("x-amzn-errortype")
            .unwrap()
            .starts_with("ThrottlingException:")
    );
    assert_eq!(answer.json(), json!({"message": "Slow down"}));
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(post(&emulator, CONVERSE).await.status);
    }
    assert_eq!(statuses, [429, 503, 200]);
}

#[tokio::test]
async fn streams_break_off_in_every_way() {
    let emulator = Emulator::start().await.unwrap();
    let whole = post(&emulator, STREAM).await;
    let all = names(&whole);
    assert!(whole.complete && all.len() > 12);

    emulator.inject(
        Fault::exception(2, "modelStreamErrorException", "boom").field("originalStatusCode", 500),
    );
    let answer = post(&emulator, STREAM).await;
    assert_eq!(
        names(&answer),
        [&all[..2], &["modelStreamErrorException".to_owned()]].concat()
    );
    assert_eq!(
        frames(&answer.body)[2].1,
        json!({"originalStatusCode": 500, "message": "boom"})
    );

    emulator.inject(Fault::error_frame(1, "InternalError", "oops"));
    assert_eq!(
        names(&post(&emulator, STREAM).await),
        [all[0].as_str(), "error"]
    );

    emulator.inject(Fault::truncate_events(3));
    let answer = post(&emulator, STREAM).await;
    assert!(answer.complete && names(&answer) == all[..3]);

    emulator.inject(Fault::truncate_bytes(50));
    let answer = post(&emulator, STREAM).await;
    assert!(answer.complete && answer.body == whole.body[..50]);

    emulator.inject(Fault::reset_after_bytes(200));
    let answer = post(&emulator, STREAM).await;
    assert!(!answer.complete && answer.body == whole.body[..200]);

    emulator.inject(Fault::reset_after_head());
    let answer = post(&emulator, STREAM).await;
    assert!(!answer.complete && answer.status == 200 && answer.body.is_empty());

    emulator.inject(Fault::reset_before_head());
    assert!(
        send(&emulator, "POST", STREAM, &bearer(), &hi())
            .await
            .is_none()
    );

    for (fault, offset) in [(Fault::flip(20), 20), (Fault::corrupt_prelude(0), 11)] {
        emulator.inject(fault);
        let body = post(&emulator, STREAM).await.body;
        let changed: Vec<usize> = (0..body.len())
            .filter(|at| body[*at] != whole.body[*at])
            .collect();
        assert_eq!(changed, [offset]);
    }

    emulator.inject(Fault::chunks(64));
    let answer = post(&emulator, STREAM).await;
    assert!(answer.chunks[..5].iter().all(|chunk| chunk.len() == 64) && answer.body == whole.body);

    assert_eq!(post(&emulator, STREAM).await.body, whole.body);
}

#[tokio::test]
async fn whole_answers_break_off_short_of_their_length() {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject(Fault::truncate_bytes(10));
    let answer = post(&emulator, CONVERSE).await;
    assert!(!answer.complete && answer.body.len() == 10);
    emulator.inject(Fault::reset_after_bytes(7));
    let answer = post(&emulator, CONVERSE).await;
    assert!(!answer.complete && answer.body.len() == 7);
}

#[tokio::test]
async fn a_stalled_stream_sends_what_it_has_and_goes_on_waiting() {
    let emulator = Emulator::start().await.unwrap();
    let whole = post(&emulator, STREAM).await;
    emulator.inject(Fault::stall(2).and(Fault::delay(Duration::from_millis(1))));
    let mut socket = TcpStream::connect(emulator.addr()).await.unwrap();
    let head = format!(
        "POST {STREAM} HTTP/1.1\r\nhost: x\r\n{}content-length: {}\r\n\r\n",
        bearer(),
        hi().len()
    );
    socket
        .write_all(&[head.as_bytes(), &hi()].concat())
        .await
        .unwrap();
    let mut bytes = Vec::new();
    let expected = whole.chunks[..2].concat();
    loop {
        assert_ne!(
            socket.read_buf(&mut bytes).await.unwrap(),
            0,
            "the stream must not end"
        );
        if parse(&bytes).is_some_and(|answer| answer.body == expected) {
            break;
        }
    }
    drop(emulator);
    // With the emulator gone the connection is gone, too.
    while let Ok(1..) = socket.read_buf(&mut bytes).await {}
    assert_eq!(parse(&bytes).unwrap().body, expected);
}

#[tokio::test]
async fn recorded_bytes_are_replayed() {
    let emulator = Emulator::start().await.unwrap();
    let faults = json!([
        {"replay": {"status": 200, "headers": {"Content-Type": "text/html", "content-length": "99"}, "text": "<html>"}},
        {"replay": {"headers": {"content-type": "application/vnd.amazon.eventstream"}, "body": "AAECAw=="}, "chunks": [1]},
        {"replay": {}},
    ]);
    let queued = send(
        &emulator,
        "POST",
        "/_emulator/faults",
        "",
        faults.to_string().as_bytes(),
    )
    .await
    .unwrap();
    assert_eq!(queued.json(), json!({"queued": 3}));
    // What a replay answers is not looked at, so any body of any vendor will do.
    let path = "/model/cohere.command-r-v1:0/invoke";
    let html = send(&emulator, "POST", path, &bearer(), b"nonsense")
        .await
        .unwrap();
    assert_eq!(
        (
            html.header("content-type"),
            html.body.as_slice(),
            html.complete
        ),
        (Some("text/html"), &b"<html>"[..], true)
    );
    assert_eq!(post(&emulator, STREAM).await.body, [0, 1, 2, 3]);
    let empty = post(&emulator, CONVERSE).await;
    assert_eq!(
        (empty.status, empty.body.len(), empty.header("content-type")),
        (200, 0, None)
    );
}
