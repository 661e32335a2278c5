//! What is true of Amazon Nova on Converse.

use crate::profile::{
    CachePlaces, Kinds, Lines, Profile, ReasoningField, ReasoningWord, Replay, ToolNames,
};

pub(super) static PROFILE: Profile = NOVA_1;

pub(super) static LINES: &Lines = &[(
    "amazon.nova-2",
    Profile {
        // Nova 2 user guide, "Extended thinking": `maxReasoningEffort`; at "high" neither maxTokens nor temperature nor
        // topP may be set.
        reasoning: ReasoningField::Word(ReasoningWord {
            beside: Some((&["reasoningConfig", "type"], "enabled")),
            unlimited: Some("high"),
            ..ReasoningWord::new(
                &["reasoningConfig", "maxReasoningEffort"],
                &["low", "medium", "high"],
            )
        }),
        ..NOVA_1
    },
)];

const NOVA_1: Profile = Profile {
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    // Nova user guide, "Complete request schema": topK stands inside inferenceConfig of the native body.
    top_k: Some(&["inferenceConfig", "topK"]),
    // Semoss PR #2892: names with hyphens break its tool calls.
    tool_names: ToolNames::NoHyphens,
    // Recorded: images inside of a tool result with status 200, video with 400; pdf is refused, so no documents.
    inside_tool_result: Kinds::IMAGE,
    // Bifrost, tried on AWS: no thought is taken back.
    replay: Replay::Nothing,
    // LibreChat #13838, hermes #97281: no cache point in tools, nor in a turn with tool blocks, and no ttl. Those in system
    // prompts and messages are recorded with status 200.
    cache: CachePlaces {
        tool_turns: false,
        tools: false,
        ttl: false,
        ..CachePlaces::ALL
    },
    ..Profile::CAUTIOUS
};
