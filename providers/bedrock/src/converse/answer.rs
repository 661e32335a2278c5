//! A whole answer of Converse.

use memchr::memchr_iter;
use reqllm_core::{Citation, Error, Fold, Result};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::usage::{Extras, TokenUsage, finish_reason};
use crate::json::{self, Text};

/// Shape ConverseResponse, with all of it typed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plain<'a> {
    #[serde(borrow)]
    output: Option<Output<Block<'a>>>,
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
    #[serde(default)]
    usage: Option<TokenUsage>,
    // What `Extras` has; to flatten it would be to read everything twice.
    #[serde(borrow)]
    metrics: Option<&'a RawValue>,
    #[serde(borrow)]
    trace: Option<&'a RawValue>,
    #[serde(borrow)]
    performance_config: Option<&'a RawValue>,
    #[serde(borrow)]
    service_tier: Option<&'a RawValue>,
    #[serde(borrow)]
    additional_model_response_fields: Option<&'a RawValue>,
}

/// The same, with blocks as they came and without `Extras`: what is wrong with those does not take the blocks along.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(borrow)]
    output: Option<Output<&'a RawValue>>,
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
    #[serde(default)]
    usage: Option<TokenUsage>,
}

#[derive(Deserialize)]
struct Output<B> {
    message: Option<Message<B>>,
}

impl<B> Output<B> {
    fn content(self) -> Option<Vec<B>> {
        Some(self.message?.content)
    }
}

#[derive(Deserialize)]
struct Message<B> {
    /// Required, also where it is empty: an answer without it is none.
    content: Vec<B>,
}

/// Shape ContentBlock, of which one member is present. A kind that is not here is kept as it came.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Block<'a> {
    #[serde(borrow, default, deserialize_with = "json::long_text")]
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
    #[serde(borrow, default, deserialize_with = "json::long_text")]
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

impl ToolUse<'_> {
    /// Whether the caller has to answer it, and not the service.
    fn is_call(&self) -> bool {
        self.kind.as_deref() != Some(SERVER_TOOL_USE) && self.input.is_some()
    }
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

const WHAT: &str = "an answer in Converse's form";

/// How many objects an answer may begin to be read in one go, which takes some hundred bytes for each block.
const MOST_IN_ONE_GO: usize = 4096;

/// Reads an answer; whether it says why it ended.
pub(super) fn read(body: &[u8], fold: &mut Fold) -> Result<bool> {
    // Nearly always there are few blocks and all are known, and the answer can be read in one go.
    if memchr_iter(b'{', body).nth(MOST_IN_ONE_GO).is_none()
        && let Ok(plain) = json::read::<Plain<'_>>(body, WHAT)
        && let Some(blocks) = plain.output.and_then(Output::content)
        && blocks.iter().all(Block::is_known)
    {
        fold.start();
        for (index, block) in (0..).zip(blocks) {
            block.tell(index, fold);
        }
        let extras = Extras {
            metrics: plain.metrics,
            trace: plain.trace,
            performance_config: plain.performance_config,
            service_tier: plain.service_tier,
            additional_model_response_fields: plain.additional_model_response_fields,
        };
        usage(plain.usage, fold);
        extras.tell(fold)?;
        return Ok(stop(plain.stop_reason, fold));
    }
    // One by one: what is not known is kept as it came, and what cannot be read does not take what stands before it along.
    let answer: Answer<'_> = json::read(body, WHAT)?;
    let Some(blocks) = answer.output.and_then(Output::content) else {
        return Err(Error::decode("the answer has no output message").with_provider(crate::ID));
    };
    fold.start();
    for (index, raw) in (0..).zip(blocks) {
        let block: Block<'_> = json::read(raw.get().as_bytes(), WHAT)?;
        match block.is_known() {
            true => block.tell(index, fold),
            false => unknown(index, raw, fold)?,
        }
    }
    usage(answer.usage, fold);
    json::read::<Extras<'_>>(body, WHAT)?.tell(fold)?;
    Ok(stop(answer.stop_reason, fold))
}

