//! What AWS says when it refuses, as this library's error.
//!
//! | room | what is in it |
//! | --- | --- |
//! | `body` | the body of a refusal, without what AWS quotes of the request |
//! | `exceptions` | the codes of AWS, a table |
//! | `sayings` | what its messages mean, a table |

mod body;
mod exceptions;
mod sayings;

#[cfg(test)]
mod tests;

use http::response::Parts;
use reqllm_core::{Error, ErrorKind};

use self::body::Body;

/// The longest code; the longest name of an exception has some thirty letters.
const MAX_CODE: usize = 128;

/// The error of an answer whose status is none of success.
pub(crate) fn refusal(head: &Parts, body: &[u8]) -> Error {
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let body = Body::read(body);
    let status = head.status.as_u16();
    let code = header("x-amzn-errortype")
        .or(body.code.as_deref())
        .map(bare_code)
        .filter(|code| !code.is_empty());
    let mut error = error(code, Some(status), &body.message);
    if let Some(id) = header("x-amzn-requestid") {
        error = error.with_request_id(id);
    }
    error.with_status(status)
}

/// The error of an exception inside an event stream. Its name begins with a small letter there.
pub(crate) fn in_stream(name: &str, payload: &[u8]) -> Error {
    let mut chars = name.chars();
    let code: String = chars
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(chars)
        .collect();
    error(Some(&code), None, &Body::read(payload).message)
}

/// The error of a message of type `error`, which no shape of the service model stands behind.
pub(crate) fn unmodeled(code: &str, message: &str) -> Error {
    error(Some(code), None, body::without_secrets(message))
}

/// What somebody said who is not the service, as far as it may be shown.
pub(crate) fn shown(message: &str) -> String {
    body::excerpt(body::without_secrets(message))
}

/// `ThrottlingException` of `ns#ThrottlingException:http://internal.amazon.com/…`.
pub(crate) fn bare_code(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code).trim()
}

/// The code decides, or the status where there is none that is known; then the message, which says what codes leave open.
fn error(code: Option<&str>, status: Option<u16>, message: &str) -> Error {
    let code = code.filter(|code| code.len() <= MAX_CODE);
    let exception = code.and_then(exceptions::by_code);
    let (mut kind, mut retryable, mut advice) = match (exception, status) {
        (Some(exception), _) => (exception.kind, exception.retryable, exception.advice),
        (None, Some(status)) => exceptions::by_status(status),
        (None, None) => (ErrorKind::Stream, true, ""),
    };
    let mut remedy = None;
    if let Some(saying) = sayings::find(message, kind) {
        advice = saying.advice;
        remedy = saying.remedy;
        if let Some(truth) = saying.kind {
            (kind, retryable) = (truth, false);
        }
    }
    let text = match message {
        "" => "Bedrock gave no reason",
        message => message,
    };
    let mut error = Error::new(kind, text)
        .with_provider(crate::ID)
        .set_retryable(retryable)
        .with_advice(advice);
    if let Some(remedy) = remedy {
        error = error.with_remedy(remedy);
    }
    match code {
        Some(code) => error.with_code(exception.map_or(code, |exception| exception.name)),
        None => error,
    }
}
