//! What is true of Cohere Command on Converse.

use crate::profile::{CachePlaces, Profile, Replay, ToolChoices};

pub(super) static COMMAND_R: Profile = R;

pub(super) static COMMAND: Profile = Profile {
    // AWS user guide, "Supported models and model features": neither system prompts nor tools.
    system: false,
    tools: false,
    ..R
};

const R: Profile = Profile {
    // langchain-aws, table of tool choices: `toolChoice` is refused.
    tool_choices: ToolChoices::NONE,
    // AWS user guide, "Cohere Command R and Command R+ models": `k` is a member of the native body.
    top_k: Some(&["k"]),
    // It cites on Converse, too.
    citations: true,
    // It does not think.
    replay: Replay::Nothing,
    // AWS user guide, "Prompt caching", supported models: not among them.
    cache: CachePlaces::NONE,
    ..Profile::CAUTIOUS
};
