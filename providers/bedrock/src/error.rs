//! What AWS says when it refuses, as this library's error.

use http::response::Parts;
use reqllm_core::{Error, ErrorKind};
use serde_json::Value;

/// One exception of the service: its name, the status it comes with, what it means, whether the same call may
/// succeed later.
///
/// Source: the service model of bedrock-runtime (2023-09-30), and AWS's documentation of the codes that the
/// authentication layer in front of it gives. A status that is listed once decides when there is no code.
struct Exception {
    name: &'static str,
    status: u16,
    kind: ErrorKind,
    retryable: bool,
}

const fn exception(name: &'static str, status: u16, kind: ErrorKind, retryable: bool) -> Exception {
    Exception {
        name,
        status,
        kind,
        retryable,
    }
}

const EXCEPTIONS: &[Exception] = &[
    exception("ValidationException", 400, ErrorKind::InvalidRequest, false),
    exception("AccessDeniedException", 403, ErrorKind::Permission, false),
    exception("ResourceNotFoundException", 404, ErrorKind::NotFound, false),
    exception("ModelTimeoutException", 408, ErrorKind::Timeout, true),
    exception("ModelErrorException", 424, ErrorKind::Model, false),
    exception("ModelStreamErrorException", 424, ErrorKind::Model, true),
    exception("ThrottlingException", 429, ErrorKind::RateLimited, true),
    exception("ModelNotReadyException", 429, ErrorKind::Overloaded, true),
    exception("InternalServerException", 500, ErrorKind::Server, true),
    exception(
        "ServiceUnavailableException",
        503,
        ErrorKind::Overloaded,
        true,
    ),
    exception(
        "ServiceQuotaExceededException",
        400,
        ErrorKind::Quota,
        false,
    ),
    exception("ConflictException", 400, ErrorKind::InvalidRequest, false),
    exception(
        "SerializationException",
        400,
        ErrorKind::InvalidRequest,
        false,
    ),
    exception("UnknownOperationException", 404, ErrorKind::NotFound, false),
    exception(
        "UnrecognizedClientException",
        403,
        ErrorKind::Authentication,
        false,
    ),
    exception(
        "InvalidClientTokenId",
        403,
        ErrorKind::Authentication,
        false,
    ),
    exception(
        "InvalidSignatureException",
        403,
        ErrorKind::Authentication,
        false,
    ),
    exception(
        "SignatureDoesNotMatch",
        403,
        ErrorKind::Authentication,
        false,
    ),
    exception(
        "RequestTimeTooSkewed",
        403,
        ErrorKind::Authentication,
        false,
    ),
    exception("RequestExpired", 400, ErrorKind::Authentication, false),
    exception(
        "ExpiredTokenException",
        403,
        ErrorKind::Authentication,
        false,
    ),
    exception("ExpiredToken", 403, ErrorKind::Authentication, false),
    exception("AuthFailure", 403, ErrorKind::Authentication, false),
    exception("IncompleteSignature", 403, ErrorKind::Authentication, false),
    exception(
        "IncompleteSignatureException",
        403,
        ErrorKind::Authentication,
        false,
    ),
    exception(
        "MissingAuthenticationToken",
        403,
        ErrorKind::Authentication,
        false,
    ),
    exception(
        "MissingAuthenticationTokenException",
        403,
        ErrorKind::Authentication,
        false,
    ),
];

/// What to do next, by what AWS's message says. The first that fits is added to the message.
const HINTS: &[(&str, &str)] = &[
    (
        "on-demand throughput isn",
        "use an inference profile: the same id with a geography in front, such as us. or global.",
    ),
    (
        "The provided model identifier is invalid",
        "check the id and the region, and whether the model is only served through an inference profile",
    ),
    (
        "security token included in the request is invalid",
        "the access key id is not known to AWS, or it is temporary and its session token is missing",
    ),
    (
        "security token included in the request is expired",
        "get new credentials",
    ),
    (
        "Signature expired",
        "the request was signed more than five minutes before it arrived: check this machine's clock",
    ),
    (
        "Signature not yet current",
        "this machine's clock runs ahead of AWS's: set it",
    ),
    (
        "signature we calculated does not match",
        "check the secret access key",
    ),
    (
        "API Key is valid",
        "check AWS_BEARER_TOKEN_BEDROCK or the option `api_key`; short-term keys live at most 12 hours",
    ),
];

/// Messages that mean that the prompt is too long. AWS has no code for it.
const CONTEXT_WINDOW: &[&str] = &[
    "input is too long",
    "prompt is too long",
    "input length and `max_tokens` exceed context limit",
    "exceeds the maximum context length",
    "maximum context length is",
];

