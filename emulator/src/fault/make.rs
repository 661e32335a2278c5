//! The faults there are, each by a constructor.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Map;

use super::{
    Append, Chunks, Corrupt, Crc, Cut, Encoding, ErrorAnswer, ErrorFrame, ExceptionFrame, Fault,
    Flip, Place, Raw, Replay, Then,
};

impl Fault {
    /// An error answer with the headers and body shape of the service, for example
    /// `Fault::error(429, "ThrottlingException", "Too many requests")`. On the Messages API the code is a type of Anthropic's
    /// (`overloaded_error`), and any other one becomes the type that belongs to the status.
    pub fn error(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        let (code, message) = (code.into(), message.into());
        let error = ErrorAnswer {
            status,
            code,
            message,
            headers: BTreeMap::new(),
        };
        Self {
            error: Some(error),
            ..Self::default()
        }
    }

    /// An answer given byte by byte: recorded traffic, a proxy's HTML page, an empty body.
    pub fn replay<N: Into<String>, V: Into<String>>(
        status: u16,
        headers: impl IntoIterator<Item = (N, V)>,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let replay = Replay {
            status,
            headers,
            body: body.into(),
        };
        Self {
            replay: Some(replay),
            ..Self::default()
        }
    }

    /// A stream that ends with a modelled exception after `after_events` events. `exception` is the
    /// lower-camel name: `throttlingException`, `modelStreamErrorException`, …, and on the Messages API the type of an `error`
    /// event: `overloaded_error`.
    pub fn exception(
        after_events: usize,
        exception: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let (exception, message) = (exception.into(), message.into());
        let frame = ExceptionFrame {
            after_events,
            exception,
            message,
            fields: Map::new(),
        };
        Self {
            exception: Some(frame),
            ..Self::default()
        }
    }

    /// A stream that ends with a `:message-type: error` message after `after_events` events.
    pub fn error_frame(
        after_events: usize,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let frame = ErrorFrame {
            after_events,
            code: code.into(),
            message: message.into(),
        };
        Self {
            error_frame: Some(frame),
            ..Self::default()
        }
    }

    /// A stream that ends after `events` events, cleanly as far as HTTP can tell.
    pub fn truncate_events(events: usize) -> Self {
        Self {
            truncate: Some(Cut::AfterEvents(events)),
            ..Self::default()
        }
    }

    /// A body that ends after `bytes` bytes: cleanly as far as HTTP can tell if it is a stream, short
    /// of its `Content-Length` if it is not.
    pub fn truncate_bytes(bytes: usize) -> Self {
        Self {
            truncate: Some(Cut::AfterBytes(bytes)),
            ..Self::default()
        }
    }

    /// A TCP reset of the next connection that is made, before anything is read from it.
    pub fn reset_on_accept() -> Self {
        Self {
            reset: Some(Place::OnAccept),
            ..Self::default()
        }
    }

    /// A TCP reset behind the head of the next request; its body is not read.
    pub fn reset_in_request() -> Self {
        Self {
            reset: Some(Place::InRequest),
            ..Self::default()
        }
    }

    /// A TCP reset instead of an answer.
    pub fn reset_before_head() -> Self {
        Self {
            reset: Some(Place::BeforeHead),
            ..Self::default()
        }
    }

    /// A TCP reset after the head of the answer.
    pub fn reset_after_head() -> Self {
        Self {
            reset: Some(Place::AfterHead),
            ..Self::default()
        }
    }

    /// A TCP reset after `bytes` bytes of the body.
    pub fn reset_after_bytes(bytes: usize) -> Self {
        Self {
            reset: Some(Place::AfterBytes(bytes)),
            ..Self::default()
        }
    }

    /// A TCP reset after `events` events of a stream.
    pub fn reset_after_events(events: usize) -> Self {
        Self {
            reset: Some(Place::AfterEvents(events)),
            ..Self::default()
        }
    }

    /// An end of the connection instead of an answer.
    pub fn close_before_head() -> Self {
        Self {
            close: Some(Place::BeforeHead),
            ..Self::default()
        }
    }

    /// An end of the connection after `bytes` bytes of the body, which HTTP does not expect there.
    pub fn close_after_bytes(bytes: usize) -> Self {
        Self {
            close: Some(Place::AfterBytes(bytes)),
            ..Self::default()
        }
    }

