//! A response that comes as a stream of named events.

use bytes::Bytes;
use serde_json::{Value, json};

use super::answer::Answered;
use crate::brain::{fragments, pieces};
use crate::openai::door::House;
use crate::sse;

pub(super) fn events(answered: &Answered<'_>, output: &[Value], response: &Value) -> Vec<Bytes> {
    let mut writer = Writer {
        events: Vec::new(),
        pads: answered
            .call
            .body
            .pointer("/stream_options/include_obfuscation")
            != Some(&Value::Bool(false)),
        answered,
    };
    for name in ["response.created", "response.in_progress"] {
        writer.say(name, json!({"response": answered.envelope("in_progress")}));
    }
    for (index, item) in output.iter().enumerate() {
        writer.item(index, item);
    }
    let name = match response["status"].as_str() {
        Some("incomplete") => "response.incomplete",
        _ => "response.completed",
    };
    writer.say(name, json!({"response": response}));
    writer.events
}

struct Writer<'a> {
    events: Vec<Bytes>,
    /// Whether deltas hide how long they are.
    pads: bool,
    answered: &'a Answered<'a>,
}

impl Writer<'_> {
    fn say(&mut self, name: &str, mut event: Value) {
        let number = self.events.len();
        event["type"] = name.into();
        event["sequence_number"] = number.into();
        if name.ends_with(".delta") && self.pads {
            event["obfuscation"] = self.answered.call.dice.padding(number).into();
        }
        let data = event.to_string();
        self.events.push(match self.answered.call.house {
            House::OpenAi => sse::event(Some(name), &data).into(),
            // In recordings of mantle the name stands behind the data.
            _ => Bytes::from(format!("data: {data}\nevent: {name}\n\n")),
        });
    }

    fn item(&mut self, index: usize, item: &Value) {
        let mut begun = item.clone();
        let id = &item["id"];
        let kind = item["type"].as_str().unwrap_or_default();
        match kind {
            "message" => begun["content"] = json!([]),
            "function_call" => begun["arguments"] = "".into(),
            _ => {
                begun["summary"] = json!([]);
                if begun.get("content").is_some() {
                    begun["content"] = json!([]);
                }
            }
        }
        if begun.get("status").is_some() {
            begun["status"] = "in_progress".into();
        }
        self.say(
            "response.output_item.added",
            json!({"output_index": index, "item": begun}),
        );
        let at = json!({"item_id": id, "output_index": index});
        match kind {
            "function_call" => self.arguments(&at, item),
            "message" => self.parts(&at, &item["content"]),
            _ => {
                self.summaries(&at, &item["summary"]);
                self.parts(&at, &item["content"]);
            }
        }
        self.say(
            "response.output_item.done",
            json!({"output_index": index, "item": item}),
        );
    }

    fn arguments(&mut self, at: &Value, item: &Value) {
        let arguments = item["arguments"].as_str().unwrap_or_default();
        for fragment in fragments(arguments) {
            self.say(
                "response.function_call_arguments.delta",
                joined(at, json!({"delta": fragment})),
            );
        }
        let done = json!({"arguments": arguments, "name": item["name"]});
        self.say("response.function_call_arguments.done", joined(at, done));
    }

    fn summaries(&mut self, at: &Value, summaries: &Value) {
        for (index, part) in summaries.as_array().into_iter().flatten().enumerate() {
            let at = joined(at, json!({"summary_index": index}));
            let text = part["text"].as_str().unwrap_or_default();
            let empty = json!({"type": "summary_text", "text": ""});
            let with = |members: Value| joined(&at, members);
            self.say(
                "response.reasoning_summary_part.added",
                with(json!({"part": empty})),
            );
            for piece in pieces(text) {
                self.say(
                    "response.reasoning_summary_text.delta",
                    with(json!({"delta": piece})),
                );
            }
            self.say(
                "response.reasoning_summary_text.done",
                with(json!({"text": text})),
            );
            self.say(
                "response.reasoning_summary_part.done",
                with(json!({"part": part})),
            );
        }
    }

    fn parts(&mut self, at: &Value, parts: &Value) {
        for (index, part) in parts.as_array().into_iter().flatten().enumerate() {
            let at = joined(at, json!({"content_index": index}));
            let (event, member) = match part["type"].as_str() {
                Some("refusal") => ("response.refusal", "refusal"),
                Some("reasoning_text") => ("response.reasoning_text", "text"),
                _ => ("response.output_text", "text"),
            };
            let text = part[member].as_str().unwrap_or_default();
            let mut empty = part.clone();
            empty[member] = "".into();
            let with = |members: Value| joined(&at, members);
            self.say("response.content_part.added", with(json!({"part": empty})));
            let shows = event == "response.output_text";
            for piece in pieces(text) {
                let mut delta = with(json!({"delta": piece}));
                if shows {
                    delta["logprobs"] = json!([]);
                }
                self.say(&format!("{event}.delta"), delta);
            }
            let mut done = with(json!({member: text}));
            if shows {
                done["logprobs"] = json!([]);
            }
            self.say(&format!("{event}.done"), done);
            self.say("response.content_part.done", with(json!({"part": part})));
        }
    }
}

/// The members of both objects.
fn joined(at: &Value, members: Value) -> Value {
    let mut out = at.clone();
    if let (Some(out), Value::Object(members)) = (out.as_object_mut(), members) {
        out.extend(members);
    }
    out
}
