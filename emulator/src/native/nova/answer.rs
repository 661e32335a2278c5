//! A Nova answer on the wire, as recordings show it.
//!
//! In a stream every piece of text is a block of its own, with a stop after it; the arguments of a call
//! come in one piece, and the indexes of calls leave gaps. Usage has no total there.

use serde_json::{Value, json};

use crate::brain::{Block, Stop, pieces};
use crate::dice::Dice;
use crate::native::call::{Answered, Writer};

pub(super) struct Message {
    /// Nova 1 thinks in its text, between tags, before it calls a tool.
    pub(super) thinks_aloud: bool,
}

impl Writer for Message {
    /// Cache counts are always told, also when they are 0.
    fn count(&self, answered: &mut Answered) {
        answered.usage.cached = true;
        let calls = answered.calls().next().is_some();
        if self.thinks_aloud && calls {
            for block in &mut answered.answer.blocks {
                if let Block::Text(text) = block {
                    *text = format!("<thinking> {text}</thinking>\n");
                }
            }
        }
    }

    fn whole(&self, answered: &Answered) -> Value {
        let blocks = answered.answer.blocks.iter().enumerate();
        let content: Vec<Value> = blocks
            .map(|(index, block)| whole_block(block, index, answered))
            .collect();
        let mut usage = usage(answered);
        usage["totalTokens"] = (answered.usage.total() + answered.answer.tokens).into();
        json!({
            "output": {"message": {"content": content, "role": "assistant"}},
            "stopReason": reason(&answered.answer.stop),
            "usage": usage,
        })
    }

    fn events(&self, answered: &Answered) -> Vec<Value> {
        let mut events = vec![json!({"messageStart": {"role": "assistant"}})];
        let mut index = 0;
        for (position, block) in answered.answer.blocks.iter().enumerate() {
            match block {
                Block::Text(text) => {
                    for piece in pieces(text) {
                        events.push(delta(index, json!({"text": piece})));
                        events.push(stop(index));
                        index += 1;
                    }
                }
                Block::Thinking { text, .. } => {
                    for piece in pieces(text) {
                        let text = json!({"reasoningContent": {"reasoningText": {"text": piece}}});
                        events.push(delta(index, text));
                    }
                    events.push(stop(index));
                    index += 1;
                }
                Block::ToolCall { name, input, .. } => {
                    let start =
                        json!({"toolUse": {"toolUseId": id(position, answered), "name": name}});
                    events.push(json!({
                        "contentBlockStart": {"start": start, "contentBlockIndex": index},
                    }));
                    events.push(delta(
                        index,
                        json!({"toolUse": {"input": input.to_string()}}),
                    ));
                    events.push(stop(index));
                    index += 2;
                }
                Block::Redacted(_) => {}
            }
        }
        events.push(json!({"messageStop": {"stopReason": reason(&answered.answer.stop)}}));
        events.push(json!({"metadata": {"usage": usage(answered), "metrics": {}, "trace": {}}}));
        events
    }

    fn blocked(&self, text: &str, _: &Dice) -> Value {
        json!({"output": {"message": {"content": [{"text": text}], "role": "assistant"}}})
    }

    fn blocked_events(&self, text: &str, _: &Dice) -> Vec<Value> {
        vec![
            json!({"messageStart": {"role": "assistant"}}),
            delta(0, json!({"text": text})),
            stop(0),
            json!({"messageStop": {"stopReason": "end_turn"}}),
        ]
    }
}

fn delta(index: usize, delta: Value) -> Value {
    json!({"contentBlockDelta": {"delta": delta, "contentBlockIndex": index}})
}

fn stop(index: usize) -> Value {
    json!({"contentBlockStop": {"contentBlockIndex": index}})
}

fn whole_block(block: &Block, index: usize, answered: &Answered) -> Value {
    match block {
        Block::Text(text) => json!({"text": text}),
        Block::Thinking { text, .. } => {
            json!({"reasoningContent": {"reasoningText": {"text": text}}})
        }
        // Nova has no such block, and is never asked for one.
        Block::Redacted(_) => json!({"text": ""}),
        Block::ToolCall { name, input, .. } => {
            json!({"toolUse": {"name": name, "toolUseId": id(index, answered), "input": input}})
        }
    }
}

fn id(index: usize, answered: &Answered) -> String {
    answered.dice.uuid("tool use", index)
}

fn usage(answered: &Answered) -> Value {
    json!({
        "inputTokens": answered.usage.fresh,
        "outputTokens": answered.answer.tokens,
        "cacheReadInputTokenCount": answered.usage.read,
        "cacheWriteInputTokenCount": answered.usage.write(),
    })
}

fn reason(stop: &Stop) -> &'static str {
    match stop {
        Stop::EndTurn => "end_turn",
        Stop::ToolUse => "tool_use",
        Stop::MaxTokens => "max_tokens",
        Stop::Sequence(_) => "stop_sequence",
        Stop::Refused => "content_filtered",
    }
}
