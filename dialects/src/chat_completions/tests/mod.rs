mod facts;
mod reading;
mod signatures;
mod streaming;
mod writing;

use reqllm_core::{Fold, Identity, Response, Result, Warning};
use serde_json::{Value, json};

use super::{ChatStream, Quirks, Tag, read};
use crate::stream::StreamCodec as _;

/// A speaker that has everything.
const FULL: Quirks = Quirks {
    name: "Acme",
    max_tokens: "max_completion_tokens",
    stop: true,
    seed: true,
    images: true,
    strict_tools: true,
    some_tool: "required",
    one_tool: true,
    reasoning: Some(Tag {
        open: "<reasoning>",
        close: "</reasoning>",
    }),
    ..Quirks::BASE
};

/// One that has only what every speaker has.
const BARE: Quirks = Quirks {
    name: "Bare",
    some_tool: "any",
    ..Quirks::BASE
};

fn codes(warnings: &[Warning]) -> Vec<&str> {
    warnings.iter().map(|warning| &*warning.code).collect()
}

fn whole(quirks: &Quirks, body: &Value) -> Result<Response> {
    let mut fold = Fold::new(Identity::default());
    read(quirks, body.to_string().as_bytes(), &mut fold)?;
    Ok(fold.finish())
}

fn streamed(quirks: &Quirks, chunks: &[Value]) -> Result<Response> {
    let mut fold = Fold::new(Identity::default());
    let mut stream = ChatStream::new(quirks);
    for chunk in chunks {
        stream.chunk(chunk.to_string().as_bytes(), &mut fold)?;
    }
    assert_eq!(stream.missing(&fold), None);
    Ok(fold.finish())
}

fn delta(delta: Value) -> Value {
    json!({ "id": "c1", "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] })
}

fn last(delta: Value, reason: &str) -> Value {
    json!({ "id": "c1", "choices": [{ "index": 0, "delta": delta, "finish_reason": reason }] })
}
