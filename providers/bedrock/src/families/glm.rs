//! Z.ai GLM, through Converse.

use super::by_profile::ByProfile;
use crate::profile::{CachePlaces, Profile, Replay};

pub(super) static GLM: ByProfile = ByProfile {
    name: "glm",
    prefixes: &["zai."],
    profile: &PROFILE,
    lines: &[],
};

static PROFILE: Profile = Profile {
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    // pydantic-ai, tried on AWS: the assistant may begin.
    leading_assistant: true,
    // Z.ai's documentation, "Preserved thinking": off unless asked for, so that thoughts of earlier turns are not read.
    replay: Replay::Nothing,
    // AWS user guide, "Prompt caching", supported models: not among them.
    cache: CachePlaces::NONE,
    // Recorded with status 200: `outputConfig.textFormat`.
    native_object: true,
    ..Profile::CAUTIOUS
};
