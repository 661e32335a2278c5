//! What a stream reader makes of bytes, whole, cut and damaged.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use proptest::prelude::*;
use reqllm_core::{ErrorKind, Identity};

use super::*;

/// Notes what it sees; complete after an event named `end`.
#[derive(Default)]
struct Log(Vec<String>);

impl Events for &mut Log {
    fn event(&mut self, event_type: &str, payload: &[u8], _: &mut Fold) -> Result<()> {
        self.0
            .push(format!("{event_type} {}", String::from_utf8_lossy(payload)));
        Ok(())
    }

    fn end(&mut self, _: &mut Fold) -> Option<&'static str> {
        match self.0.last() {
            Some(last) if last.starts_with("end") => None,
            _ => Some("no end"),
        }
    }
}

fn frame(headers: &[(&'static str, &str)], payload: &str) -> Vec<u8> {
    let headers = headers
        .iter()
        .map(|(name, value)| Header::new(*name, HeaderValue::String(value.to_string().into())))
        .collect();
    let message = Message::new_from_parts(headers, Bytes::copy_from_slice(payload.as_bytes()));
    let mut bytes = Vec::new();
    write_message_to(&message, &mut bytes).unwrap();
    bytes
}

fn event(event_type: &str, payload: &str) -> Vec<u8> {
    frame(
        &[(":message-type", "event"), (":event-type", event_type)],
        payload,
    )
}

fn read(log: &mut Log, pieces: &[&[u8]]) -> Result<()> {
    let mut fold = Fold::new(Identity::default());
    let mut reader = StreamReader::new(log);
    for piece in pieces {
        reader.read(Bytes::copy_from_slice(piece), &mut fold)?;
    }
    reader.end(&mut fold)
}

/// Fewer than 12 bytes of the next frame must not cost the frames before it.
#[test]
fn no_event_is_lost_wherever_the_bytes_are_cut() {
    let stream = [event("a", "1"), event("b", ""), event("end", "{}")].concat();
    for cut in 0..=stream.len() {
        let mut log = Log::default();
        read(&mut log, &[&stream[..cut], &stream[cut..]]).unwrap();
        assert_eq!(log.0, ["a 1", "b ", "end {}"], "cut at {cut}");
    }
    let mut log = Log::default();
    read(&mut log, &stream.chunks(1).collect::<Vec<_>>()).unwrap();
    assert_eq!(log.0.len(), 3);
}

#[test]
fn a_stream_that_is_cut_off_is_never_complete() {
    let stream = [event("a", "1"), event("end", "{}")].concat();
    for cut in 0..stream.len() {
        let error = read(&mut Log::default(), &[&stream[..cut]]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Stream, "cut at {cut}");
    }
}

#[test]
fn an_empty_body_is_told_by_the_head() {
    let mut log = Log::default();
    let mut reader = StreamReader::new(&mut log);
    reader.head.request_id = Some("r-1".to_owned());
    let mut fold = Fold::new(Identity::default());
    let error = reader.end(&mut fold).unwrap_err();
    assert_eq!(error.request_id(), Some("r-1"));
    assert_eq!(fold.abandon().id, "r-1");
}

#[test]
fn every_flipped_byte_is_found() {
    let stream = [event("a", "12345"), event("end", "{}")].concat();
    for at in 0..stream.len() {
        let mut damaged = stream.clone();
        damaged[at] ^= 0x20;
        read(&mut Log::default(), &[&damaged]).unwrap_err();
    }
}

#[test]
fn impossible_lengths_are_refused_before_anything_is_buffered() {
    for (total, headers) in [(15u32, 0u32), (u32::MAX, 0), (64, 64), (1 << 20, 1 << 19)] {
        let mut prelude = [total.to_be_bytes(), headers.to_be_bytes()].concat();
        prelude.extend(crc32fast::hash(&prelude).to_be_bytes());
        let error = read(&mut Log::default(), &[&prelude]).unwrap_err();
        assert!(error.message().contains("it claims"), "{error}");
    }
    // A wrong length with its right checksum missing: found at once, not awaited.
    let mut flipped = event("a", "1");
    flipped[1] = 0x7f;
    let error = read(&mut Log::default(), &[&flipped[..12]]).unwrap_err();
    assert!(
        error.message().contains("checksum of its prelude"),
        "{error}"
    );
}

#[test]
fn exceptions_and_errors_end_the_stream_with_their_names() {
    let exception = frame(
        &[
            (":message-type", "exception"),
            (":exception-type", "throttlingException"),
        ],
        r#"{"message":"slow down"}"#,
    );
    let mut log = Log::default();
    let error = read(&mut log, &[&[event("a", "1"), exception].concat()]).unwrap_err();
    assert_eq!(error.code(), Some("ThrottlingException"));
    assert!(error.message().starts_with("slow down — "), "{error}");
    assert_eq!(log.0, ["a 1"], "what came before is kept");
    // Some gateways pass an exception on as an event of its name.
    let event = event("modelStreamErrorException", r#"{"message":"boom"}"#);
    let error = read(&mut Log::default(), &[&event]).unwrap_err();
    assert_eq!(error.code(), Some("ModelStreamErrorException"));
    let error = frame(
        &[
            (":message-type", "error"),
            (":error-code", "InternalError"),
            (":error-message", "oops"),
        ],
        "",
    );
    let error = read(&mut Log::default(), &[&error]).unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (Some("InternalError"), "oops")
    );
}

#[test]
fn a_frame_without_a_type_is_no_event_first_and_later() {
    let untyped = frame(&[], "{}");
    for stream in [untyped.clone(), [event("a", "1"), untyped].concat()] {
        let error = read(&mut Log::default(), &[&stream]).unwrap_err();
        assert!(error.message().contains("no :message-type"), "{error}");
    }
}

#[test]
fn types_and_exceptions_may_change_with_every_frame() {
    let exception = frame(
        &[
            (":message-type", "exception"),
            (":event-type", "b"),
            (":exception-type", "throttlingException"),
        ],
        "{}",
    );
    let events = ["a", "a", "b", "a", "bb", "b"].map(|name| event(name, ""));
    let mut log = Log::default();
    read(&mut log, &[&[&events.concat()[..], &exception].concat()]).unwrap_err();
    assert_eq!(log.0, ["a ", "a ", "b ", "a ", "bb ", "b "]);
}

/// Frames of the real service, put down by hand from the API facts.
#[test]
fn known_frames_read_as_they_should() {
    let exception = hex::decode(concat!(
        "000000b2000000613590d5d30f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e",
        "0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009",
        "657863657074696f6e7b226d657373616765223a22546f6f206d616e792072657175657374732c20706c6561736520776169",
        "74206265666f726520747279696e6720616761696e2e227de8ffb26a"
    ))
    .unwrap();
    let error = read(&mut Log::default(), &[&exception]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    let message = "Too many requests, please wait before trying again. — ";
    assert!(error.message().starts_with(message), "{error}");
    let unmodeled = hex::decode(concat!(
        "0000005800000048154692c10d3a6d6573736167652d747970650700056572726f720b3a6572726f722d636f646507000d",
        "496e7465726e616c4572726f720e3a6572726f722d6d6573736167650700046f6f707353235f76"
    ))
    .unwrap();
    let error = read(&mut Log::default(), &[&unmodeled]).unwrap_err();
    assert_eq!(error.code(), Some("InternalError"));
}

proptest! {
    #[test]
    fn any_bytes_end_in_an_answer_not_in_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&mut Log::default(), &[&bytes]);
    }

    #[test]
    fn any_cutting_gives_the_same_events(
        payloads in proptest::collection::vec("[a-z]{0,40}", 1..6),
        size in 1usize..60,
    ) {
        let mut stream: Vec<u8> = payloads.iter().flat_map(|p| event("e", p)).collect();
        stream.extend(event("end", ""));
        let mut log = Log::default();
        read(&mut log, &stream.chunks(size).collect::<Vec<_>>()).unwrap();
        let expected: Vec<String> = payloads
            .iter()
            .map(|p| format!("e {p}"))
            .chain(["end ".to_owned()])
            .collect();
        prop_assert_eq!(log.0, expected);
    }
}
