//! What Bedrock puts around the native answers of every vendor: headers with counts, base64 in frames, and members of
//! its own in the vendor's JSON.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::frames::Frames;
use crate::parts::{first_of, text_at, usage};

const METRICS: &str = "amazon-bedrock-invocationMetrics";
const TRACE: &str = "amazon-bedrock-trace";
const ACTION: &str = "amazon-bedrock-guardrailAction";

/// Every member that Bedrock adds begins like this.
pub(crate) const OWN: &str = "amazon-bedrock-";

/// The vendor's documents of a stream, up to an error.
#[derive(Debug)]
pub(crate) struct Chunks {
    pub(crate) documents: Vec<Value>,
    pub(crate) error: Option<Value>,
    /// Whether the last frame was whole.
    pub(crate) whole: bool,
}

/// Unwraps the frames of a stream. Frames of other kinds than `chunk` say nothing.
pub(crate) fn chunks(stream: &Frames) -> Result<Chunks, String> {
    let mut chunks = Chunks {
        documents: Vec::new(),
        error: None,
        whole: stream.left_over == 0,
    };
    for frame in &stream.frames {
        chunks.error = frame.error();
        if chunks.error.is_some() {
            break;
        }
        if frame.event_type() != "chunk" {
            continue;
        }
        let bytes = STANDARD
            .decode(text_at(&frame.json()?, "/bytes"))
            .map_err(|e| format!("chunk: {e}"))?;
        let document = serde_json::from_slice(&bytes).map_err(|e| format!("document: {e}"))?;
        chunks.documents.push(document);
    }
    Ok(chunks)
}

impl Chunks {
    /// What Bedrock measured, which stands in the last document.
    pub(crate) fn metrics(&self) -> Option<Value> {
        let metrics = self.documents.iter().find_map(|it| it.get(METRICS))?;
        Some(usage(
            first_of(metrics, &["inputTokenCount"]),
            first_of(metrics, &["outputTokenCount"]),
            first_of(metrics, &["cacheReadInputTokenCount"]),
            first_of(metrics, &["cacheWriteInputTokenCount"]),
            Value::Null,
        ))
    }

    /// What a guardrail found; the last that tells stands.
    pub(crate) fn trace(&self) -> Value {
        let mut traces = self.documents.iter().rev().map(trace);
        traces.find(|it| !it.is_null()).unwrap_or_default()
    }

    pub(crate) fn intervened(&self) -> bool {
        self.documents.iter().any(intervened)
    }
}

/// What a guardrail found.
pub(crate) fn trace(document: &Value) -> Value {
    first_of(document, &[TRACE])
}

/// Whether a guardrail stepped in.
pub(crate) fn intervened(document: &Value) -> bool {
    document[ACTION] == "INTERVENED"
}

/// The counts in the headers of an answer that is no stream.
pub(crate) fn of_headers(headers: &BTreeMap<String, String>) -> Value {
    let count = |name: &str| -> Value {
        let header = headers.get(&format!("x-amzn-bedrock-{name}-token-count"));
        header.and_then(|it| it.parse::<u64>().ok()).into()
    };
    usage(
        count("input"),
        count("output"),
        count("cache-read-input"),
        count("cache-write-input"),
        Value::Null,
    )
}

/// Takes counts that the vendor did not give from Bedrock's own, and adds up a total that nobody gave.
pub(crate) fn fill(counts: &mut Value, measured: &Value) {
    let mut sum = None;
    for name in [
        "input_tokens",
        "output_tokens",
        "cache_read_tokens",
        "cache_write_tokens",
    ] {
        if counts[name].is_null() {
            counts[name] = measured[name].clone();
        }
        if let Some(count) = counts[name].as_u64() {
            sum = Some(sum.unwrap_or(0) + count);
        }
    }
    if counts["total_tokens"].is_null() {
        counts["total_tokens"] = sum.into();
    }
}