fn usage(usage: Option<TokenUsage>, fold: &mut Fold) {
    if let Some(usage) = usage {
        usage.tell(false, fold);
    }
}

/// Whether there is a reason to stop.
fn stop(reason: Option<Text<'_>>, fold: &mut Fold) -> bool {
    let Some(raw) = reason else { return false };
    fold.stop(finish_reason(&raw), raw.into_string());
    true
}

impl Block<'_> {
    /// Whether [`Block::tell`] tells all that it says.
    fn is_known(&self) -> bool {
        match self {
            Self { text: Some(_), .. } => true,
            Self {
                tool_use: Some(tool),
                ..
            } if tool.is_call() => true,
            Self {
                reasoning_content: Some(reasoning),
                ..
            } if reasoning.is_known() => true,
            Self {
                citations_content: Some(cited),
                ..
            } => cited.is_known(),
            _ => false,
        }
    }

    fn tell(self, index: u32, fold: &mut Fold) {
        match self {
            Self {
                text: Some(text), ..
            } => fold.text(index, text),
            Self {
                tool_use: Some(tool),
                ..
            } if tool.is_call() => fold.tool_call(
                index,
                tool.tool_use_id.into_string(),
                tool.name.into_string(),
                tool.input.map_or("", RawValue::get),
            ),
            Self {
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
            Self {
                citations_content: Some(cited),
                ..
            } => {
                for piece in cited.content {
                    fold.text(index, piece.text.unwrap_or_default());
                }
                for citation in cited.citations {
                    fold.citation(index, citation.into());
                }
            }
            _ => {}
        }
    }
}

fn unknown(index: u32, raw: &RawValue, fold: &mut Fold) -> Result<()> {
    let raw: Value = json::read(raw.get().as_bytes(), "a block of the answer")?;
    // Reasoning without a member says nothing at all.
    if raw["reasoningContent"] != Value::Object(serde_json::Map::new()) {
        fold.unknown(index, raw);
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

    #[test]
    fn what_is_wrong_beside_the_blocks_does_not_take_them_along() {
        let answer = |beside: &[u8]| {
            let begin =
                br#"{"output":{"message":{"content":[{"text":"Hi"}]}},"usage":{"inputTokens":3},"#;
            let mut body = begin.to_vec();
            body.extend_from_slice(beside);
            body.extend_from_slice(br#","stopReason":"end_turn"}"#);
            let mut fold = Fold::new(Identity::default());
            let error = read(&body, &mut fold).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
            fold.abandon()
        };
        for beside in [
            &b"\"trace\":{\"t\":\"\xff\"}"[..],
            b"\"trace\":{},\"trace\":{}",
            b"\"metrics\":{\"latencyMs\":1},\"metrics\":{\"latencyMs\":2}",
            b"\"serviceTier\":{\"type\":1e999}",
        ] {
            let partial = answer(beside);
            let shown = String::from_utf8_lossy(beside);
            assert_eq!(partial.text(), "Hi", "{shown}");
            assert_eq!(partial.usage.input_tokens, Some(3), "{shown}");
        }
    }

    #[test]
    fn many_blocks_are_read_as_few_are() {
        for count in [MOST_IN_ONE_GO - 4, MOST_IN_ONE_GO + 4] {
            let blocks = vec![r#"{"text":"a"}"#; count].join(",");
            let body = format!(
                r#"{{"output":{{"message":{{"content":[{blocks}]}}}},"metrics":{{"latencyMs":7}},"stopReason":"end_turn"}}"#
            );
            let mut fold = Fold::new(Identity::default());
            assert!(read(body.as_bytes(), &mut fold).unwrap());
            let response = fold.finish();
            assert_eq!(response.message.content.len(), count);
            assert_eq!(response.text().len(), count);
        }
    }
}
