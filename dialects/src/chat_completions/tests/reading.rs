//! Answers, whole and streamed.

use reqllm_core::{ErrorKind, FinishReason, Fold, Identity, Response, Result, Usage};
use serde_json::{Value, json};

use super::super::{ChatStream, Quirks, Thoughts, read};
use super::{BARE, FULL, codes};
use crate::stream::StreamCodec as _;

fn whole(quirks: &Quirks, body: &Value) -> Result<Response> {
    let mut fold = Fold::new(Identity::default());
    read(quirks, body.to_string().as_bytes(), &mut fold)?;
    Ok(fold.finish())
}

fn streamed(quirks: &Quirks, chunks: &[Value]) -> Result<Response> {
    let mut fold = Fold::new(Identity::default());
    let mut stream = ChatStream::new(quirks);
    for chunk in chunks {
        stream.chunk(chunk.to_string().as_bytes(), &mut fold)?;
    }
    assert_eq!(stream.missing(&fold), None);
    Ok(fold.finish())
}

fn delta(delta: Value) -> Value {
    json!({ "id": "c1", "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] })
}

fn last(delta: Value, reason: &str) -> Value {
    json!({ "id": "c1", "choices": [{ "index": 0, "delta": delta, "finish_reason": reason }] })
}

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
fn tags_may_be_cut_across_chunks_and_stay_open() {
    let parts = |pieces: &[&str]| {
        let mut chunks: Vec<Value> = pieces
            .iter()
            .map(|piece| delta(json!({ "content": piece })))
            .collect();
        chunks.push(last(json!({}), "stop"));
        let response = streamed(&FULL, &chunks).unwrap();
        let reasoning: String = response.message.reasoning().map(|it| &*it.text).collect();
        (reasoning, response.text().to_owned())
    };
    let pair = |reasoning: &str, text: &str| (reasoning.to_owned(), text.to_owned());
    assert_eq!(
        parts(&["<rea", "soning>a<", "/reasoning", ">b"]),
        pair("a", "b")
    );
    assert_eq!(parts(&["<reasoning>a", "b"]), pair("ab", ""));
    assert_eq!(parts(&["1 <", " 2 <reason"]), pair("", "1 < 2 <reason"));
}

/// It is held back until the next piece shows what it is; a stream that breaks off has no next piece.
#[test]
fn what_might_have_become_a_tag_is_not_lost_when_the_stream_breaks_off() {
    for (pieces, reasoning, text) in [
        (["1 <", " 2 <reason"], "", "1 < 2 <reason"),
        (["<reasoning>a", " </reason"], "a </reason", ""),
    ] {
        let mut fold = Fold::new(Identity::default());
        let mut stream = ChatStream::new(&FULL);
        for piece in pieces {
            let chunk = delta(json!({ "content": piece })).to_string();
            stream.chunk(chunk.as_bytes(), &mut fold).unwrap();
        }
        stream.abandon(&mut fold);
        let partial = fold.abandon();
        let thought: String = partial.message.reasoning().map(|it| &*it.text).collect();
        assert_eq!((&*thought, &*partial.text()), (reasoning, text));
    }
}

#[test]
fn tool_calls_find_their_pieces() {
    let calls = |deltas: Value| {
        let mut chunks: Vec<Value> = deltas
            .as_array()
            .unwrap()
            .iter()
            .map(|calls| delta(json!({ "tool_calls": calls })))
            .collect();
        chunks.push(last(json!({}), "tool_calls"));
        let response = streamed(&BARE, &chunks).unwrap();
        assert!(response.warnings.is_empty(), "{:?}", response.warnings);
        let calls: Vec<Value> = response
            .message
            .tool_calls()
            .map(|it| json!([it.id, it.name, it.arguments]))
            .collect();
        Value::from(calls)
    };
    let two = json!([["a", "f", { "x": 1 }], ["b", "f", { "x": 2 }]]);
    // Whole calls without numbers, in one chunk and in two; arguments as an object.
    let f = |x: u32| json!({ "name": "f", "arguments": { "x": x } });
    let (a, b) = (
        json!({ "id": "a", "function": f(1) }),
        json!({ "id": "b", "function": f(2) }),
    );
    assert_eq!(calls(json!([[a, b]])), two);
    assert_eq!(calls(json!([[a], [b]])), two);
    // The number 0 for all of them.
    let piece = |id: &str, name: Option<&str>, arguments: &str| json!([{ "index": 0, "id": id, "function": { "name": name, "arguments": arguments } }]);
    assert_eq!(
        calls(json!([
            piece("a", Some("f"), "{\"x\":"),
            piece("", None, "1}"),
            piece("b", Some("f"), "{\"x\":2}"),
        ])),
        two
    );
    // A new id with each piece, and the name with each piece.
    let one = json!([["a", "f", { "x": 1 }]]);
    assert_eq!(
        calls(json!([
            piece("a", Some("f"), "{\"x\""),
            piece("q", None, ":1}")
        ])),
        one
    );
    assert_eq!(
        calls(json!([
            piece("a", Some("f"), "{\"x\""),
            piece("a", Some("f"), ":1}")
        ])),
        one
    );
    // The name after the arguments have begun.
    assert_eq!(
        calls(json!([
            piece("a", None, "{\"x\""),
            piece("a", Some("f"), ":1}")
        ])),
        one
    );
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
fn a_stream_without_a_reason_to_stop_is_not_complete() {
    let mut fold = Fold::new(Identity::default());
    let mut stream = ChatStream::new(&BARE);
    let chunk = delta(json!({ "content": "Hel" })).to_string();
    stream.chunk(chunk.as_bytes(), &mut fold).unwrap();
    assert!(stream.missing(&fold).is_some());
    stream.chunk(b"[DONE]", &mut fold).unwrap();
    assert!(stream.missing(&fold).is_some());
    let counts = br#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#;
    stream.chunk(counts, &mut fold).unwrap();
    let end = last(json!({ "content": "lo" }), "stop").to_string();
    stream.chunk(end.as_bytes(), &mut fold).unwrap();
    assert!(stream.missing(&fold).is_none());
    let response = fold.finish();
    assert_eq!(
        (response.text().as_ref(), response.usage.output_tokens),
        ("Hello", Some(2))
    );
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

/// Each call is looked for among all, so a chunk of a million of them must end before it takes hours.
#[test]
fn tool_calls_without_end_are_refused() {
    let calls: Vec<Value> = (0..200_000)
        .map(|index| json!({ "index": index }))
        .collect();
    let error = streamed(&FULL, &[delta(json!({ "tool_calls": calls }))]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().contains("too many blocks"), "{error}");
}

#[test]
fn counts_are_found_wherever_servers_put_them() {
    let usage = |body: Value| {
        let mut body = body;
        let choice = json!({ "message": { "content": "Hi" }, "finish_reason": "stop" });
        match body.get_mut("choices") {
            Some(choices) => choices[0]["message"] = choice["message"].clone(),
            None => body["choices"] = json!([choice]),
        }
        whole(&BARE, &body).unwrap().usage
    };
    let counts = json!({"prompt_tokens": 10, "completion_tokens": 2});
    assert_eq!(
        usage(json!({"x_groq": {"usage": counts}})).input_tokens,
        Some(10)
    );
    assert_eq!(
        usage(json!({"choices": [{"usage": counts}]})).output_tokens,
        Some(2)
    );
    // xAI counts thoughts beside the answer; the sum tells.
    let apart = usage(
        json!({"usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 17,
        "completion_tokens_details": {"reasoning_tokens": 5}}}),
    );
    assert_eq!(
        (apart.output_tokens, apart.reasoning_tokens),
        (Some(7), Some(5))
    );
    let cached = usage(
        json!({"usage": {"prompt_tokens": 10, "completion_tokens": 2, "prompt_cache_hit_tokens": 4}}),
    );
    assert_eq!(
        (cached.input_tokens, cached.cache_read_tokens),
        (Some(6), Some(4))
    );
    let written = usage(
        json!({"usage": {"prompt_tokens": 10, "prompt_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 5}}}),
    );
    assert_eq!(
        (written.input_tokens, written.cache_write_tokens),
        (Some(2), Some(5))
    );
    assert_eq!(usage(json!({})).input_tokens, None, "no count is no zero");
}

#[test]
fn what_stands_beside_the_words_is_kept() {
    let quirks = Quirks {
        envelope: true,
        ..BARE
    };
    let token = |text: &str| json!({ "token": text, "logprob": -0.1 });
    let annotation = json!({ "type": "url_citation", "url_citation": { "start_index": 0, "end_index": 2, "title": "T", "url": "https://x.example" } });
    let body = json!({
        "service_tier": "flex", "system_fingerprint": "fp", "citations": ["https://y.example"],
        "choices": [{ "index": 0, "finish_reason": "stop", "logprobs": { "content": [token("H"), token("i")] },
            "message": { "content": "Hi", "annotations": [annotation], "audio": { "id": "a" } } }],
    });
    let whole = whole(&quirks, &body).unwrap();
    assert_eq!(
        whole.provider_metadata["logprobs"],
        json!([token("H"), token("i")])
    );
    assert_eq!(
        whole.provider_metadata["citations"],
        json!(["https://y.example"])
    );
    assert_eq!(codes(&whole.warnings), ["audio_dropped"]);
    let content = serde_json::to_value(&whole.message.content).unwrap();
    assert_eq!(
        content[0]["citations"],
        json!([{ "title": "T", "source": "https://x.example", "start": 0, "end": 2 }])
    );
    let chunk = |delta: Value, logprobs: Value, reason: Value| {
        json!({ "service_tier": "flex", "system_fingerprint": "fp", "citations": ["https://y.example"],
            "choices": [{ "index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": reason }] })
    };
    let streamed = streamed(
        &quirks,
        &[
            chunk(
                json!({ "content": "H" }),
                json!({ "content": [token("H")] }),
                Value::Null,
            ),
            chunk(
                json!({ "content": "i", "audio": {} }),
                json!({ "content": [token("i")] }),
                Value::Null,
            ),
            chunk(
                json!({ "annotations": [annotation], "audio": {} }),
                Value::Null,
                json!("stop"),
            ),
        ],
    )
    .unwrap();
    assert_eq!(streamed, whole);
}

#[test]
fn details_of_thoughts_are_sealed_for_their_maker() {
    let quirks = Quirks {
        thoughts: Thoughts::Details("acme"),
        ..BARE
    };
    let piece = |text: &str, more: Value| {
        let mut entry = json!({ "type": "reasoning.text", "index": 0, "text": text });
        entry["signature"] = more;
        entry
    };
    let secret = json!({ "type": "reasoning.encrypted", "index": 1, "data": "AA==" });
    let streamed = streamed(
        &quirks,
        &[
            delta(json!({ "reasoning": "h", "reasoning_details": [piece("h", Value::Null)] })),
            delta(json!({ "reasoning": "m", "reasoning_details": [piece("m", json!("sig"))] })),
            delta(json!({ "reasoning_details": [secret] })),
            last(json!({ "content": "Hi" }), "stop"),
        ],
    )
    .unwrap();
    let whole = whole(
        &quirks,
        &json!({ "id": "c1", "choices": [{ "finish_reason": "stop", "message": { "content": "Hi",
            "reasoning": "hm", "reasoning_details": [piece("hm", json!("sig")), secret] } }] }),
    )
    .unwrap();
    let thoughts = |response: &Response| -> Vec<(String, Value)> {
        let of = response.message.reasoning();
        of.map(|it| {
            let seal = it.signature.as_deref().unwrap();
            let (_, list) = crate::mark::of("acme", seal).unwrap();
            (it.text.clone(), serde_json::from_str(list).unwrap())
        })
        .collect()
    };
    assert_eq!(thoughts(&streamed), thoughts(&whole));
    assert_eq!(
        thoughts(&whole),
        [("hm".to_owned(), json!([piece("hm", json!("sig")), secret]))]
    );
    // Who has no other word for them has them in words at least.
    let bare = self::whole(
        &BARE,
        &json!({ "choices": [{ "message": { "content": "Hi", "reasoning_details": [piece("hm", Value::Null)] } }] }),
    );
    let response = bare.unwrap();
    let thought = response.message.reasoning().next().unwrap();
    assert_eq!((&*thought.text, &thought.signature), ("hm", &None));
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
