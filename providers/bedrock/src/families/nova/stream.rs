//! Nova's own stream: the events of ConverseStream, each the only member of its chunk.

use reqllm_core::{Fold, Result};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::converse::ConverseEvents;
use crate::eventstream::Events;
use crate::json::{self, Text};
use reqllm_dialects::StreamCodec;

const WHAT: &str = "an event of Nova's stream";

/// Reads one stream.
///
/// Each piece of text comes as a block of its own, with an index of its own, where the whole answer has one block. So
/// pieces that follow each other are one block, with the index of the first.
#[derive(Default)]
pub(super) struct NovaStream {
    events: ConverseEvents,
    /// The block that a piece of text goes on with.
    open_text: Option<u32>,
}

/// The members of a chunk that are events.
#[derive(Default)]
struct Chunk<'a> {
    events: Vec<(String, &'a RawValue)>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Chunk<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ChunkVisitor;
        impl<'de> Visitor<'de> for ChunkVisitor {
            type Value = Chunk<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of events")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut chunk = Chunk::default();
                while let Some(key) = map.next_key::<String>()? {
                    if key.starts_with("amazon-bedrock-") {
                        map.next_value::<IgnoredAny>()?;
                    } else {
                        chunk.events.push((key, map.next_value()?));
                    }
                }
                Ok(chunk)
            }
        }
        deserializer.deserialize_map(ChunkVisitor)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BlockDelta<'a> {
    #[serde(default)]
    content_block_index: u32,
    #[serde(borrow)]
    delta: Option<TextDelta<'a>>,
}

#[derive(Deserialize)]
struct TextDelta<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
}

impl StreamCodec for NovaStream {
    fn chunk(&mut self, json: &[u8], fold: &mut Fold) -> Result<()> {
        let chunk: Chunk<'_> = json::read(json, WHAT)?;
        for (name, payload) in chunk.events {
            self.event(&name, payload.get().as_bytes(), fold)?;
        }
        Ok(())
    }

    fn missing(&self, fold: &Fold) -> Option<&'static str> {
        (!fold.stopped()).then_some("it has no messageStop event")
    }

    fn abandon(&mut self, fold: &mut Fold) {
        self.events.abandon(fold);
    }
}

impl NovaStream {
    fn event(&mut self, name: &str, payload: &[u8], fold: &mut Fold) -> Result<()> {
        match name {
            "contentBlockDelta" => {
                let delta: BlockDelta<'_> = json::read(payload, WHAT)?;
                if let Some(text) = delta.delta.and_then(|delta| delta.text) {
                    let index = *self.open_text.get_or_insert(delta.content_block_index);
                    fold.text(index, text);
                    return Ok(());
                }
                self.open_text = None;
            }
            // The end of a piece of text is not the end of the text.
            "contentBlockStop" => {}
            _ => self.open_text = None,
        }
        self.events.event(name, payload, fold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::converse;
    use reqllm_core::{FinishReason, Identity, Response};
    use serde_json::json;

    fn whole(json: &str) -> Response {
        let mut fold = Fold::new(Identity::default());
        converse::read(json.as_bytes(), &mut fold).unwrap();
        fold.finish()
    }

    fn streamed(chunks: &[&str]) -> (Response, Option<&'static str>) {
        let mut fold = Fold::new(Identity::default());
        let mut stream = NovaStream::default();
        for chunk in chunks {
            stream.chunk(chunk.as_bytes(), &mut fold).unwrap();
        }
        let missing = stream.missing(&fold);
        (fold.finish(), missing)
    }

    #[test]
    fn pieces_of_text_are_one_block_until_a_tool_comes_between() {
        let whole = whole(
            r#"{"output":{"message":{"role":"assistant","content":[{"text":"I look."},{"toolUse":{"name":"f","toolUseId":"t","input":{"city":"Lyon"}}},{"text":"Wait."}]}},"stopReason":"tool_use","usage":{"inputTokens":5,"outputTokens":9,"cacheReadInputTokenCount":2,"cacheWriteInputTokenCount":0}}"#,
        );
        let (streamed, missing) = streamed(&[
            r#"{"messageStart":{"role":"assistant"}}"#,
            r#"{"contentBlockDelta":{"delta":{"text":"I "},"contentBlockIndex":0}}"#,
            r#"{"contentBlockStop":{"contentBlockIndex":0}}"#,
            r#"{"contentBlockDelta":{"delta":{"text":"look."},"contentBlockIndex":1}}"#,
            r#"{"contentBlockStop":{"contentBlockIndex":1}}"#,
            r#"{"contentBlockStart":{"start":{"toolUse":{"toolUseId":"t","name":"f"}},"contentBlockIndex":2}}"#,
            r#"{"contentBlockDelta":{"delta":{"toolUse":{"input":"{\"city\":\"Lyon\"}"}},"contentBlockIndex":2}}"#,
            r#"{"contentBlockStop":{"contentBlockIndex":2}}"#,
            r#"{"contentBlockDelta":{"delta":{"text":"Wa"},"contentBlockIndex":3}}"#,
            r#"{"contentBlockDelta":{"delta":{"text":"it."},"contentBlockIndex":4}}"#,
            r#"{"messageStop":{"stopReason":"tool_use"}}"#,
            r#"{"metadata":{"usage":{"inputTokens":5,"outputTokens":9,"cacheReadInputTokenCount":2,"cacheWriteInputTokenCount":0}},"amazon-bedrock-invocationMetrics":{"inputTokenCount":5}}"#,
        ]);
        assert_eq!(whole, streamed);
        assert_eq!(missing, None);
        assert_eq!(
            serde_json::to_value(&streamed.message.content).unwrap(),
            json!([
                {"type": "text", "text": "I look."},
                {"type": "tool_call", "id": "t", "name": "f", "arguments": {"city": "Lyon"}},
                {"type": "text", "text": "Wait."},
            ])
        );
        assert_eq!(streamed.finish_reason(), FinishReason::ToolCalls);
        assert_eq!(streamed.usage().cache_read_tokens, Some(2));
        assert_eq!(streamed.usage().total_tokens, Some(16));
    }

    #[test]
    fn reasoning_is_no_text() {
        let (response, _) = streamed(&[
            r#"{"contentBlockDelta":{"delta":{"reasoningContent":{"text":"Hm."}},"contentBlockIndex":0}}"#,
            r#"{"contentBlockDelta":{"delta":{"text":"Yes."},"contentBlockIndex":1}}"#,
            r#"{"messageStop":{"stopReason":"end_turn"}}"#,
        ]);
        assert_eq!(response.reasoning().next().unwrap().text, "Hm.");
        assert_eq!(response.text(), "Yes.");
    }

    #[test]
    fn a_stream_without_its_end_is_not_complete() {
        let text = r#"{"contentBlockDelta":{"delta":{"text":"a"},"contentBlockIndex":0}}"#;
        assert!(streamed(&[text]).1.is_some());
        let blocked = r#"{"contentBlockDelta":{"delta":{"text":"No."},"contentBlockIndex":0},"amazon-bedrock-guardrailAction":"INTERVENED"}"#;
        assert_eq!(streamed(&[blocked]).0.text(), "No.");
    }

    #[test]
    fn odd_events_and_reasons_are_kept() {
        let (response, missing) = streamed(&[
            r#"{"applause":{"volume":11}}"#,
            r#"{"messageStop":{"stopReason":"tired"}}"#,
        ]);
        assert_eq!(missing, None);
        assert_eq!(response.warnings()[0].code, "unknown_event");
        assert_eq!(response.raw_finish_reason.as_deref(), Some("tired"));
    }
}
