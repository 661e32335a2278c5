//! What a speaker of Messages says when it refuses: in an answer of its own, or inside of a stream.
//!
//! Sources: Anthropic's API reference, "Errors"; the messages that its service and those that speak like it are known to give
//! where the reference has no code for what they mean.

use http::response::Parts;
use reqllm_core::Error;
use reqllm_core::ErrorKind::{
    self, Authentication, ContentFilter, ContextWindow, InvalidRequest, NotFound, Overloaded,
    Permission, Quota, RateLimited, Server, Stream, Timeout,
};
use serde_json::Value;

use crate::mask;
use crate::meaning::{self, Code, later, never};

/// How much of a body that is no JSON is shown, in characters.
const MAX_EXCERPT: usize = 200;
/// How much is shown of what the service says, in characters.
const MAX_MESSAGE: usize = 4096;
/// The most bytes of a body that are read as JSON.
const MAX_BODY: usize = 256 * 1024;
/// The longest code; the longest of Anthropic's has some twenty letters.
const MAX_CODE: usize = 128;

/// The error of an answer whose status is none of success: in Anthropic's form,
/// `{"type": "error", "error": {"type", "message"}, "request_id"}`, or in that of whoever stands in between.
///
/// ```
/// use reqllm_core::ErrorKind;
///
/// let (head, ()) = http::Response::builder().status(529).body(())?.into_parts();
/// let body = br#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
/// let error = reqllm_dialects::messages::refusal(&head, body);
/// assert_eq!((error.kind(), error.retryable()), (ErrorKind::Overloaded, true));
/// # Ok::<(), http::Error>(())
/// ```
pub fn refusal(head: &Parts, body: &[u8]) -> Error {
    let said = Said::read(body);
    let status = head.status.as_u16();
    let mut error = error(said.code.as_deref(), Some(status), &said.message).with_status(status);
    if let Some(id) = said.request_id {
        error = error.with_request_id(id);
    }
    // Anthropic's own clients obey it before anything else.
    match head.headers.get("x-should-retry").map(|it| it.as_bytes()) {
        Some(b"true") => error.set_retryable(true),
        Some(b"false") => error.set_retryable(false),
        _ => error,
    }
}

/// The error that an answer reports whose status is one of success: its member `error`, if it has one. For bodies that are no
/// conversation; [`read`](super::read) looks for itself.
///
/// ```
/// use reqllm_core::ErrorKind;
///
/// let body = br#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
/// let error = reqllm_dialects::messages::failure(body).map(|error| error.kind());
/// assert_eq!(error, Some(ErrorKind::Overloaded));
/// assert!(reqllm_dialects::messages::failure(br#"{"input_tokens":7}"#).is_none());
/// ```
pub fn failure(body: &[u8]) -> Option<Error> {
    let said: Value = serde_json::from_slice(body).ok()?;
    let error = said.get("error").filter(|error| !error.is_null())?;
    Some(inside(Some(error)))
}

/// The error inside of an answer that began as one of success: the member `error` of an event, or of an answer whose status says
/// nothing of it. Anthropic's has a type and a message; those of gateways are a text, or have a code that is a status.
pub(super) fn inside(said: Option<&Value>) -> Error {
    let text = |name: &str| {
        let text = said?.get(name)?.as_str()?;
        Some(text).filter(|text| !text.is_empty())
    };
    let message = said.and_then(Value::as_str).or_else(|| text("message"));
    let code = text("type").or_else(|| text("code"));
    let number = said.and_then(|it| it.get("code")?.as_u64());
    let status = number.filter(|code| (400..600).contains(code));
    let status = status.and_then(|status| u16::try_from(status).ok());
    match (message, code, status) {
        (None, None, None) => {
            Error::stream("the stream reports an error and does not say which").set_retryable(true)
        }
        (message, code, status) => error(code, status, &shown(message.unwrap_or_default())),
    }
}

/// The code decides, or the status where there is none that is known; then the message, which says what codes leave open.
fn error(code: Option<&str>, status: Option<u16>, message: &str) -> Error {
    let code = code.filter(|code| (1..=MAX_CODE).contains(&code.len()));
    let known = code.and_then(|code| meaning::find(CODES, code));
    // It means no more than that something failed, and servers that are not Anthropic's give it with any status.
    let vague = |row: &&Code| row.name == "api_error" && matches!(status, Some(400..=499));
    let (mut kind, mut retryable, mut advice) = match (known.filter(|row| !vague(row)), status) {
        (Some(row), _) => (row.kind, row.retryable, row.advice),
        (None, Some(status)) => by_status(status),
        (None, None) => (Stream, true, ""),
    };
    let lower = message.to_ascii_lowercase();
    let fits = |saying: &&Saying| saying.of.contains(&kind) && lower.contains(saying.part);
    if let Some(saying) = SAYINGS.iter().find(fits) {
        (kind, retryable, advice) = (saying.kind, false, saying.advice);
    }
    let message = match message {
        "" => "the service gave no reason",
        message => message,
    };
    let error = Error::new(kind, message)
        .set_retryable(retryable)
        .with_advice(advice);
    match code {
        Some(code) => error.with_code(code),
        None => error,
    }
}

