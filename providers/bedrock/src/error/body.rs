//! The body of a refusal, in whatever spelling: services, gateways and proxies differ.

use serde_json::Value;

/// How much of a body that is no JSON is shown, in characters.
const MAX_EXCERPT: usize = 200;
/// How much is shown of what the service says, in characters. Its longest messages have some hundreds.
const MAX_MESSAGE: usize = 4096;
/// The most bytes of a body that are read as JSON.
const MAX_BODY: usize = 256 * 1024;

/// Where AWS goes on with what it has of the request: the canonical request, which holds the session token, and the
/// `authorization` header, which is the API key. In small letters; what follows is not shown.
const OF_THE_REQUEST: &[&str] = &[
    "the canonical string",
    "the string-to-sign",
    "authorization=",
    "authorization:",
    "authorization header:",
    "x-amz-security-token",
    "bearer ",
];

/// What AWS says of an `authorization` header that it cannot read begins with a piece of it.
const UNREADABLE_HEADER: &str = "key=value pair";

/// What a body says.
pub(super) struct Body {
    /// Nothing of the request is in it that is secret.
    pub(super) message: String,
    pub(super) code: Option<String>,
}

impl Body {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let bytes = bytes.get(..MAX_BODY).unwrap_or(bytes);
        let Ok(json) = serde_json::from_slice::<Value>(bytes) else {
            let text = String::from_utf8_lossy(bytes);
            let excerpt: String = text.trim().chars().take(MAX_EXCERPT).collect();
            return Self {
                message: without_secrets(&excerpt).to_owned(),
                code: None,
            };
        };
        let text = |pointers: &[&str]| {
            pointers
                .iter()
                .find_map(|pointer| json.pointer(pointer)?.as_str())
                .filter(|text| !text.is_empty())
                .map(without_secrets)
        };
        let mut message = text(&[
            "/message",
            "/Message",
            "/error/message",
            "/originalMessage",
            "/error",
        ])
        .unwrap_or_default()
        .to_owned();
        // Members of ModelStreamErrorException and ModelErrorException: what the model's own server said.
        if let Some(original) = text(&["/originalMessage"]).filter(|it| *it != message) {
            message = format!("{message} (the model's server says: {original})");
        } else if let Some(status) = json.pointer("/originalStatusCode").and_then(Value::as_u64) {
            message = format!("{message} (the model's server answered {status})");
        }
        Self {
            message: excerpt(message.trim()),
            code: text(&["/__type", "/code", "/error/type"]).map(str::to_owned),
        }
    }
}

/// A message, unless it is longer than anybody reads.
pub(super) fn excerpt(message: &str) -> String {
    match message.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}… (cut off)", &message[..end]),
        None => message.to_owned(),
    }
}

/// The text up to where the request is quoted in it.
pub(super) fn without_secrets(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    if lower.contains(UNREADABLE_HEADER) {
        return "the authorization header cannot be read";
    }
    let cut = OF_THE_REQUEST
        .iter()
        .flat_map(|mark| lower.match_indices(mark))
        // "Bearer Token has expired" is a sentence and no header.
        .filter(|(at, mark)| *mark != "bearer " || !lower[at + mark.len()..].starts_with("token"))
        .map(|(at, _)| at)
        .min();
    // Small letters of ASCII have the length of capitals, so the places are the same.
    cut.and_then(|at| text.get(..at)).unwrap_or(text).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_request_is_passed_on() {
        for (text, shown) in [
            (
                "It does not match.\n\nThe Canonical String for this request should have been\n'POST\nx-amz-security-token:T0KEN'",
                "It does not match.",
            ),
            (
                "Header requires 'Signature' parameter. Authorization=Bearer T0KEN",
                "Header requires 'Signature' parameter.",
            ),
            (
                "'T0KEN' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer T0KEN'.",
                "the authorization header cannot be read",
            ),
            ("ß İ refused: Bearer T0KEN", "ß İ refused:"),
            ("Bearer Token has expired", "Bearer Token has expired"),
        ] {
            assert_eq!(without_secrets(text), shown);
        }
        let body = Body::read(b"<html>your headers: Authorization: Bearer T0KEN</html>");
        assert_eq!(body.message, "<html>your headers:");
    }

    #[test]
    fn odd_bodies_still_say_something() {
        for (json, message, code) in [
            ("<html>proxy says no", "<html>proxy says no", None),
            (
                r#"{"error":{"message":"from a gateway","type":"overloaded_error"}}"#,
                "from a gateway",
                Some("overloaded_error"),
            ),
            (
                r#"{"Message":"in capitals","__type":"ns#X"}"#,
                "in capitals",
                Some("ns#X"),
            ),
            (r#"{"message":7,"code":400}"#, "", None),
            (
                r#"{"message":"failed","originalStatusCode":500}"#,
                "failed (the model's server answered 500)",
                None,
            ),
            (
                r#"{"message":"failed","originalMessage":"out of memory","originalStatusCode":500}"#,
                "failed (the model's server says: out of memory)",
                None,
            ),
            ("[]", "", None),
            ("", "", None),
        ] {
            let body = Body::read(json.as_bytes());
            assert_eq!(
                (body.message.as_str(), body.code.as_deref()),
                (message, code),
                "{json}"
            );
        }
    }
}
