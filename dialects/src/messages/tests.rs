//! Answers, whole and streamed, as the two give the same.

use reqllm_core::{ErrorKind, FinishReason, Identity, Part, Response};
use serde_json::{Value, json};

use super::*;

/// A stream of these events, through the reader of a provider.
fn streamed(maker: Option<Maker>, events: &[Value]) -> Result<Response> {
    let mut codec = Messages { maker }.stream();
    let mut fold = Fold::new(Identity::default());
    for event in events {
        codec.chunk(event.to_string().as_bytes(), &mut fold)?;
    }
    assert_eq!(codec.missing(&fold), None);
    Ok(fold.finish())
}

fn whole(maker: Option<Maker>, body: &Value) -> Result<Response> {
    let mut fold = Fold::new(Identity::default());
    Messages { maker }.whole(body.to_string().as_bytes(), &mut fold)?;
    Ok(fold.finish())
}

fn start(index: u32, block: Value) -> Value {
    json!({"type": "content_block_start", "index": index, "content_block": block})
}

fn delta(index: u32, delta: Value) -> Value {
    json!({"type": "content_block_delta", "index": index, "delta": delta})
}

fn stop(index: u32) -> Value {
    json!({"type": "content_block_stop", "index": index})
}

fn codes(response: &Response) -> Vec<&str> {
    response
        .warnings
        .iter()
        .map(|it| it.code.as_str())
        .collect()
}

