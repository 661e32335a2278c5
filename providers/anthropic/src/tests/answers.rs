//! Answers, as they come over HTTP.

use http::response::Parts;
use reqllm_core::{Bytes, ErrorKind, FinishReason, Fold, Identity, Response};
use serde_json::json;

use super::*;

fn head(status: u16, headers: &[(&str, &str)]) -> Parts {
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(()).unwrap().into_parts().0
}

/// What comes of an answer that arrives in these pieces.
fn read(delivery: Delivery, head: &Parts, pieces: &[&str]) -> Result<Response> {
    let exchange = anthropic().prepare(&model(HAIKU), &Call::new("hi"), delivery)?;
    let mut reader = exchange.answer.open(head)?;
    let mut fold = Fold::new(Identity::default());
    for piece in pieces {
        reader.read(Bytes::copy_from_slice(piece.as_bytes()), &mut fold)?;
    }
    reader.end(&mut fold)?;
    Ok(fold.finish())
}

const JSON: (&str, &str) = ("content-type", "application/json");
const EVENTS: (&str, &str) = ("content-type", "text/event-stream; charset=utf-8");
const REQUEST: (&str, &str) = ("request-id", "req_1");

const STREAM: &str = "event: message_start\n\
    data: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n\
    event: content_block_start\n\
    data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n\
    event: ping\ndata: {\"type\": \"ping\"}\n\n\
    event: content_block_delta\n\
    data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hel\"}}\n\n\
    event: content_block_delta\n\
    data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"lo\"}}\n\n\
    event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n\
    event: message_delta\n\
    data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":5}}\n\n\
    event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

#[test]
fn whole_answers_and_streams_are_alike() {
    let body = json!({"type": "message", "id": "msg_1", "content": [{"type": "text", "text": "Hello"}],
        "stop_reason": "end_turn", "usage": {"input_tokens": 3, "output_tokens": 5}});
    let whole = read(
        Delivery::Whole,
        &head(200, &[JSON, REQUEST]),
        &[&body.to_string()],
    )
    .unwrap();
    let stream = read(Delivery::Stream, &head(200, &[EVENTS, REQUEST]), &[STREAM]).unwrap();
    let shown = |response: &Response| serde_json::to_value(response).unwrap();
    assert_eq!(shown(&whole), shown(&stream));
    assert_eq!(
        (whole.text().as_str(), whole.finish_reason()),
        ("Hello", FinishReason::Stop)
    );
    assert_eq!(whole.provider_metadata["request_id"], "req_1");
    assert_eq!(
        (whole.usage.input_tokens, whole.usage.output_tokens),
        (Some(3), Some(5))
    );
    for at in 1..STREAM.len() {
        let (a, b) = STREAM.split_at(at);
        let cut = read(Delivery::Stream, &head(200, &[EVENTS, REQUEST]), &[a, b]).unwrap();
        assert_eq!(shown(&cut), shown(&whole), "cut at {at}");
    }
}

#[test]
fn a_stream_that_is_cut_off_says_so() {
    let cut = &STREAM[..STREAM.rfind("event: message_stop").unwrap()];
    let error = read(Delivery::Stream, &head(200, &[EVENTS, REQUEST]), &[cut]).unwrap_err();
    assert_eq!((error.kind(), error.retryable()), (ErrorKind::Stream, true));
    assert_eq!(error.request_id(), Some("req_1"));
}

#[test]
fn an_error_inside_of_a_stream_is_that_error() {
    let begin = &STREAM[..STREAM.find("event: ping").unwrap()];
    let error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    let error = read(
        Delivery::Stream,
        &head(200, &[EVENTS, REQUEST]),
        &[begin, error],
    )
    .unwrap_err();
    assert_eq!(
        (error.kind(), error.retryable()),
        (ErrorKind::Overloaded, true)
    );
    assert_eq!(error.request_id(), Some("req_1"));
}

#[test]
fn a_refusal_names_its_request() {
    let exchange = whole(&model(HAIKU), &Call::new("hi")).unwrap();
    let body = br#"{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"},"request_id":"req_2"}"#;
    let error = exchange.answer.refuse(&head(429, &[JSON]), body);
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::RateLimited, Some(429))
    );
    assert_eq!(error.request_id(), Some("req_2"));
    let error = exchange.answer.refuse(&head(502, &[REQUEST]), b"<html>");
    assert_eq!(
        (error.kind(), error.request_id()),
        (ErrorKind::Server, Some("req_1"))
    );
}

#[test]
fn thoughts_of_other_makers_bear_their_mark() {
    let m2 = Model::new("minimax", "MiniMax-M2");
    let exchange = minimax()
        .prepare(&m2, &Call::new("hi"), Delivery::Whole)
        .unwrap();
    let body = json!({"content": [{"type": "thinking", "thinking": "hm", "signature": "ab"}], "stop_reason": "end_turn"});
    let mut reader = exchange.answer.open(&head(200, &[JSON])).unwrap();
    let mut fold = Fold::new(Identity::default());
    reader.read(body.to_string().into(), &mut fold).unwrap();
    reader.end(&mut fold).unwrap();
    let content = serde_json::to_value(fold.finish().message.content).unwrap();
    assert_eq!(content[0]["signature"], "minimax::ab");
}
