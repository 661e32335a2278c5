//! Answers that nobody who means well would send, to the readers of every form: an error or an answer that is whole, with what
//! came before; never a panic, and never more memory than is set.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy does not see"
)]

use std::sync::Arc;

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqllm_bedrock::{Bedrock, Options};
use reqllm_core::{
    Answer, Call, Delivery, Environment, Error, ErrorKind, Fold, Identity, Model, Part, Provider,
    Response, Result,
};

const CLAUDE: &str = "anthropic.claude-3-haiku-20240307-v1:0";

/// One model of each native form.
const NATIVE: &[&str] = &[
    CLAUDE,
    "openai.gpt-oss-120b-1:0",
    "mistral.mistral-7b-instruct-v0:2",
    "mistral.mistral-large-2407-v1:0",
    "meta.llama3-8b-instruct-v1:0",
    "cohere.command-r-v1:0",
    "cohere.command-text-v14",
    "amazon.nova-pro-v1:0",
    "amazon.titan-text-lite-v1",
];

fn answer(id: &str, converse: bool, delivery: Delivery) -> Arc<dyn Answer> {
    let bedrock = Bedrock::builder().environment(Environment::empty()).build();
    let mut call = Call::new("Hi");
    let options = Options::new().region("us-east-1").use_converse(converse);
    call.options = options.into();
    let model = Model::new("bedrock", id);
    bedrock.prepare(&model, &call, delivery).unwrap().answer
}

/// Reads pieces; of an error, with what had come.
fn read(
    answer: &dyn Answer,
    pieces: impl IntoIterator<Item = Vec<u8>>,
) -> Result<Response, (Error, Response)> {
    let (head, ()) = http::Response::new(()).into_parts();
    let mut fold = Fold::new(Identity::default());
    let mut reader = answer.open(&head).unwrap();
    let mut pieces = pieces.into_iter();
    match pieces
        .try_for_each(|piece| reader.read(Bytes::from(piece), &mut fold))
        .and_then(|()| reader.end(&mut fold))
    {
        Ok(()) => Ok(fold.finish()),
        Err(error) => Err((error, fold.abandon())),
    }
}

fn converse(body: impl Into<Vec<u8>>) -> Result<Response, (Error, Response)> {
    read(&*answer(CLAUDE, true, Delivery::Whole), [body.into()])
}

fn frame(event: &str, payload: &[u8]) -> Vec<u8> {
    let header =
        |name, value: &str| Header::new(name, HeaderValue::String(value.to_owned().into()));
    let headers = vec![
        header(":message-type", "event"),
        header(":event-type", event),
    ];
    let message = Message::new_from_parts(headers, Bytes::copy_from_slice(payload));
    let mut bytes = Vec::new();
    write_message_to(&message, &mut bytes).unwrap();
    bytes
}