/// Every kind of block, and all that may stand around them.
#[test]
fn a_stream_says_what_a_whole_answer_says() {
    let location = json!({"type": "web_search_result_location", "url": "https://example.com", "title": "T", "cited_text": "x"});
    let results = json!({"type": "web_search_tool_result", "tool_use_id": "s1", "content": [{"url": "https://example.com"}]});
    let details = json!({"type": "refusal", "category": "bio", "explanation": "no"});
    let container = json!({"id": "container_1", "expires_at": "2026-11-23T00:00:00Z"});
    let cache = json!({"ephemeral_5m_input_tokens": 2, "ephemeral_1h_input_tokens": 3});
    let before = json!({"input_tokens": 10, "output_tokens": 1, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 5,
        "cache_creation": cache, "service_tier": "priority", "inference_geo": "us"});
    let mut after = before.clone();
    after["output_tokens"] = 20.into();
    after["server_tool_use"] = json!({"web_search_requests": 1});
    let answer = whole(
        None,
        &json!({"type": "message", "id": "msg_1", "role": "assistant", "model": "claude-x", "content": [
            {"type": "thinking", "thinking": "hm, so", "signature": "EqoB"},
            {"type": "redacted_thinking", "data": "Ev8AgEE="},
            {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"query": "q"}},
            results,
            {"type": "text", "text": "It is x.", "citations": [location]},
            {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": [1]}},
        ], "stop_reason": "refusal", "stop_sequence": null, "stop_details": details, "container": container, "usage": after}),
    )
    .unwrap();
    let stream = streamed(
        None,
        &[
            json!({"type": "message_start", "message": {"id": "msg_1", "content": [], "usage": before}}),
            json!({"type": "ping"}),
            start(0, json!({"type": "thinking", "thinking": "", "signature": ""})),
            delta(0, json!({"type": "thinking_delta", "thinking": "hm, "})),
            delta(0, json!({"type": "thinking_delta", "thinking": "so"})),
            delta(0, json!({"type": "signature_delta", "signature": "EqoB"})),
            stop(0),
            start(1, json!({"type": "redacted_thinking", "data": "Ev8AgEE="})),
            stop(1),
            start(2, json!({"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}})),
            delta(2, json!({"type": "input_json_delta", "partial_json": "{\"query\": "})),
            delta(2, json!({"type": "input_json_delta", "partial_json": "\"q\"}"})),
            stop(2),
            start(3, results),
            stop(3),
            start(4, json!({"type": "text", "text": "", "citations": []})),
            delta(4, json!({"type": "text_delta", "text": "It is "})),
            delta(4, json!({"type": "citations_delta", "citation": location})),
            delta(4, json!({"type": "text_delta", "text": "x."})),
            stop(4),
            start(5, json!({"type": "tool_use", "id": "t1", "name": "f", "input": {}})),
            delta(5, json!({"type": "input_json_delta", "partial_json": ""})),
            delta(5, json!({"type": "input_json_delta", "partial_json": "{\"a\":[1]}"})),
            stop(5),
            json!({"type": "message_delta", "delta": {"stop_reason": "refusal", "stop_sequence": null, "stop_details": details,
                "container": container}, "usage": {"output_tokens": 20, "server_tool_use": {"web_search_requests": 1}}}),
            json!({"type": "message_stop"}),
        ],
    )
    .unwrap();
    let shown = |response: &Response| serde_json::to_value(response).unwrap();
    assert_eq!(shown(&stream), shown(&answer));
    assert_eq!(answer.message.content.len(), 6);
    assert_eq!(answer.finish_reason(), FinishReason::ContentFilter);
    let usage = answer.usage;
    assert_eq!(
        (usage.input_tokens, usage.output_tokens),
        (Some(10), Some(20))
    );
    assert_eq!(
        (usage.cache_write_tokens, usage.cache_write_1h_tokens),
        (Some(5), Some(3))
    );
    let metadata = &answer.provider_metadata;
    for (key, value) in [
        ("stop_details", &details),
        ("container", &container),
        ("service_tier", &json!("priority")),
        ("inference_geo", &json!("us")),
        ("server_tool_use", &json!({"web_search_requests": 1})),
        ("cache_details", &cache),
    ] {
        assert_eq!(metadata.get(key), Some(value), "{key}");
    }
    assert!(!metadata.contains_key("stop_sequence"), "null is nothing");
}

#[test]
fn a_paused_turn_is_told_of() {
    let body = json!({"content": [{"type": "text", "text": "…"}], "stop_reason": "pause_turn"});
    let answer = whole(None, &body).unwrap();
    assert_eq!(answer.finish_reason(), FinishReason::Unknown);
    assert_eq!(codes(&answer), ["paused_turn"]);
}

#[test]
fn every_reason_to_stop_has_its_meaning() {
    for (raw, reason) in [
        ("end_turn", FinishReason::Stop),
        ("stop_sequence", FinishReason::Stop),
        ("max_tokens", FinishReason::Length),
        ("tool_use", FinishReason::ToolCalls),
        ("refusal", FinishReason::ContentFilter),
        ("model_context_window_exceeded", FinishReason::ContextWindow),
        ("something_new", FinishReason::Unknown),
    ] {
        let body = json!({"content": [], "stop_reason": raw});
        assert_eq!(whole(None, &body).unwrap().finish_reason(), reason, "{raw}");
    }
}

#[test]
fn errors_inside_of_answers_are_errors() {
    let error =
        json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    for result in [
        whole(None, &error),
        streamed(
            None,
            &[
                json!({"type": "message_start", "message": {}}),
                error.clone(),
            ],
        ),
    ] {
        let error = result.unwrap_err();
        assert_eq!(
            (error.kind(), error.retryable()),
            (ErrorKind::Overloaded, true)
        );
        assert_eq!(error.code(), Some("overloaded_error"));
    }
    let error = whole(None, &json!({"detail": "x"})).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().contains("`content`"), "{error}");
}

#[test]
fn events_that_nobody_knows_are_told_of_once() {
    let mut events = vec![json!({"type": "message_start", "message": {}})];
    for _ in 0..3 {
        events.push(json!({"type": "heartbeat", "n": 1}));
        events.push(json!({"type": "other"}));
    }
    events.push(json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}));
    events.push(json!({"type": "message_stop"}));
    let answer = streamed(None, &events).unwrap();
    assert_eq!(codes(&answer), ["unknown_event", "unknown_event"]);
}

/// What is said of a block in words of its own becomes a part of it, so that it can go back.
#[test]
fn deltas_of_unknown_blocks_are_put_into_them() {
    let answer = streamed(
        None,
        &[
            start(0, json!({"type": "compaction", "content": null})),
            delta(0, json!({"type": "compaction_delta", "content": "So "})),
            delta(0, json!({"type": "compaction_delta", "content": "far."})),
            stop(0),
            start(1, json!({"type": "text", "text": "a"})),
            delta(1, json!({"type": "odd_delta", "x": 1})),
            stop(1),
            json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
            json!({"type": "message_stop"}),
        ],
    )
    .unwrap();
    let content = serde_json::to_value(&answer.message.content).unwrap();
    assert_eq!(
        content[0]["raw"],
        json!({"type": "compaction", "content": "So far."})
    );
    assert_eq!(content[1]["text"], "a");
    assert_eq!(
        content[2]["raw"]["delta"],
        json!({"type": "odd_delta", "x": 1})
    );
}

