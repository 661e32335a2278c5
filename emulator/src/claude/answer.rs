//! A Claude answer on the wire: a Messages object, or its events.

use serde_json::{Value, json};

use super::citations::{self, Quotation};
use super::place::Ids;
use crate::brain::tokens::{InputUsage, Ttl};
use crate::brain::{Block, Stop, fragments, pieces, signature, spaced_json};
use crate::dice::Dice;
use crate::native::call::{Answered, Writer};

pub(super) struct Encoder {
    /// What is quoted in front of the text of an answer.
    pub(super) quotations: Vec<Quotation>,
    /// The name that Claude gives itself.
    pub(super) model: String,
    pub(super) ids: Ids,
    /// Whether one tool is called at most.
    pub(super) one_call: bool,
    /// Whether thinking is given by its signature alone.
    pub(super) omits_thinking: bool,
}

impl Writer for Encoder {
    fn count(&self, answered: &mut Answered) {
        if self.one_call {
            answered.answer.keep_one_call();
        }
        answered.answer.tokens += citations::more(&self.quotations, answered);
        if self.omits_thinking {
            for block in &mut answered.answer.blocks {
                if let Block::Thinking { text, signature } = block {
                    text.clear();
                    *signature = Some(signature::sign(text));
                }
            }
        }
    }

    fn whole(&self, answered: &Answered) -> Value {
        let (reason, sequence) = stop(&answered.answer.stop);
        let mut body = self.message(&self.id(answered));
        let content = self.content(answered);
        body["content"] = content.iter().map(|it| it.whole(self.ids)).collect();
        body["stop_reason"] = reason.into();
        body["stop_sequence"] = sequence;
        body["usage"] = usage(&answered.usage, answered.answer.tokens);
        body
    }

    fn events(&self, answered: &Answered) -> Vec<Value> {
        let mut events = vec![self.start(&self.id(answered), usage(&answered.usage, 1))];
        for (index, content) in self.content(answered).iter().enumerate() {
            events.extend(content.events(index, self.ids));
        }
        let (reason, sequence) = stop(&answered.answer.stop);
        events.push(json!({
            "type": "message_delta",
            "delta": {"stop_reason": reason, "stop_sequence": sequence},
            "usage": {"output_tokens": answered.answer.tokens},
        }));
        events.push(json!({"type": "message_stop"}));
        events
    }

    /// Native bodies say nothing of a guardrail in the stop reason.
    fn blocked(&self, text: &str, dice: &Dice) -> Value {
        let mut body = self.message(&blocked_id(dice));
        body["content"] = json!([{"type": "text", "text": text}]);
        body["stop_reason"] = "end_turn".into();
        body["stop_sequence"] = Value::Null;
        body["usage"] = no_usage();
        body
    }

    fn blocked_events(&self, text: &str, dice: &Dice) -> Vec<Value> {
        let mut events = vec![self.start(&blocked_id(dice), no_usage())];
        events.extend(Content::Said(&Block::Text(text.to_owned())).events(0, self.ids));
        events.push(json!({
            "type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null},
        }));
        events.push(json!({"type": "message_stop"}));
        events
    }
}

impl Encoder {
    /// The blocks of an answer, with what it quotes in front of its text.
    fn content<'a>(&'a self, answered: &'a Answered) -> Vec<Content<'a>> {
        let mut quotations = match citations::fit(answered) {
            true => self.quotations.iter(),
            false => [].iter(),
        };
        let mut content = Vec::new();
        for block in &answered.answer.blocks {
            if matches!(block, Block::Text(_)) {
                for quotation in quotations.by_ref() {
                    content.push(Content::Lead(&quotation.lead));
                    content.push(Content::Quoted(quotation));
                }
            }
            content.push(Content::Said(block));
        }
        content
    }

    fn id(&self, answered: &Answered) -> String {
        let token = answered.dice.token("message", 0, 22);
        format!("{}{token}", self.ids.message)
    }

    /// The members of a message that do not depend on how it is sent.
    fn message(&self, id: &str) -> Value {
        json!({"id": id, "type": "message", "role": "assistant", "model": self.model})
    }

    fn start(&self, id: &str, usage: Value) -> Value {
        let mut message = self.message(id);
        message["content"] = json!([]);
        message["stop_reason"] = Value::Null;
        message["stop_sequence"] = Value::Null;
        message["usage"] = usage;
        json!({"type": "message_start", "message": message})
    }
}

fn blocked_id(dice: &Dice) -> String {
    let token = dice.token("message", 0, 8).to_lowercase();
    format!("bedrock-guardrails-{token}")
}

