//! What is said, in the form that OpenTelemetry's conventions have for it: JSON in a field of the span.
//!
//! Source: the schemas gen-ai-input-messages, gen-ai-output-messages and gen-ai-system-instructions of
//! open-telemetry/semantic-conventions-genai. Media that are bytes are named and not repeated.

use reqllm_core::{Message, Part, Response, Role, Source, ToolContent};
use serde_json::{Value, json};
use tracing::Span;

use super::span::finish_reason;

pub(crate) fn record_input(span: &Span, messages: &[Message]) {
    let is_system = |message: &&Message| message.role == Role::System;
    let system: Vec<Value> = messages.iter().filter(is_system).flat_map(parts).collect();
    if !system.is_empty() {
        span.record(
            "gen_ai.system_instructions",
            Value::Array(system).to_string(),
        );
    }
    let others = messages.iter().filter(|message| !is_system(message));
    let others: Vec<Value> = others
        .map(|message| json!({"role": message.role.as_str(), "parts": parts(message)}))
        .collect();
    span.record("gen_ai.input.messages", Value::Array(others).to_string());
}

pub(crate) fn record_output(span: &Span, response: &Response) {
    let message = json!([{
        "role": response.message.role.as_str(),
        "parts": parts(&response.message),
        "finish_reason": finish_reason(response.finish_reason),
    }]);
    span.record("gen_ai.output.messages", message.to_string());
}

fn parts(message: &Message) -> Vec<Value> {
    message.content.iter().map(part).collect()
}

fn part(part: &Part) -> Value {
    match part {
        Part::Text(text) => json!({"type": "text", "content": text.text}),
        Part::Reasoning(thought) => json!({"type": "reasoning", "content": thought.text}),
        Part::ToolCall(call) => {
            json!({"type": "tool_call", "id": call.id, "name": call.name, "arguments": call.arguments})
        }
        Part::ToolResult(result) => {
            json!({"type": "tool_call_response", "id": result.id, "result": tool_content(&result.content)})
        }
        Part::Image(media) => medium("image", &media.media_type, &media.source),
        Part::Video(media) => medium("video", &media.media_type, &media.source),
        Part::Audio(media) => medium("audio", &media.media_type, &media.source),
        Part::Document(document) => medium("document", &document.media_type, &document.source),
        _ => json!({"type": "unknown"}),
    }
}

fn tool_content(content: &ToolContent) -> Value {
    match content {
        ToolContent::Text(text) => text.as_str().into(),
        ToolContent::Json(value) => value.clone(),
        ToolContent::Parts(inner) => inner.iter().map(part).collect(),
        _ => Value::Null,
    }
}

/// A medium by where it is, without what may be secret in a URL, or by its size.
fn medium(modality: &str, media_type: &str, source: &Source) -> Value {
    match source {
        Source::Url(url) if !url.starts_with("data:") => {
            // Where its secrets are, nobody knows then.
            let uri = crate::shown_url(url).unwrap_or_else(|_| "no URL".to_owned());
            json!({"type": "uri", "modality": modality, "mime_type": media_type, "uri": uri})
        }
        Source::Url(url) => {
            json!({"type": modality, "mime_type": media_type, "url_length": url.len()})
        }
        Source::Data(bytes) => {
            json!({"type": modality, "mime_type": media_type, "bytes": bytes.len()})
        }
        _ => json!({"type": modality, "mime_type": media_type}),
    }
}
