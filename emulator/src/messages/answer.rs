//! What an answer has on these paths beside what Claude's room writes, and how it goes out.

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::request::Extras;
use crate::reply::Reply;
use crate::sse;

/// What is noted down on an answer.
pub(super) struct Note<'a> {
    /// Tokens of thinking, if there was any.
    pub(super) thought: Option<u64>,
    pub(super) extras: &'a Extras,
}

impl Note<'_> {
    /// A message in one piece.
    pub(super) fn whole(&self, mut message: Value) -> Reply {
        self.on_message(&mut message);
        message["stop_details"] = stop_details(&message["stop_reason"]);
        self.on_usage(&mut message["usage"]);
        Reply::json(StatusCode::OK, &message)
    }

    /// The events of a message.
    ///
    /// A `ping` comes behind the first block's start, as in the example of Anthropic's page on streaming; clients have to expect
    /// it anywhere.
    pub(super) fn stream(&self, events: Vec<Value>) -> Reply {
        let mut out = Vec::with_capacity(events.len() + 1);
        let mut pinged = false;
        let mut counted = Value::Null;
        for mut event in events {
            let kind = event["type"].as_str().unwrap_or_default().to_owned();
            match kind.as_str() {
                "message_start" => {
                    self.on_message(&mut event["message"]);
                    event["message"]["stop_details"] = Value::Null;
                    counted = event["message"]["usage"].clone();
                    let usage = &mut event["message"]["usage"];
                    usage["service_tier"] = "standard".into();
                    self.on_place(usage);
                }
                "message_delta" => {
                    event["delta"]["stop_details"] = stop_details(&event["delta"]["stop_reason"]);
                    // The counts of the whole message so far, those of the input included.
                    let output = event["usage"]["output_tokens"].take();
                    let mut usage = json!({});
                    for name in [
                        "input_tokens",
                        "cache_creation_input_tokens",
                        "cache_read_input_tokens",
                    ] {
                        usage[name] = counted[name].take();
                    }
                    usage["output_tokens"] = output;
                    self.on_output(&mut usage);
                    event["usage"] = usage;
                    if let Some(context) = self.context() {
                        event["context_management"] = context;
                    }
                }
                _ => {}
            }
            if kind == "message_delta" && !pinged {
                out.push(ping());
                pinged = true;
            }
            out.push(sent(&kind, &event));
            if kind == "content_block_start" && !pinged {
                out.push(ping());
                pinged = true;
            }
        }
        Reply::stream("text/event-stream; charset=utf-8", out).header("cache-control", "no-cache")
    }

    fn on_message(&self, message: &mut Value) {
        if let Some(context) = self.context() {
            message["context_management"] = context;
        }
    }

    fn on_usage(&self, usage: &mut Value) {
        self.on_output(usage);
        // What `auto` comes to where nobody has bought priority.
        usage["service_tier"] = "standard".into();
        self.on_place(usage);
    }

    fn on_place(&self, usage: &mut Value) {
        let asked = self.extras.inference_geo.as_deref();
        usage["inference_geo"] = asked.unwrap_or("global").into();
        if let Some(speed) = &self.extras.speed {
            usage["speed"] = speed.as_str().into();
        }
    }

    fn on_output(&self, usage: &mut Value) {
        if let Some(thought) = self.thought {
            usage["output_tokens_details"] = json!({"thinking_tokens": thought});
        }
    }

    /// Nothing here is ever long enough to be edited away.
    fn context(&self) -> Option<Value> {
        let asked = self.extras.context_management.as_ref();
        asked.map(|_| json!({"applied_edits": []}))
    }
}

/// Why it stopped, where there is more to say.
fn stop_details(reason: &Value) -> Value {
    if reason == "refusal" {
        return json!({"type": "refusal", "category": null, "explanation": null});
    }
    Value::Null
}

fn ping() -> Bytes {
    sent("ping", &json!({"type": "ping"}))
}

fn sent(kind: &str, event: &Value) -> Bytes {
    sse::event(Some(kind), &event.to_string()).into()
}
