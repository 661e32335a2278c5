//! A whole answer in Anthropic's Messages form.

use reqllm_core::{Citation, FinishReason, Fold, Result, Usage};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::json::{self, Text};

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    content: Vec<&'a RawValue>,
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
    stop_sequence: Option<Value>,
    usage: Option<AnthropicUsage>,
}

/// A block of content; which members it has, `type` says.
#[derive(Deserialize)]
pub(super) struct Block<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Text<'a>,
    #[serde(borrow)]
    pub(super) text: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) thinking: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) signature: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) data: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) input: Option<&'a RawValue>,
    pub(super) citations: Option<Vec<Value>>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AnthropicUsage {
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    /// What was written, by time to live.
    cache_creation: Option<Value>,
    output_tokens_details: OutputDetails,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct OutputDetails {
    thinking_tokens: Option<u64>,
}

impl AnthropicUsage {
    /// Tells of the details and gives the counts.
    pub(super) fn counts(self, fold: &mut Fold) -> Usage {
        let mut usage = Usage::default();
        if let Some(details) = self.cache_creation {
            usage.cache_write_1h_tokens = details
                .get("ephemeral_1h_input_tokens")
                .and_then(Value::as_u64);
            fold.metadata("cache_details", details);
        }
        usage.input_tokens = self.input_tokens;
        usage.output_tokens = self.output_tokens;
        usage.cache_read_tokens = self.cache_read_input_tokens;
        usage.cache_write_tokens = self.cache_creation_input_tokens;
        usage.reasoning_tokens = self.output_tokens_details.thinking_tokens;
        usage
    }
}

/// Source: Anthropic's Messages API reference, `stop_reason`.
pub(super) fn finish_reason(raw: &str) -> FinishReason {
    match raw {
        "end_turn" | "stop_sequence" => FinishReason::Stop,
        "max_tokens" => FinishReason::Length,
        "tool_use" => FinishReason::ToolCalls,
        "refusal" => FinishReason::ContentFilter,
        "model_context_window_exceeded" => FinishReason::ContextWindow,
        _ => FinishReason::Unknown,
    }
}

/// A citation; its whole wire shape is kept as its location, so that it can go back.
pub(super) fn citation(wire: Value) -> Citation {
    let text = |keys: &[&str]| {
        keys.iter()
            .find_map(|key| wire.get(key)?.as_str().map(str::to_owned))
    };
    let mut citation = Citation::default();
    citation.title = text(&["document_title", "title"]);
    citation.source = text(&["url", "source"]);
    citation.text = text(&["cited_text"]);
    citation.location = Some(wire);
    citation
}

/// Reads a whole answer.
///
/// # Errors
///
/// [`ErrorKind::Decode`](reqllm_core::ErrorKind::Decode) if it is none.
pub fn read(body: &[u8], fold: &mut Fold) -> Result<()> {
    const WHAT: &str = "Claude's answer";
    let answer: Answer<'_> = json::read(body, WHAT)?;
    fold.start();
    if let Some(id) = answer.id {
        fold.id(id.into_string());
    }
    for (index, raw) in (0..).zip(answer.content) {
        let block: Block<'_> = json::read(raw.get().as_bytes(), WHAT)?;
        if let Err(()) = tell(index, block, fold) {
            fold.unknown(index, json::read(raw.get().as_bytes(), WHAT)?);
        }
    }
    if let Some(raw) = answer.stop_reason {
        fold.stop(finish_reason(&raw), raw.into_string());
    }
    if let Some(sequence) = answer.stop_sequence.filter(|sequence| !sequence.is_null()) {
        fold.metadata("stop_sequence", sequence);
    }
    if let Some(usage) = answer.usage {
        let usage = usage.counts(fold);
        fold.usage(usage);
    }
    Ok(())
}

/// Tells of a block, unless it is of a kind that is not known, or lacks what it is about: that is kept as it came.
fn tell(index: u32, block: Block<'_>, fold: &mut Fold) -> Result<(), ()> {
    match &*block.kind {
        "text" if block.text.is_some() => {
            fold.text(index, block.text.unwrap_or_default());
            for wire in block.citations.unwrap_or_default() {
                fold.citation(index, citation(wire));
            }
        }
        "thinking" if block.thinking.is_some() => {
            fold.reasoning(index, block.thinking.unwrap_or_default());
            fold.signature(index, block.signature.unwrap_or_default());
        }
        "redacted_thinking" if block.data.is_some() => {
            fold.redacted(index, block.data.unwrap_or_default());
        }
        "tool_use" if block.input.is_some() => fold.tool_call(
            index,
            block.id.unwrap_or_default().into_string(),
            block.name.unwrap_or_default().into_string(),
            block.input.map_or("", RawValue::get),
        ),
        _ => return Err(()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqllm_core::Identity;
    use serde_json::json;

    /// Nobody else could tell an empty text from one that got lost under another name.
    #[test]
    fn a_block_that_lacks_what_it_is_about_is_kept_as_it_came() {
        for block in [
            json!({"type": "text", "next": "Hi"}),
            json!({"type": "thinking", "thinkinh": "hm"}),
            json!({"type": "redacted_thinking"}),
            json!({"type": "tool_use", "id": "t", "name": "f", "inqut": {"a": 1}}),
        ] {
            let mut fold = Fold::new(Identity::default());
            let body = json!({"content": [block]}).to_string();
            read(body.as_bytes(), &mut fold).unwrap();
            let content = serde_json::to_value(fold.finish().message.content).unwrap();
            assert_eq!(content, json!([{"type": "unknown", "raw": block}]));
        }
    }
}
