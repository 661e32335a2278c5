//! Answers as they are read.

use super::*;

/// What the answer of a call is read as.
pub(super) fn read(spec: &str, delivery: Delivery, bytes: &str) -> Response {
    let exchange = exchange(spec, &chat(|_| {}), delivery).unwrap();
    let kind = match delivery {
        Delivery::Stream => "text/event-stream",
        _ => "application/json",
    };
    let head = http::Response::builder()
        .header("content-type", kind)
        .header("x-request-id", "r1");
    let (head, ()) = head.body(()).unwrap().into_parts();
    let mut fold = Fold::new(Identity::default());
    let mut reader = exchange.answer.open(&head).unwrap();
    reader.read(bytes.to_owned().into(), &mut fold).unwrap();
    reader.end(&mut fold).unwrap();
    fold.finish()
}

#[test]
fn a_stream_without_counts_has_none_and_one_with_them_has_them() {
    let text = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    let done = "data: [DONE]\n\n";
    let without = read("vllm:m", Delivery::Stream, &format!("{text}{done}"));
    assert_eq!(
        (without.text().as_ref(), without.usage.output_tokens),
        ("Hi", None)
    );
    assert!(without.provider_metadata.contains_key("cost_unknown"));
    let counts = "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n";
    let with = read("vllm:m", Delivery::Stream, &format!("{text}{counts}{done}"));
    assert_eq!(
        (with.usage.input_tokens, with.usage.output_tokens),
        (Some(3), Some(2))
    );
    assert_eq!(with.provider_metadata["request_id"], "r1");
}

#[test]
fn refusals_name_the_provider_and_the_request() {
    let exchange = exchange("groq:llama", &chat(|_| {}), Delivery::Whole).unwrap();
    let response = http::Response::builder()
        .status(429)
        .header("x-request-id", "r1");
    let (head, ()) = response.body(()).unwrap().into_parts();
    let error = exchange.answer.refuse(
        &head,
        br#"{"error":{"message":"slow down","code":"rate_limit_exceeded"}}"#,
    );
    assert_eq!(
        (error.kind(), error.status(), error.request_id()),
        (ErrorKind::RateLimited, Some(429), Some("r1"))
    );
}
