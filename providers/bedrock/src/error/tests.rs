//! Each exception as a status and as a frame of a stream; each kind of message with its advice.

use reqllm_core::ErrorKind::{
    Authentication, InvalidRequest, Model, NotFound, Overloaded, Permission, Quota, RateLimited,
    Server, Timeout,
};
use reqllm_core::Remedy;
use serde_json::json;

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

/// Every exception of the service model: its status, whether it can come inside a stream, what it is here, whether trying
/// again may help, and what the advice speaks of.
///
/// Source: service model of bedrock-runtime, shapes with the trait `exception`, and the members of ResponseStream and
/// ConverseStreamOutput.
const OF_THE_MODEL: &[(&str, u16, bool, ErrorKind, bool, &str)] = &[
    (
        "AccessDeniedException",
        403,
        false,
        Permission,
        false,
        "policies",
    ),
    ("ValidationException", 400, true, InvalidRequest, false, ""),
    (
        "ServiceQuotaExceededException",
        400,
        false,
        Quota,
        false,
        "Service Quotas",
    ),
    ("ConflictException", 400, false, InvalidRequest, false, ""),
    ("ResourceNotFoundException", 404, false, NotFound, false, ""),
    (
        "ModelTimeoutException",
        408,
        true,
        Timeout,
        true,
        "ask for less",
    ),
    ("ModelErrorException", 424, false, Model, false, ""),
    ("ModelStreamErrorException", 424, true, Model, true, ""),
    (
        "ThrottlingException",
        429,
        true,
        RateLimited,
        true,
        "higher quota",
    ),
    (
        "ModelNotReadyException",
        429,
        false,
        Overloaded,
        true,
        "being loaded",
    ),
    ("InternalServerException", 500, true, Server, true, ""),
    (
        "ServiceUnavailableException",
        503,
        true,
        Overloaded,
        true,
        "inference profile",
    ),
];

#[test]
fn each_exception_is_the_same_as_a_status_and_as_a_frame() {
    let body = json!({"message": "It went wrong."}).to_string();
    for &(name, status, in_streams, kind, retryable, advice) in OF_THE_MODEL {
        let header = format!("{name}:http://internal.amazon.com/coral/com.amazon.bedrock/");
        let mut errors = vec![refuse(status, Some(&header), &body)];
        assert_eq!(errors[0].status(), Some(status), "{name}");
        assert_eq!(errors[0].request_id(), Some("r-1"), "{name}");
        if in_streams {
            let member = format!("{}{}", name[..1].to_ascii_lowercase(), &name[1..]);
            errors.push(in_stream(&member, body.as_bytes()));
        }
        // Where a proxy has taken the header away the status says the same, unless two exceptions share it.
        if !matches!(
            name,
            "ServiceQuotaExceededException"
                | "ModelNotReadyException"
                | "ModelStreamErrorException"
        ) {
            let error = refuse(status, None, &body);
            assert_eq!(
                (error.kind(), error.retryable(), error.code()),
                (kind, retryable, None),
                "{name}"
            );
        }
        for error in errors {
            assert_eq!(
                (error.kind(), error.retryable()),
                (kind, retryable),
                "{name}: {error}"
            );
            assert_eq!(error.code(), Some(name));
            assert!(error.message().starts_with("It went wrong."), "{error}");
            assert!(error.message().contains(advice), "{error}");
            assert_eq!(error.message().contains('—'), !advice.is_empty(), "{error}");
        }
    }
}

