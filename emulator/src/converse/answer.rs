//! A Converse answer on the wire, whole or as events.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::outcome::{Outcome, Piece};
use super::request::Request;
use crate::brain::{fragments, pieces, spaced_json};
use crate::dice::Dice;
use crate::frame;
use crate::reply::Reply;

pub(super) struct Encoder<'a> {
    pub(super) request: &'a Request,
    pub(super) outcome: Outcome,
    pub(super) trace: Option<Value>,
    /// Whether a guardrail holds the text of a stream back until it has seen all of it.
    pub(super) withheld: bool,
    pub(super) dice: Dice,
}

impl Encoder<'_> {
    /// The body of Converse.
    pub(super) fn whole(&self) -> Reply {
        let content: Vec<Value> = self.outcome.pieces.iter().map(whole_block).collect();
        let mut body = self.metadata();
        body["output"] = json!({"message": {"content": content, "role": "assistant"}});
        body["stopReason"] = self.outcome.stop_reason.into();
        if let Some(fields) = self.response_fields() {
            body["additionalModelResponseFields"] = fields;
        }
        Reply::json(StatusCode::OK, &sorted(body))
    }

    /// The events of ConverseStream.
    pub(super) fn events(&self) -> Reply {
        let mut events = Events {
            dice: &self.dice,
            withheld: self.withheld,
            frames: Vec::new(),
        };
        events.push("messageStart", json!({"role": "assistant"}));
        for (index, block) in self.outcome.pieces.iter().enumerate() {
            events.block(index, block);
        }
        let mut stop = json!({"stopReason": self.outcome.stop_reason});
        if let Some(fields) = self.response_fields() {
            stop["additionalModelResponseFields"] = fields;
        }
        events.push("messageStop", stop);
        events.push("metadata", self.metadata());
        Reply::events(events.frames)
    }

    /// What the last event of a stream carries, and a whole body beside its message.
    fn metadata(&self) -> Value {
        let latency = 100 + 7 * self.outcome.output_tokens;
        let mut out = json!({"metrics": {"latencyMs": latency}, "usage": self.usage()});
        if let Some(trace) = &self.trace {
            out["trace"] = json!({"guardrail": trace});
        }
        if let Some(config) = &self.request.performance_config {
            out["performanceConfig"] = config.clone();
        }
        if let Some(tier) = &self.request.service_tier {
            out["serviceTier"] = tier.clone();
        }
        out
    }

    fn usage(&self) -> Value {
        let (input, output) = (&self.outcome.usage, self.outcome.output_tokens);
        let mut usage = json!({
            "inputTokens": input.fresh,
            "outputTokens": output,
            // Not in the service model, and yet always on the wire.
            "serverToolUsage": {},
            "totalTokens": input.total() + output,
        });
        if input.cached {
            for key in ["cacheReadInputTokens", "cacheReadInputTokenCount"] {
                usage[key] = input.read.into();
            }
            for key in ["cacheWriteInputTokens", "cacheWriteInputTokenCount"] {
                usage[key] = input.write().into();
            }
            let mut details: Vec<Value> = Vec::new();
            let mut ttls: Vec<_> = input.written.iter().map(|(ttl, _)| *ttl).collect();
            ttls.sort_unstable();
            ttls.dedup();
            for ttl in ttls {
                details.push(json!({"inputTokens": input.write_for(ttl), "ttl": ttl.as_str()}));
            }
            if !details.is_empty() {
                usage["cacheDetails"] = details.into();
            }
        }
        sorted(usage)
    }

    /// The fields that the request points at, out of what a model's own answer would say.
    fn response_fields(&self) -> Option<Value> {
        let paths = self
            .request
            .additional_model_response_field_paths
            .as_ref()?;
        let native = json!({
            "stop_reason": self.outcome.stop_reason,
            "stop_sequence": self.outcome.stop_sequence,
            "usage": {
                "input_tokens": self.outcome.usage.fresh,
                "output_tokens": self.outcome.output_tokens,
            },
        });
        let mut out = Map::new();
        for path in paths {
            let Some(value) = native.pointer(path) else {
                continue;
            };
            let mut keys: Vec<&str> = path.split('/').skip(1).collect();
            let Some(last) = keys.pop() else { continue };
            let parent = keys.into_iter().try_fold(&mut out, |at, key| {
                at.entry(key).or_insert_with(|| json!({})).as_object_mut()
            });
            if let Some(parent) = parent {
                parent.insert(last.to_owned(), value.clone());
            }
        }
        (!out.is_empty()).then_some(Value::Object(out))
    }
}

