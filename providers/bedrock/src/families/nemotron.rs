//! NVIDIA Nemotron, through Converse.

use super::by_profile::ByProfile;
use crate::profile::{CachePlaces, Profile, Replay};

pub(super) static NEMOTRON: ByProfile = ByProfile {
    name: "nemotron",
    prefixes: &["nvidia."],
    profile: &PROFILE,
    lines: &[],
};

static PROFILE: Profile = Profile {
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    // NVIDIA's model card: thoughts of earlier turns are taken out of the conversation.
    replay: Replay::Nothing,
    // AWS user guide, "Prompt caching", supported models: not among them.
    cache: CachePlaces::NONE,
    // Recorded with status 200: `outputConfig.textFormat`.
    native_object: true,
    ..Profile::CAUTIOUS
};
