//! What is true of Claude on Bedrock.

use std::sync::LazyLock;

use reqllm_dialects::messages;
use reqllm_dialects::profile::{self, Profile, ToolIds};

/// What ids begin with here, in front of Anthropic's own.
const VENDOR: &str = "anthropic.";

/// AWS user guide, "Structured outputs", supported models: these. Vercel AI SDK, pydantic-ai and litellm say alike that later
/// ones refuse `outputConfig.textFormat` and `strict`.
const HELD_TO_SCHEMAS: &[&str] = &[
    "claude-sonnet-4-5",
    "claude-haiku-4-5",
    "claude-opus-4-5",
    "claude-sonnet-4-6",
    "claude-opus-4-6",
];

pub(super) static PROFILE: Profile = Profile {
    native_object: false,
    strict_tools: false,
    tool_ids: ToolIds::Any,
    ..messages::LATEST
};

static LINES: LazyLock<Vec<(&str, Profile)>> = LazyLock::new(|| {
    let lines = messages::LINES.iter();
    lines
        .map(|(prefix, profile)| (*prefix, on_bedrock(prefix, profile)))
        .collect()
});

/// The line of an id, geography aside.
pub(super) fn line(id: &str) -> &'static Profile {
    let id = id.strip_prefix(VENDOR).unwrap_or(id);
    profile::line(&LINES, id).unwrap_or(&PROFILE)
}

/// What Anthropic says, but for what AWS does otherwise.
fn on_bedrock(prefix: &str, profile: &Profile) -> Profile {
    let held = HELD_TO_SCHEMAS.contains(&prefix);
    Profile {
        native_object: profile.native_object && held,
        strict_tools: profile.strict_tools && held,
        // Service model, shape ToolUseId: Converse, which calls with tools take, has more letters in ids.
        tool_ids: ToolIds::Any,
        ..*profile
    }
}
