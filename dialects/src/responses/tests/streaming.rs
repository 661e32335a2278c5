//! Streams that differ from whole answers, and from what OpenAI's server makes of them.

use reqllm_core::{ErrorKind, Event, FinishReason, Fold, Identity};
use serde_json::{Value, json};

use super::super::ResponsesStream;
use super::super::speakers::OPENAI;
use super::{answer, codes, content, events, message, streamed, whole};
use crate::stream::StreamCodec as _;

fn call(arguments: &str) -> Value {
    json!({ "id": "fc_1", "type": "function_call", "call_id": "call_1", "name": "f", "arguments": arguments })
}

fn open() -> (Fold, ResponsesStream) {
    (
        Fold::new(Identity::default()),
        ResponsesStream::new(&OPENAI),
    )
}

/// The events of an answer, but for those of these types.
fn without(answer: &Value, types: &[&str]) -> Vec<Value> {
    let is_one = |event: &Value| types.iter().any(|kind| event["type"] == *kind);
    let mut events = events(answer);
    events.retain(|event| !is_one(event));
    events
}

#[test]
fn what_comes_in_one_piece_is_told_all_the_same() {
    let answer = answer(json!([
        { "id": "rs_1", "type": "reasoning", "encrypted_content": "s",
          "summary": [{ "type": "summary_text", "text": "Hm." }] },
        message("Hi"),
        call("{\"x\":1}"),
    ]));
    let whole = whole(&answer).unwrap();
    let deltas = [
        "response.output_text.delta",
        "response.function_call_arguments.delta",
        "response.reasoning_summary_text.delta",
    ];
    assert_eq!(streamed(&without(&answer, &deltas)).unwrap(), whole);
    let begins = [&deltas[..], &["response.output_item.added"]].concat();
    assert_eq!(streamed(&without(&answer, &begins)).unwrap(), whole);
    let done = ["response.output_item.done", "response.content_part.done"];
    assert_eq!(streamed(&without(&answer, &done)).unwrap(), whole);
    // Only the end tells anything.
    let last = json!({ "type": "response.completed", "response": answer });
    assert_eq!(streamed(&[last]).unwrap(), whole);
}

#[test]
fn an_end_without_the_items_is_an_end() {
    let answer = answer(json!([message("Hi"), call("{}")]));
    let mut events = events(&answer);
    events.last_mut().unwrap()["response"]["output"] = json!([]);
    assert_eq!(streamed(&events).unwrap(), whole(&answer).unwrap());
}

#[test]
fn items_under_other_numbers_than_at_the_end_are_not_told_twice() {
    let answer = answer(json!([message("Hi"), call("{}")]));
    let mut events = events(&answer);
    for event in &mut events {
        if let Some(at) = event["output_index"].as_u64() {
            event["output_index"] = (at + 1).into();
        }
    }
    let response = streamed(&events).unwrap();
    assert_eq!(content(&response), content(&whole(&answer).unwrap()));
}

#[test]
fn the_seal_of_the_end_counts() {
    let thought = |seal: &str| json!({ "id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": seal });
    let response = streamed(&[
        json!({ "type": "response.output_item.added", "output_index": 0, "item": thought("early") }),
        json!({ "type": "response.output_item.done", "output_index": 0, "item": thought("late") }),
        json!({ "type": "response.completed", "response": answer(json!([thought("late")])) }),
    ])
    .unwrap();
    assert_eq!(
        content(&response),
        json!([{ "type": "reasoning", "text": "", "signature": "openai:rs_1:late" }])
    );
}

#[test]
fn events_come_as_they_arrive() {
    let (fold, mut stream) = open();
    let mut fold = fold.listened();
    for event in events(&answer(json!([message("Hi"), call("{\"x\":1}")]))) {
        let event = event.to_string();
        stream.chunk(event.as_bytes(), &mut fold).unwrap();
    }
    let mut heard = Vec::new();
    while let Some(event) = fold.next_event() {
        heard.push(match event {
            Event::Text(it) => format!("{} {}", it.index, it.text),
            Event::ToolCallStart(it) => format!("{} {}(", it.index, it.name),
            Event::ToolCallArguments(it) => format!("{} {}", it.index, it.fragment),
            Event::ToolCall(it) => format!("{} {}", it.index, it.arguments),
            _ => continue,
        });
    }
    assert_eq!(
        heard.join("|"),
        r#"0 H|0 i|1 f(|1 {|1 "|1 x|1 "|1 :|1 1|1 }|1 {"x":1}"#
    );
}

#[test]
fn a_stream_is_complete_only_with_its_last_event() {
    let events = events(&answer(json!([message("Hi")])));
    let (mut fold, mut stream) = open();
    for event in &events[..events.len() - 1] {
        let json = event.to_string();
        stream.chunk(json.as_bytes(), &mut fold).unwrap();
        assert!(stream.missing(&fold).is_some(), "{event}");
    }
    assert_eq!(fold.abandon().text(), "Hi");
}