/// What other codes mean that the services in front of Bedrock give.
#[test]
fn codes_outside_of_the_model_are_known() {
    let throttling = [
        "Throttling",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "SlowDown",
        "EC2ThrottledException",
        "rate_limit_error",
    ];
    for code in throttling {
        for status in [400, 429, 503] {
            let error = refuse(status, Some(code), r#"{"message":"x"}"#);
            assert_eq!(
                (error.kind(), error.retryable(), error.code()),
                (RateLimited, true, Some(code))
            );
        }
    }
    let authentication = [
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "AuthFailure",
        "RequestTimeTooSkewed",
        "RequestExpired",
        "ExpiredTokenException",
        "ExpiredToken",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
    ];
    for code in authentication {
        for status in [400, 403] {
            let error = refuse(
                status,
                None,
                &json!({"__type": format!("ns#{code}")}).to_string(),
            );
            assert_eq!(
                (error.kind(), error.retryable(), error.code()),
                (Authentication, false, Some(code))
            );
            assert!(
                error.message().starts_with("Bedrock gave no reason — "),
                "{error}"
            );
        }
    }
    for (status, code, kind, retryable) in [
        (529, "overloaded_error", Overloaded, true),
        (400, "RequestTimeout", Timeout, true),
        (400, "PriorRequestNotComplete", Overloaded, true),
        (500, "InternalFailure", Server, true),
        (403, "OptInRequired", Permission, false),
        (404, "UnknownOperationException", NotFound, false),
        (413, "RequestEntityTooLargeException", InvalidRequest, false),
        (429, "NobodyKnowsThisException", RateLimited, true),
        (418, "NobodyKnowsThisException", InvalidRequest, false),
        (599, "NobodyKnowsThisException", Server, true),
    ] {
        let error = refuse(status, Some(code), r#"{"message":"x"}"#);
        assert_eq!(
            (error.kind(), error.retryable(), error.code()),
            (kind, retryable, Some(code))
        );
        assert!(error.message().starts_with('x'), "{error}");
    }
}

#[test]
fn codes_that_nobody_knows_keep_name_and_message_in_a_stream() {
    for error in [
        in_stream("brandNewException", br#"{"message":"news"}"#),
        unmodeled("BrandNewException", "news"),
    ] {
        assert_eq!((error.kind(), error.retryable()), (ErrorKind::Stream, true));
        assert_eq!(
            (error.code(), error.message()),
            (Some("BrandNewException"), "news")
        );
    }
    assert_eq!(unmodeled("SlowDown", "x").kind(), RateLimited);
}

/// Messages of AWS; the form is told in the file.
const SAID: &str = include_str!("tests/said.txt");

#[test]
fn messages_say_what_they_mean_and_what_to_do() {
    let lines: Vec<&str> = SAID
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    assert!(lines.len() > 100, "the table has been read");
    for entry in lines.chunks(3) {
        let [facts, message, advice] = entry else {
            panic!("{entry:?}")
        };
        let mut facts = facts.split(' ');
        let status = facts.next().unwrap().parse().unwrap();
        let code = facts.next().unwrap();
        let (kind, retryable) = (facts.next().unwrap(), facts.next() == Some("retryable"));
        let remedy = facts.next().map(|remedy| match remedy {
            "other_id" => Remedy::OtherId,
            "id_or_place" => Remedy::IdOrPlace,
            other => panic!("{other}"),
        });
        let body = json!({ "message": message }).to_string();
        let error = refuse(status, Some(code), &body);
        assert_eq!(error.kind().as_str(), kind, "{error}");
        assert_eq!(
            (error.retryable(), error.code(), error.remedy()),
            (retryable, Some(code), remedy),
            "{error}"
        );
        let told = error.message().strip_prefix(*message);
        let told = told.expect("the message itself is kept");
        let advice = advice.trim_start_matches(['—', ' ']);
        assert_eq!(told.is_empty(), advice.is_empty(), "{error}");
        assert!(told.contains(advice), "{error}");
        // The message alone says it where a proxy has taken the header away; of keys the code says it.
        if kind != "authentication" {
            let error = refuse(status, None, &body);
            assert_eq!(error.kind().as_str(), kind, "{error}");
        }
    }
}

#[test]
fn the_code_comes_from_header_or_body() {
    let error = refuse(
        400,
        None,
        r#"{"__type":"com.amazon.coral.service#ValidationException","Message":"no"}"#,
    );
    assert_eq!(
        (error.code(), error.message()),
        (Some("ValidationException"), "no")
    );
    let error = refuse(
        400,
        Some("throttlingexception"),
        r#"{"code":"ValidationException","message":"no"}"#,
    );
    assert_eq!(
        (error.code(), error.kind()),
        (Some("ThrottlingException"), RateLimited)
    );
    let error = refuse(502, None, "<html>");
    assert_eq!((error.code(), error.kind()), (None, Server));
}

#[test]
fn no_secret_of_the_request_is_in_an_error() {
    let body = json!({"message": "The request signature we calculated does not match.\n\nThe Canonical String for this request should have been\n'POST\nx-amz-security-token:T0KEN'"});
    let error = refuse(403, Some("InvalidSignatureException"), &body.to_string());
    assert!(error.message().contains("check the secret"), "{error}");
    for error in [
        error,
        unmodeled("X", "refused: Bearer T0KEN"),
        in_stream("x", br#"{"message":"authorization=T0KEN"}"#),
    ] {
        assert!(!format!("{error:?} {error}").contains("T0KEN"), "{error:?}");
    }
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
    let error = in_stream("modelStreamErrorException", deep.as_bytes());
    assert!(error.message().len() < 1000);
}
