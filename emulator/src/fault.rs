//! Scripted misbehaviour: what a fault says, in Rust and in JSON.
//!
//! How a fault is carried out is in [`crate::delivery`].

mod effect;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

pub(crate) use effect::{
    Chunks, Corrupt, Crc, Cut, ErrorAnswer, ErrorFrame, ExceptionFrame, Flip, Replay, Reset, Stall,
};

/// Something that goes wrong with one answer, or with the next few.
///
/// Made by one of the constructors; [`Fault::and`] joins several into one answer (recorded bytes *and*
/// one byte at a time, say), [`Fault::times`] makes it hit more than one request. A fault is used up by
/// the next request that passes authentication, whatever it asks for.
///
/// In JSON each effect is a key, and unknown keys are refused:
///
/// ```json
/// {"error": {"status": 429, "code": "ThrottlingException", "message": "Slow down", "headers": {"retry-after": "1"}}, "times": 2}
/// {"exception": {"after_events": 3, "exception": "throttlingException", "message": "Slow down", "fields": {}}}
/// {"error_frame": {"after_events": 1, "code": "InternalError", "message": "oops"}}
/// {"truncate": {"after_events": 3}}          {"truncate": {"after_bytes": 100}}
/// {"reset": "before_head"}                   {"reset": "after_head"}           {"reset": {"after_bytes": 100}}
/// {"corrupt": {"event": 2, "crc": "message"}}                                  {"corrupt": {"event": 2, "crc": "prelude"}}
/// {"flip": {"offset": 17}}
/// {"delay_ms": 250}                          {"pace_ms": 20}                   {"stall": {"after_events": 2}}
/// {"chunks": 1}                              {"chunks": [12, 1, 300]}
/// {"replay": {"status": 200, "headers": {"content-type": "text/html"}, "text": "<html>"}}
/// {"replay": {"headers": {"content-type": "application/vnd.amazon.eventstream"}, "body": "AAAA…base64"}, "chunks": 1}
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub(crate) error: Option<ErrorAnswer>,
    pub(crate) replay: Option<Replay>,
    pub(crate) exception: Option<ExceptionFrame>,
    pub(crate) error_frame: Option<ErrorFrame>,
    pub(crate) truncate: Option<Cut>,
    pub(crate) reset: Option<Reset>,
    pub(crate) corrupt: Option<Corrupt>,
    pub(crate) flip: Option<Flip>,
    pub(crate) stall: Option<Stall>,
    pub(crate) delay_ms: Option<u64>,
    pub(crate) pace_ms: Option<u64>,
    pub(crate) chunks: Option<Chunks>,
    times: Option<u32>,
}

impl Fault {
    /// An error answer with the headers and body shape of the service, for example
    /// `Fault::error(429, "ThrottlingException", "Too many requests")`.
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
    /// lower-camel name: `throttlingException`, `modelStreamErrorException`, …
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

    /// A TCP reset instead of an answer.
    pub fn reset_before_head() -> Self {
        Self {
            reset: Some(Reset::BeforeHead),
            ..Self::default()
        }
    }

    /// A TCP reset after the head of the answer.
    pub fn reset_after_head() -> Self {
        Self {
            reset: Some(Reset::AfterHead),
            ..Self::default()
        }
    }

    /// A TCP reset after `bytes` bytes of the body.
    pub fn reset_after_bytes(bytes: usize) -> Self {
        Self {
            reset: Some(Reset::AfterBytes(bytes)),
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
            stall: Some(Stall {
                after_events: events,
            }),
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

    /// Hits this many requests instead of one. None if `times` is 0.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Both faults in the same answer; where both speak of the same thing, `other` decides.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            error: other.error.or(self.error),
            replay: other.replay.or(self.replay),
            exception: other.exception.or(self.exception),
            error_frame: other.error_frame.or(self.error_frame),
            truncate: other.truncate.or(self.truncate),
            reset: other.reset.or(self.reset),
            corrupt: other.corrupt.or(self.corrupt),
            flip: other.flip.or(self.flip),
            stall: other.stall.or(self.stall),
            delay_ms: other.delay_ms.or(self.delay_ms),
            pace_ms: other.pace_ms.or(self.pace_ms),
            chunks: other.chunks.or(self.chunks),
            times: other.times.or(self.times),
        }
    }

    /// An extra header on the answer of [`Fault::error`] or [`Fault::replay`].
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        if let Some(error) = &mut self.error {
            error.headers.insert(name, value);
        } else if let Some(replay) = &mut self.replay {
            replay.headers.insert(name, value);
        }
        self
    }

    /// An extra field in the payload of [`Fault::exception`], for example `originalStatusCode`.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        if let Some(exception) = &mut self.exception {
            exception.fields.insert(name.into(), value.into());
        }
        self
    }

    /// How many requests are still to be hit.
    pub(crate) fn remaining(&self) -> u32 {
        self.times.unwrap_or(1)
    }
}

fn millis(pause: Duration) -> u64 {
    u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Fault, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn every_documented_form_parses() {
        let docs = include_str!("fault.rs");
        let start = docs.find("/// ```json").unwrap();
        let block = &docs[start..start + docs[start + 11..].find("/// ```").unwrap() + 11];
        let mut forms = 0;
        for line in block.lines().filter_map(|line| line.strip_prefix("/// {")) {
            let line = format!("{{{}", line.replace("AAAA…base64", "AAAA"));
            let stream = serde_json::Deserializer::from_str(&line).into_iter::<Fault>();
            for fault in stream {
                fault.unwrap_or_else(|error| panic!("{line}: {error}"));
                forms += 1;
            }
        }
        assert!(forms >= 17, "{forms}");
    }

    #[test]
    fn what_is_not_a_fault_is_refused() {
        for text in [
            r#"{"eror": {}}"#,
            r#"{"truncate": {"after_events": 1, "after_bytes": 1}}"#,
            r#"{"replay": {"body": "AAAA", "text": "x"}}"#,
            r#"{"replay": {"body": "not base64"}}"#,
            r#"{"reset": "sometime"}"#,
            r#"{"error": {"status": 500}}"#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn faults_combine() {
        let fault = Fault::replay(200, [("a", "b")], "x")
            .and(Fault::chunks(1))
            .times(3);
        assert!(fault.replay.is_some() && fault.chunks.is_some());
        assert_eq!(fault.remaining(), 3);
    }
}