#[test]
fn unknown_events_are_passed_over_with_one_warning() {
    let mut all = events(&answer(json!([message("Hi")])));
    for kind in [
        "response.new_thing.delta",
        "response.new_thing.done",
        "response.web_search_call.searching",
        "response.mcp_list_tools.completed",
        "keepalive",
    ] {
        all.insert(2, json!({ "type": kind, "output_index": 0 }));
    }
    // Their members may have other types than those of the events that are known.
    all.insert(
        2,
        json!({ "type": "response.new_thing.delta", "delta": { "x": 1 }, "text": 1, "annotation": 1,
                "output_index": "a", "content_index": null, "summary_index": -1 }),
    );
    all.insert(2, json!({ "obfuscation": "x" }));
    let response = streamed(&all).unwrap();
    assert_eq!(response.text(), "Hi");
    assert_eq!(codes(&response.warnings), ["unknown_event"]);
}

#[test]
fn errors_inside_of_a_stream_keep_what_came() {
    for (event, kind, code) in [
        (
            json!({ "type": "error", "code": "rate_limit_exceeded", "message": "Slow down", "param": null, "sequence_number": 3 }),
            ErrorKind::RateLimited,
            "rate_limit_exceeded",
        ),
        (
            json!({ "type": "error", "error": { "type": "invalid_request_error",
                "code": "context_length_exceeded", "message": "Too long", "param": "input" } }),
            ErrorKind::ContextWindow,
            "context_length_exceeded",
        ),
        (
            json!({ "error": { "message": "Gone", "type": "server_error", "code": null } }),
            ErrorKind::Server,
            "server_error",
        ),
    ] {
        let (mut fold, mut stream) = open();
        let delta = br#"{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hel"}"#;
        stream.chunk(delta, &mut fold).unwrap();
        let event = event.to_string();
        let error = stream.chunk(event.as_bytes(), &mut fold).unwrap_err();
        assert_eq!((error.kind(), error.code()), (kind, Some(code)), "{error}");
        assert_eq!(fold.abandon().text(), "Hel");
    }
}

#[test]
fn what_had_begun_is_not_lost_where_a_stream_breaks_off() {
    let (mut fold, mut stream) = open();
    let search = json!({ "id": "ws_1", "type": "web_search_call", "status": "in_progress" });
    for event in [
        json!({ "type": "response.output_item.added", "output_index": 0, "item": search }),
        json!({ "type": "response.output_item.added", "output_index": 1, "item": call("") }),
        json!({ "type": "response.function_call_arguments.delta", "output_index": 1, "delta": "{\"x\"" }),
    ] {
        let event = event.to_string();
        stream.chunk(event.as_bytes(), &mut fold).unwrap();
    }
    stream.abandon(&mut fold);
    let response = fold.abandon();
    assert_eq!(
        content(&response),
        json!([
            { "type": "unknown", "raw": search },
            { "type": "tool_call", "id": "call_1", "name": "f", "arguments": "{\"x\"" },
        ])
    );
    assert_eq!(response.finish_reason, FinishReason::Error);
}

#[test]
fn what_is_no_event_is_refused() {
    for event in [
        "{",
        "[1]",
        r#"{"type":1}"#,
        r#"{"type":"response.output_text.delta","delta":{"x":1}}"#,
        r#"{"type":"response.completed"}"#,
    ] {
        let (mut fold, mut stream) = open();
        let error = stream.chunk(event.as_bytes(), &mut fold).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{event}");
    }
}

/// Nobody could answer it. It is kept as it came, and so is an item that is none.
#[test]
fn a_call_without_its_id_is_what_it_is_in_a_whole_answer() {
    let nameless =
        json!({ "id": "fc_1", "type": "function_call", "call_id": "call_1", "arguments": "{}" });
    let mut idless = call("{\"x\":1}");
    idless.as_object_mut().unwrap().shift_remove("call_id");
    for item in [nameless, idless, json!({ "type": null }), json!("item")] {
        let answer = answer(json!([message("Hi"), item]));
        let whole = whole(&answer).unwrap();
        assert_eq!(
            content(&whole)[1],
            json!({ "type": "unknown", "raw": item })
        );
        assert_eq!(whole.finish_reason, FinishReason::Stop);
        assert_eq!(streamed(&events(&answer)).unwrap(), whole, "{item}");
    }
}

#[test]
fn a_call_whose_id_comes_at_its_end_is_a_call() {
    let answer = answer(json!([call("{\"x\":1}")]));
    let mut events = events(&answer);
    for event in &mut events {
        if event["type"] == "response.output_item.added" {
            let item = event["item"].as_object_mut().unwrap();
            item.shift_remove("call_id").unwrap();
        }
    }
    assert_eq!(streamed(&events).unwrap(), whole(&answer).unwrap());
}

#[test]
fn a_call_without_its_id_outlives_a_stream_that_breaks_off() {
    let (mut fold, mut stream) = open();
    let item = json!({ "type": "function_call", "name": "f", "arguments": "" });
    let begin = json!({ "type": "response.output_item.added", "output_index": 0, "item": item });
    let piece = json!({ "type": "response.function_call_arguments.delta", "output_index": 0, "delta": "{" });
    for event in [begin, piece] {
        stream
            .chunk(event.to_string().as_bytes(), &mut fold)
            .unwrap();
    }
    stream.abandon(&mut fold);
    let kept = content(&fold.abandon());
    assert_eq!(kept, json!([{ "type": "unknown", "raw": item }]));
}
