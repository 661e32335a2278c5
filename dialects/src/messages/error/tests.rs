use super::*;
use reqllm_core::ErrorKind::Config;
use serde_json::json;

fn refused(status: u16, headers: &[(&str, &str)], body: &str) -> Error {
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    let (head, ()) = response.body(()).unwrap().into_parts();
    refusal(&head, body.as_bytes())
}

fn anthropic(status: u16, kind: &str, message: &str) -> Error {
    let error = json!({"type": kind, "message": message});
    let body = json!({"type": "error", "error": error, "request_id": "req_1"});
    refused(status, &[], &body.to_string())
}

#[test]
fn every_code_means_what_anthropic_says() {
    for (status, code, kind, retryable) in [
        (400, "invalid_request_error", InvalidRequest, false),
        (401, "authentication_error", Authentication, false),
        (402, "billing_error", Quota, false),
        (403, "permission_error", Permission, false),
        (404, "not_found_error", NotFound, false),
        (413, "request_too_large", InvalidRequest, false),
        (429, "rate_limit_error", RateLimited, true),
        (500, "api_error", Server, true),
        (504, "timeout_error", Timeout, true),
        (529, "overloaded_error", Overloaded, true),
    ] {
        let error = anthropic(status, code, "It says so");
        assert_eq!(
            (error.kind(), error.retryable()),
            (kind, retryable),
            "{code}"
        );
        assert_eq!(error.code(), Some(code));
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.request_id(), Some("req_1"));
        assert!(error.message().starts_with("It says so"), "{error}");
        // Inside of a stream the same table holds, and there is no status.
        let error = inside(Some(&json!({"type": code, "message": "It says so"})));
        assert_eq!(
            (error.kind(), error.retryable()),
            (kind, retryable),
            "{code}"
        );
    }
    let error = inside(None);
    assert_eq!((error.kind(), error.retryable()), (Stream, true));
}

#[test]
fn messages_say_what_codes_leave_open() {
    for (status, code, message, kind) in [
        (
            400,
            "invalid_request_error",
            "prompt is too long: 208310 tokens > 200000 maximum",
            ContextWindow,
        ),
        (
            400,
            "invalid_request_error",
            "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000",
            ContextWindow,
        ),
        (
            400,
            "invalid_request_error",
            "Your credit balance is too low to access the Anthropic API.",
            Quota,
        ),
        (
            400,
            "invalid_request_error",
            "You have reached your specified API usage limits.",
            Quota,
        ),
        (
            400,
            "invalid_request_error",
            "Output blocked by content filtering policy",
            ContentFilter,
        ),
        (
            429,
            "rate_limit_error",
            "Number of request tokens has exceeded your per-minute rate limit",
            RateLimited,
        ),
        (
            400,
            "invalid_request_error",
            "messages: at least one message is required",
            InvalidRequest,
        ),
    ] {
        let error = anthropic(status, code, message);
        assert_eq!(error.kind(), kind, "{message}");
        assert_eq!(error.retryable(), kind == RateLimited, "{message}");
    }
}

#[test]
fn others_in_between_are_understood_by_their_status() {
    for (status, body, kind, retryable) in [
        (
            502,
            "<html><title>502 Bad Gateway</title></html>",
            Server,
            true,
        ),
        (503, "", Overloaded, true),
        (404, r#"{"detail":"Not Found"}"#, NotFound, false),
        (401, r#"{"message":"no"}"#, Authentication, false),
        (429, r#"{"error":"slow down"}"#, RateLimited, true),
        (
            401,
            r#"{"error":{"type":"invalid_authentication_error","message":"no"}}"#,
            Authentication,
            false,
        ),
        (
            400,
            r#"{"error":{"type":"api_error","message":"bad"}}"#,
            InvalidRequest,
            false,
        ),
        (
            429,
            r#"{"error":{"type":"exceeded_current_quota_error","message":"no"}}"#,
            Quota,
            false,
        ),
        (407, "[]", Config, false),
        (418, "null", InvalidRequest, false),
    ] {
        let error = refused(status, &[], body);
        assert_eq!(
            (error.kind(), error.retryable()),
            (kind, retryable),
            "{status} {body}"
        );
        assert!(!error.message().is_empty());
    }
    assert!(refused(503, &[], "").message().contains("gave no reason"));
    let long = refused(500, &[], &"x".repeat(10_000));
    assert!(long.message().len() < 300, "an excerpt is enough");
}

#[test]
fn the_service_has_the_last_word_on_retries() {
    let error = refused(400, &[("x-should-retry", "true")], "{}");
    assert!(error.retryable());
    let error = refused(529, &[("x-should-retry", "false")], "{}");
    assert!(!error.retryable());
}

#[test]
fn keys_are_not_repeated() {
    let body =
        json!({"error": {"message": "key=sk-ant-api03-S3cret_x is invalid; this is risk-free"}});
    let error = refused(401, &[], &body.to_string());
    assert!(!format!("{error} {error:?}").contains("S3cret"), "{error}");
    assert!(
        error
            .message()
            .contains("sk-… is invalid; this is risk-free"),
        "{error}"
    );
}

#[test]
fn errors_inside_of_a_stream_are_read_in_the_forms_of_gateways_too() {
    for (said, kind, message) in [
        (json!("overloaded"), Stream, "overloaded"),
        (
            json!({"type": "overloaded_error", "message": null}),
            Overloaded,
            "the service gave no reason",
        ),
        (json!({"message": "boom", "code": 500}), Server, "boom"),
        (json!({"message": "slow", "code": 429}), RateLimited, "slow"),
        (
            json!({"code": "api_error", "message": "boom"}),
            Server,
            "boom",
        ),
        (json!([]), Stream, "the stream reports an error"),
    ] {
        let error = inside(Some(&said));
        assert_eq!(error.kind(), kind, "{said}");
        assert!(error.retryable(), "{said}");
        assert!(error.message().starts_with(message), "{error}");
    }
}
