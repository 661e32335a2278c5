//! Moonshot Kimi, through Converse.

use super::by_profile::ByProfile;
use crate::profile::{CachePlaces, Kinds, Profile, Replay};

pub(super) static KIMI: ByProfile = ByProfile {
    name: "kimi",
    // K2 is served as `moonshot.`, later ones as `moonshotai.`.
    prefixes: &["moonshot.", "moonshotai."],
    profile: &PROFILE,
    lines: &[],
};

static PROFILE: Profile = Profile {
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    // litellm: fewer than 16 tokens are refused.
    min_max_tokens: 16,
    // pydantic-ai, tried on AWS: the assistant may begin, and there is no media inside of a tool result.
    leading_assistant: true,
    inside_tool_result: Kinds::NONE,
    // Moonshot's model card: a thinking model needs its thoughts back between tool calls. It signs none.
    replay: Replay::Text,
    // litellm: K3 refuses cache points; AWS user guide, "Prompt caching": none of the others is among those supported.
    cache: CachePlaces::NONE,
    // AWS user guide, "Structured outputs", supported models.
    native_object: true,
    ..Profile::CAUTIOUS
};
