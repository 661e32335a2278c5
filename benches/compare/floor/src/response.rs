//! Whole answers, read at each level.

use driver::{Result, Wire};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Level;
use crate::event::Str;

/// The length of the answer's text; of the body where it is not read.
pub(crate) fn text_length(level: Level, wire: Wire, body: &[u8]) -> Result<usize> {
    match (level, wire) {
        (Level::Raw | Level::Hyper | Level::Reqwest, _) => Ok(body.len()),
        (Level::Json, Wire::Converse) => {
            let answer: Borrowed<'_> = serde_json::from_slice(body)?;
            Ok(length(&answer.output.message.content))
        }
        (Level::Ideal | Level::Fast, Wire::Converse) => {
            let answer: Owned = serde_json::from_slice(body)?;
            let blocks = answer.output.message.content.iter();
            Ok(blocks.map(OwnedBlock::length).sum())
        }
        (_, Wire::Native) => {
            let answer: Message<'_> = serde_json::from_slice(body)?;
            Ok(length(&answer.content))
        }
    }
}

fn length(content: &[Block<'_>]) -> usize {
    let texts = content.iter().filter_map(|block| block.text.as_ref());
    texts.map(|text| text.0.len()).sum()
}

#[derive(Deserialize)]
struct Borrowed<'a> {
    #[serde(borrow)]
    output: Output<'a>,
}

#[derive(Deserialize)]
struct Output<'a> {
    #[serde(borrow)]
    message: Message<'a>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    content: Vec<Block<'a>>,
}

#[derive(Deserialize)]
struct Block<'a> {
    #[serde(borrow)]
    text: Option<Str<'a>>,
}

/// All that a caller wants to know, in memory of its own.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is read into, which is the work")]
struct Owned {
    output: OwnedOutput,
    stop_reason: String,
    usage: Usage,
    metrics: Metrics,
}

#[derive(Deserialize)]
struct OwnedOutput {
    message: OwnedMessage,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is read into, which is the work")]
struct OwnedMessage {
    role: String,
    content: Vec<OwnedBlock>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is read into, which is the work")]
enum OwnedBlock {
    Text(String),
    ToolUse { name: String, input: Box<RawValue> },
}

impl OwnedBlock {
    fn length(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::ToolUse { .. } => 0,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Usage {
    input_tokens: u64,
    output_tokens: u64,
    total_tokens: u64,
    cache_read_input_tokens: u64,
    cache_write_input_tokens: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is read into, which is the work")]
struct Metrics {
    latency_ms: u64,
}
