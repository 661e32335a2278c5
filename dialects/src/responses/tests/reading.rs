//! Answers, whole, and the same ones streamed.

use reqllm_core::{ErrorKind, FinishReason, Response, Usage};
use serde_json::{Value, json};

use super::{answer, codes, content, events, message, streamed, whole};

/// What a whole answer says, a stream says as well.
fn both(answer: &Value) -> Response {
    let read = whole(answer).unwrap();
    assert_eq!(read, streamed(&events(answer)).unwrap());
    read
}

#[test]
fn items_are_parts_in_their_order() {
    let response = both(&answer(json!([
        { "id": "rs_1", "type": "reasoning", "encrypted_content": "gAAA=",
          "summary": [{ "type": "summary_text", "text": "First" }, { "type": "summary_text", "text": "second" }] },
        message("Größe"),
        { "id": "fc_1", "type": "function_call", "status": "completed", "call_id": "call_1",
          "name": "f", "arguments": "{\"x\": 1}" },
        { "id": "fc_2", "type": "function_call", "status": "completed", "call_id": "call_2",
          "name": "g", "arguments": "" },
    ])));
    assert_eq!(
        content(&response),
        json!([
            { "type": "reasoning", "text": "First\n\nsecond", "signature": "openai:rs_1:gAAA=" },
            { "type": "text", "text": "Größe" },
            { "type": "tool_call", "id": "call_1", "name": "f", "arguments": { "x": 1 } },
            { "type": "tool_call", "id": "call_2", "name": "g", "arguments": {} },
        ])
    );
    let mut usage = Usage::default();
    usage.input_tokens = Some(20);
    usage.output_tokens = Some(9);
    usage.cache_read_tokens = Some(10);
    usage.reasoning_tokens = Some(4);
    usage.total_tokens = Some(39);
    assert_eq!(response.usage, usage);
    assert_eq!(response.id, "resp_1");
    assert_eq!(response.finish_reason, FinishReason::ToolCalls);
    assert_eq!(response.raw_finish_reason.as_deref(), Some("completed"));
    assert_eq!(codes(&response.warnings), [""; 0]);
}

#[test]
fn a_message_of_several_parts_has_a_part_for_each() {
    let citations = json!([
        { "type": "url_citation", "url": "https://a.example/", "title": "A", "start_index": 1, "end_index": 3 },
        { "type": "file_citation", "file_id": "file_1", "filename": "b.pdf", "index": 2 },
    ]);
    let response = both(&answer(json!([
        { "id": "msg_1", "type": "message", "role": "assistant", "content": [] },
        { "id": "msg_2", "type": "message", "role": "assistant", "content": [
            { "type": "output_text", "text": "See", "annotations": [] },
            { "type": "output_chart", "points": [1, 2] },
            { "type": "output_text", "text": "there", "annotations": citations }] },
        message("."),
    ])));
    assert_eq!(
        content(&response),
        json!([
            { "type": "text", "text": "See" },
            { "type": "unknown", "raw": { "type": "output_chart", "points": [1, 2] } },
            { "type": "text", "text": "there", "citations": [
                { "title": "A", "source": "https://a.example/", "start": 1, "end": 3, "location": citations[0] },
                { "title": "b.pdf", "source": "file_1", "start": 0, "end": 5, "location": citations[1] }] },
            { "type": "text", "text": "." },
        ])
    );
    assert_eq!(response.finish_reason, FinishReason::Stop);
}

#[test]
fn thoughts_that_are_told_themselves_are_thoughts_without_a_seal() {
    let response = both(&answer(json!([
        { "id": "msg_0", "type": "reasoning", "summary": [], "status": "completed",
          "content": [{ "type": "reasoning_text", "text": "Hm." }, { "type": "reasoning_text", "text": "Well." }] },
        { "id": "rs_1", "type": "reasoning", "summary": [] },
        { "id": "rs:2", "type": "reasoning", "encrypted_content": "gAAA=",
          "summary": [{ "type": "summary_text", "text": "an id that would break the mark" }] },
        message("OSS"),
    ])));
    assert_eq!(
        content(&response),
        json!([
            { "type": "reasoning", "text": "Hm.\n\nWell." },
            { "type": "reasoning", "text": "an id that would break the mark" },
            { "type": "text", "text": "OSS" },
        ])
    );
}

#[test]
fn refusals_are_text_and_a_filter() {
    let response = both(&answer(json!([
        { "id": "msg_1", "type": "message", "role": "assistant",
          "content": [{ "type": "refusal", "refusal": "I won't." }] },
    ])));
    assert_eq!(response.text(), "I won't.");
    assert_eq!(response.finish_reason, FinishReason::ContentFilter);
}

