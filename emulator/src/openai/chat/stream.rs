//! A chat completion that comes as a stream of chunks.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::answer::{Completion, chunk, detail, tagged};
use super::gemini;
use crate::brain::{fragments, pieces};
use crate::openai::manners::{Counts, Shown};
use crate::sse;

pub(super) fn events(completion: &Completion<'_>) -> Vec<Bytes> {
    let manner = completion.call.manner;
    let comment = manner
        .comment
        .map(|text| Bytes::from(format!(": {text}\n\n")));
    let chunks = chunks(completion);
    let said = chunks
        .iter()
        .map(|chunk| sse::event(None, &chunk.to_string()).into());
    let end = manner.done.then(|| sse::event(None, "[DONE]").into());
    comment.into_iter().chain(said).chain(end).collect()
}

fn chunks(completion: &Completion<'_>) -> Vec<Value> {
    let options = completion.body.stream_options.as_ref();
    let asked = options.and_then(|options| options.include_usage) == Some(true);
    let counts = completion.call.manner.counts;
    let mut chunks = Vec::new();
    for index in 0..completion.count() {
        let deltas = deltas(completion, index);
        chunks.extend(
            deltas
                .into_iter()
                .map(|delta| one(completion, index, delta, None)),
        );
        // Gemini's door says so in streams whatever comes: python-genai #2868.
        let reason = match (completion.call.manner.signs, completion.reason()) {
            (Some(_), "tool_calls") => "stop",
            (_, reason) => reason,
        };
        let mut end = Value::Object(Map::new());
        if let Some(signature) = completion.signature() {
            end["content"] = Value::Null;
            end["extra_content"] = signature;
        }
        chunks.push(one(completion, index, end, Some(reason)));
    }
    if asked && matches!(counts, Counts::Asked | Counts::Groq) {
        for chunk in &mut chunks {
            chunk["usage"] = Value::Null;
        }
        let mut last = completion.envelope("chat.completion.chunk");
        last["choices"] = json!([]);
        last["usage"] = completion.usage();
        chunks.push(last);
    }
    if counts == Counts::Always
        && let Some(last) = chunks.last_mut()
    {
        last["usage"] = completion.usage();
    }
    if counts == Counts::Groq {
        let id = completion.groq_id();
        if let Some(first) = chunks.first_mut() {
            first["x_groq"] = json!({"id": id});
        }
        let ended = |chunk: &&mut Value| {
            let reason = chunk.pointer("/choices/0/finish_reason");
            reason.is_some_and(Value::is_string)
        };
        if let Some(last) = chunks.iter_mut().rfind(ended) {
            last["x_groq"] = json!({"id": id, "usage": completion.usage()});
        }
    }
    if let (Some(verdict), Some(last)) = (completion.verdict, chunks.last_mut()) {
        verdict.add_to(last);
    }
    let pads = options.and_then(|options| options.include_obfuscation) != Some(false);
    if completion.call.manner.name == "openai" && pads {
        for (index, chunk) in chunks.iter_mut().enumerate() {
            chunk["obfuscation"] = completion.call.dice.padding(index).into();
        }
    }
    chunks
}

fn one(completion: &Completion<'_>, index: usize, delta: Value, reason: Option<&str>) -> Value {
    let text = delta.get("content").and_then(Value::as_str);
    let logprobs = match text.filter(|text| !text.is_empty()) {
        Some(text) => completion.logprobs(text),
        None => Value::Null,
    };
    let mut chunk = completion.envelope("chat.completion.chunk");
    chunk["choices"] = json!([{
        "index": index, "delta": delta, "logprobs": logprobs, "finish_reason": reason,
    }]);
    chunk
}

/// What a choice says, piece by piece.
fn deltas(completion: &Completion<'_>, choice: usize) -> Vec<Value> {
    let manner = completion.call.manner;
    let mut first = json!({"role": "assistant", "content": ""});
    if manner.name == "openai" {
        first["refusal"] = Value::Null;
    }
    let mut deltas = vec![first];
    let tells = manner.shown == Shown::Asked && gemini::tells(&completion.call.body);
    // The tag opens with the first thought and closes with the first word of the answer.
    let mut tag = "<thought>";
    for piece in pieces(completion.thought().unwrap_or_default()) {
        let delta = match manner.shown {
            Shown::Asked if tells => {
                let content = format!("{}{piece}", std::mem::take(&mut tag));
                json!({"content": content, "extra_content": {"google": {"thought": true}}})
            }
            Shown::Hidden | Shown::Asked => continue,
            Shown::Content => json!({"content": null, "reasoning_content": piece}),
            Shown::Plain => json!({"reasoning": piece}),
            Shown::Details => {
                json!({"content": "", "reasoning": piece, "reasoning_details": [detail(piece)]})
            }
            Shown::Tagged => json!({"content": tagged(piece)}),
            Shown::Chunks => json!({"content": [chunk(piece)]}),
        };
        deltas.push(delta);
    }
    let member = if completion.refuses() {
        "refusal"
    } else {
        "content"
    };
    let mut tag = match tells && tag.is_empty() {
        true => "</thought>",
        false => "",
    };
    for piece in pieces(&completion.text()) {
        deltas.push(json!({member: format!("{}{piece}", std::mem::take(&mut tag))}));
    }
    for (index, call) in completion.calls(choice).into_iter().enumerate() {
        deltas.extend(call_deltas(call, index, completion));
    }
    deltas
}

/// A call: its name first and then its arguments bit by bit, or all at once where servers do it so.
fn call_deltas(mut call: Value, index: usize, completion: &Completion<'_>) -> Vec<Value> {
    let manner = completion.call.manner;
    if manner.indexed {
        call["index"] = index.into();
    }
    if !manner.indexed || manner.short_ids {
        return vec![json!({"tool_calls": [call]})];
    }
    let arguments = call["function"]["arguments"].take();
    call["function"]["arguments"] = "".into();
    let mut deltas = vec![json!({"tool_calls": [call]})];
    for fragment in fragments(arguments.as_str().unwrap_or_default()) {
        deltas.push(json!({
            "tool_calls": [{"index": index, "function": {"arguments": fragment}}],
        }));
    }
    deltas
}
