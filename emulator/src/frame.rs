//! Encoding of `application/vnd.amazon.eventstream` messages.
//!
//! Written from the layout of the format and not with AWS's codec, so that a client which uses that
//! codec is checked by an independent hand. A message is a prelude (total length, headers length,
//! CRC-32 of those eight bytes), headers, payload, and the CRC-32 of all that comes before it.

use bytes::{BufMut, Bytes, BytesMut};

/// Bytes of the prelude together with its checksum.
pub(crate) const PRELUDE: usize = 12;
/// Bytes of a message that are neither headers nor payload.
const OVERHEAD: usize = PRELUDE + 4;
/// The one header value type that Bedrock uses.
const STRING: u8 = 7;
/// Longest header value that AWS's decoders accept.
const MAX_HEADER_VALUE: usize = 32_767;

/// An ordinary event: `:event-type`, `:content-type`, `:message-type`, in the order of the real service.
pub(crate) fn event(event_type: &str, payload: &[u8]) -> Bytes {
    message(
        &[
            (":event-type", event_type),
            (":content-type", "application/json"),
            (":message-type", "event"),
        ],
        payload,
    )
}

/// A modelled exception in mid-stream; `exception_type` is the lower-camel name of the union member.
pub(crate) fn exception(exception_type: &str, payload: &[u8]) -> Bytes {
    message(
        &[
            (":exception-type", exception_type),
            (":content-type", "application/json"),
            (":message-type", "exception"),
        ],
        payload,
    )
}

/// An unmodelled error: everything is in the headers and the payload is empty.
pub(crate) fn error(code: &str, text: &str) -> Bytes {
    message(
        &[
            (":message-type", "error"),
            (":error-code", code),
            (":error-message", text),
        ],
        &[],
    )
}

fn message(headers: &[(&str, &str)], payload: &[u8]) -> Bytes {
    let mut block = BytesMut::new();
    for (name, value) in headers {
        let value = clip(value, MAX_HEADER_VALUE);
        block.put_u8(u8::try_from(name.len()).unwrap_or(u8::MAX));
        block.put_slice(name.as_bytes());
        block.put_u8(STRING);
        block.put_u16(u16::try_from(value.len()).unwrap_or(u16::MAX));
        block.put_slice(value.as_bytes());
    }
    let total = OVERHEAD + block.len() + payload.len();
    let mut out = BytesMut::with_capacity(total);
    out.put_u32(u32::try_from(total).unwrap_or(u32::MAX));
    out.put_u32(u32::try_from(block.len()).unwrap_or(u32::MAX));
    out.put_u32(crc32fast::hash(&out));
    out.put_slice(&block);
    out.put_slice(payload);
    out.put_u32(crc32fast::hash(&out));
    out.freeze()
}

/// The longest prefix of `text` of at most `max` bytes that ends between characters.
fn clip(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let end = (0..=max).rev().find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    // Frames computed by an independent implementation and accepted by botocore's decoder.
    const MESSAGE_START: &str = "00000081000000526cc176930b3a6576656e742d7479706507000c6d657373616765\
        53746172740d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d\
        747970650700056576656e747b2270223a2261626364222c22726f6c65223a22617373697374616e74227df512a005";
    const THROTTLING: &str = "000000b2000000613590d5d30f3a657863657074696f6e2d747970650700137468726f74\
        746c696e67457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d\
        3a6d6573736167652d74797065070009657863657074696f6e7b226d657373616765223a22546f6f206d616e79207265\
        7175657374732c20706c656173652077616974206265666f726520747279696e6720616761696e2e227de8ffb26a";
    const ERROR: &str = "0000005800000048154692c10d3a6d6573736167652d747970650700056572726f720b3a6572\
        726f722d636f646507000d496e7465726e616c4572726f720e3a6572726f722d6d6573736167650700046f6f70735323\
        5f76";

    #[test]
    fn an_event_is_the_known_bytes() {
        let frame = event("messageStart", br#"{"p":"abcd","role":"assistant"}"#);
        assert_eq!(hex(&frame), MESSAGE_START);
    }

    #[test]
    fn an_exception_is_the_known_bytes() {
        let payload = br#"{"message":"Too many requests, please wait before trying again."}"#;
        assert_eq!(hex(&exception("throttlingException", payload)), THROTTLING);
    }

    #[test]
    fn an_unmodelled_error_is_the_known_bytes() {
        assert_eq!(hex(&error("InternalError", "oops")), ERROR);
    }

    #[test]
    fn a_header_value_that_is_too_long_is_cut_between_characters() {
        let text = "é".repeat(20_000);
        let frame = error("X", &text);
        assert!(frame.len() < 33_000);
        assert_eq!(clip(&text, 3), "é");
    }
}
