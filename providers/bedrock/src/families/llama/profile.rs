//! What is true of Llama on Converse.

use crate::profile::{CachePlaces, Kinds, Lines, Profile, Replay, ToolChoices};

pub(super) static PROFILE: Profile = LATE;

// AWS user guide, "Supported models and model features": no tools with Llama 2, 3 and the small ones of 3.2.
pub(super) static LINES: &Lines = &[
    ("meta.llama2", NO_TOOLS),
    ("meta.llama3-8b", NO_TOOLS),
    ("meta.llama3-70b", NO_TOOLS),
    ("meta.llama3-2-1b", NO_TOOLS),
    ("meta.llama3-2-3b", NO_TOOLS),
    // AWS's model cards: Llama 3.2 11B and 90B, and Llama 4, take images.
    ("meta.llama3-2-11b", SEES),
    ("meta.llama3-2-90b", SEES),
    // Recorded with status 200 and an answer: `additionalProperties` in the schema of a tool.
    (
        "meta.llama4",
        Profile {
            additional_properties: true,
            ..SEES
        },
    ),
];

const SEES: Profile = Profile {
    takes: Kinds::IMAGE_DOCUMENT,
    ..LATE
};

const NO_TOOLS: Profile = Profile {
    tools: false,
    ..LATE
};

const LATE: Profile = Profile {
    // AWS's model card: text goes in, and documents as Converse reads them.
    takes: Kinds::DOCUMENT,
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    // "This model doesn't support tool use in streaming mode." (the service's own words, reported many times)
    streaming_tools: false,
    // bifrost #3196: `toolChoice` is refused.
    tool_choices: ToolChoices::NONE,
    // ReqLLM: with `additionalProperties` in the schema the answer has no content.
    additional_properties: false,
    // ReqLLM: one answer may hold the same call twice, under two ids.
    one_call_each: true,
    // pydantic-ai #6081, tried on AWS: nothing may stand beside a tool result; images and documents inside of one are
    // recorded with status 200.
    beside_tool_result: Kinds::NONE,
    inside_tool_result: Kinds::IMAGE_DOCUMENT,
    // It does not think.
    replay: Replay::Nothing,
    // AWS user guide, "Prompt caching", supported models: not among them.
    cache: CachePlaces::NONE,
    ..Profile::CAUTIOUS
};
