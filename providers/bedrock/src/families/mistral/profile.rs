//! What is true of Mistral's models on Converse.

use crate::profile::{CachePlaces, Kinds, Lines, Profile, Replay, ToolChoices, ToolIds};

pub(super) static PROFILE: Profile = LATE;

pub(super) static LINES: &Lines = &[
    // AWS user guide, "Supported models and model features": neither system prompts nor tools with the 7B model and Mixtral.
    ("mistral.mistral-7b", EARLY),
    ("mistral.mixtral", EARLY),
    // As there: tools, but not in streams.
    ("mistral.mistral-large-24", WHOLE_TOOLS),
    ("mistral.mistral-small-24", WHOLE_TOOLS),
    // langchain-aws, table of streaming: no tools in streams with Mistral's models of that time.
    // Recorded with status 200: ids of tool calls as other models give them.
    (
        "mistral.pixtral-large",
        Profile {
            tool_ids: ToolIds::Any,
            streaming_tools: false,
            ..LATE
        },
    ),
    // AWS user guide, "Structured outputs", supported models; Mistral Large 3 is recorded with status 200.
    ("mistral.mistral-large-3", NATIVE_OBJECT),
    ("mistral.ministral-3", NATIVE_OBJECT),
    ("mistral.magistral-small", NATIVE_OBJECT),
    ("mistral.voxtral", NATIVE_OBJECT),
];

const EARLY: Profile = Profile {
    // AWS's model card: text goes in, and documents as Converse reads them.
    takes: Kinds::DOCUMENT,
    system: false,
    tools: false,
    ..LATE
};

const WHOLE_TOOLS: Profile = Profile {
    // AWS's model card: text goes in, and documents as Converse reads them.
    takes: Kinds::DOCUMENT,
    streaming_tools: false,
    ..LATE
};

const NATIVE_OBJECT: Profile = Profile {
    native_object: true,
    ..LATE
};

const LATE: Profile = Profile {
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    // langchain-aws, table of tool choices: `auto` and `any`.
    tool_choices: ToolChoices::AUTO_ANY,
    // Mistral's API: the id of a tool call has nine letters and digits.
    tool_ids: ToolIds::NineAlphanumerics,
    // pydantic-ai #6081, tried on AWS: nothing may stand beside a tool result, and documents alone inside of one.
    beside_tool_result: Kinds::NONE,
    inside_tool_result: Kinds::DOCUMENT,
    // Magistral's model card: thoughts of earlier turns are left out.
    replay: Replay::Nothing,
    // AWS user guide, "Prompt caching", supported models: not among them.
    cache: CachePlaces::NONE,
    ..Profile::CAUTIOUS
};
