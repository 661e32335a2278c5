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
        (
            400,
            json!([{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT"}}]),
            Authentication,
            false,
        ),
        (
            400,
            json!([{"error": {"code": 400, "message": "The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).", "status": "INVALID_ARGUMENT"}}]),
            ContextWindow,
            false,
        ),
        (
            429,
            json!([{"error": {"code": 429, "message": "You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: requests, limit: 10, model: m\nPlease retry in 20.04s.", "status": "RESOURCE_EXHAUSTED"}}]),
            RateLimited,
            true,
        ),
        (
            429,
            json!([{"error": {"code": 429, "message": "You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: requests, limit: 0, model: m\nPlease retry in 20.04s.", "status": "RESOURCE_EXHAUSTED"}}]),
            Quota,
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

/// What services say of limits, and how they go on to speak of money.
#[test]
fn a_rate_limit_is_no_quota_and_what_never_fits_is_not_tried_again() {
    let groq = "Rate limit reached for model `m` on tokens per minute (TPM): Limit 6000, Used 5800, Requested 700. Please try again in 5s. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing";
    let openai = "Rate limit reached for m on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s. Visit https://platform.openai.com/account/billing to add a payment method.";
    let too_large = "Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested 20000, please reduce your message size and try again. Upgrade at https://console.groq.com/settings/billing";
    let must = "Request too large for m on tokens per min (TPM): Limit 30000, Requested 41000. The input or output tokens must be reduced in order to run successfully.";
    let limit = json!("rate_limit_exceeded");
    for (status, message, code, kind, retryable) in [
        (429, groq, limit.clone(), RateLimited, true),
        (429, groq, Value::Null, RateLimited, true),
        (429, openai, limit.clone(), RateLimited, true),
        (429, openai, Value::Null, RateLimited, true),
        (413, too_large, limit.clone(), RateLimited, false),
        (413, "no", limit.clone(), RateLimited, false),
        (413, "no", Value::Null, InvalidRequest, false),
        (429, must, limit, RateLimited, false),
        (429, must, Value::Null, RateLimited, false),
        (
            429,
            "Billing hard limit has been reached",
            Value::Null,
            Quota,
            false,
        ),
        (
            429,
            "Your account's billing is not active",
            Value::Null,
            Quota,
            false,
        ),
        (
            400,
            "tool 'x' not found in 'tools' for this model",
            Value::Null,
            InvalidRequest,
            false,
        ),
        (
            400,
            "The model `x` was not found",
            Value::Null,
            NotFound,
            false,
        ),
    ] {
        let body = json!({"error": {"message": message, "type": "x", "code": code}});
        let error = refused(status, &body.to_string());
        assert_eq!(
            (error.kind(), error.retryable()),
            (kind, retryable),
            "{status} {body}"
        );
    }
}

#[test]
fn no_kind_of_error_shows_a_key() {
    for (status, said) in [
        (401, "Received API Key=sk-secret1234567890abcd bad"),
        (403, "Forbidden for sk-secret1234567890abcd"),
        (400, "Bearer sk-secret1234567890abcd"),
        (500, r#"{"k":"gsk_secret1234567890abcd"}"#),
    ] {
        for body in [
            json!({"error": {"message": said}}).to_string(),
            said.to_owned(),
        ] {
            let error = refused(status, &body);
            assert!(!format!("{error} {error:?}").contains("secret1"), "{error}");
        }
        let inside = failure(&json!({"message": said, "param": said, "code": said}));
        assert!(
            !format!("{inside} {inside:?}").contains("secret1"),
            "{inside}"
        );
    }
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
