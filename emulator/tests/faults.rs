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
    socket.write_all(&request()).await.unwrap();
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

/// Broken off where HTTP expects more: the client sees it, and sees what came before.
#[tokio::test]
async fn connections_end_at_every_place() {
    let emulator = Emulator::start().await.unwrap();
    let whole = post(&emulator, STREAM).await;
    for fault in [
        Fault::reset_on_accept(),
        Fault::reset_in_request(),
        Fault::close_before_head(),
    ] {
        emulator.inject(fault);
        let mut socket = TcpStream::connect(emulator.addr()).await.unwrap();
        let _ = socket.write_all(&request()).await;
        let mut bytes = Vec::new();
        while let Ok(1..) = socket.read_buf(&mut bytes).await {}
        assert!(bytes.is_empty(), "{bytes:?}");
    }
    for fault in [Fault::reset_after_events(2), Fault::close_after_events(2)] {
        emulator.inject(fault);
        let answer = post(&emulator, STREAM).await;
        assert_eq!(
            (answer.complete, &answer.chunks[..]),
            (false, &whole.chunks[..2])
        );
    }
    emulator.inject(Fault::close_after_bytes(5));
    let answer = post(&emulator, CONVERSE).await;
    assert_eq!((answer.complete, answer.body.len()), (false, 5));
    assert!(emulator.requests().len() < 6, "three of them never arrived");
    assert!(post(&emulator, STREAM).await.complete);
}

#[tokio::test]
async fn answers_stop_in_the_middle_and_the_connection_stays() {
    for (fault, heads, length) in [
        (Fault::stall_before_head(), 0, 0),
        (Fault::stall_after_head(), 1, 0),
        (Fault::stall_after_bytes(7), 1, 7),
        (Fault::raw_and_stall("HTTP/1.1 200 OK\r\n\r\nhalf"), 1, 4),
    ] {
        let emulator = Emulator::start().await.unwrap();
        emulator.inject(fault);
        let mut socket = TcpStream::connect(emulator.addr()).await.unwrap();
        socket.write_all(&request()).await.unwrap();
        let mut bytes = Vec::new();
        let body = |bytes: &[u8]| parse(bytes).map_or(0, |answer| answer.body.len());
        while heads == 1 && (parse(&bytes).is_none() || body(&bytes) < length) {
            assert_ne!(socket.read_buf(&mut bytes).await.unwrap(), 0);
        }
        while emulator.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        drop(emulator);
        while let Ok(1..) = socket.read_buf(&mut bytes).await {}
        assert_eq!(
            (parse(&bytes).iter().count(), body(&bytes)),
            (heads, length)
        );
    }
}

#[tokio::test]
async fn answers_come_in_other_clothes() {
    let emulator = Emulator::start().await.unwrap();
    let (plain, stream) = (
        post(&emulator, CONVERSE).await,
        post(&emulator, STREAM).await,
    );

    emulator.inject(Fault::default().header("content-type", "text/html"));
    let answer = post(&emulator, CONVERSE).await;
    assert_eq!(answer.header("content-type"), Some("text/html"));
    assert_eq!(answer.body, plain.body);

    emulator.inject(Fault::gzip().times(2));
    let zipped = post(&emulator, CONVERSE).await;
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    assert_eq!(zipped.body[15..15 + plain.body.len()], plain.body);
    assert_eq!(post(&emulator, STREAM).await.body[15..20], stream.body[..5]);

    emulator.inject(Fault::append("garbage").times(2));
    assert!(post(&emulator, CONVERSE).await.body.ends_with(b"}garbage"));
    let answer = post(&emulator, STREAM).await;
    assert!(answer.complete && answer.body.ends_with(b"garbage"));

    emulator.inject(Fault::raw("HTTP/1.0 418 Short\r\n\r\nand stout"));
    let answer = post(&emulator, CONVERSE).await;
    assert_eq!((answer.status, &answer.body[..]), (418, &b"and stout"[..]));

    emulator.inject(Fault::drip(Duration::from_millis(1)).and(Fault::truncate_bytes(3)));
    assert_eq!(post(&emulator, STREAM).await.body, stream.body[..3]);
}

/// Neither has an end; the client has to hang up.
#[tokio::test]
async fn bodies_and_heads_go_on_for_ever() {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject(Fault::endless());
    emulator.inject(Fault::raw_and_repeat("HTTP/1.1 200 OK\r\nx: y\r\n"));
    for _ in 0..2 {
        let mut socket = TcpStream::connect(emulator.addr()).await.unwrap();
        socket.write_all(&request()).await.unwrap();
        let (mut seen, mut buffer) = (0, vec![0; 65_536]);
        while seen < 4_000_000 {
            let count = socket.read(&mut buffer).await.unwrap();
            assert_ne!(count, 0);
            seen += count;
        }
    }
}

/// A request for a stream.
fn request() -> Vec<u8> {
    let head = format!(
        "POST {STREAM} HTTP/1.1\r\nhost: x\r\n{}content-length: {}\r\n\r\n",
        bearer(),
        hi().len()
    );
    [head.as_bytes(), &hi()].concat()
}