fn whole_block(piece: &Piece) -> Value {
    match piece {
        Piece::Text(text) => json!({"text": text}),
        Piece::Cited { text, citation } => {
            json!({"citationsContent": {"citations": [citation], "content": [{"text": text}]}})
        }
        Piece::Reasoning {
            text,
            signature: Some(signature),
        } => {
            json!({"reasoningContent": {"reasoningText": {"signature": signature, "text": text}}})
        }
        Piece::Reasoning {
            text,
            signature: None,
        } => {
            json!({"reasoningContent": {"reasoningText": {"text": text}}})
        }
        // A blob: base64 of a string that is itself base64.
        Piece::Redacted(data) => {
            json!({"reasoningContent": {"redactedContent": STANDARD.encode(data)}})
        }
        Piece::Call { id, name, input } => {
            json!({"toolUse": {"input": input, "name": name, "toolUseId": id}})
        }
    }
}

fn sorted(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.sort_keys();
    }
    value
}

struct Events<'a> {
    dice: &'a Dice,
    withheld: bool,
    frames: Vec<Bytes>,
}

impl Events<'_> {
    fn push(&mut self, event_type: &str, mut payload: Value) {
        payload["p"] = self.dice.padding(self.frames.len()).into();
        self.frames.push(frame::event(
            event_type,
            sorted(payload).to_string().as_bytes(),
        ));
    }

    fn delta(&mut self, index: usize, delta: Value) {
        self.push(
            "contentBlockDelta",
            json!({"contentBlockIndex": index, "delta": delta}),
        );
    }

    fn text(&mut self, index: usize, text: &str) {
        if self.withheld || text.is_empty() {
            return self.delta(index, json!({"text": text}));
        }
        for piece in pieces(text) {
            self.delta(index, json!({"text": piece}));
        }
    }

    /// Text and reasoning begin with their first delta; only a tool call has a start event.
    fn block(&mut self, index: usize, piece: &Piece) {
        match piece {
            Piece::Text(text) => self.text(index, text),
            // Recorded: the citation comes before the text that it is for.
            Piece::Cited { text, citation } => {
                self.delta(index, json!({"citation": citation}));
                self.text(index, text);
            }
            Piece::Reasoning { text, signature } => {
                for piece in pieces(text) {
                    self.delta(index, json!({"reasoningContent": {"text": piece}}));
                }
                if let Some(signature) = signature {
                    self.delta(index, json!({"reasoningContent": {"signature": signature}}));
                }
            }
            Piece::Redacted(data) => {
                let blob = STANDARD.encode(data);
                self.delta(
                    index,
                    json!({"reasoningContent": {"redactedContent": blob}}),
                );
            }
            Piece::Call { id, name, input } => {
                let start = json!({"toolUse": {"name": name, "toolUseId": id}});
                self.push(
                    "contentBlockStart",
                    json!({"contentBlockIndex": index, "start": start}),
                );
                // A call without arguments has no deltas at all.
                if input.as_object().is_some_and(|input| !input.is_empty()) {
                    for fragment in fragments(&spaced_json(input)) {
                        self.delta(index, json!({"toolUse": {"input": fragment}}));
                    }
                }
            }
        }
        self.push("contentBlockStop", json!({"contentBlockIndex": index}));
    }
}
