//! Any text as an answer of Chat Completions, and as the chunks of its stream. Where it is an answer of text, thoughts and tool
//! calls, its chunks come to the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_fuzz::{CHAT_COMPLETIONS, pieces};
use serde_json::{Value, json};

fuzz_target!(|text: &str| {
    CHAT_COMPLETIONS.hear(text);
    if let Ok(answer) = serde_json::from_str::<Value>(text)
        && let Some((answer, chunks)) = chunks(&answer)
    {
        CHAT_COMPLETIONS.both(&answer, &chunks);
    }
});

/// What of an answer comes in pieces, as an answer of its own, and its chunks.
fn chunks(answer: &Value) -> Option<(Value, Vec<Value>)> {
    let said = answer.pointer("/choices/0/message")?;
    let reason = answer.pointer("/choices/0/finish_reason")?.as_str()?;
    let mut message = json!({"role": "assistant", "content": null});
    let mut deltas = vec![json!({"role": "assistant", "content": ""})];
    for name in ["reasoning_content", "content", "refusal"] {
        if let Some(text) = said[name].as_str() {
            message[name] = text.into();
            deltas.extend(pieces(text).into_iter().map(|piece| json!({name: piece})));
        }
    }
    let mut calls = Vec::new();
    for (at, call) in said["tool_calls"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let (id, function) = (call["id"].as_str()?, &call["function"]);
        let (name, arguments) = (function["name"].as_str()?, function["arguments"].as_str()?);
        let begin = json!({"name": name, "arguments": ""});
        deltas.push(
            json!({"tool_calls": [{"index": at, "id": id, "type": "function", "function": begin}]}),
        );
        for piece in pieces(arguments) {
            let piece = json!({"arguments": piece});
            deltas.push(json!({"tool_calls": [{"index": at, "function": piece}]}));
        }
        let function = json!({"name": name, "arguments": arguments});
        calls.push(json!({"id": id, "type": "function", "function": function}));
    }
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    let chunk = |delta: &Value, reason: Option<&str>| json!({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]});
    let mut chunks: Vec<Value> = deltas.iter().map(|delta| chunk(delta, None)).collect();
    chunks.push(chunk(&json!({}), Some(reason)));
    let answer = json!({"choices": [{"index": 0, "message": message, "finish_reason": reason}]});
    Some((answer, chunks))
}
