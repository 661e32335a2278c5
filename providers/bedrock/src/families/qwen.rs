//! Qwen 3, through Converse.

use super::by_profile::ByProfile;
use crate::profile::{CachePlaces, Kinds, Profile, ReasoningField, ReasoningWord, Replay};

pub(super) static QWEN: ByProfile = ByProfile {
    name: "qwen",
    prefixes: &["qwen."],
    profile: &PROFILE,
    lines: &[],
};

static PROFILE: Profile = Profile {
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    // pydantic-ai #6081, tried on AWS: text and images may stand beside a tool result, and no media inside of one.
    beside_tool_result: Kinds::TEXT_IMAGE,
    inside_tool_result: Kinds::NONE,
    // pydantic-ai, tried on AWS: the assistant may begin.
    leading_assistant: true,
    // Recorded with status 200: `reasoning_config` is "high". pydantic-ai: "low" and "high" are all there is, and
    // nothing switches it off.
    reasoning: ReasoningField::Word(ReasoningWord::new(&["reasoning_config"], &["low", "high"])),
    // Qwen's model card: thoughts of earlier turns do not belong into the conversation.
    replay: Replay::Nothing,
    // AWS user guide, "Prompt caching", supported models: not among them.
    cache: CachePlaces::NONE,
    // Recorded with status 200: `outputConfig.textFormat`.
    native_object: true,
    ..Profile::CAUTIOUS
};
