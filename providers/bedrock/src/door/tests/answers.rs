//! How answers and refusals are read.

use reqllm_core::{FinishReason, Fold, Identity, Response};

use super::*;

fn head(status: u16, headers: &[(&str, &str)]) -> http::response::Parts {
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(()).unwrap().into_parts().0
}

const JSON: (&str, &str) = ("content-type", "application/json");
const SSE: (&str, &str) = ("content-type", "text/event-stream");

fn exchange(id: &str, options: Options, delivery: Delivery) -> Exchange {
    let call = call(options);
    bedrock(&[]).prepare(&model(id), &call, delivery).unwrap()
}

/// Reads an answer that comes in pieces of `piece` bytes.
fn read(exchange: &Exchange, header: (&str, &str), body: &str, piece: usize) -> Result<Response> {
    let mut fold = Fold::new(Identity::default());
    let mut reader = exchange
        .answer
        .open(&head(200, &[header, ("x-amzn-requestid", "r-1")]))?;
    for chunk in body.as_bytes().chunks(piece) {
        reader.read(Bytes::copy_from_slice(chunk), &mut fold)?;
    }
    reader.end(&mut fold)?;
    Ok(fold.finish())
}

fn events(events: &[Value]) -> String {
    let lines = events.iter().map(|event| format!("data: {event}\n\n"));
    lines.collect()
}

#[test]
fn chat_completions_are_read_whole_and_streamed() {
    let whole = json!({"id": "c-1", "object": "chat.completion", "choices": [{"index": 0, "finish_reason": "stop",
        "message": {"role": "assistant", "content": "SAFE", "reasoning": "They want it."}}],
        "usage": {"prompt_tokens": 72, "completion_tokens": 56, "total_tokens": 128}});
    let chunk = |delta: Value, reason: Value| {
        json!({"id": "c-1", "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})
    };
    let usage = json!({"id": "c-1", "choices": [], "usage": {"prompt_tokens": 72, "completion_tokens": 56}});
    let streamed = events(&[
        chunk(
            json!({"role": "assistant", "reasoning": "They want it."}),
            Value::Null,
        ),
        chunk(json!({"content": "SA"}), Value::Null),
        chunk(json!({"content": "FE"}), Value::Null),
        chunk(json!({}), json!("stop")),
        usage,
    ]) + "data: [DONE]\n\n";
    let id = "openai.gpt-oss-safeguard-20b";
    let whole = read(
        &exchange(id, mantle(), Delivery::Whole),
        JSON,
        &whole.to_string(),
        4096,
    );
    let whole = whole.unwrap();
    assert_eq!(whole.text(), "SAFE");
    assert_eq!(whole.usage.input_tokens, Some(72));
    assert_eq!(whole.finish_reason, FinishReason::Stop);
    let exchange = exchange(id, mantle(), Delivery::Stream);
    for piece in [1, 7, 4096] {
        let streamed = read(&exchange, SSE, &streamed, piece).unwrap();
        assert_eq!(streamed.message, whole.message);
        assert_eq!(streamed.usage.output_tokens, Some(56));
    }
}

#[test]
fn responses_are_read_whole_and_streamed() {
    let answer = |status: &str| {
        json!({"id": "resp_1", "object": "response", "status": status, "model": "openai.gpt-5.5",
        "output": [{"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "rsn_x"},
            {"type": "function_call", "id": "fc_1", "call_id": "resp_1:call_0", "name": "f", "arguments": "{}", "status": "completed"}],
        "usage": {"input_tokens": 9, "input_tokens_details": {"cached_tokens": 4}, "output_tokens": 5}})
    };
    let added = |index: u64, item: Value| json!({"type": "response.output_item.added", "output_index": index, "item": item});
    let done = |index: u64, item: Value| json!({"type": "response.output_item.done", "output_index": index, "item": item});
    let items = answer("completed")["output"].clone();
    let call = json!({"type": "function_call", "id": "fc_1", "call_id": "resp_1:call_0", "name": "f", "arguments": ""});
    let streamed = events(&[
        json!({"type": "response.created", "response": {"id": "resp_1", "status": "in_progress", "output": []}}),
        added(0, json!({"type": "reasoning", "id": "rs_1", "summary": []})),
        done(0, items[0].clone()),
        added(1, call),
        json!({"type": "response.function_call_arguments.delta", "output_index": 1, "item_id": "fc_1", "delta": "{}"}),
        done(1, items[1].clone()),
        json!({"type": "response.completed", "response": answer("completed")}),
    ]);
    let id = "openai.gpt-5.5";
    let whole = read(
        &exchange(id, Options::new(), Delivery::Whole),
        JSON,
        &answer("completed").to_string(),
        4096,
    )
    .unwrap();
    assert_eq!(whole.finish_reason, FinishReason::ToolCalls);
    assert_eq!(whole.usage.cache_read_tokens, Some(4));
    let exchange = exchange(id, Options::new(), Delivery::Stream);
    for piece in [1, 4096] {
        let streamed = read(&exchange, SSE, &streamed, piece).unwrap();
        assert_eq!(streamed.message, whole.message);
    }
}

#[test]
fn messages_are_read_as_server_sent_events() {
    let streamed = events(&[
        json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "content": [],
            "usage": {"input_tokens": 3, "output_tokens": 1}}}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "ping"}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}),
        json!({"type": "message_stop"}),
    ]);
    let exchange = exchange("anthropic.claude-opus-5", mantle(), Delivery::Stream);
    let response = read(&exchange, SSE, &streamed, 5).unwrap();
    assert_eq!(response.text(), "Hello");
    assert_eq!(response.usage.output_tokens, Some(2));
    let cut = &streamed[..streamed.len() - 100];
    let error = read(&exchange, SSE, cut, 4096).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stream, "{error}");
}

