//! AWS's binary event stream: from bytes, cut anywhere, to frames, and from frames to events.
//!
//! [`Frames`] walks the bytes in the place where they were received. Both lengths of a frame are checked against the checksum
//! in front of them before they are believed, the checksum of the whole frame before anything in it is; headers and payload
//! are handed out as slices. Only a frame that is cut by the end of a piece is copied, and only that one. So a frame costs
//! little more than its checksums.
//!
//! Other streams of AWS have the same frames. Whoever reads one can use this room by itself:
//!
//! ```
//! use bytes::Bytes;
//! use reqllm_bedrock::eventstream::Frames;
//!
//! let received = [
//!     Bytes::from_static(b"\0\0\0\x26\0\0\0\x14\x31\x79\xd1\xb0\x0b:event-type\x07\0\x05ch"),
//!     Bytes::from_static(b"unk{}\x9b\xf7\x01\x07"),
//! ];
//! let mut frames = Frames::default();
//! for piece in received {
//!     frames.push(piece);
//!     while let Some(frame) = frames.next_frame()? {
//!         let event = frame.headers().text(":event-type").unwrap_or("of no type");
//!         assert_eq!((event, frame.payload()), ("chunk", &b"{}"[..]));
//!     }
//! }
//! assert_eq!(frames.left_over(), 0, "the last frame is cut off");
//! # Ok::<(), reqllm_core::Error>(())
//! ```
//!
//! The layout, numbers in network order:
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | length of the frame, all of it |
//! | 4 | length of the headers |
//! | 4 | CRC-32 of these eight bytes: the prelude's checksum |
//! | … | headers: length of the name (1 byte), name, type of the value (1 byte), value |
//! | … | payload |
//! | 4 | CRC-32 of all that is in front of it |
//!
//! Source: the Amazon event stream specification, in the Smithy documentation; of the limits: botocore and aws-c-event-stream.
//! `aws-smithy-eventstream` is the judge of it: in tests and under the fuzzer this room takes and refuses the same frames,
//! and reads the same in them. The one difference is that a length beyond [`MAX_FRAME`] or [`MAX_HEADERS`] is refused.

mod frame;
mod frames;
mod headers;
mod no_stream;
mod reader;

pub use frame::{Frame, MAX_FRAME, MAX_HEADERS};
pub use frames::Frames;
pub use headers::{Header, HeaderValue, Headers, HeadersIter};
pub(crate) use reader::{Events, open};

#[cfg(test)]
mod oracle;
