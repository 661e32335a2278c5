//! MiniMax M2, through Converse.

use super::by_profile::ByProfile;
use crate::profile::{CachePlaces, Profile, Replay};

pub(super) static MINIMAX: ByProfile = ByProfile {
    name: "minimax",
    prefixes: &["minimax."],
    profile: &PROFILE,
    lines: &[],
};

static PROFILE: Profile = Profile {
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    // MiniMax's model card: its thoughts belong into the conversation. It signs none.
    replay: Replay::Text,
    // AWS user guide, "Prompt caching", supported models: not among them.
    cache: CachePlaces::NONE,
    // Recorded with status 200: `outputConfig.textFormat`.
    native_object: true,
    ..Profile::CAUTIOUS
};
