//! Any status, code and body of a refusal: an error that says something short, and nothing of a canonical request. A line with
//! the status and the code, and the body.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_fuzz::{pick, streams};

fuzz_target!(|input: &[u8]| {
    let mut halves = input.splitn(2, |byte| *byte == b'\n');
    let line = String::from_utf8_lossy(halves.next().unwrap_or_default());
    let body = halves.next().unwrap_or_default();
    let (status, code) = line.split_once(' ').unwrap_or((&line, ""));
    let Ok(status) = status.parse().map_or(
        Ok(http::StatusCode::BAD_REQUEST),
        http::StatusCode::from_u16,
    ) else {
        return;
    };
    let mut response = http::Response::new(());
    *response.status_mut() = status;
    if let Ok(code) = http::HeaderValue::from_str(code)
        && !code.is_empty()
    {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    let (head, ()) = response.into_parts();
    for which in [0, 3] {
        let error = pick(streams(), which).answer.refuse(&head, body);
        assert_eq!(error.status(), Some(status.as_u16()));
        assert!(!error.message().is_empty());
        assert!(!error.message().contains("The Canonical String"));
        assert!(!error.to_string().is_empty());
        serde_json::to_string(&error).expect("an error is JSON");
    }
});