/// The body of a refusal, in whatever spelling: services, gateways and proxies differ.
struct Body {
    message: String,
    code: Option<String>,
}

/// How much of a body that is no JSON is shown.
const MAX_EXCERPT: usize = 200;
/// How much is shown of what the service says, in characters. Its longest messages have some hundreds.
const MAX_MESSAGE: usize = 4096;
/// The most bytes of a body that are read as JSON.
const MAX_BODY: usize = 256 * 1024;
/// The longest code; the longest name of an exception has some thirty letters.
const MAX_CODE: usize = 128;

impl Body {
    fn read(bytes: &[u8]) -> Self {
        let bytes = bytes.get(..MAX_BODY).unwrap_or(bytes);
        let Ok(json) = serde_json::from_slice::<Value>(bytes) else {
            let text = String::from_utf8_lossy(bytes);
            let message = text.trim().chars().take(MAX_EXCERPT).collect();
            return Self {
                message,
                code: None,
            };
        };
        let text = |pointers: &[&str]| {
            pointers
                .iter()
                .find_map(|pointer| json.pointer(pointer)?.as_str())
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let message = text(&[
            "/message",
            "/Message",
            "/error/message",
            "/originalMessage",
            "/error",
        ]);
        let mut message = message.unwrap_or_default();
        // ModelStreamErrorException says there what the model's own server said.
        if let Some(original) = text(&["/originalMessage"]).filter(|it| *it != message) {
            message = format!("{message} (the model's server says: {original})");
        }
        Self {
            message,
            code: text(&["/__type", "/code", "/error/type"]),
        }
    }
}

/// The error of an answer whose status is none of success.
pub(crate) fn refusal(head: &Parts, body: &[u8]) -> Error {
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let body = Body::read(body);
    let status = head.status.as_u16();
    let code = header("x-amzn-errortype")
        .or(body.code.as_deref())
        .map(bare_code)
        .filter(|code| !code.is_empty());
    let mut error = named(code, Some(status), &body.message);
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
    named(Some(&code), None, &Body::read(payload).message)
}

/// The error of a message of type `error`, which no shape of the service model stands behind.
pub(crate) fn unmodeled(code: &str, message: &str) -> Error {
    named(Some(code), None, message)
}

/// `ThrottlingException` of `ns#ThrottlingException:http://internal.amazon.com/…`.
fn bare_code(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}

fn named(code: Option<&str>, status: Option<u16>, message: &str) -> Error {
    let code = code.filter(|code| code.len() <= MAX_CODE);
    let by_code = code.and_then(|code| {
        EXCEPTIONS
            .iter()
            .find(|exception| exception.name.eq_ignore_ascii_case(code))
    });
    let by_status = status.and_then(|status| {
        EXCEPTIONS
            .iter()
            .find(|exception| exception.status == status)
    });
    let (mut kind, mut retryable) = match (by_code.or(by_status), status) {
        (Some(exception), _) => (exception.kind, exception.retryable),
        (None, Some(401)) => (ErrorKind::Authentication, false),
        (None, Some(status)) if status >= 500 => (ErrorKind::Server, true),
        (None, Some(_)) => (ErrorKind::InvalidRequest, false),
        (None, None) => (ErrorKind::Stream, true),
    };
    // AWS may go on with the canonical request, which holds the session token.
    let message = message
        .split("The Canonical String")
        .next()
        .unwrap_or_default()
        .trim();
    let lower = message.to_ascii_lowercase();
    if kind == ErrorKind::InvalidRequest && CONTEXT_WINDOW.iter().any(|text| lower.contains(text)) {
        kind = ErrorKind::ContextWindow;
    }
    if kind == ErrorKind::Permission && lower.contains("api key") {
        kind = ErrorKind::Authentication;
    }
    if kind == ErrorKind::RateLimited && lower.contains("per day") {
        // A daily quota does not refill while anybody waits.
        (kind, retryable) = (ErrorKind::Quota, false);
    }
    let mut text = match message {
        "" => "Bedrock gave no reason".to_owned(),
        message => excerpt(message),
    };
    if let Some((_, hint)) = HINTS.iter().find(|(part, _)| message.contains(part)) {
        text.push_str(" — ");
        text.push_str(hint);
    }
    let error = Error::new(kind, text)
        .with_provider(crate::ID)
        .set_retryable(retryable);
    match code {
        Some(code) => error.with_code(by_code.map_or(code, |exception| exception.name)),
        None => error,
    }
}

/// A message, unless it is longer than anybody reads.
fn excerpt(message: &str) -> String {
    match message.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}… (cut off)", &message[..end]),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refuse(status: u16, error_type: Option<&str>, body: &str) -> Error {
        let mut response = http::Response::builder().status(status);
        if let Some(error_type) = error_type {
            response = response.header("x-amzn-ErrorType", error_type);
        }
        let (head, ()) = response
            .header("x-amzn-RequestId", "r-1")
            .body(())
            .unwrap()
            .into_parts();
        refusal(&head, body.as_bytes())
    }

    #[test]
    fn the_code_comes_from_header_body_or_status() {
        for (status, header, body, kind, code, retryable) in [
            (
                429,
                Some("ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/"),
                r#"{"message":"Too many tokens, please wait before trying again."}"#,
                ErrorKind::RateLimited,
                Some("ThrottlingException"),
                true,
            ),
            (
                400,
                None,
                r#"{"__type":"com.amazon.coral.service#ValidationException","Message":"no"}"#,
                ErrorKind::InvalidRequest,
                Some("ValidationException"),
                false,
            ),
            (
                404,
                None,
                r#"{"message":"end of life"}"#,
                ErrorKind::NotFound,
                None,
                false,
            ),
            (502, None, "<html>", ErrorKind::Server, None, true),
            (
                400,
                Some("ValidationException"),
                r#"{"message":"Input is too long for requested model."}"#,
                ErrorKind::ContextWindow,
                Some("ValidationException"),
                false,
            ),
            (
                403,
                Some("UnrecognizedClientException"),
                r#"{"message":"The security token included in the request is invalid."}"#,
                ErrorKind::Authentication,
                Some("UnrecognizedClientException"),
                false,
            ),
        ] {
            let error = refuse(status, header, body);
            assert_eq!(
                (
                    error.kind(),
                    error.code(),
                    error.retryable(),
                    error.status()
                ),
                (kind, code, retryable, Some(status)),
                "{error}"
            );
            assert_eq!(error.request_id(), Some("r-1"));
        }
    }

    #[test]
    fn messages_say_what_to_do() {
        let error = refuse(
            400,
            Some("ValidationException"),
            r#"{"message":"Invocation of model ID x with on-demand throughput isn’t supported. Retry"}"#,
        );
        assert!(
            error.message().contains("use an inference profile"),
            "{error}"
        );
    }

    #[test]
    fn the_canonical_request_is_not_passed_on() {
        let body = concat!(
            r#"{"message":"The request signature we calculated does not match.\n\nThe Canonical String for this "#,
            r#"request should have been\n'POST\nx-amz-security-token:T0KEN'"}"#
        );
        let error = refuse(403, Some("InvalidSignatureException"), body);
        assert!(!format!("{error:?}").contains("T0KEN"), "{error:?}");
    }

    #[test]
    fn odd_bodies_still_say_something() {
        for (body, part) in [
            ("<html>proxy says no", "proxy says no"),
            (
                r#"{"error":{"message":"from a gateway"}}"#,
                "from a gateway",
            ),
            (
                r#"{"message":7,"__type":"ValidationException"}"#,
                "gave no reason",
            ),
        ] {
            let error = refuse(400, None, body);
            assert!(error.message().contains(part), "{error}");
        }
        let original =
            br#"{"message":"failed","originalMessage":"out of memory","originalStatusCode":500}"#;
        let error = in_stream("modelStreamErrorException", original);
        assert!(error.message().contains("out of memory"), "{error}");
    }

    #[test]
    fn endless_messages_and_codes_are_cut_off() {
        let body = format!(r#"{{"message":"{}"}}"#, "ä".repeat(100_000));
        let error = refuse(400, Some(&"x".repeat(1000)), &body);
        assert!(error.message().ends_with("… (cut off)"), "{error}");
        assert!(error.message().chars().count() < 5000);
        assert_eq!(error.code(), None);
        // What is too long to be read as JSON is an excerpt.
        let body = format!("[{}]", "0,".repeat(1 << 20));
        assert!(refuse(400, None, &body).message().len() < 1000);
        let deep = "[".repeat(100_000);
        assert!(
            in_stream("modelStreamErrorException", deep.as_bytes())
                .message()
                .len()
                < 1000
        );
    }

    #[test]
    fn exceptions_in_a_stream_carry_their_name() {
        let error = in_stream("modelStreamErrorException", br#"{"message":"boom"}"#);
        assert_eq!(error.code(), Some("ModelStreamErrorException"));
        assert_eq!((error.kind(), error.message()), (ErrorKind::Model, "boom"));
        assert_eq!(
            unmodeled("InternalError", "oops").code(),
            Some("InternalError")
        );
    }
}
