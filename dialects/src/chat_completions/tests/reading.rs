//! Answers, whole and streamed.

use reqllm_core::{ErrorKind, FinishReason, Fold, Identity, Usage};
use serde_json::{Value, json};

use super::super::read;
use super::{BARE, FULL, codes, delta, last, streamed, whole};

#[test]
fn a_stream_gives_what_the_whole_answer_gives() {
    let whole = whole(
        &FULL,
        &json!({
            "id": "c1", "object": "chat.completion", "model": "acme.x",
            "choices": [{ "index": 0, "finish_reason": "tool_calls", "message": {
                "role": "assistant", "refusal": null,
                "content": "<reasoning>Two calls.</reasoning>Looking…",
                "tool_calls": [
                    { "id": "a", "type": "function", "function": { "name": "f", "arguments": "{\"x\": 1}" } },
                    { "id": "b", "type": "function", "function": { "name": "g", "arguments": "" } }] } }],
            "usage": { "prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17,
                       "prompt_tokens_details": { "cached_tokens": 4 },
                       "completion_tokens_details": { "reasoning_tokens": 3 } },
        }),
    )
    .unwrap();
    let call = |index: u32, id: Option<&str>, name: Option<&str>, arguments: &str| {
        delta(
            json!({ "tool_calls": [{ "index": index, "id": id, "type": "function",
                      "function": { "name": name, "arguments": arguments } }] }),
        )
    };
    let streamed = streamed(
        &FULL,
        &[
            delta(json!({ "role": "assistant", "content": "" })),
            delta(json!({ "content": "<reasoning>Two</reasoning>" })),
            delta(json!({ "content": "<reasoning> calls.</reasoning>" })),
            delta(json!({ "content": "Look" })),
            call(0, Some("a"), Some("f"), ""),
            call(0, None, None, "{\"x\""),
            call(1, Some("b"), Some("g"), ""),
            call(0, None, None, ": 1}"),
            json!({ "id": "c1",
                    "choices": [{ "index": 0, "delta": { "content": "ing…" }, "finish_reason": "tool_calls" }],
                    "usage": { "prompt_tokens": 12, "completion_tokens": 5,
                               "prompt_tokens_details": { "cached_tokens": 4 },
                               "completion_tokens_details": { "reasoning_tokens": 3 } } }),
        ],
    )
    .unwrap();
    let mut usage = Usage::default();
    usage.input_tokens = Some(8);
    usage.output_tokens = Some(5);
    usage.cache_read_tokens = Some(4);
    usage.reasoning_tokens = Some(3);
    usage.total_tokens = Some(17);
    for response in [&whole, &streamed] {
        assert_eq!(response.id, "c1");
        assert_eq!(response.usage, usage);
        assert_eq!(response.finish_reason, FinishReason::ToolCalls);
        assert_eq!(response.raw_finish_reason.as_deref(), Some("tool_calls"));
        assert_eq!(
            serde_json::to_value(&response.message.content).unwrap(),
            json!([
                { "type": "reasoning", "text": "Two calls." },
                { "type": "text", "text": "Looking…" },
                { "type": "tool_call", "id": "a", "name": "f", "arguments": { "x": 1 } },
                { "type": "tool_call", "id": "b", "name": "g", "arguments": {} },
            ])
        );
    }
    assert_eq!(whole, streamed);
}

#[test]
fn servers_that_take_reasoning_out_themselves_are_understood() {
    for name in ["reasoning_content", "reasoning"] {
        let chunks = [
            delta(json!({ name: "hm" })),
            delta(json!({ name: " so" })),
            last(json!({ "content": "Hi" }), "stop"),
        ];
        let response = streamed(&BARE, &chunks).unwrap();
        assert_eq!(
            serde_json::to_value(&response.message.content).unwrap(),
            json!([{ "type": "reasoning", "text": "hm so" }, { "type": "text", "text": "Hi" }])
        );
    }
    let content = json!([
        { "type": "thinking", "thinking": [{ "type": "text", "text": "hm" }] },
        { "type": "text", "text": "Hi" },
        { "type": "new", "x": 1 },
        { "type": "thinking", "thinking": [{ "type": "thinking", "thinking": "no deeper" }] },
    ]);
    let response = whole(
        &BARE,
        &json!({ "choices": [{ "message": { "content": content } }] }),
    )
    .unwrap();
    assert_eq!(
        serde_json::to_value(&response.message.content).unwrap(),
        json!([
            { "type": "reasoning", "text": "hm" },
            { "type": "text", "text": "Hi" },
            { "type": "unknown", "raw": { "type": "new", "x": 1 } },
            { "type": "unknown", "raw": { "type": "thinking", "thinking": "no deeper" } },
        ])
    );
}

