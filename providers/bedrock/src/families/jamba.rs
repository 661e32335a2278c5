//! AI21 Jamba, through Converse.

use super::by_profile::ByProfile;
use crate::profile::{CachePlaces, Kinds, Lines, Profile, Replay, ToolChoices};

pub(super) static JAMBA: ByProfile = ByProfile {
    name: "jamba",
    prefixes: &["ai21."],
    profile: &PROFILE,
    lines: LINES,
};

static PROFILE: Profile = ONE_FIVE;

// AWS user guide, "Supported models and model features": Jamba Instruct has no tools, Jamba 1.5 has them, also in streams;
// Jurassic-2 has neither tools nor system prompts.
static LINES: &Lines = &[
    (
        "ai21.jamba-instruct",
        Profile {
            tools: false,
            ..ONE_FIVE
        },
    ),
    (
        "ai21.j2",
        Profile {
            tools: false,
            system: false,
            ..ONE_FIVE
        },
    ),
];

const ONE_FIVE: Profile = Profile {
    // AWS's model card: text goes in, and documents as Converse reads them.
    takes: Kinds::DOCUMENT,
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    // langchain-aws, table of tool choices: none.
    tool_choices: ToolChoices::NONE,
    // It does not think.
    replay: Replay::Nothing,
    // AWS user guide, "Prompt caching", supported models: not among them.
    cache: CachePlaces::NONE,
    ..Profile::CAUTIOUS
};
