//! What is true of Titan Text on Converse.

use crate::profile::{CachePlaces, Kinds, Profile, Replay};

pub(super) static PROFILE: Profile = Profile {
    // AWS's model card: text goes in, and documents as Converse reads them.
    takes: Kinds::DOCUMENT,
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    // AWS user guide, "Supported models and model features": neither system prompts nor tools.
    system: false,
    tools: false,
    // It does not think.
    replay: Replay::Nothing,
    // AWS user guide, "Prompt caching", supported models: not among them.
    cache: CachePlaces::NONE,
    ..Profile::CAUTIOUS
};