/// An answer may say nothing; one whose message lacks every member that could say something is none.
#[test]
fn a_message_without_any_of_its_members_is_no_answer() {
    for message in [json!({ "content": "" }), json!({ "content": null })] {
        let body = json!({ "choices": [{ "message": message }] });
        assert!(whole(&BARE, &body).unwrap().message.content.is_empty());
    }
    for choice in [
        json!({ "message": { "kontent": "Hi" } }),
        json!({ "massage": { "content": "Hi" } }),
    ] {
        let error = whole(&BARE, &json!({ "choices": [choice] })).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    }
}

#[test]
fn the_reason_to_stop_is_told_in_either_member() {
    let stop = |choice: Value| {
        let response = whole(&BARE, &json!({ "choices": [choice] })).unwrap();
        (response.finish_reason, response.raw_finish_reason)
    };
    let raw = |word: &str| Some(word.to_owned());
    for (word, reason) in [
        ("stop", FinishReason::Stop),
        ("length", FinishReason::Length),
        ("content_filter", FinishReason::ContentFilter),
        ("model_length", FinishReason::ContextWindow),
        ("something_new", FinishReason::Unknown),
    ] {
        for member in ["finish_reason", "stop_reason"] {
            assert_eq!(
                stop(json!({ "message": { "content": null }, member: word })),
                (reason, raw(word))
            );
        }
    }
    // Beside the one, the other is what the model stopped at.
    let choice =
        json!({ "message": { "content": "" }, "finish_reason": "stop", "stop_reason": "END" });
    let response = whole(&BARE, &json!({ "choices": [choice] })).unwrap();
    assert_eq!(response.raw_finish_reason.as_deref(), Some("stop"));
    assert_eq!(response.provider_metadata["stop_sequence"], "END");
    // A refusal is text, and no ordinary stop.
    let refusal =
        json!({ "message": { "content": null, "refusal": "No." }, "finish_reason": "stop" });
    assert_eq!(
        stop(refusal.clone()),
        (FinishReason::ContentFilter, raw("stop"))
    );
    let response = whole(&BARE, &json!({ "choices": [refusal] })).unwrap();
    assert_eq!(response.text(), "No.");
}

#[test]
fn only_the_first_of_several_answers_is_read_and_that_is_told() {
    let choice = |n: u32, text: &str| json!({ "index": n, "message": { "content": text }, "finish_reason": "stop" });
    let answer = json!({ "choices": [choice(0, "a"), choice(1, "b")] });
    for response in [
        whole(&BARE, &answer).unwrap(),
        streamed(
            &BARE,
            &[answer.clone(), json!({ "choices": [choice(1, "c")] })],
        )
        .unwrap(),
    ] {
        assert_eq!(response.text(), "a");
        assert_eq!(codes(&response.warnings), ["choices_dropped"]);
    }
}

#[test]
fn what_is_no_answer_is_an_error() {
    let kind = |body: &[u8]| {
        let mut fold = Fold::new(Identity::default());
        read(&BARE, body, &mut fold).unwrap_err()
    };
    assert_eq!(kind(b"{}").kind(), ErrorKind::Decode);
    assert_eq!(kind(b"<html>").kind(), ErrorKind::Decode);
    let error = json!({ "error": { "message": "The engine died.", "code": 500 } });
    let told = kind(error.to_string().as_bytes());
    assert_eq!(
        (told.message(), told.code()),
        ("The engine died.", Some("500"))
    );
    let told = streamed(&BARE, &[delta(json!({ "content": "a" })), error]).unwrap_err();
    assert_eq!(told.message(), "The engine died.");
}