fn chunk(json: &[u8]) -> Vec<u8> {
    let payload = format!(r#"{{"bytes":"{}"}}"#, STANDARD.encode(json));
    frame("chunk", payload.as_bytes())
}

/// A whole answer of Converse with these blocks.
fn blocks(blocks: &str) -> String {
    format!(
        r#"{{"output":{{"message":{{"content":[{blocks}]}}}},"stopReason":"end_turn","usage":{{}}}}"#
    )
}

/// What is given to the whole and the streaming reader of every form, each time as everything and as a part.
fn every_reader_refuses(body: &[u8]) {
    let (error, _) = converse(body).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    let stream = answer(CLAUDE, true, Delivery::Stream);
    for event in [
        "contentBlockStart",
        "contentBlockDelta",
        "messageStop",
        "metadata",
    ] {
        let (error, _) = read(&*stream, [frame(event, body)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{event}: {error}");
    }
    for id in NATIVE {
        let whole = read(&*answer(id, false, Delivery::Whole), [body.to_vec()]);
        let (error, _) = whole.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{id}: {error}");
        let stream = answer(id, false, Delivery::Stream);
        for frame in [chunk(body), frame("chunk", body)] {
            let (error, _) = read(&*stream, [frame]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{id}: {error}");
        }
    }
}

#[test]
fn invalid_utf8_is_no_json() {
    every_reader_refuses(b"{\"text\":\"\xff\xfe\"");
    every_reader_refuses(b"\xef\xbb\xbf{}");
}

#[test]
fn nul_is_no_json() {
    every_reader_refuses(b"\0");
    every_reader_refuses(b"{\"text\":\"a\0b\"}\0");
}

#[test]
fn other_types_than_those_of_the_form_are_refused() {
    for body in ["null", "7", "\"text\"", "true", "[7]", ""] {
        every_reader_refuses(body.as_bytes());
    }
}

#[test]
fn depth_without_end_is_refused_and_does_not_reach_the_stack() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(200_000), close.repeat(200_000));
        // As everything, where no member is read, and cut off.
        if open == "[" {
            every_reader_refuses(deep.as_bytes());
        }
        every_reader_refuses(open.repeat(200_000).as_bytes());
        let (error, _) = converse(blocks(&format!("{{\"novel\":{deep}}}"))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        // Arguments of tools are the model's own words, and are kept as such.
        let call = format!(r#"{{"toolUse":{{"toolUseId":"t","name":"f","input":{deep}}}}}"#);
        let response = converse(blocks(&call)).unwrap();
        let arguments = &response.tool_calls().next().unwrap().arguments;
        assert_eq!(arguments.as_str(), Some(&*deep));
        assert_eq!(response.warnings[0].code, "invalid_tool_arguments");
    }
}

#[test]
fn members_that_are_there_twice_are_named() {
    let body = r#"{"output":{"message":{"content":[]}},"stopReason":"a","stopReason":"b"}"#;
    let (error, _) = converse(body).unwrap_err();
    assert!(
        error.message().contains("duplicate field `stopReason`"),
        "{error}"
    );
}

#[test]
fn numbers_that_no_counter_holds_are_refused_and_the_largest_is_none_too_many() {
    for number in ["1e400", "-1", "18446744073709551616", "1.5", "\"7\""] {
        let body = format!(
            r#"{{"output":{{"message":{{"content":[]}}}},"usage":{{"inputTokens":{number}}}}}"#
        );
        let (error, _) = converse(body).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{number}: {error}");
    }
    let body = r#"{"output":{"message":{"content":[]}},"stopReason":"end_turn","usage":{"inputTokens":18446744073709551615,"outputTokens":18446744073709551615}}"#;
    assert_eq!(converse(body).unwrap().usage.total_tokens, Some(u64::MAX));
}

#[test]
fn the_largest_index_is_one_like_any_other_and_a_larger_one_is_refused() {
    let stream = answer(CLAUDE, true, Delivery::Stream);
    let text = |index: &str| {
        let payload = format!(r#"{{"contentBlockIndex":{index},"delta":{{"text":"a"}}}}"#);
        frame("contentBlockDelta", payload.as_bytes())
    };
    let end = [
        frame("messageStop", br#"{"stopReason":"end_turn"}"#),
        frame("metadata", b"{}"),
    ];
    let whole = read(&*stream, [text("4294967295")].into_iter().chain(end)).unwrap();
    assert_eq!(whole.text(), "a");
    for index in ["4294967296", "-1", "0.5", "null"] {
        let (error, partial) = read(&*stream, [text("0"), text(index)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{index}: {error}");
        assert_eq!(partial.text(), "a", "what came before is kept");
    }
    let claude = answer(CLAUDE, false, Delivery::Stream);
    let delta = br#"{"type":"content_block_delta","index":4294967296,"delta":{"type":"text_delta","text":"a"}}"#;
    let (error, _) = read(&*claude, [chunk(delta)]).unwrap_err();
    assert!(error.message().contains("u32 would do"), "{error}");
}

#[test]
fn a_whole_answer_without_end_is_refused() {
    let piece = vec![b' '; 1 << 20];
    let endless = (0..100_000).map(|_| piece.clone());
    let (error, _) = read(&*answer(CLAUDE, true, Delivery::Whole), endless).unwrap_err();
    assert!(error.message().contains("longer than"), "{error}");
    // Also if it comes in one piece.
    let (error, _) = converse(vec![b' '; (64 << 20) + 1]).unwrap_err();
    assert!(error.message().contains("longer than"), "{error}");
}

#[test]
fn text_without_end_is_refused_with_what_came() {
    let payload = format!(r#"{{"delta":{{"text":"{}"}}}}"#, "x".repeat(1 << 20));
    let delta = frame("contentBlockDelta", payload.as_bytes());
    let endless = (0..100_000).map(|_| delta.clone());
    let (error, partial) = read(&*answer(CLAUDE, true, Delivery::Stream), endless).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().contains("partial response"), "{error}");
    assert_eq!(partial.text().len(), 63 << 20);
}

#[test]
fn blocks_without_end_are_refused_with_those_that_came() {
    let endless = (0..u32::MAX).rev().map(|index| {
        let payload = format!(r#"{{"contentBlockIndex":{index},"start":{{"toolUse":{{"toolUseId":"t","name":"f"}}}}}}"#);
        frame("contentBlockStart", payload.as_bytes())
    });
    let (error, partial) = read(&*answer(CLAUDE, true, Delivery::Stream), endless).unwrap_err();
    assert!(error.message().contains("too many blocks"), "{error}");
    assert!((1000..20_000).contains(&partial.message.content.len()));
}

/// Blocks of unknown kinds and the service's own tools are gathered by the reader; they count as well.
#[test]
fn blocks_under_construction_without_end_are_refused() {
    let start = |index: u32| {
        let payload = format!(
            r#"{{"contentBlockIndex":{index},"start":{{"toolUse":{{"toolUseId":"t","name":"f","type":"server_tool_use"}}}}}}"#
        );
        frame("contentBlockStart", payload.as_bytes())
    };
    let stream = answer(CLAUDE, true, Delivery::Stream);
    let (error, _) = read(&*stream, (0..u32::MAX).map(start)).unwrap_err();
    assert!(error.message().contains("too many blocks"), "{error}");
    let payload = format!(
        r#"{{"delta":{{"toolUse":{{"input":"{}"}}}}}}"#,
        "x".repeat(1 << 20)
    );
    let delta = frame("contentBlockDelta", payload.as_bytes());
    let endless = [start(0)]
        .into_iter()
        .chain((0..100_000).map(|_| delta.clone()));
    let (error, _) = read(&*stream, endless).unwrap_err();
    assert!(error.message().contains("partial response"), "{error}");
}

#[test]
fn values_without_end_are_refused_before_they_fill_the_memory() {
    let many = format!("[{}0]", "0,".repeat(4 << 20));
    let (error, _) = converse(blocks(&format!("{{\"novel\":{many}}}"))).unwrap_err();
    assert!(error.message().contains("values of JSON"), "{error}");
    for id in NATIVE {
        let whole = answer(id, false, Delivery::Whole);
        let (error, _) = read(&*whole, [many.clone().into_bytes()]).unwrap_err();
        assert!(error.message().contains("values of JSON"), "{id}: {error}");
    }
}

#[test]
fn answers_that_are_nothing_are_no_answers() {
    for (id, body) in [
        ("openai.gpt-oss-120b-1:0", "{}"),
        ("cohere.command-r-v1:0", "{}"),
        ("meta.llama3-8b-instruct-v1:0", "{}"),
        (CLAUDE, "{}"),
    ] {
        let whole = answer(id, false, Delivery::Whole);
        let (error, partial) = read(&*whole, [body.as_bytes().to_vec()]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{id}: {error}");
        assert!(partial.message.content.is_empty());
    }
}

/// A control character in a text is the model's own; it is kept, and it is for whoever shows it to mind.
#[test]
fn escaped_control_characters_are_text() {
    let response = converse(blocks(r#"{"text":"a\u0000\u001b[2J"}"#)).unwrap();
    let Part::Text(text) = &response.message.content[0] else {
        panic!("text")
    };
    assert_eq!(text.text, "a\0\u{1b}[2J");
}

#[test]
fn half_a_surrogate_pair_is_no_text() {
    let (error, _) = converse(blocks(r#"{"text":"\ud800"}"#)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
}
