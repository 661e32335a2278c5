//! Writer Palmyra, through Converse.

use super::by_profile::ByProfile;
use crate::profile::{CachePlaces, Kinds, Profile, Replay, ToolChoices};

pub(super) static WRITER: ByProfile = ByProfile {
    name: "writer",
    prefixes: &["writer."],
    profile: &PROFILE,
    lines: &[],
};

static PROFILE: Profile = Profile {
    // AWS's model card: text goes in, and documents as Converse reads them.
    takes: Kinds::DOCUMENT,
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    // langchain-aws, table of tool choices: none.
    tool_choices: ToolChoices::NONE,
    // AWS user guide, "Supported models and model features": no tools in streams.
    streaming_tools: false,
    // pydantic-ai, tried on AWS: `toolResult.status` is refused, and so is anything beside a tool result.
    tool_result_status: false,
    beside_tool_result: Kinds::NONE,
    replay: Replay::Nothing,
    // AWS user guide, "Prompt caching", supported models: not among them.
    cache: CachePlaces::NONE,
    ..Profile::CAUTIOUS
};
