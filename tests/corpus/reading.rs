//! What a recorded answer says, read without any code of the library.
//!
//! A [`Reading`] is the answer in the JSON contract of the library (docs of `Response`), taken from the
//! same bytes that the library decodes, so that a test can compare the two. Nothing here is shared
//! with the library: not the frame codec, not the types, not the rules.
//!
//! Two members of the contract are a matter of choice rather than of bytes, and [`comparable`] levels
//! them: absent and null are the same, and so are an absent text and an empty one beside other data.

use serde_json::{Value, json};

use crate::answers::envelope::{chunks, fill, intervened, of_headers, trace};
use crate::answers::{claude, command_r, converse, mantle, nova, texts};
use crate::frames::frames;
use crate::recording::Recording;
use crate::wire::{Native, Wire};
use crate::words;

/// An answer in contract JSON.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reading {
    /// Parts: text, reasoning, `tool_call`, unknown.
    pub(crate) content: Vec<Value>,
    /// `{input,output,cache_read,cache_write,total}_tokens`, null for what the wire did not give.
    pub(crate) usage: Value,
    /// What a guardrail found, in AWS's own shape; null if it was not asked or is not told.
    pub(crate) trace: Value,
    /// The provider's own stop reason, verbatim.
    pub(crate) raw_finish_reason: Option<String>,
    /// What it means; `error` where the answer did not come to its end.
    pub(crate) finish_reason: &'static str,
    /// `{"kind", "status", "code", "message"}` of an answer by status, without a status that of a failure
    /// inside a stream; `content` is then what had arrived before.
    pub(crate) error: Option<Value>,
    /// Whether the answer came to its own end: a JSON document, or a stream with its stop event and
    /// no bytes left over. False for every error.
    pub(crate) events_complete: bool,
}

/// Why there is no reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// A format that the library does not speak either; the recording is to be skipped and counted.
    OutOfScope(String),
    /// Bytes that make no sense to this reader: somebody has to look.
    Broken(String),
}

impl From<String> for Unread {
    fn from(reason: String) -> Self {
        Self::Broken(reason)
    }
}

impl Reading {
    /// An answer that says nothing yet.
    pub(crate) fn empty() -> Self {
        let usage = super::parts::usage(
            Value::Null,
            Value::Null,
            Value::Null,
            Value::Null,
            Value::Null,
        );
        Self {
            content: Vec::new(),
            usage,
            trace: Value::Null,
            raw_finish_reason: None,
            finish_reason: "unknown",
            error: None,
            events_complete: false,
        }
    }
}

/// Reads the answer of a recording of a conversation.
pub(crate) fn read(recording: &Recording) -> Result<Reading, Unread> {
    if recording.is_error() {
        return Ok(refusal(recording));
    }
    let body = recording.response_body.as_slice();
    let (mut reading, measured, blocked) = match recording.wire {
        Wire::Converse => (converse::whole(&json_body(body)?)?, Value::Null, false),
        Wire::ConverseStream => (converse::stream(&frames(body)?)?, Value::Null, false),
        Wire::Invoke(native) => {
            let body = json_body(body)?;
            let mut reading = match native {
                Native::Claude => claude::whole(&body)?,
                Native::Nova => nova::whole(&body)?,
                Native::CommandR => command_r::whole(&body)?,
                _ => texts::whole(native, &body)?,
            };
            reading.trace = trace(&body);
            (reading, of_headers(&recording.headers), intervened(&body))
        }
        Wire::InvokeStream(native) => {
            let chunks = chunks(&frames(body)?)?;
            let mut reading = match native {
                Native::Claude => claude::stream(&chunks)?,
                Native::Nova => nova::stream(&chunks)?,
                Native::CommandR => command_r::stream(&chunks)?,
                _ => texts::stream(native, &chunks)?,
            };
            reading.trace = chunks.trace();
            let measured = chunks.metrics().unwrap_or_default();
            (reading, measured, chunks.intervened())
        }
        Wire::Mantle(dialect) => {
            let body = json_body(body)?;
            (mantle::whole(dialect, &body)?, Value::Null, false)
        }
        Wire::MantleStream(dialect) => (mantle::stream(dialect, body)?, Value::Null, false),
        other => return Err(format!("{other} is no conversation").into()),
    };
    fill(&mut reading.usage, &measured);
    reading.finish_reason = match &reading.raw_finish_reason {
        _ if !reading.events_complete => "error",
        _ if blocked => "content_filter",
        Some(_) if reading.finish_reason != "unknown" => reading.finish_reason,
        Some(raw) => words::finish_reason(recording.wire, raw),
        None => "unknown",
    };
    if let Some(error) = &mut reading.error {
        error["kind"] = words::error_kind(error["code"].as_str(), None).into();
    }
    Ok(reading)
}

/// The JSON of a whole body.
pub(crate) fn json_body(body: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(body).map_err(|e| format!("body: {e}"))
}

/// The code is the header up to a colon and after a `#`, else it is in the body, else unknown.
pub(crate) fn refusal(recording: &Recording) -> Reading {
    let body: Value = serde_json::from_slice(&recording.response_body).unwrap_or_default();
    let in_body = ["__type", "code"]
        .iter()
        .find_map(|name| body.get(*name)?.as_str());
    let in_header = recording
        .headers
        .get("x-amzn-errortype")
        .map(String::as_str);
    let code = in_header.or(in_body).map(|code| {
        let code = code.split(':').next().unwrap_or_default();
        code.rsplit('#').next().unwrap_or_default()
    });
    let message = body.get("message").or_else(|| body.get("Message"));
    let kind = words::error_kind(code, Some(recording.status.into()));
    let error = json!({"kind": kind, "status": recording.status, "code": code, "message": message});
    Reading {
        error: Some(error),
        finish_reason: "error",
        ..Reading::empty()
    }
}

/// Levels what the contract leaves open, on either side of a comparison: null members and empty lists
/// go, and so does the empty text of a reasoning part. Member order never counts.
pub(crate) fn comparable(content: &[Value]) -> Vec<Value> {
    let level = |part: &Value| {
        let mut part = part.clone();
        let reasoning = part["type"] == "reasoning";
        if let Some(members) = part.as_object_mut() {
            members.retain(|name, value| {
                let nothing = value.is_null()
                    || (name == "citations" && value.as_array().is_some_and(Vec::is_empty))
                    || (reasoning && name == "text" && *value == "");
                !nothing
            });
        }
        part
    };
    content.iter().map(level).collect()
}
