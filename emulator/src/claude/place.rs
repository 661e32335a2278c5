//! Where a Claude body comes in, as far as that makes a difference.

use crate::BEDROCK;
use crate::messages;
use crate::model_id::ModelId;

/// What differs between the places that take Claude's bodies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// Whose answer it is: Bedrock's, Anthropic's, or that of somebody who speaks as Anthropic does.
    pub(crate) speaker: &'static str,
    /// The name that Claude gives itself in an answer.
    pub(crate) name: &'a str,
    /// Whose prompt cache it is: those of different models are different.
    pub(crate) cache: &'a str,
    pub(crate) ids: Ids,
    /// Whether members that nobody knows are refused.
    pub(crate) strict_members: bool,
    /// Whether replayed thinking has to be what was given out.
    pub(crate) verifies: bool,
    /// Whether a tool may be forced while thinking is on.
    pub(crate) forced_while_thinking: bool,
    /// Whether the budget of thinking may be more than `max_tokens`.
    pub(crate) budget_beyond_answer: bool,
    /// Whether the model goes on from an assistant turn at the end.
    pub(crate) prefill: bool,
    /// Whether thinking is given by its signature alone, unless `display` says otherwise.
    pub(crate) omits_thinking: bool,
}

/// How the ids of an answer begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ids {
    pub(crate) message: &'static str,
    pub(crate) tool_use: &'static str,
}

impl Ids {
    /// Anthropic's own.
    pub(crate) const ANTHROPIC: Self = Self {
        message: "msg_01",
        tool_use: "toolu_01",
    };
    /// Those of Claude on Bedrock: recorded.
    pub(crate) const BEDROCK: Self = Self {
        message: "msg_bdrk_01",
        tool_use: "toolu_bdrk_01",
    };
}

impl<'a> Place<'a> {
    /// InvokeModel.
    pub(crate) fn native(model: &'a ModelId) -> Self {
        Self {
            speaker: BEDROCK,
            name: model.claude_name(),
            cache: &model.id,
            ids: Ids::BEDROCK,
            strict_members: true,
            verifies: true,
            forced_while_thinking: false,
            budget_beyond_answer: false,
            prefill: messages::takes_prefill(model.claude_name()),
            omits_thinking: false,
        }
    }
}
