//! A whole answer in Anthropic's Messages form.

use std::borrow::Cow;

use reqllm_core::{Citation, Error, FinishReason, Fold, Result, Usage, Warning};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::error;
use crate::json::{self, Text};
use crate::mark::{self, Maker};

const WHAT: &str = "the answer of the model";

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    content: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
    stop_sequence: Option<Value>,
    stop_details: Option<Value>,
    container: Option<Value>,
    context_management: Option<Value>,
    usage: Option<AnthropicUsage>,
    error: Option<Value>,
}

/// Why an answer ended, and with what.
pub(super) struct Ending<'a> {
    pub(super) reason: Option<Text<'a>>,
    pub(super) sequence: Option<Value>,
    /// Who refused, and why.
    pub(super) details: Option<Value>,
    /// Where code ran, and until when that is kept.
    pub(super) container: Option<Value>,
}

impl Ending<'_> {
    pub(super) fn tell(self, fold: &mut Fold) {
        if let Some(raw) = self.reason {
            if &*raw == "pause_turn" {
                fold.warn(Warning::new(
                    "paused_turn",
                    "the service paused a long turn of tools that it runs itself; send the conversation with this answer, and it goes on",
                ));
            }
            fold.stop(finish_reason(&raw), raw.into_string());
        }
        for (key, value) in [
            ("stop_sequence", self.sequence),
            ("stop_details", self.details),
            ("container", self.container),
        ] {
            told(key, value, fold);
        }
    }
}

/// A fact in the service's own shape, unless it is null.
pub(super) fn told(key: &str, value: Option<Value>, fold: &mut Fold) {
    if let Some(value) = value.filter(|value| !value.is_null()) {
        fold.metadata(key, value);
    }
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
    #[serde(deserialize_with = "json::count")]
    input_tokens: Option<u64>,
    #[serde(deserialize_with = "json::count")]
    output_tokens: Option<u64>,
    #[serde(deserialize_with = "json::count")]
    cache_read_input_tokens: Option<u64>,
    #[serde(deserialize_with = "json::count")]
    cache_creation_input_tokens: Option<u64>,
    /// What was written, by time to live.
    cache_creation: Option<Value>,
    output_tokens_details: Option<OutputDetails>,
    service_tier: Option<Value>,
    /// How often the service ran tools of its own, which it bills.
    server_tool_use: Option<Value>,
    /// Where the model ran, and how fast; prices depend on both.
    inference_geo: Option<Value>,
    speed: Option<Value>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct OutputDetails {
    #[serde(deserialize_with = "json::count")]
    thinking_tokens: Option<u64>,
}

impl AnthropicUsage {
    /// Tells of the details and gives the counts. Of the tier it tells where nobody else does.
    pub(super) fn counts(mut self, tells_tier: bool, fold: &mut Fold) -> Usage {
        let mut usage = Usage::default();
        if let Some(details) = self.cache_creation {
            usage.cache_write_1h_tokens = details
                .get("ephemeral_1h_input_tokens")
                .and_then(Value::as_u64);
            fold.metadata("cache_details", details);
        }
        let tier = self.service_tier.take().filter(|_| tells_tier);
        if let Some(tier) = tier.as_ref().and_then(Value::as_str) {
            fold.service_tier(tier);
        }
        for (key, value) in [
            ("service_tier", tier),
            ("server_tool_use", self.server_tool_use),
            ("inference_geo", self.inference_geo),
            ("speed", self.speed),
        ] {
            told(key, value, fold);
        }
        usage.input_tokens = self.input_tokens;
        usage.output_tokens = self.output_tokens;
        usage.cache_read_tokens = self.cache_read_input_tokens;
        usage.cache_write_tokens = self.cache_creation_input_tokens;
        usage.reasoning_tokens = self.output_tokens_details.and_then(|it| it.thinking_tokens);
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

/// Reads a whole answer. In which tier it was served, the body does not tell here: Bedrock's head does.
///
/// # Errors
///
/// [`ErrorKind::Decode`](reqllm_core::ErrorKind::Decode) if it is none.
pub fn read(body: &[u8], fold: &mut Fold) -> Result<()> {
    read_of(None, false, body, fold)
}

/// Reads a whole answer, whose thoughts bear the mark of their maker.
pub(super) fn read_of(
    maker: Option<Maker>,
    tells_tier: bool,
    body: &[u8],
    fold: &mut Fold,
) -> Result<()> {
    let answer: Answer<'_> = json::read(body, WHAT)?;
    if answer.error.is_some() {
        return Err(error::inside(answer.error.as_ref()));
    }
    let Some(content) = answer.content else {
        return Err(Error::decode(format!("{WHAT} has no member `content`")));
    };
    fold.start();
    if let Some(id) = answer.id {
        fold.id(id.into_string());
    }
    for (index, raw) in (0..).zip(content) {
        let block: Block<'_> = json::read(raw.get().as_bytes(), WHAT)?;
        if let Err(()) = tell(index, block, maker, fold) {
            fold.unknown(index, json::read(raw.get().as_bytes(), WHAT)?);
        }
    }
    let ending = Ending {
        reason: answer.stop_reason,
        sequence: answer.stop_sequence,
        details: answer.stop_details,
        container: answer.container,
    };
    ending.tell(fold);
    told("context_management", answer.context_management, fold);
    if let Some(usage) = answer.usage {
        let usage = usage.counts(tells_tier, fold);
        fold.usage(usage);
    }
    Ok(())
}

/// The signature of a thought, or the beginning of one, with the mark of whoever made it if he is to be known by it. A thought that
/// is not signed has a mark as well, so that it goes back to its maker and to nobody else.
pub(super) fn sealed<'a>(maker: Option<Maker>, signature: Option<Text<'a>>) -> Cow<'a, str> {
    let signature = signature.unwrap_or_default();
    match maker {
        Some(maker) => mark::put(maker, "", &signature).into(),
        None => signature.into(),
    }
}

/// Tells of a block, unless it is of a kind that is not known, or lacks what it is about: that is kept as it came.
fn tell(index: u32, block: Block<'_>, maker: Option<Maker>, fold: &mut Fold) -> Result<(), ()> {
    match &*block.kind {
        "text" if block.text.is_some() => {
            fold.text(index, block.text.unwrap_or_default());
            for wire in block.citations.unwrap_or_default() {
                fold.citation(index, citation(wire));
            }
        }
        "thinking" if block.thinking.is_some() => {
            fold.reasoning(index, block.thinking.unwrap_or_default());
            fold.signature(index, sealed(maker, block.signature));
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
