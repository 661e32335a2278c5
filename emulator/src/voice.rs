//! In whose words errors are said: each API that the emulator serves has a voice of its own, and faults speak with it.

use bytes::Bytes;
use http::HeaderValue;
use http::request::Parts;
use serde_json::{Map, Value};

use crate::dice::Dice;
use crate::error::ApiError;
use crate::reply::Reply;
use crate::{frame, messages, openai};

/// How one API says what all of them have to say.
pub(crate) struct Voice {
    /// An error in place of an answer.
    pub(crate) answer: fn(ApiError) -> Reply,
    /// A named error in the middle of a stream, with its members, of which `message` is one.
    pub(crate) exception: fn(&str, &Map<String, Value>) -> Bytes,
    /// An error in the middle of a stream: a code and a message, and no more.
    pub(crate) error: fn(&str, &str) -> Bytes,
    /// What every answer has: the id of the request, made of the number of the answer, and what depends on the time.
    pub(crate) finish: fn(&mut Reply, usize, i64),
    /// Bytes of a request body.
    pub(crate) max_body: usize,
}

impl Voice {
    /// The voice in which this request is answered.
    pub(crate) fn of(head: &Parts) -> &'static Self {
        let (path, headers) = (head.uri.path(), &head.headers);
        let other = messages::voice(path, headers).or_else(|| openai::voice(path, headers));
        other.unwrap_or(&AWS)
    }
}

/// Amazon's own operations.
pub(crate) static AWS: Voice = Voice {
    answer: ApiError::into_reply,
    exception: |name, members| {
        let payload = Value::Object(members.clone()).to_string();
        frame::exception(name.get(..255).unwrap_or(name), payload.as_bytes())
    },
    error: frame::error,
    finish: |reply, number, _| request_id(reply, number),
    // As the service model has it.
    max_body: 25_000_000,
};

/// Amazon's id of a request.
pub(crate) fn request_id(reply: &mut Reply, number: usize) {
    let id = Dice::new(&[b"request"]).uuid("id", number);
    if let Ok(id) = HeaderValue::try_from(id) {
        // A replayed answer keeps the values that were recorded.
        reply.headers.entry("x-amzn-requestid").or_insert(id);
    }
}
