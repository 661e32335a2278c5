//! Google Gemma 3, through Converse. (Gemma 4 is served by the OpenAI-compatible endpoint alone.)

use super::by_profile::ByProfile;
use crate::profile::{CachePlaces, Lines, Profile, Replay};

pub(super) static GEMMA: ByProfile = ByProfile {
    name: "gemma",
    prefixes: &["google.gemma"],
    profile: &PROFILE,
    lines: LINES,
};

static PROFILE: Profile = Profile {
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    // It does not think.
    replay: Replay::Nothing,
    // AWS user guide, "Prompt caching", supported models: not among them.
    cache: CachePlaces::NONE,
    ..Profile::CAUTIOUS
};

// AWS user guide, "Structured outputs", supported models: 12B and 27B; 27B is recorded with status 200.
static LINES: &Lines = &[
    ("google.gemma-3-12b", NATIVE_OBJECT),
    ("google.gemma-3-27b", NATIVE_OBJECT),
];

const NATIVE_OBJECT: Profile = Profile {
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    replay: Replay::Nothing,
    cache: CachePlaces::NONE,
    native_object: true,
    ..Profile::CAUTIOUS
};
