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
    // MiniMax's model card: its thoughts belong into the conversation. It signs none.
    replay: Replay::Text,
    // AWS user guide, "Prompt caching", supported models: not among them.
    cache: CachePlaces::NONE,
    // Recorded with status 200: `outputConfig.textFormat`.
    native_object: true,
    ..Profile::CAUTIOUS
};