    /// An end of the connection after `events` events of a stream, without the last chunk of HTTP.
    pub fn close_after_events(events: usize) -> Self {
        Self {
            close: Some(Place::AfterEvents(events)),
            ..Self::default()
        }
    }

    /// A wrong checksum at the end of event `event` (counted from 0).
    pub fn corrupt_message(event: usize) -> Self {
        Self {
            corrupt: Some(Corrupt {
                event,
                crc: Crc::Message,
            }),
            ..Self::default()
        }
    }

    /// A wrong checksum of the prelude of event `event` (counted from 0).
    pub fn corrupt_prelude(event: usize) -> Self {
        Self {
            corrupt: Some(Corrupt {
                event,
                crc: Crc::Prelude,
            }),
            ..Self::default()
        }
    }

    /// One byte of the body, at `offset`, with its lowest bit flipped.
    pub fn flip(offset: usize) -> Self {
        Self {
            flip: Some(Flip { offset }),
            ..Self::default()
        }
    }

    /// A pause before the head of the answer.
    pub fn delay(pause: Duration) -> Self {
        Self {
            delay_ms: Some(millis(pause)),
            ..Self::default()
        }
    }

    /// A pause between the events of a stream, or between chunks.
    pub fn pace(pause: Duration) -> Self {
        Self {
            pace_ms: Some(millis(pause)),
            ..Self::default()
        }
    }

    /// A stream that says nothing more after `events` events, and does not end.
    pub fn stall(events: usize) -> Self {
        Self {
            stall: Some(Place::AfterEvents(events)),
            ..Self::default()
        }
    }

    /// No answer at all; the connection stays.
    pub fn stall_before_head() -> Self {
        Self {
            stall: Some(Place::BeforeHead),
            ..Self::default()
        }
    }

    /// The head of an answer and nothing behind it; the connection stays.
    pub fn stall_after_head() -> Self {
        Self {
            stall: Some(Place::AfterHead),
            ..Self::default()
        }
    }

    /// A body that says nothing more after `bytes` bytes, and does not end.
    pub fn stall_after_bytes(bytes: usize) -> Self {
        Self {
            stall: Some(Place::AfterBytes(bytes)),
            ..Self::default()
        }
    }

    /// An answer of which every byte, those of the head included, comes on its own, with a pause before the next.
    pub fn drip(pause: Duration) -> Self {
        Self {
            drip_ms: Some(millis(pause)),
            ..Self::default()
        }
    }

    /// These bytes on the connection in place of an answer, which then closes. They need not be HTTP.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self::raw_then(bytes, Then::Close)
    }

    /// [`Fault::raw`], with a connection that stays and says nothing more.
    pub fn raw_and_stall(bytes: impl Into<Vec<u8>>) -> Self {
        Self::raw_then(bytes, Then::Stall)
    }

    /// [`Fault::raw`], the same bytes again and again.
    pub fn raw_and_repeat(bytes: impl Into<Vec<u8>>) -> Self {
        Self::raw_then(bytes, Then::Repeat)
    }

    fn raw_then(bytes: impl Into<Vec<u8>>, then: Then) -> Self {
        let bytes = bytes.into();
        Self {
            raw: Some(Raw { bytes, then }),
            ..Self::default()
        }
    }

    /// A body that is compressed, and says so, though nobody has asked for it.
    pub fn gzip() -> Self {
        Self {
            encoding: Some(Encoding::Gzip),
            ..Self::default()
        }
    }

    /// These bytes behind the end of the answer.
    pub fn append(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            append: Some(Append(bytes.into())),
            ..Self::default()
        }
    }

    /// Blanks behind the end of the answer, without an end.
    pub fn endless() -> Self {
        Self {
            endless: true,
            ..Self::default()
        }
    }

    /// A body cut anew into chunks of `size` bytes, each flushed on its own.
    pub fn chunks(size: usize) -> Self {
        Self {
            chunks: Some(Chunks::Size(size)),
            ..Self::default()
        }
    }

    /// A body cut anew into chunks of the given sizes, the rest in one piece.
    pub fn chunk_sizes(sizes: impl Into<Vec<usize>>) -> Self {
        Self {
            chunks: Some(Chunks::Sizes(sizes.into())),
            ..Self::default()
        }
    }
}

fn millis(pause: Duration) -> u64 {
    u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)
}