fn stop(stop: &Stop) -> (&'static str, Value) {
    match stop {
        Stop::EndTurn => ("end_turn", Value::Null),
        Stop::ToolUse => ("tool_use", Value::Null),
        Stop::MaxTokens => ("max_tokens", Value::Null),
        Stop::Sequence(sequence) => ("stop_sequence", sequence.as_str().into()),
        // Anthropic's Messages API reference, `stop_reason`.
        Stop::Refused => ("refusal", Value::Null),
    }
}

fn usage(usage: &InputUsage, output_tokens: u64) -> Value {
    json!({
        "input_tokens": usage.fresh,
        "cache_creation_input_tokens": usage.write(),
        "cache_read_input_tokens": usage.read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": usage.write_for(Ttl::FiveMinutes),
            "ephemeral_1h_input_tokens": usage.write_for(Ttl::OneHour),
        },
        "output_tokens": output_tokens,
    })
}

fn no_usage() -> Value {
    json!({"input_tokens": 0, "output_tokens": 0})
}

/// A block of an answer.
enum Content<'a> {
    Said(&'a Block),
    /// The words before a quotation.
    Lead(&'a str),
    Quoted(&'a Quotation),
}

impl Content<'_> {
    fn whole(&self, ids: Ids) -> Value {
        match self {
            Self::Said(block) => whole_block(block, ids),
            Self::Lead(text) => json!({"type": "text", "text": text}),
            Self::Quoted(quoted) => {
                json!({"type": "text", "text": quoted.text, "citations": [quoted.citation]})
            }
        }
    }

    fn events(&self, index: usize, ids: Ids) -> Vec<Value> {
        let text = |text: &str| {
            let delta = |piece| json!({"type": "text_delta", "text": piece});
            pieces(text).into_iter().map(delta).collect()
        };
        match self {
            Self::Said(block) => block_events(index, opened_block(block, ids), deltas(block)),
            Self::Lead(lead) => {
                block_events(index, json!({"type": "text", "text": ""}), text(lead))
            }
            Self::Quoted(quoted) => {
                let opened = json!({"type": "text", "text": "", "citations": []});
                let citation = json!({"type": "citations_delta", "citation": quoted.citation});
                let mut deltas = vec![citation];
                deltas.append(&mut text(&quoted.text));
                block_events(index, opened, deltas)
            }
        }
    }
}

fn block_events(index: usize, opened: Value, deltas: Vec<Value>) -> Vec<Value> {
    let start = json!({
        "type": "content_block_start", "index": index, "content_block": opened,
    });
    let deltas = deltas
        .into_iter()
        .map(|delta| json!({"type": "content_block_delta", "index": index, "delta": delta}));
    let stop = json!({"type": "content_block_stop", "index": index});
    std::iter::once(start).chain(deltas).chain([stop]).collect()
}

fn whole_block(block: &Block, ids: Ids) -> Value {
    match block {
        Block::Text(text) => json!({"type": "text", "text": text}),
        Block::Thinking { text, signature } => {
            json!({"type": "thinking", "thinking": text, "signature": signature})
        }
        Block::Redacted(data) => json!({"type": "redacted_thinking", "data": data}),
        Block::ToolCall { token, name, input } => {
            json!({"type": "tool_use", "id": format!("{}{token}", ids.tool_use), "name": name, "input": input})
        }
    }
}

/// A block as its start event shows it: what comes in deltas is still empty.
fn opened_block(block: &Block, ids: Ids) -> Value {
    let mut opened = whole_block(block, ids);
    match block {
        Block::Text(_) => opened["text"] = "".into(),
        Block::Thinking { .. } => {
            opened["thinking"] = "".into();
            opened["signature"] = "".into();
        }
        Block::Redacted(_) => {}
        Block::ToolCall { .. } => opened["input"] = json!({}),
    }
    opened
}

fn deltas(block: &Block) -> Vec<Value> {
    match block {
        Block::Text(text) => pieces(text)
            .into_iter()
            .map(|piece| json!({"type": "text_delta", "text": piece}))
            .collect(),
        Block::Thinking { text, signature } => {
            let thoughts = pieces(text)
                .into_iter()
                .map(|piece| json!({"type": "thinking_delta", "thinking": piece}));
            let signature = signature
                .iter()
                .map(|signature| json!({"type": "signature_delta", "signature": signature}));
            thoughts.chain(signature).collect()
        }
        Block::Redacted(_) => Vec::new(),
        // A call without arguments has no deltas at all; others begin with an empty one.
        Block::ToolCall { input, .. }
            if input.as_object().is_none_or(serde_json::Map::is_empty) =>
        {
            Vec::new()
        }
        Block::ToolCall { input, .. } => std::iter::once("")
            .chain(fragments(&spaced_json(input)))
            .map(|fragment| json!({"type": "input_json_delta", "partial_json": fragment}))
            .collect(),
    }
}