#[test]
fn a_guardrail_has_the_last_word() {
    let guarded = || Options::new().api(Api::Chat).guardrail("gr-1", "DRAFT");
    let id = "openai.gpt-oss-120b-1:0";
    let choice = json!([{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Blocked."}}]);
    let body = json!({"choices": choice, "amazon-bedrock-guardrailAction": "INTERVENED"});
    let whole = exchange(id, guarded(), Delivery::Whole);
    let response = read(&whole, JSON, &body.to_string(), 4096).unwrap();
    assert_eq!(response.finish_reason, FinishReason::ContentFilter);
    let body = json!({"choices": choice, "amazon-bedrock-guardrailAction": "NONE"});
    let response = read(&whole, JSON, &body.to_string(), 4096).unwrap();
    assert_eq!(response.finish_reason, FinishReason::Stop);
    let streamed = events(&[
        json!({"choices": [{"index": 0, "delta": {"content": "Blocked."}}], "amazon-bedrock-guardrailAction": "INTERVENED"}),
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}),
    ]);
    let stream = exchange(id, guarded(), Delivery::Stream);
    let response = read(&stream, SSE, &streamed, 9).unwrap();
    assert_eq!(response.finish_reason, FinishReason::ContentFilter);
    let nothing_said = events(
        &[json!({"choices": [{"index": 0, "delta": {"content": "x"}}],
        "amazon-bedrock-guardrailAction": "INTERVENED"})],
    );
    assert!(
        read(&stream, SSE, &nothing_said, 9).is_err(),
        "it broke off"
    );
}

#[test]
fn a_path_that_nobody_knows_is_no_answer_whatever_its_status() {
    let body = r#"{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}"#;
    for delivery in [Delivery::Whole, Delivery::Stream] {
        for kind in ["application/json", "application/x-amz-json-1.1"] {
            for id in [
                "openai.gpt-5.5",
                "openai.gpt-oss-120b",
                "anthropic.claude-opus-5",
            ] {
                let exchange = exchange(id, mantle(), delivery);
                let error = read(&exchange, ("content-type", kind), body, 4096).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
                assert_eq!(error.code(), Some("UnknownOperationException"));
            }
        }
    }
}

#[test]
fn refusals_come_in_three_forms() {
    let openai = "openai.gpt-5.5";
    let claude = "anthropic.claude-opus-5";
    let aws = [(
        "x-amzn-errortype",
        "ThrottlingException:http://internal.amazon.com/x",
    )];
    let plain: &[(&str, &str)] = &[];
    for (id, status, headers, body, kind, retryable) in [
        (
            openai,
            404,
            plain,
            r#"{"error":{"code":"model_not_found","message":"The model 'x' does not exist","type":"invalid_request_error"}}"#,
            ErrorKind::NotFound,
            false,
        ),
        (
            openai,
            401,
            plain,
            r#"{"error":{"code":"invalid_api_key","message":"Invalid API key","type":"authentication_error"}}"#,
            ErrorKind::Authentication,
            false,
        ),
        (
            openai,
            429,
            &aws[..],
            r#"{"message":"Too many requests, please wait before trying again."}"#,
            ErrorKind::RateLimited,
            true,
        ),
        (
            openai,
            403,
            plain,
            r#"{"message":"The security token included in the request is invalid."}"#,
            ErrorKind::Permission,
            false,
        ),
        (
            openai,
            403,
            plain,
            r#"{"__type":"com.amazon#UnrecognizedClientException","message":"The security token included in the request is invalid."}"#,
            ErrorKind::Authentication,
            false,
        ),
        (
            claude,
            529,
            plain,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            ErrorKind::Overloaded,
            true,
        ),
        (
            claude,
            403,
            plain,
            r#"{"type":"error","error":{"type":"permission_error","message":"anthropic.claude-opus-5 is not available for this account."}}"#,
            ErrorKind::Permission,
            false,
        ),
        (
            claude,
            404,
            plain,
            r#"{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}"#,
            ErrorKind::NotFound,
            false,
        ),
        (
            openai,
            502,
            plain,
            "<html>bad gateway</html>",
            ErrorKind::Server,
            true,
        ),
    ] {
        let exchange = exchange(id, mantle(), Delivery::Whole);
        let error = exchange
            .answer
            .refuse(&head(status, headers), body.as_bytes());
        assert_eq!(
            (error.kind(), error.retryable()),
            (kind, retryable),
            "{body}: {error}"
        );
        assert_eq!(error.status(), Some(status));
    }
    let exchange = exchange(openai, mantle(), Delivery::Whole);
    let body = r#"{"error":{"message":"model 'openai.gpt-5.5' isn't supported on this route","type":"invalid_request_error"}}"#;
    let error = exchange.answer.refuse(&head(400, plain), body.as_bytes());
    assert!(error.message().contains("`mantle_base_path`"), "{error}");
}
