//! Any text as an answer of Anthropic's Messages, and as the events of its stream. Where it is an answer of text, thoughts and
//! tool calls, its events come to the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_fuzz::{MESSAGES, pieces};
use serde_json::{Value, json};

fuzz_target!(|text: &str| {
    MESSAGES.hear(text);
    if let Ok(answer) = serde_json::from_str::<Value>(text)
        && let Some((answer, events)) = events(&answer)
    {
        MESSAGES.both(&answer, &events);
    }
});

/// What of an answer comes in pieces, as an answer of its own, and its events.
fn events(answer: &Value) -> Option<(Value, Vec<Value>)> {
    let reason = answer["stop_reason"].as_str()?;
    let mut events = vec![json!({"type": "message_start", "message": {"id": "msg_1"}})];
    let mut content = Vec::new();
    for (at, block) in answer["content"].as_array()?.iter().enumerate() {
        let text = |name: &str| block[name].as_str();
        let (whole, begun, deltas): (_, _, Vec<Value>) = match text("type")? {
            "text" => {
                let said = text("text")?;
                let deltas = pieces(said).into_iter();
                (
                    json!({"type": "text", "text": said}),
                    json!({"type": "text", "text": ""}),
                    deltas
                        .map(|it| json!({"type": "text_delta", "text": it}))
                        .collect(),
                )
            }
            "thinking" => {
                let (said, seal) = (text("thinking")?, text("signature")?);
                let deltas = pieces(said).into_iter();
                let deltas = deltas.map(|it| json!({"type": "thinking_delta", "thinking": it}));
                let seal_delta = json!({"type": "signature_delta", "signature": seal});
                (
                    json!({"type": "thinking", "thinking": said, "signature": seal}),
                    json!({"type": "thinking", "thinking": "", "signature": ""}),
                    deltas.chain([seal_delta]).collect(),
                )
            }
            "tool_use" => {
                let (id, name, input) = (text("id")?, text("name")?, block.get("input")?);
                let deltas = pieces(&input.to_string()).into_iter();
                (
                    json!({"type": "tool_use", "id": id, "name": name, "input": input}),
                    json!({"type": "tool_use", "id": id, "name": name, "input": {}}),
                    deltas
                        .map(|it| json!({"type": "input_json_delta", "partial_json": it}))
                        .collect(),
                )
            }
            _ => return None,
        };
        content.push(whole);
        events.push(json!({"type": "content_block_start", "index": at, "content_block": begun}));
        for delta in deltas {
            events.push(json!({"type": "content_block_delta", "index": at, "delta": delta}));
        }
        events.push(json!({"type": "content_block_stop", "index": at}));
    }
    events.push(json!({"type": "message_delta", "delta": {"stop_reason": reason}}));
    events.push(json!({"type": "message_stop"}));
    let answer = json!({"id": "msg_1", "content": content, "stop_reason": reason});
    Some((answer, events))
}
