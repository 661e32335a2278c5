//! Errors in every form in which they come.

use super::*;
use reqllm_core::ErrorKind::{
    Authentication, ContentFilter, ContextWindow, InvalidRequest, NotFound, Overloaded, Quota,
    RateLimited, Server, Stream, Timeout,
};
use serde_json::json;

fn refused(status: u16, body: &str) -> Error {
    let response = http::Response::builder().status(status).body(()).unwrap();
    refusal(&response.into_parts().0, body.as_bytes())
}

#[test]
fn errors_are_known_by_code_type_words_or_status() {
    let of = |message: &str, kind: &str, code: Value| json!({"error": {"message": message, "type": kind, "param": null, "code": code}});
    let bad = "invalid_request_error";
    for (status, body, kind, retryable) in [
        (
            401,
            of("no", bad, json!("invalid_api_key")),
            Authentication,
            false,
        ),
        (
            429,
            of("no", "insufficient_quota", json!("insufficient_quota")),
            Quota,
            false,
        ),
        (
            429,
            of("slow", "tokens", json!("rate_limit_exceeded")),
            RateLimited,
            true,
        ),
        (
            400,
            of("long", bad, json!("context_length_exceeded")),
            ContextWindow,
            false,
        ),
        (
            400,
            of(
                "This model's maximum context length is 8192 tokens",
                "BadRequestError",
                json!(400),
            ),
            ContextWindow,
            false,
        ),
        (
            400,
            of("bad", bad, json!("content_filter")),
            ContentFilter,
            false,
        ),
        (
            404,
            of("no", bad, json!("model_not_found")),
            NotFound,
            false,
        ),
        (400, of("bad", bad, Value::Null), InvalidRequest, false),
        (500, of("oops", "server_error", Value::Null), Server, true),
        (503, of("busy", "x", Value::Null), Overloaded, true),
        (529, json!({}), Overloaded, true),
        (
            429,
            of("The model is currently overloaded", "x", Value::Null),
            Overloaded,
            true,
        ),
        (408, json!({}), Timeout, true),
        (409, json!({}), Server, true),
        (
            402,
            json!({"error": {"code": 402, "message": "Insufficient credits"}}),
            Quota,
            false,
        ),
        (
            400,
            json!({"code": "Client specified an invalid argument", "error": "Incorrect API key provided: xa***kq"}),
            Authentication,
            false,
        ),
        (
            400,
            json!({"object": "error", "message": "m", "type": "BadRequestError", "code": 400}),
            InvalidRequest,
            false,
        ),
        (404, json!({"detail": "Not Found"}), NotFound, false),
        (
            400,
            json!([{"error": {"code": 400, "message": "m", "status": "INVALID_ARGUMENT"}}]),
            InvalidRequest,
            false,
        ),
        (418, json!(7), InvalidRequest, false),
    ] {
        let error = refused(status, &body.to_string());
        assert_eq!(
            (error.kind(), error.retryable()),
            (kind, retryable),
            "{status} {body}"
        );
        assert_eq!(error.status(), Some(status));
        assert!(!error.message().is_empty());
    }
}

#[test]
fn the_words_are_found_in_every_form() {
    for (body, message) in [
        (
            r#"{"error":{"message":"m","param":"messages"}}"#,
            "m — it is about `messages`",
        ),
        (r#"{"error":"m"}"#, "m"),
        (r#"{"message":"m"}"#, "m"),
        (r#"{"detail":"m"}"#, "m"),
        (
            r#"{"detail":[{"loc":["body","messages",0],"msg":"field required","type":"missing"}]}"#,
            "body.messages.0: field required",
        ),
        (
            r#"{"object":"error","message":{"detail":[{"loc":["body"],"msg":"m"}]},"type":"x"}"#,
            "body: m",
        ),
        (
            r#"{"success":false,"errors":[{"code":7003,"message":"m"}]}"#,
            "m",
        ),
        ("upstream connect error", "upstream connect error"),
        (
            "<html>no</html>",
            "the server answered with status 400 and no word of why",
        ),
        ("", "the server answered with status 400 and no word of why"),
        (
            "{}",
            "the server answered with status 400 and no word of why",
        ),
    ] {
        assert_eq!(refused(400, body).message(), message, "{body}");
    }
    let error = refused(400, r#"{"detail":[{"loc":[],"msg":"m","type":"missing"}]}"#);
    assert_eq!(error.code(), None, "pydantic's types are no codes");
    let deep = format!("{}1{}", r#"{"error":"#.repeat(100), "}".repeat(100));
    assert_eq!(refused(400, &deep).kind(), InvalidRequest);
}

#[test]
fn a_key_that_is_repeated_is_not_repeated_again() {
    let said = "Incorrect API key provided: sk-proj-abc123def456. See https://platform.openai.com/account/api-keys.";
    let error = refused(401, &json!({"error": {"message": said}}).to_string());
    assert!(!format!("{error} {error:?}").contains("abc123"), "{error}");
    assert!(error.message().contains("https://platform"), "{error}");
}

#[test]
fn the_server_may_say_whether_to_try_again() {
    let response = http::Response::builder()
        .status(500)
        .header("x-should-retry", "false");
    let (head, ()) = response.body(()).unwrap().into_parts();
    assert!(!refusal(&head, b"{}").retryable());
}

#[test]
fn errors_inside_of_a_stream_go_by_the_same_table() {
    for (error, kind, retryable) in [
        (json!({"message": "m", "code": 502}), Server, true),
        (
            json!({"message": "m", "type": "overloaded_error"}),
            Overloaded,
            true,
        ),
        (
            json!({"message": "m", "code": "context_length_exceeded"}),
            ContextWindow,
            false,
        ),
        (json!("Rate limit reached"), RateLimited, true),
        (json!("m"), Stream, false),
    ] {
        let failure = failure(&error);
        assert_eq!(
            (failure.kind(), failure.retryable()),
            (kind, retryable),
            "{error}"
        );
    }
}