#[test]
fn items_of_tools_that_the_server_runs_are_kept_as_they_came() {
    let search = json!({ "id": "ws_1", "type": "web_search_call", "status": "completed",
                         "action": { "type": "search", "query": "rain" } });
    let response = both(&answer(json!([search, message("Rain.")])));
    assert_eq!(
        content(&response),
        json!([{ "type": "unknown", "raw": search }, { "type": "text", "text": "Rain." }])
    );
}

/// Nobody could answer it; but nobody may lose it either.
#[test]
fn a_call_that_lacks_what_it_is_about_is_kept_as_it_came() {
    let odd = json!({ "type": "function_call", "id": "fc_1", "name": "f" });
    let response = whole(&answer(json!([odd]))).unwrap();
    assert_eq!(
        content(&response),
        json!([{ "type": "unknown", "raw": odd }])
    );
}

#[test]
fn what_is_not_complete_says_why() {
    for (reason, finish) in [
        ("max_output_tokens", FinishReason::Length),
        ("content_filter", FinishReason::ContentFilter),
        ("new_reason", FinishReason::Unknown),
    ] {
        let mut answer = answer(json!([message("Hel")]));
        answer["status"] = "incomplete".into();
        answer["incomplete_details"] = json!({ "reason": reason });
        let response = both(&answer);
        assert_eq!(response.finish_reason, finish);
        assert_eq!(response.raw_finish_reason.as_deref(), Some(reason));
    }
}

#[test]
fn what_was_written_to_a_cache_is_no_input() {
    let mut answer = answer(json!([message("Hi")]));
    answer["usage"]["input_tokens_details"] =
        json!({ "cached_tokens": 10, "cache_write_tokens": 5 });
    let usage = both(&answer).usage;
    assert_eq!(usage.input_tokens, Some(15));
    assert_eq!(usage.cache_write_tokens, Some(5));
    assert_eq!(usage.total_tokens, Some(39));
    answer["usage"] = Value::Null;
    assert_eq!(both(&answer).usage, Usage::default());
}

#[test]
fn likely_tokens_are_in_the_metadata() {
    let token = json!({ "token": "Hi", "logprob": -0.1, "bytes": [72, 105], "top_logprobs": [] });
    let mut answer = answer(json!([message("Hi")]));
    answer["output"][0]["content"][0]["logprobs"] = json!([token]);
    assert_eq!(both(&answer).provider_metadata["logprobs"], json!([token]));
}

#[test]
fn failures_are_errors_of_their_kind() {
    for (code, kind) in [
        ("rate_limit_exceeded", ErrorKind::RateLimited),
        ("server_error", ErrorKind::Server),
    ] {
        let mut answer = answer(json!([]));
        answer["status"] = "failed".into();
        answer["error"] = json!({ "code": code, "message": "It is over." });
        for error in [whole(&answer), streamed(&events(&answer))] {
            let error = error.unwrap_err();
            assert_eq!((error.kind(), error.code()), (kind, Some(code)));
            assert!(error.message().contains("It is over."), "{error}");
        }
    }
    for status in ["queued", "in_progress", "cancelled"] {
        let mut answer = answer(json!([]));
        answer["status"] = status.into();
        let error = whole(&answer).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Stream);
        assert!(error.message().contains(status), "{error}");
    }
}

#[test]
fn what_is_no_answer_is_refused() {
    for body in [
        json!({}),
        json!({ "object": "chat.completion", "choices": [] }),
        json!({ "output": "Hi" }),
        json!([]),
    ] {
        let error = whole(&body).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
    }
}

#[test]
fn odd_counts_cost_nothing() {
    let mut answer = answer(json!([message("Hi")]));
    answer["id"] = json!(5);
    answer["service_tier"] = json!(1);
    answer["incomplete_details"] = json!("no");
    answer["usage"] = json!({ "input_tokens": 30.0, "output_tokens": -1, "input_tokens_details": [],
                              "output_tokens_details": { "reasoning_tokens": "4" } });
    let response = whole(&answer).unwrap();
    assert_eq!((&*response.text(), &*response.id), ("Hi", "5"));
    let usage = &response.usage;
    assert_eq!((usage.input_tokens, usage.output_tokens), (Some(30), None));
    answer["usage"] = json!("many");
    assert_eq!(whole(&answer).unwrap().text(), "Hi");
}
