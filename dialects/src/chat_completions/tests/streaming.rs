//! Streams that differ from whole answers.

use std::sync::Arc;

use reqllm_core::{Delivery, ErrorKind, Fold, Identity, Result};
use serde_json::{Value, json};

use super::super::ChatStream;
use super::{BARE, FULL, codes, delta, last, streamed, whole};
use crate::stream::StreamCodec as _;

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

/// OpenAI's first chunk has the role and an empty text. A stream that breaks off behind it may be asked for again.
#[test]
fn an_empty_text_says_nothing() {
    let mut fold = Fold::new(Identity::default());
    let mut stream = ChatStream::new(&BARE);
    for chunk in [
        delta(json!({"role": "assistant", "content": "", "refusal": null})),
        delta(json!({"role": "assistant", "content": "", "reasoning_content": ""})),
        delta(json!({"role": "assistant", "content": null, "reasoning": ""})),
    ] {
        stream
            .chunk(chunk.to_string().as_bytes(), &mut fold)
            .unwrap();
        assert!(fold.started() && !fold.has_content(), "{chunk}");
    }
    let chunk = delta(json!({"content": "a"})).to_string();
    stream.chunk(chunk.as_bytes(), &mut fold).unwrap();
    assert!(fold.has_content());
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

/// `[DONE]` ends a stream as well: what it lacks then is told as it is of a whole answer.
#[test]
fn a_stream_without_a_reason_to_stop_is_not_complete_before_its_last_line() {
    let mut fold = Fold::new(Identity::default());
    let mut stream = ChatStream::new(&BARE);
    let chunk = delta(json!({ "content": "Hel" })).to_string();
    stream.chunk(chunk.as_bytes(), &mut fold).unwrap();
    let counts = br#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#;
    stream.chunk(counts, &mut fold).unwrap();
    assert!(stream.missing(&fold).is_some());
    let call = json!({ "content": "lo", "tool_calls": [{ "index": 0, "id": "a", "function": { "name": "f", "arguments": "{\"x\":1}" } }] });
    stream
        .chunk(delta(call).to_string().as_bytes(), &mut fold)
        .unwrap();
    assert!(stream.missing(&fold).is_some());
    stream.chunk(b"[DONE]", &mut fold).unwrap();
    assert_eq!(stream.missing(&fold), None);
    let response = fold.finish();
    assert_eq!(
        (response.text().as_ref(), response.usage.output_tokens),
        ("Hello", Some(2))
    );
    let calls: Vec<&Value> = response
        .message
        .tool_calls()
        .map(|it| &it.arguments)
        .collect();
    assert_eq!(calls, [&json!({ "x": 1 })]);
}

/// Read over HTTP, so that a stream and a whole answer are seen from where the caller stands.
#[test]
fn a_stream_that_never_says_why_it_stopped_is_warned_of_as_a_whole_answer_is() {
    let read = |delivery: Delivery, media_type: &str, body: String| {
        let head = http::Response::builder().header("content-type", media_type);
        let (head, ()) = head.body(()).unwrap().into_parts();
        let answer = crate::answer::read(Arc::new(Bare), delivery);
        let mut reader = answer.open(&head).unwrap();
        let mut fold = Fold::new(Identity::default());
        reader.read(body.into(), &mut fold).unwrap();
        reader.end(&mut fold).unwrap();
        fold.finish()
    };
    let whole = json!({ "id": "c1", "choices": [{ "message": { "content": "Hi" } }] });
    let whole = read(Delivery::Whole, "application/json", whole.to_string());
    let chunk = delta(json!({ "content": "Hi" }));
    for body in [
        format!("data: {chunk}\n\ndata: [DONE]\n\n"),
        format!("data: {chunk}\n\ndata: [DONE]"),
    ] {
        let streamed = read(Delivery::Stream, "text/event-stream", body);
        assert_eq!(codes(&streamed.warnings), ["no_stop_reason"]);
        assert_eq!(streamed, whole);
    }
    let last = last(json!({ "content": "Hi" }), "stop");
    let streamed = read(
        Delivery::Stream,
        "text/event-stream",
        format!("data: {last}"),
    );
    assert_eq!((&*streamed.text(), streamed.warnings.len()), ("Hi", 0));
}

#[derive(Debug)]
struct Bare;

impl crate::Dialect for Bare {
    fn whole(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        super::super::read(&BARE, body, fold)
    }

    fn stream(&self) -> Box<dyn crate::StreamCodec> {
        Box::new(ChatStream::new(&BARE))
    }

    fn refusal(&self, head: &http::response::Parts, body: &[u8]) -> reqllm_core::Error {
        super::super::refusal(head, body)
    }
}

#[test]
fn a_message_beside_the_deltas_repeats_them() {
    let both = |delta: Value, message: &str| json!({ "id": "c1", "choices": [{ "index": 0, "delta": delta, "message": { "content": message } }] });
    let end = |delta: Value, message: &str| {
        let mut end = both(delta, message);
        end["choices"][0]["finish_reason"] = "stop".into();
        end
    };
    let piece = |text: &str| json!({ "content": text });
    let alone = |text: &str| json!({ "choices": [{ "index": 0, "message": { "content": text } }] });
    for chunks in [
        // With every delta, and more each time.
        vec![
            both(json!({ "role": "assistant" }), ""),
            both(piece("a"), "a"),
            both(piece("b"), "ab"),
            both(piece("c"), "abc"),
            end(json!({}), "abc"),
        ],
        // All of it at the end, beside a delta or alone.
        vec![
            delta(piece("a")),
            delta(piece("b")),
            delta(piece("c")),
            end(json!({}), "abc"),
        ],
        vec![
            delta(piece("ab")),
            delta(piece("c")),
            alone("abc"),
            last(json!({}), "stop"),
        ],
        // No delta at all.
        vec![alone("a"), alone("b"), alone("c"), last(json!({}), "stop")],
        vec![delta(json!({})), end(json!({}), "abc")],
        // A chunk that looks like one that was learned before the first delta.
        vec![
            alone("a"),
            alone("b"),
            delta(json!({ "content": "c", "refusal": "" })),
            alone("d"),
            last(json!({}), "stop"),
        ],
    ] {
        assert_eq!(
            streamed(&BARE, &chunks).unwrap().text(),
            "abc",
            "{chunks:?}"
        );
    }
}

/// Some servers have an empty reason in every chunk.
#[test]
fn an_empty_reason_to_stop_is_none() {
    let call = |id: Option<&str>, name: Option<&str>, arguments: &str| {
        let call =
            json!({ "index": 0, "id": id, "function": { "name": name, "arguments": arguments } });
        last(json!({ "tool_calls": [call] }), "")
    };
    let chunks = [
        last(json!({ "content": "Hi" }), ""),
        call(Some("a"), Some("f"), ""),
        call(None, None, "{\"x\":"),
        call(None, None, "1}"),
        last(json!({}), "tool_calls"),
    ];
    let response = streamed(&BARE, &chunks).unwrap();
    assert_eq!(
        serde_json::to_value(&response.message.content).unwrap(),
        json!([
            { "type": "text", "text": "Hi" },
            { "type": "tool_call", "id": "a", "name": "f", "arguments": { "x": 1 } },
        ])
    );
    let choice = json!({ "message": { "content": "" }, "finish_reason": "", "stop_reason": "" });
    let response = whole(&BARE, &json!({ "choices": [choice] })).unwrap();
    assert_eq!(response.raw_finish_reason, None);
}

#[test]
fn calls_without_ids_under_one_number_are_told_apart() {
    let piece = |name: Option<&str>, arguments: &str| {
        delta(
            json!({ "tool_calls": [{ "index": 0, "id": "", "function": { "name": name, "arguments": arguments } }] }),
        )
    };
    let calls = |mut chunks: Vec<Value>| {
        chunks.push(last(json!({}), "tool_calls"));
        let response = streamed(&BARE, &chunks).unwrap();
        let calls = response.message.tool_calls();
        let calls: Vec<Value> = calls.map(|it| json!([it.name, it.arguments])).collect();
        Value::from(calls)
    };
    let (f, g) = (Some("f"), Some("g"));
    assert_eq!(
        calls(vec![
            piece(f, "{\"x\":\"}\\\"\"}"),
            piece(f, "{\"x\":"),
            piece(None, "2}")
        ]),
        json!([["f", { "x": "}\"" }], ["f", { "x": 2 }]])
    );
    assert_eq!(
        calls(vec![piece(f, ""), piece(g, "{\"x\":1}")]),
        json!([["f", {}], ["g", { "x": 1 }]])
    );
    // The name again with each piece.
    assert_eq!(
        calls(vec![
            piece(f, "{\"x\":"),
            piece(f, "{\"y\":1}"),
            piece(f, "}")
        ]),
        json!([["f", { "x": { "y": 1 } }]])
    );
}

#[test]
fn a_signature_that_is_lost_is_told_of_once() {
    let call = |n: u32| {
        json!({ "index": n, "id": n.to_string(), "function": { "name": "f", "arguments": "{}" },
                                "extra_content": { "google": { "thought_signature": "c2Vj" } } })
    };
    let chunks = [
        delta(json!({ "tool_calls": [call(0)] })),
        last(json!({ "tool_calls": [call(1)] }), "tool_calls"),
    ];
    let response = streamed(&BARE, &chunks).unwrap();
    assert_eq!(codes(&response.warnings), ["thought_signature_dropped"]);
    let mut other = call(0);
    other["extra_content"] = json!("new");
    let body = json!({ "choices": [{ "message": { "tool_calls": [other] } }] });
    assert!(whole(&BARE, &body).unwrap().warnings.is_empty());
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
fn what_came_before_a_choice_failed_is_kept() {
    let mut fold = Fold::new(Identity::default());
    let mut stream = ChatStream::new(&FULL);
    let failed = json!({ "choices": [{ "index": 0, "delta": { "content": "c <rea" }, "finish_reason": "error",
        "error": { "code": 502, "message": "upstream" } }],
        "usage": { "prompt_tokens": 7, "completion_tokens": 3 } });
    for text in ["a", "b"] {
        let chunk = delta(json!({ "content": text })).to_string();
        stream.chunk(chunk.as_bytes(), &mut fold).unwrap();
    }
    let error = stream.chunk(failed.to_string().as_bytes(), &mut fold);
    assert_eq!(error.unwrap_err().message(), "upstream");
    stream.abandon(&mut fold);
    let partial = fold.abandon();
    assert_eq!(partial.text(), "abc <rea");
    assert_eq!(partial.usage.output_tokens, Some(3));
}
