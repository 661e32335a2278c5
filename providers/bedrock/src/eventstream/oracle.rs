//! AWS's own decoder is the judge of ours: the same bytes, cut anywhere, give the same frames and end in the same way.

use aws_smithy_eventstream::frame::{read_message_from, write_message_to};
use aws_smithy_types::event_stream::{Header as Theirs, HeaderValue as TheirValue, Message};
use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;

use super::{Frames, HeaderValue};

/// The headers and the payload of a frame.
type SeenFrame = (Vec<(String, TheirValue)>, Vec<u8>);

/// The frames in `bytes` and how they end.
#[derive(Debug, PartialEq)]
struct Seen {
    frames: Vec<SeenFrame>,
    refused: bool,
    left_over: usize,
}

fn ours(pieces: &[&[u8]]) -> Seen {
    let mut frames = Frames::default();
    let mut seen = Seen {
        frames: Vec::new(),
        refused: false,
        left_over: 0,
    };
    for piece in pieces {
        frames.push(Bytes::copy_from_slice(piece));
        loop {
            match frames.next_frame() {
                Ok(Some(frame)) => {
                    let headers = frame.headers().iter();
                    let headers = headers.map(|it| (it.name.to_owned(), their_value(it.value)));
                    seen.frames
                        .push((headers.collect(), frame.payload().to_vec()));
                }
                Ok(None) => break,
                Err(_) => {
                    assert!(frames.next_frame().is_err(), "damage does not mend itself");
                    seen.refused = true;
                    return seen;
                }
            }
        }
    }
    seen.left_over = frames.left_over();
    seen
}

fn their_value(value: HeaderValue<'_>) -> TheirValue {
    match value {
        HeaderValue::Bool(value) => TheirValue::Bool(value),
        HeaderValue::Byte(value) => TheirValue::Byte(value),
        HeaderValue::Int16(value) => TheirValue::Int16(value),
        HeaderValue::Int32(value) => TheirValue::Int32(value),
        HeaderValue::Int64(value) => TheirValue::Int64(value),
        HeaderValue::Bytes(value) => TheirValue::ByteArray(Bytes::copy_from_slice(value)),
        HeaderValue::String(value) => TheirValue::String(value.to_owned().into()),
        HeaderValue::Timestamp(value) => {
            TheirValue::Timestamp(aws_smithy_types::DateTime::from_millis(value))
        }
        HeaderValue::Uuid(value) => TheirValue::Uuid(value),
    }
}

/// What is impossible in a frame that is not whole is found by us alone: so a rest that they would wait for is asked for its
/// prelude here.
fn theirs(bytes: &[u8]) -> Seen {
    let mut seen = Seen {
        frames: Vec::new(),
        refused: false,
        left_over: 0,
    };
    let mut rest = bytes;
    while let Some(prelude) = rest.first_chunk::<12>() {
        let total = u32::from_be_bytes([prelude[0], prelude[1], prelude[2], prelude[3]]) as usize;
        if rest.len() < total && is_sound(prelude) {
            break;
        }
        let Ok(message) = read_message_from(&mut &rest[..total.clamp(12, rest.len())]) else {
            seen.refused = true;
            return seen;
        };
        let headers = message.headers().iter();
        let headers = headers.map(|it| (it.name().as_str().to_owned(), it.value().clone()));
        seen.frames
            .push((headers.collect(), message.payload().to_vec()));
        rest = &rest[total..];
    }
    seen.left_over = rest.len();
    seen
}

/// Whether a frame may begin so, by the rules that they apply once it is whole.
fn is_sound(prelude: &[u8; 12]) -> bool {
    let word = |at: usize| u32::from_be_bytes(std::array::from_fn(|i| prelude[at + i]));
    let (total, headers) = (word(0), word(4));
    word(8) == crc32fast::hash(&prelude[..8])
        && (16..=super::MAX_FRAME as u32).contains(&total)
        && headers <= (total - 16).min(super::MAX_HEADERS as u32)
}

fn value() -> impl Strategy<Value = TheirValue> {
    prop_oneof![
        any::<bool>().prop_map(TheirValue::Bool),
        any::<i8>().prop_map(TheirValue::Byte),
        any::<i16>().prop_map(TheirValue::Int16),
        any::<i32>().prop_map(TheirValue::Int32),
        any::<i64>().prop_map(TheirValue::Int64),
        any::<u128>().prop_map(TheirValue::Uuid),
        any::<i64>()
            .prop_map(|it| TheirValue::Timestamp(aws_smithy_types::DateTime::from_millis(it))),
        vec(any::<u8>(), 0..40).prop_map(|it| TheirValue::ByteArray(it.into())),
        ".{0,20}".prop_map(|it| TheirValue::String(it.into())),
    ]
}

