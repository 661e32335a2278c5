//! The deltas of ConverseStream in any form.

use serde::Deserialize;
use serde_json::Value;

use super::answer::WireCitation;
use crate::json::Text;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BlockDelta<'a> {
    #[serde(default)]
    pub(super) content_block_index: u32,
    #[serde(borrow)]
    pub(super) delta: Delta<'a>,
}

/// Shape ContentBlockDelta, of which one member is present.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Delta<'a> {
    #[serde(borrow)]
    pub(super) text: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) tool_use: Option<ToolUseDelta<'a>>,
    #[serde(borrow)]
    pub(super) reasoning_content: Option<ReasoningDelta<'a>>,
    #[serde(borrow)]
    pub(super) citation: Option<WireCitation<'a>>,
    pub(super) tool_result: Option<Vec<Value>>,
}

#[derive(Deserialize)]
pub(super) struct ToolUseDelta<'a> {
    #[serde(borrow)]
    pub(super) input: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReasoningDelta<'a> {
    #[serde(borrow)]
    pub(super) text: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) signature: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) redacted_content: Option<Text<'a>>,
    /// As in a whole answer; the emulator's Nova streams have it so, and no recording tells.
    #[serde(borrow)]
    pub(super) reasoning_text: Option<ReasoningText<'a>>,
}

#[derive(Deserialize)]
pub(super) struct ReasoningText<'a> {
    #[serde(borrow)]
    pub(super) text: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) signature: Option<Text<'a>>,
}

impl ReasoningDelta<'_> {
    pub(super) fn is_known(&self) -> bool {
        self.text.is_some()
            || self.signature.is_some()
            || self.redacted_content.is_some()
            || self.reasoning_text.is_some()
    }
}
