//! AWS's own decoder is the judge of the one that reads streams here: of any bytes, and of the same with lengths and checksums
//! mended, cut anywhere, both see the same frames, with the same headers and payloads, and both refuse what the other does.
//!
//! Where they differ by design:
//!
//! - A frame of which not all is there is refused here as soon as its prelude is there and wrong: a checksum that does not
//!   match, or lengths that no frame has. `MessageFrameDecoder` waits for the length that the prelude claims, then refuses.
//! - A frame beyond `MAX_FRAME`, or with headers beyond `MAX_HEADERS`, is refused here whatever its checksums say.
//!
//! There is no other difference: names may be empty and may come twice, texts may be empty, bytes behind a frame are the next
//! one, and a name or a string that is not UTF-8 is refused by both.

#![no_main]

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder, read_message_from};
use aws_smithy_types::DateTime;
use aws_smithy_types::event_stream::{HeaderValue as Theirs, Message};
use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use reqllm_bedrock::eventstream::{Frame, Frames, HeaderValue, MAX_FRAME, MAX_HEADERS};
use reqllm_fuzz::{cut, mend};

fuzz_target!(|input: (u8, &[u8])| {
    let (seed, bytes) = input;
    compare(bytes, seed);
    compare(&mend(bytes), seed);
});

fn compare(bytes: &[u8], seed: u8) {
    let whole = ours([bytes]);
    assert_eq!(whole, ours(cut(bytes, seed)), "it depends on the cuts");
    assert_eq!(whole.frames, theirs(cut(bytes, seed)), "other frames");
    // One by one, and what comes behind the last of them.
    let mut rest = bytes;
    for frame in &whole.frames {
        let length = length(rest).expect("a frame has a length");
        let message = read_message_from(&mut &rest[..length]).expect("they take it");
        assert_eq!(*frame, seen(&message));
        rest = &rest[length..];
    }
    match whole.left_over {
        Some(left_over) => {
            assert_eq!(left_over, rest.len());
            let is_whole = length(rest).is_some_and(|length| rest.len() >= length.max(12));
            assert!(!is_whole, "a whole frame is waited for");
        }
        None if is_beyond_our_bounds(rest) => {}
        None => {
            // If it is whole they refuse it; if it is not they would, however it went on.
            let length = length(rest).expect("what is refused has a prelude");
            let mut frame = rest[..length.min(rest.len())].to_vec();
            frame.resize(length, 0);
            assert!(read_message_from(&mut &frame[..]).is_err(), "they take it");
        }
    }
}

/// Frames as both see them.
type Seen = (Vec<(String, Theirs)>, Vec<u8>);

#[derive(Debug, PartialEq)]
struct Outcome {
    frames: Vec<Seen>,
    /// None if something was refused.
    left_over: Option<usize>,
}

fn ours<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut frames = Frames::default();
    let mut outcome = Outcome {
        frames: Vec::new(),
        left_over: None,
    };
    for piece in pieces {
        frames.push(Bytes::copy_from_slice(piece));
        loop {
            match frames.next_frame() {
                Ok(Some(frame)) => outcome.frames.push(our(frame)),
                Ok(None) => break,
                Err(_) => return outcome,
            }
        }
    }
    outcome.left_over = Some(frames.left_over());
    outcome
}

/// What their decoder takes of a stream until it refuses something.
fn theirs<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Seen> {
    let mut decoder = MessageFrameDecoder::new();
    let mut buffer = BytesMut::new();
    let mut frames = Vec::new();
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            match decoder.decode_frame(&mut buffer) {
                Ok(DecodedFrame::Complete(message)) => frames.push(seen(&message)),
                Ok(DecodedFrame::Incomplete) => break,
                Err(_) => return frames,
            }
        }
    }
    frames
}

fn our(frame: Frame<'_>) -> Seen {
    let headers = frame.headers().iter().map(|header| {
        let value = match header.value {
            HeaderValue::Bool(value) => Theirs::Bool(value),
            HeaderValue::Byte(value) => Theirs::Byte(value),
            HeaderValue::Int16(value) => Theirs::Int16(value),
            HeaderValue::Int32(value) => Theirs::Int32(value),
            HeaderValue::Int64(value) => Theirs::Int64(value),
            HeaderValue::Bytes(value) => Theirs::ByteArray(Bytes::copy_from_slice(value)),
            HeaderValue::String(value) => Theirs::String(value.to_owned().into()),
            HeaderValue::Timestamp(value) => Theirs::Timestamp(DateTime::from_millis(value)),
            HeaderValue::Uuid(value) => Theirs::Uuid(value),
            other => panic!("an unknown value {other:?}"),
        };
        (header.name.to_owned(), value)
    });
    (headers.collect(), frame.payload().to_vec())
}

fn seen(message: &Message) -> Seen {
    let headers = message.headers().iter();
    let headers = headers.map(|it| (it.name().as_str().to_owned(), it.value().clone()));
    (headers.collect(), message.payload().to_vec())
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    let word = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*word) as usize)
}

/// The length that the frame at the front claims, if its prelude is there.
fn length(bytes: &[u8]) -> Option<usize> {
    word(bytes, 8).and_then(|_| word(bytes, 0))
}

fn is_beyond_our_bounds(bytes: &[u8]) -> bool {
    word(bytes, 0) > Some(MAX_FRAME) || word(bytes, 4) > Some(MAX_HEADERS)
}
