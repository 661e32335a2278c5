//! Scripted misbehaviour: what a fault says, in Rust and in JSON.
//!
//! How a fault is carried out is in [`crate::delivery`].

mod effect;
mod make;

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

pub(crate) use effect::{
    Append, Chunks, Corrupt, Crc, Cut, Encoding, ErrorAnswer, ErrorFrame, ExceptionFrame, Flip,
    Place, Raw, Replay, Then,
};

/// Something that goes wrong with one answer, or with the next few.
///
/// Made by one of the constructors; [`Fault::and`] joins several into one answer (recorded bytes *and*
/// one byte at a time, say), [`Fault::times`] makes it hit more than one request. A fault is used up by
/// the next request that passes authentication, whatever it asks for. One that hits a connection as it is
/// made, or a request whose body has not been read, is used up by the next of these.
///
/// In JSON each effect is a key, and unknown keys are refused:
///
/// ```json
/// {"error": {"status": 429, "code": "ThrottlingException", "message": "Slow down", "headers": {"retry-after": "1"}}, "times": 2}
/// {"exception": {"after_events": 3, "exception": "throttlingException", "message": "Slow down", "fields": {}}}
/// {"error_frame": {"after_events": 1, "code": "InternalError", "message": "oops"}}
/// {"truncate": {"after_events": 3}}          {"truncate": {"after_bytes": 100}}
/// {"reset": "on_accept"}                     {"reset": "in_request"}           {"reset": "before_head"}
/// {"reset": "after_head"}                    {"reset": {"after_events": 3}}    {"reset": {"after_bytes": 100}}
/// {"close": {"after_events": 3}}             {"stall": "before_head"}          {"stall": {"after_bytes": 100}}
/// {"corrupt": {"event": 2, "crc": "message"}}                                  {"corrupt": {"event": 2, "crc": "prelude"}}
/// {"flip": {"offset": 17}}
/// {"delay_ms": 250}                          {"pace_ms": 20}                   {"drip_ms": 20}
/// {"chunks": 1}                              {"chunks": [12, 1, 300]}          {"endless": true}
/// {"headers": {"content-type": "text/html"}} {"encoding": "gzip"}              {"append": {"text": "garbage"}}
/// {"raw": {"text": "HTTP/1.1 200 OK", "then": "stall"}}                        {"raw": {"body": "AAAA", "then": "repeat"}}
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
    pub(crate) reset: Option<Place>,
    pub(crate) close: Option<Place>,
    pub(crate) corrupt: Option<Corrupt>,
    pub(crate) flip: Option<Flip>,
    pub(crate) stall: Option<Place>,
    pub(crate) delay_ms: Option<u64>,
    pub(crate) pace_ms: Option<u64>,
    pub(crate) chunks: Option<Chunks>,
    pub(crate) drip_ms: Option<u64>,
    pub(crate) raw: Option<Raw>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) encoding: Option<Encoding>,
    pub(crate) append: Option<Append>,
    #[serde(default)]
    pub(crate) endless: bool,
    times: Option<u32>,
}

impl Fault {
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
            drip_ms: other.drip_ms.or(self.drip_ms),
            raw: other.raw.or(self.raw),
            headers: self.headers.into_iter().chain(other.headers).collect(),
            encoding: other.encoding.or(self.encoding),
            append: other.append.or(self.append),
            endless: other.endless || self.endless,
            close: other.close.or(self.close),
            times: other.times.or(self.times),
        }
    }

    /// A header of the answer, whoever gives it, in place of what it is there.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        if let Some(error) = &mut self.error {
            error.headers.insert(name, value);
        } else if let Some(replay) = &mut self.replay {
            replay.headers.insert(name, value);
        } else {
            self.headers.insert(name, value);
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

    /// Where the connection is torn away from HTTP, and what becomes of it then.
    pub(crate) fn ends(&self) -> impl Iterator<Item = (Place, Then)> {
        [
            (self.stall, Then::Stall),
            (self.close, Then::Close),
            (self.reset, Then::Reset),
        ]
        .into_iter()
        .filter_map(|(place, then)| Some((place?, then)))
    }

    /// What becomes of the connection at this place, if that is where the fault strikes.
    pub(crate) fn strikes(&self, place: Place) -> Option<Then> {
        self.ends()
            .find(|(at, _)| *at == place)
            .map(|(_, then)| then)
    }

    /// How many requests are still to be hit.
    pub(crate) fn remaining(&self) -> u32 {
        self.times.unwrap_or(1)
    }
}

#[cfg(test)]
mod tests;
