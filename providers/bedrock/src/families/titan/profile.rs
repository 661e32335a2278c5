//! What is true of Titan Text on Converse.

use crate::profile::{CachePlaces, Profile, Replay};

pub(super) static PROFILE: Profile = Profile {
    // AWS user guide, "Supported models and model features": neither system prompts nor tools.
    system: false,
    tools: false,
    // It does not think.
    replay: Replay::Nothing,
    // AWS user guide, "Prompt caching", supported models: not among them.
    cache: CachePlaces::NONE,
    ..Profile::CAUTIOUS
};