fn frame() -> impl Strategy<Value = Vec<u8>> {
    let headers = vec((".{0,12}", value()), 0..5);
    (headers, vec(any::<u8>(), 0..60)).prop_map(|(headers, payload)| {
        let headers = headers
            .into_iter()
            .map(|(name, value)| Theirs::new(name, value))
            .collect();
        let mut bytes = Vec::new();
        write_message_to(&Message::new_from_parts(headers, payload), &mut bytes).unwrap();
        bytes
    })
}

/// Makes the checksums those of what is there, in every frame as far as lengths can be followed.
fn mend(bytes: &mut [u8]) {
    let mut rest = bytes;
    while rest.len() >= 16 {
        let total = u32::from_be_bytes([rest[0], rest[1], rest[2], rest[3]]) as usize;
        let checksum = crc32fast::hash(&rest[..8]);
        rest[8..12].copy_from_slice(&checksum.to_be_bytes());
        if !(16..=rest.len()).contains(&total) {
            return;
        }
        let (frame, behind) = rest.split_at_mut(total);
        let checksum = crc32fast::hash(&frame[..total - 4]);
        frame[total - 4..].copy_from_slice(&checksum.to_be_bytes());
        rest = behind;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_same_bytes_read_as_aws_reads_them(
        frames in vec(frame(), 1..4),
        flips in vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        mended in any::<bool>(),
        cut in any::<prop::sample::Index>(),
        size in 1usize..80,
    ) {
        let mut bytes = frames.concat();
        for (at, flip) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
        }
        if mended {
            mend(&mut bytes);
        }
        let bytes = &bytes[..=cut.index(bytes.len())];
        let theirs = theirs(bytes);
        prop_assert_eq!(&ours(&[bytes]), &theirs);
        prop_assert_eq!(&ours(&bytes.chunks(size).collect::<Vec<_>>()), &theirs);
    }
}

/// What is odd in the format, and taken by them as by us; and what is nearly right, and refused by both.
#[test]
fn odd_headers_are_taken_and_broken_ones_refused() {
    for (headers, taken) in [
        (&b""[..], true),
        (b"\x00\x00", true),               // a truth without a name
        (b"\x01a\x00\x01a\x01", true),     // the same name twice
        (b"\x01a\x07\x00\x00", true),      // an empty text
        (b"\x01a\x06\x00\x01\xff", true),  // bytes that are no text
        (b"\x01a\x07\x00\x01\xff", false), // a text that is none
        (b"\x01\xff\x00", false),          // a name that is no text
        (b"\x02\xc3\xa9\x00", true),       // a name beyond ASCII
        (b"\x00", false),                  // a name's length and nothing else
        (b"\x01a", false),                 // no type
        (b"\x01a\x0a", false),             // a type that is not known
        (b"\x01a\x04\x00\x00\x00", false), // a short number
        (b"\x01a\x07\x00\x05abc", false),  // a text that reaches into the payload
        (b"\x09abc", false),               // a name that does
        (b"\x01a\x07\x00", false),         // half of a length
        (b"\x01a\x00\x00", false),         // a header, and half of one
    ] {
        let mut bytes = vec![0; 12];
        bytes[3] = 16 + headers.len() as u8 + 8;
        bytes[7] = headers.len() as u8;
        bytes.extend_from_slice(headers);
        bytes.extend_from_slice(b"payload!\0\0\0\0");
        mend(&mut bytes);
        let seen = ours(&[&bytes]);
        assert_eq!(seen, theirs(&bytes), "{headers:?}");
        assert_eq!(!seen.refused, taken, "{headers:?}");
    }
}

/// A long frame that arrives in many pieces is copied once, and its room is not kept.
#[test]
fn the_room_of_a_long_frame_is_given_back() {
    let message = Message::new(vec![7; 1 << 20]);
    let mut bytes = Vec::new();
    write_message_to(&message, &mut bytes).unwrap();
    let mut frames = Frames::default();
    for piece in bytes.chunks(1000) {
        assert!(frames.next_frame().unwrap().is_none());
        frames.push(Bytes::copy_from_slice(piece));
    }
    let frame = frames.next_frame().unwrap().unwrap();
    assert_eq!(frame.payload().len(), 1 << 20);
    assert!(frames.next_frame().unwrap().is_none());
    assert_eq!(frames.left_over(), 0);
    assert_eq!(frames.room(), 0);
}

/// Whoever does not take all frames of a piece before the next one loses none.
#[test]
fn pieces_may_be_pushed_ahead() {
    let mut bytes = Vec::new();
    for text in ["one", "two"] {
        write_message_to(&Message::new(text), &mut bytes).unwrap();
    }
    let mut frames = Frames::default();
    for piece in bytes.chunks(5) {
        frames.push(Bytes::copy_from_slice(piece));
    }
    for text in ["one", "two"] {
        let frame = frames.next_frame().unwrap().unwrap();
        assert_eq!(frame.payload(), text.as_bytes());
    }
    assert!(frames.next_frame().unwrap().is_none());
}
