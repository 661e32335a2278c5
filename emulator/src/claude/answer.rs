//! A Claude answer on the wire: a Messages object, or its events inside of `chunk`s.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use crate::brain::tokens::{InputUsage, Ttl};
use crate::brain::{Answer, Block, Stop, fragments, pieces, spaced_json};
use crate::dice::Dice;
use crate::frame;
use crate::guardrail;
use crate::model_id::ModelId;
use crate::reply::Reply;

pub(super) struct Encoder<'a> {
    pub(super) model: &'a ModelId,
    /// Nothing if the guardrail blocked the prompt.
    pub(super) outcome: Option<(Answer, InputUsage)>,
    /// Whether a guardrail blocked, and its trace.
    pub(super) guardrail: Option<(bool, Option<Value>)>,
    pub(super) dice: Dice,
}

impl Encoder<'_> {
    /// The body of InvokeModel.
    pub(super) fn whole(&self) -> Reply {
        let (reason, sequence) = self.stop();
        let mut body = self.message();
        body["content"] = self
            .blocks()
            .iter()
            .map(|block| self.whole_block(block))
            .collect();
        body["stop_reason"] = reason.into();
        body["stop_sequence"] = sequence;
        body["usage"] = self.usage(self.output_tokens());
        if let Some((_, usage)) = &self.outcome {
            self.add_guardrail(&mut body);
            let mut reply = Reply::json(StatusCode::OK, &body)
                .header("x-amzn-bedrock-input-token-count", usage.fresh)
                .header("x-amzn-bedrock-output-token-count", self.output_tokens())
                .header("x-amzn-bedrock-invocation-latency", self.latency());
            if usage.cached {
                reply = reply
                    .header("x-amzn-bedrock-cache-read-input-token-count", usage.read)
                    .header(
                        "x-amzn-bedrock-cache-write-input-token-count",
                        usage.write(),
                    );
            }
            return reply;
        }
        self.add_guardrail(&mut body);
        Reply::json(StatusCode::OK, &body)
    }

    /// The events of InvokeModelWithResponseStream.
    pub(super) fn events(&self) -> Reply {
        let mut chunks = Chunks {
            dice: &self.dice,
            frames: Vec::new(),
        };
        let mut message = self.message();
        message["content"] = json!([]);
        message["stop_reason"] = Value::Null;
        message["stop_sequence"] = Value::Null;
        message["usage"] = self.usage(u64::from(self.outcome.is_some()));
        chunks.push(&json!({"type": "message_start", "message": message}));
        for (index, block) in self.blocks().iter().enumerate() {
            let start = json!({
                "type": "content_block_start", "index": index, "content_block": self.opened_block(block),
            });
            chunks.push(&start);
            for delta in deltas(block) {
                chunks
                    .push(&json!({"type": "content_block_delta", "index": index, "delta": delta}));
            }
            chunks.push(&json!({"type": "content_block_stop", "index": index}));
        }
        let (reason, sequence) = self.stop();
        let mut delta = json!({
            "type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": sequence},
        });
        let mut stop = json!({"type": "message_stop"});
        if let Some((_, usage)) = &self.outcome {
            delta["usage"] = json!({"output_tokens": self.output_tokens()});
            let mut metrics = json!({
                "inputTokenCount": usage.fresh,
                "outputTokenCount": self.output_tokens(),
                "invocationLatency": self.latency(),
                "firstByteLatency": self.latency() / 2,
            });
            if usage.cached {
                metrics["cacheReadInputTokenCount"] = usage.read.into();
                metrics["cacheWriteInputTokenCount"] = usage.write().into();
            }
            stop["amazon-bedrock-invocationMetrics"] = metrics;
        }
        self.add_guardrail(&mut stop);
        chunks.push(&delta);
        chunks.push(&stop);
        Reply::events(chunks.frames).header("x-amzn-bedrock-content-type", "application/json")
    }

    /// The members of a message that do not depend on how it is sent.
    fn message(&self) -> Value {
        let id = match self.outcome {
            Some(_) => format!("msg_bdrk_01{}", self.dice.token("message", 0, 22)),
            None => format!(
                "bedrock-guardrails-{}",
                self.dice.token("message", 0, 8).to_lowercase()
            ),
        };
        json!({"id": id, "type": "message", "role": "assistant", "model": self.model.claude_name()})
    }

    fn blocks(&self) -> Vec<Block> {
        match &self.outcome {
            Some((answer, _)) => answer.blocks.clone(),
            None => vec![Block::Text(guardrail::BLOCKED.to_owned())],
        }
    }

    fn stop(&self) -> (&'static str, Value) {
        match self.outcome.as_ref().map(|(answer, _)| &answer.stop) {
            // Native bodies say nothing of a guardrail here: it is in `amazon-bedrock-guardrailAction`.
            None | Some(Stop::EndTurn) => ("end_turn", Value::Null),
            Some(Stop::ToolUse) => ("tool_use", Value::Null),
            Some(Stop::MaxTokens) => ("max_tokens", Value::Null),
            Some(Stop::Sequence(sequence)) => ("stop_sequence", sequence.as_str().into()),
        }
    }

    fn output_tokens(&self) -> u64 {
        self.outcome.as_ref().map_or(0, |(answer, _)| answer.tokens)
    }

    fn latency(&self) -> u64 {
        100 + 7 * self.output_tokens()
    }

    fn usage(&self, output_tokens: u64) -> Value {
        let Some((_, usage)) = &self.outcome else {
            return json!({"input_tokens": 0, "output_tokens": 0});
        };
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

    fn add_guardrail(&self, value: &mut Value) {
        if let Some((blocked, trace)) = &self.guardrail {
            value["amazon-bedrock-guardrailAction"] =
                if *blocked { "INTERVENED" } else { "NONE" }.into();
            if let Some(trace) = trace {
                value["amazon-bedrock-trace"] = json!({"guardrail": trace});
            }
        }
    }

    fn whole_block(&self, block: &Block) -> Value {
        match block {
            Block::Text(text) => json!({"type": "text", "text": text}),
            Block::Thinking { text, signature } => {
                json!({"type": "thinking", "thinking": text, "signature": signature})
            }
            Block::Redacted(data) => json!({"type": "redacted_thinking", "data": data}),
            Block::ToolCall { token, name, input } => {
                json!({"type": "tool_use", "id": tool_use_id(token), "name": name, "input": input})
            }
        }
    }

    /// A block as its start event shows it: what comes in deltas is still empty.
    fn opened_block(&self, block: &Block) -> Value {
        let mut opened = self.whole_block(block);
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

fn tool_use_id(token: &str) -> String {
    format!("toolu_bdrk_01{token}")
}

struct Chunks<'a> {
    dice: &'a Dice,
    frames: Vec<Bytes>,
}

impl Chunks<'_> {
    fn push(&mut self, event: &Value) {
        let payload = json!({
            "bytes": STANDARD.encode(event.to_string()),
            "p": self.dice.padding(self.frames.len()),
        });
        self.frames
            .push(frame::event("chunk", payload.to_string().as_bytes()));
    }
}
