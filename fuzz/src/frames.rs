//! Event streams that are written rather than read.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

/// Total length, length of the headers, checksum of these two.
const PRELUDE: usize = 12;
/// With the checksum of the message.
const MIN_FRAME: usize = PRELUDE + 4;

/// An event stream of lines, a frame each:
///
/// ```text
/// messageStart {"role":"assistant"}
/// !throttlingException {"message":"slow down"}
/// ?InternalError oops
/// ```
///
/// An event, an exception, an error that no shape stands behind. Of native streams the JSON is put into a chunk.
pub fn frames(text: &str, native: bool) -> Vec<u8> {
    frames_with(text, native, "")
}

/// The same with white space behind each JSON, inside of the base64 and outside.
pub fn spaced_frames(text: &str, native: bool) -> Vec<u8> {
    frames_with(text, native, " ")
}

fn frames_with(text: &str, native: bool, space: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in text.lines() {
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (headers, payload) = if let Some(name) = name.strip_prefix('!') {
            let headers = [(":message-type", "exception"), (":exception-type", name)];
            (headers.to_vec(), rest.to_owned())
        } else if let Some(code) = name.strip_prefix('?') {
            let headers = [
                (":message-type", "error"),
                (":error-code", code),
                (":error-message", rest),
            ];
            (headers.to_vec(), String::new())
        } else {
            let headers = [(":message-type", "event"), (":event-type", name)];
            let payload = match native && name == "chunk" {
                true => {
                    let bytes = STANDARD.encode(format!("{rest}{space}"));
                    format!(r#"{{"bytes":"{bytes}"}}{space}"#)
                }
                false => format!("{rest}{space}"),
            };
            (headers.to_vec(), payload)
        };
        let headers = headers
            .into_iter()
            .map(|(name, value)| Header::new(name, HeaderValue::String(value.to_owned().into())))
            .collect();
        let message = Message::new_from_parts(headers, Bytes::from(payload));
        // A header that is too long makes no frame.
        let mut frame = Vec::new();
        if write_message_to(&message, &mut frame).is_ok() {
            bytes.extend(frame);
        }
    }
    bytes
}

/// Makes frames of bytes that are nearly some: lengths that reach too far end with the bytes, and the checksums are those
/// of what is there.
pub fn mend(bytes: &[u8]) -> Vec<u8> {
    let mut mended = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while rest.len() >= MIN_FRAME {
        let claimed = |at: usize| {
            let word = [rest[at], rest[at + 1], rest[at + 2], rest[at + 3]];
            u32::from_be_bytes(word) as usize
        };
        let total = match claimed(0) {
            total @ MIN_FRAME.. if total <= rest.len() => total,
            _ => rest.len(),
        };
        let headers = claimed(4).min(total - MIN_FRAME);
        let begin = mended.len();
        mended.extend((total as u32).to_be_bytes());
        mended.extend((headers as u32).to_be_bytes());
        mended.extend(crc32fast::hash(&mended[begin..]).to_be_bytes());
        mended.extend_from_slice(&rest[PRELUDE..total - 4]);
        mended.extend(crc32fast::hash(&mended[begin..]).to_be_bytes());
        rest = &rest[total..];
    }
    mended.extend_from_slice(rest);
    mended
}

/// Whether these bytes end where a frame does, by the lengths that they claim.
pub fn boundary(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some((length, _)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        if length < MIN_FRAME {
            return false;
        }
        match rest.get(length..) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    rest.is_empty()
}
