//! A whole answer of Converse.

use reqllm_core::{Citation, Error, Fold, Result};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::usage::{Extras, TokenUsage, finish_reason};
use crate::json::{self, Text};

/// Shape ConverseResponse.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(borrow)]
    output: Option<Output<'a>>,
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
    #[serde(default)]
    usage: Option<TokenUsage>,
}

#[derive(Deserialize)]
struct Output<'a> {
    #[serde(borrow)]
    message: Option<Message<'a>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    /// Required, also where it is empty: an answer without it is none.
    #[serde(borrow)]
    content: Vec<&'a RawValue>,
}

/// Shape ContentBlock, of which one member is present. A kind that is not here is kept as it came.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Block<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    tool_use: Option<ToolUse<'a>>,
    #[serde(borrow)]
    reasoning_content: Option<Reasoning<'a>>,
    #[serde(borrow)]
    citations_content: Option<CitationsContent<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToolUse<'a> {
    #[serde(borrow)]
    tool_use_id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reasoning<'a> {
    #[serde(borrow)]
    reasoning_text: Option<ReasoningText<'a>>,
    #[serde(borrow)]
    redacted_content: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct ReasoningText<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    signature: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct CitationsContent<'a> {
    #[serde(borrow, default)]
    content: Vec<TextOnly<'a>>,
    #[serde(borrow, default)]
    citations: Vec<WireCitation<'a>>,
}

#[derive(Deserialize)]
pub(super) struct TextOnly<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
}

impl Reasoning<'_> {
    fn is_known(&self) -> bool {
        self.reasoning_text.is_some() || self.redacted_content.is_some()
    }
}

impl CitationsContent<'_> {
    fn is_known(&self) -> bool {
        self.content.iter().all(|piece| piece.text.is_some())
    }
}

/// Shapes Citation and CitationsDelta.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireCitation<'a> {
    #[serde(borrow)]
    title: Option<Text<'a>>,
    #[serde(borrow)]
    source: Option<Text<'a>>,
    #[serde(borrow)]
    source_content: Option<Vec<TextOnly<'a>>>,
    location: Option<Value>,
}

impl From<WireCitation<'_>> for Citation {
    fn from(wire: WireCitation<'_>) -> Self {
        let mut citation = Self::default();
        citation.title = wire.title.map(Text::into_string);
        citation.source = wire.source.map(Text::into_string);
        citation.text = wire.source_content.map(|content| {
            content
                .iter()
                .filter_map(|piece| piece.text.as_deref())
                .collect()
        });
        citation.location = wire.location;
        citation
    }
}

/// A tool that the service ran itself. It is no call for the caller to answer, so it is kept as it came.
pub(super) const SERVER_TOOL_USE: &str = "server_tool_use";

/// Reads an answer of Converse. Its stop reason is required: what does not say why it ended may have been cut off.
pub(super) fn read_whole(body: &[u8], fold: &mut Fold) -> Result<()> {
    match read(body, fold)? {
        true => Ok(()),
        false => {
            Err(Error::decode("the answer does not say why it ended").with_provider(crate::ID))
        }
    }
}

/// Reads an answer; whether it says why it ended.
pub(super) fn read(body: &[u8], fold: &mut Fold) -> Result<bool> {
    const WHAT: &str = "an answer in Converse's form";
    let answer: Answer<'_> = json::read(body, WHAT)?;
    let Some(message) = answer.output.and_then(|output| output.message) else {
        return Err(Error::decode("the answer has no output message").with_provider(crate::ID));
    };
    fold.start();
    for (index, raw) in (0..).zip(message.content) {
        let block: Block<'_> = json::read(raw.get().as_bytes(), WHAT)?;
        self::block(index, block, raw, fold)?;
    }
    if let Some(usage) = answer.usage {
        usage.tell(false, fold);
    }
    json::read::<Extras>(body, WHAT)?.tell(fold);
    let Some(raw) = answer.stop_reason else {
        return Ok(false);
    };
    fold.stop(finish_reason(&raw), raw.into_string());
    Ok(true)
}

fn block(index: u32, block: Block<'_>, raw: &RawValue, fold: &mut Fold) -> Result<()> {
    match block {
        Block {
            text: Some(text), ..
        } => fold.text(index, text),
        Block {
            tool_use: Some(tool),
            ..
        } if tool.kind.as_deref() != Some(SERVER_TOOL_USE) && tool.input.is_some() => {
            fold.tool_call(
                index,
                tool.tool_use_id.into_string(),
                tool.name.into_string(),
                tool.input.map_or("", RawValue::get),
            );
        }
        Block {
            reasoning_content: Some(reasoning),
            ..
        } if reasoning.is_known() => {
            if let Some(text) = reasoning.reasoning_text {
                fold.reasoning(index, text.text.unwrap_or_default());
                fold.signature(index, text.signature.unwrap_or_default());
            }
            if let Some(redacted) = reasoning.redacted_content {
                fold.redacted(index, redacted);
            }
        }
        Block {
            citations_content: Some(cited),
            ..
        } if cited.is_known() => {
            for piece in cited.content {
                fold.text(index, piece.text.unwrap_or_default());
            }
            for citation in cited.citations {
                fold.citation(index, citation.into());
            }
        }
        _ => {
            let raw: Value = json::read(raw.get().as_bytes(), "a block of the answer")?;
            // Reasoning without a member says nothing at all.
            if raw["reasoningContent"] != Value::Object(serde_json::Map::new()) {
                fold.unknown(index, raw);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqllm_core::{ErrorKind, Identity};
    use serde_json::json;

    fn content(message: &Value) -> Result<Value> {
        let mut fold = Fold::new(Identity::default());
        let body = json!({"output": {"message": message}, "stopReason": "end_turn"});
        read(body.to_string().as_bytes(), &mut fold)?;
        Ok(json!(fold.finish().message.content))
    }

    /// Source: the service model, where `content` of Message and `input` of ToolUseBlock are required.
    #[test]
    fn an_answer_that_lacks_what_it_must_have_does_not_pass_for_one_that_says_nothing() {
        assert_eq!(content(&json!({"content": []})).unwrap(), json!([]));
        let error = content(&json!({"kontent": [{"text": "Hi"}]})).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        let call = json!({"toolUse": {"toolUseId": "t", "name": "f", "inqut": {"a": 1}}});
        assert_eq!(
            content(&json!({"content": [call]})).unwrap(),
            json!([{"type": "unknown", "raw": call}])
        );
    }
}
