//! DeepSeek R1 and V3, through Converse.

use super::by_profile::ByProfile;
use crate::profile::{
    CachePlaces, Kinds, Lines, Profile, ReasoningField, ReasoningWord, Replay, ToolChoices,
};

pub(super) static DEEPSEEK: ByProfile = ByProfile {
    name: "deepseek",
    prefixes: &["deepseek."],
    profile: &V3,
    lines: LINES,
};

static LINES: &Lines = &[
    ("deepseek.r1", R1),
    // V3.1 takes `any` alone (reported by langchain-aws, table of tool choices).
    (
        "deepseek.v3-v1",
        Profile {
            tool_choices: ToolChoices {
                auto: false,
                any: true,
                tool: false,
            },
            ..V3
        },
    ),
];

const V3: Profile = Profile {
    // AWS's model card: text goes in, and documents as Converse reads them.
    takes: Kinds::DOCUMENT,
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    // langchain-aws, table of tool choices: `any` and `tool`; nothing else is said, and `auto` is what happens anyway.
    tool_choices: ToolChoices {
        auto: false,
        any: true,
        tool: true,
    },
    // litellm, price map: `reasoning_effort` is accepted.
    reasoning: ReasoningField::Word(ReasoningWord::new(
        &["reasoning_effort"],
        &["low", "medium", "high"],
    )),
    // strands-agents: its thoughts are refused when they come back.
    replay: Replay::Nothing,
    // AWS user guide, "Prompt caching", supported models: not among them.
    cache: CachePlaces::NONE,
    // AWS user guide, "Structured outputs", supported models: V3.1 and V3.2.
    native_object: true,
    ..Profile::CAUTIOUS
};

const R1: Profile = Profile {
    // langchain-aws #447, the service's own words: "This model doesn't support tool use."
    tools: false,
    streaming_tools: false,
    tool_choices: ToolChoices::NONE,
    // litellm: any field for reasoning is refused with status 400.
    reasoning: ReasoningField::None,
    native_object: false,
    // Recorded: a whole answer has the thought behind the text that it led to, and a stream has it before.
    streams_alike: false,
    ..V3
};