const TOO_LARGE: &str =
    "a request may have 32 MB: send less, or give media by URL where the service takes them so";
const SLOWER: &str = "send less at a time, or ask for a higher limit";
const KEY: &str = "check the API key, and that it is one of this service";

/// Source: Anthropic's API reference, "Errors".
const CODES: &[Code] = &[
    never("invalid_request_error", InvalidRequest, ""),
    never("authentication_error", Authentication, KEY),
    never("billing_error", Quota, "see the billing of the account"),
    never("permission_error", Permission, ""),
    never("not_found_error", NotFound, ""),
    never("request_too_large", InvalidRequest, TOO_LARGE),
    later("rate_limit_error", RateLimited, SLOWER),
    later(
        "timeout_error",
        Timeout,
        "ask for less at once, or stream the answer",
    ),
    later("api_error", Server, ""),
    later("overloaded_error", Overloaded, ""),
    // Moonshot's API reference, "Errors": it comes with status 429.
    never(
        "exceeded_current_quota_error",
        Quota,
        "see the billing of the account",
    ),
];

/// What an answer of this status means that has no code, or none that is known.
fn by_status(status: u16) -> (ErrorKind, bool, &'static str) {
    let (kind, retryable) = meaning::of_status(status);
    let advice = match status {
        401 => KEY,
        402 => "see the billing of the account",
        404 => "check the model's id and the base URL",
        405 => "the base URL is not that of a Messages API",
        407 => "the proxy in between wants credentials of its own",
        413 => TOO_LARGE,
        429 => SLOWER,
        504 => "ask for less at once, or stream the answer",
        _ => "",
    };
    (kind, retryable, advice)
}

/// What a message means that is known by a piece of it, in small letters.
struct Saying {
    part: &'static str,
    /// The kinds that code or status must have given.
    of: &'static [ErrorKind],
    kind: ErrorKind,
    advice: &'static str,
}

const SHORTER: &str = "shorten the conversation, or lower `max_tokens`, which counts too";
const BAD: &[ErrorKind] = &[InvalidRequest];
const MONEY: &[ErrorKind] = &[InvalidRequest, RateLimited, Permission];

/// The first that fits counts.
const SAYINGS: &[Saying] = &[
    means("prompt is too long", BAD, ContextWindow, SHORTER),
    means("input is too long", BAD, ContextWindow, SHORTER),
    means("exceed context limit", BAD, ContextWindow, SHORTER),
    means("exceeds the context window", BAD, ContextWindow, SHORTER),
    means("maximum context length", BAD, ContextWindow, SHORTER),
    means(
        "credit balance is too low",
        MONEY,
        Quota,
        "add credits to the account",
    ),
    means(
        "reached your specified api usage limits",
        MONEY,
        Quota,
        "raise the spend limit of the workspace, or wait until it is refilled",
    ),
    means(
        "insufficient balance",
        MONEY,
        Quota,
        "add credits to the account",
    ),
    means(
        "blocked by content filtering policy",
        BAD,
        ContentFilter,
        "a filter stopped the answer; ask for something else",
    ),
];

const fn means(
    part: &'static str,
    of: &'static [ErrorKind],
    kind: ErrorKind,
    advice: &'static str,
) -> Saying {
    Saying {
        part,
        of,
        kind,
        advice,
    }
}

/// What a body says, in whatever spelling: services, gateways and proxies differ.
struct Said {
    message: String,
    code: Option<String>,
    request_id: Option<String>,
}

impl Said {
    fn read(bytes: &[u8]) -> Self {
        let bytes = bytes.get(..MAX_BODY).unwrap_or(bytes);
        let Ok(json) = serde_json::from_slice::<Value>(bytes) else {
            let text = String::from_utf8_lossy(bytes);
            let excerpt: String = text.trim().chars().take(MAX_EXCERPT).collect();
            return Self {
                message: mask::keys(&excerpt),
                code: None,
                request_id: None,
            };
        };
        let text = |pointers: &[&str]| {
            let mut texts = pointers
                .iter()
                .filter_map(|pointer| json.pointer(pointer)?.as_str());
            texts.find(|text| !text.is_empty()).map(str::to_owned)
        };
        let message = text(&["/error/message", "/message", "/error", "/detail"]);
        Self {
            message: shown(message.unwrap_or_default().trim()),
            code: text(&["/error/type", "/error/code", "/code"]),
            request_id: text(&["/request_id"]),
        }
    }
}

/// A message, unless it is longer than anybody reads, and without keys.
fn shown(message: &str) -> String {
    match message.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => mask::keys(&message[..end]) + "… (cut off)",
        None => mask::keys(message),
    }
}

#[cfg(test)]
mod tests;
