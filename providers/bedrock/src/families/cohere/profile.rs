//! What is true of Cohere Command on Converse.

use crate::profile::{CachePlaces, Kinds, Profile, Replay, ToolChoices};

pub(super) static COMMAND_R: Profile = R;

pub(super) static COMMAND: Profile = Profile {
    // AWS user guide, "Supported models and model features": neither system prompts nor tools.
    system: false,
    tools: false,
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    ..R
};

const R: Profile = Profile {
    // AWS's model card: text goes in, and documents as Converse reads them.
    takes: Kinds::DOCUMENT,
    // langchain-aws, table of tool choices: `toolChoice` is refused.
    tool_choices: ToolChoices::NONE,
    // AWS user guide, "Cohere Command R and Command R+ models": `k` is a member of the native body.
    top_k: Some(&["k"]),
    // It does not think.
    replay: Replay::Nothing,
    // AWS user guide, "Prompt caching", supported models: not among them.
    cache: CachePlaces::NONE,
    ..Profile::CAUTIOUS
};