#[test]
fn thoughts_of_other_makers_bear_their_mark() {
    let body = json!({"content": [{"type": "thinking", "thinking": "hm", "signature": "ab12"}, {"type": "thinking", "thinking": "so"}],
        "stop_reason": "end_turn"});
    let events = [
        start(0, json!({"type": "thinking", "thinking": ""})),
        delta(0, json!({"type": "thinking_delta", "thinking": "hm"})),
        delta(0, json!({"type": "signature_delta", "signature": "ab"})),
        delta(0, json!({"type": "signature_delta", "signature": "12"})),
        start(1, json!({"type": "thinking", "thinking": "so"})),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
        json!({"type": "message_stop"}),
    ];
    for answer in [
        whole(Some("acme".into()), &body).unwrap(),
        streamed(Some("acme".into()), &events).unwrap(),
    ] {
        let seals: Vec<_> = answer
            .message
            .content
            .iter()
            .filter_map(|part| match part {
                Part::Reasoning(thought) => thought.signature.as_deref(),
                _ => None,
            })
            .collect();
        assert_eq!(seals, ["acme::ab12", "acme::"]);
    }
    let own = whole(None, &body).unwrap();
    let content = serde_json::to_value(&own.message.content).unwrap();
    assert_eq!(content[0]["signature"], "ab12", "Claude's bear none");
}

#[test]
fn a_stream_that_breaks_off_says_what_is_missing() {
    let mut codec = Messages::default().stream();
    let mut fold = Fold::new(Identity::default());
    let mut hear = |codec: &mut Box<dyn StreamCodec>, event: Value| {
        codec
            .chunk(event.to_string().as_bytes(), &mut fold)
            .unwrap();
        codec.missing(&fold)
    };
    let begin = json!({"type": "message_start", "message": {"id": "m"}});
    assert!(hear(&mut codec, begin).is_some());
    let ending = json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}});
    assert!(
        hear(&mut codec, ending).is_some(),
        "message_stop is missing"
    );
    assert_eq!(hear(&mut codec, json!({"type": "message_stop"})), None);
}

#[test]
fn events_that_nobody_knows_are_passed_over_whatever_they_hold() {
    let events = [
        json!({"type": "message_start", "message": {"id": "m"}}),
        json!({"type": "notice", "message": "hello"}),
        json!({"type": "notice", "delta": "x", "index": "y", "usage": 1, "error": 2}),
        start(0, json!({"type": "text", "text": "Hi"})),
        stop(0),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
        json!({"type": "message_stop"}),
    ];
    let answer = streamed(None, &events).unwrap();
    assert_eq!(answer.text(), "Hi");
    assert_eq!(codes(&answer), ["unknown_event"]);
    let wrong = json!({"type": "message_start", "message": "hello"});
    assert_eq!(
        streamed(None, &[wrong]).unwrap_err().kind(),
        ErrorKind::Decode
    );
}

#[test]
fn errors_of_a_stream_are_errors_in_whatever_form() {
    for event in [
        json!({"type": "error", "error": "overloaded"}),
        json!({"type": "error", "error": {"type": "overloaded_error", "message": null}}),
        json!({"error": {"message": "boom", "code": 500}}),
    ] {
        let error = streamed(None, std::slice::from_ref(&event)).unwrap_err();
        assert_ne!(error.kind(), ErrorKind::Decode, "{event}");
        assert!(error.retryable(), "{event}");
    }
    let nothing = streamed(None, &[json!({"delta": {}})]).unwrap_err();
    assert!(nothing.message().contains("`type`"), "{nothing}");
}

#[test]
fn counts_may_be_floats_and_details_null() {
    let usage = json!({"input_tokens": 5.0, "output_tokens": 7, "output_tokens_details": null});
    let answer = whole(None, &json!({"content": [], "usage": usage})).unwrap();
    assert_eq!(
        (answer.usage.input_tokens, answer.usage.output_tokens),
        (Some(5), Some(7))
    );
}

#[test]
fn a_last_line_of_another_dialect_says_nothing() {
    let mut codec = Messages { maker: None }.stream();
    let mut fold = Fold::new(Identity::default());
    codec.chunk(b" [DONE]", &mut fold).unwrap();
    assert!(codec.missing(&fold).is_some());
    let error = codec.chunk(b"[DONE", &mut fold).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
}