/// What it took may have to be paid for all the same.
#[test]
fn an_answer_without_a_choice_is_none() {
    let body =
        json!({"id": "c", "choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 0}});
    let mut fold = Fold::new(Identity::default());
    let error = read(&BARE, body.to_string().as_bytes(), &mut fold).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    assert_eq!(fold.abandon().usage.input_tokens, Some(7));
}

#[test]
fn an_error_in_the_place_of_a_chunk_is_one() {
    for chunk in [
        json!({ "error": { "message": "m", "code": 502 } }),
        json!({ "object": "error", "message": "m", "code": 500 }),
        json!({ "x_groq": { "error": "m" }, "choices": [] }),
    ] {
        let error = streamed(&BARE, std::slice::from_ref(&chunk)).unwrap_err();
        assert_eq!(error.message(), "m", "{chunk}");
    }
}

/// OpenRouter's form of an upstream that fails, and Mistral's word for a failure.
#[test]
fn an_answer_whose_choice_failed_is_an_error() {
    let failed = |content: &str, error: Value| {
        json!({ "id": "c1", "usage": { "prompt_tokens": 7 }, "choices": [{ "index": 0, "finish_reason": "error",
            "message": { "role": "assistant", "content": content }, "error": error }] })
    };
    for (error, kind, code, retryable, words) in [
        (
            json!({ "code": 502, "message": "upstream" }),
            ErrorKind::Server,
            Some("502"),
            true,
            "upstream",
        ),
        (
            json!({ "code": 429, "message": "slow down" }),
            ErrorKind::RateLimited,
            Some("429"),
            true,
            "slow down",
        ),
        (
            Value::Null,
            ErrorKind::Stream,
            None,
            false,
            "does not say which",
        ),
    ] {
        let refused = whole(&BARE, &failed("", error.clone())).unwrap_err();
        let mut chunk = failed("", error);
        let choice = chunk["choices"][0].as_object_mut().unwrap();
        let message = choice.shift_remove("message").unwrap();
        choice.insert("delta".to_owned(), message);
        let broken = streamed(&BARE, &[delta(json!({ "content": "Hi" })), chunk]).unwrap_err();
        for error in [refused, broken] {
            assert_eq!(error.kind(), kind, "{error}");
            assert_eq!(error.code(), code);
            assert_eq!(error.retryable(), retryable);
            assert!(error.message().contains(words), "{error}");
        }
    }
    // It counts whatever else the choice says, and if there is no message at all.
    for choice in [
        json!({ "error": { "message": "m" }, "finish_reason": "stop", "message": { "content": "Hi" } }),
        json!({ "error": { "message": "m" } }),
    ] {
        let error = whole(&BARE, &json!({ "choices": [choice] })).unwrap_err();
        assert_eq!(error.message(), "m");
    }
    // Null is none.
    let sound = json!({ "choices": [{ "error": null, "finish_reason": "stop", "message": { "content": "Hi" } }] });
    assert_eq!(whole(&BARE, &sound).unwrap().text(), "Hi");
}

/// What a message had before it had `tool_calls`.
#[test]
fn a_function_call_is_a_tool_call() {
    let message = |message: Value| json!({ "choices": [{ "index": 0, "finish_reason": "function_call", "message": message }] });
    let function = json!({ "name": "f", "arguments": "{\"x\": 1}" });
    let body = message(json!({ "role": "assistant", "content": null, "function_call": function }));
    let whole_one = whole(&BARE, &body).unwrap();
    let pieces = [
        json!({ "role": "assistant", "content": null, "function_call": { "name": "f", "arguments": "" } }),
        json!({ "function_call": { "arguments": "{\"x\"" } }),
        json!({ "function_call": { "arguments": ": 1}" } }),
    ];
    let mut chunks: Vec<Value> = pieces.into_iter().map(delta).collect();
    chunks.push(last(json!({}), "function_call"));
    let streamed = streamed(&BARE, &chunks).unwrap();
    for response in [&whole_one, &streamed] {
        let calls: Vec<_> = response.message.tool_calls().collect();
        assert_eq!(calls.len(), 1, "{:?}", response.message);
        assert_eq!(
            (&*calls[0].name, &calls[0].arguments),
            ("f", &json!({ "x": 1 }))
        );
        assert_eq!(response.finish_reason, FinishReason::ToolCalls);
        assert_eq!(response.warnings, []);
    }
    // Who has both says it once.
    let both = message(json!({ "function_call": function,
        "tool_calls": [{ "id": "a", "type": "function", "function": function }] }));
    let both = whole(&BARE, &both).unwrap();
    let ids: Vec<&str> = both.message.tool_calls().map(|call| &*call.id).collect();
    assert_eq!(ids, ["a"]);
    // One that says nothing is none.
    for nothing in [json!(null), json!({})] {
        let body = message(json!({ "content": "Hi", "function_call": nothing }));
        assert_eq!(whole(&BARE, &body).unwrap().message.tool_calls().count(), 0);
    }
}
