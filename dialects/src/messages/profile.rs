//! What is true of Claude, by generation, whoever serves it.

use crate::profile::{self, CachePlaces, Kinds, Lines, Profile, ReasoningField, Replay, ToolIds};

/// What is true of the Claude of an id, as Anthropic and its resellers write it: `claude-opus-4-8`, `anthropic/claude-opus-4.8`.
/// None if it is no Claude's.
///
/// ```
/// use reqllm_dialects::messages::line;
///
/// assert!(line("anthropic/claude-opus-4.8").is_some_and(|it| it.system_turns));
/// assert!(line("MiniMax-M2").is_none());
/// ```
pub fn line(id: &str) -> Option<&'static Profile> {
    let bare = id.rsplit('/').next().unwrap_or(id);
    if !bare.starts_with("claude-") {
        return None;
    }
    let dashed = bare.replace('.', "-");
    Some(profile::line(LINES, &dashed).unwrap_or(&LATEST))
}

/// By what the ids of a line begin with. One that is in no row is as [`LATEST`].
pub static LINES: &Lines = &[
    ("claude-v2", UNTHINKING),
    ("claude-instant", UNTHINKING),
    // AWS user guide, "Prompt caching", supported models: from 3.5 Haiku and the second 3.5 Sonnet on.
    ("claude-3-haiku", UNTHINKING),
    ("claude-3-sonnet", UNTHINKING),
    ("claude-3-opus", UNTHINKING),
    ("claude-3-5-sonnet-20240620", UNTHINKING),
    ("claude-3-5", THREE_FIVE),
    ("claude-3-7", EARLY),
    // Recorded with status 200: temperature and top_p together.
    ("claude-sonnet-4-20250514", FOUR),
    ("claude-opus-4-20250514", FOUR),
    // Anthropic's names for whatever snapshot of these is the last.
    ("claude-sonnet-4-0", FOUR),
    ("claude-opus-4-0", FOUR),
    (
        "claude-opus-4-1",
        Profile {
            temperature_with_top_p: false,
            ..FOUR
        },
    ),
    ("claude-sonnet-4-5", FOUR_FIVE),
    ("claude-haiku-4-5", FOUR_FIVE),
    ("claude-opus-4-5", FOUR_FIVE),
    (
        "claude-sonnet-4-6",
        Profile {
            prefill: false,
            ..FOUR_FIVE
        },
    ),
    (
        "claude-opus-4-6",
        Profile {
            // Anthropic's documentation, "Extended thinking", interleaved thinking: with adaptive thinking alone.
            interleaved_beta: false,
            prefill: false,
            ..FOUR_FIVE
        },
    ),
    // Recorded of its native body: a system message inside the conversation.
    (
        "claude-opus-4-8",
        Profile {
            system_turns: true,
            ..LATEST
        },
    ),
];

const UNTHINKING: Profile = Profile {
    cache: CachePlaces::NONE,
    // Anthropic's documentation, "Citations": all models but Claude 3 Haiku; it came with the second 3.5 Sonnet.
    citations: false,
    ..THREE_FIVE
};

const THREE_FIVE: Profile = Profile {
    // Anthropic's documentation, "Extended thinking": from 3.7 on.
    reasoning: ReasoningField::None,
    ..EARLY
};

/// Up to 4.1.
const EARLY: Profile = Profile {
    temperature_with_top_p: true,
    // AWS user guide, "Prompt caching": an hour from 4.5 on.
    cache: CachePlaces {
        ttl: false,
        ..CachePlaces::ALL
    },
    // Anthropic's documentation, "Structured outputs": from 4.5 on.
    native_object: false,
    strict_tools: false,
    prefill: true,
    // Anthropic's documentation, "Extended thinking": a budget up to 4.5.
    reasoning: ReasoningField::Thinking { adaptive: false },
    ..LATEST
};

/// 4 and 4.1.
const FOUR: Profile = Profile {
    // Anthropic's documentation, "Extended thinking", interleaved thinking: the fourth generation, by a beta.
    interleaved_beta: true,
    ..EARLY
};

/// 4.5 and 4.6.
const FOUR_FIVE: Profile = Profile {
    interleaved_beta: true,
    prefill: true,
    reasoning: ReasoningField::Thinking { adaptive: false },
    ..LATEST
};

/// From 4.7 on, and whatever comes.
pub const LATEST: Profile = Profile {
    // Anthropic's Messages API reference: `top_k` is a member of the body; betas are named in `anthropic_beta`.
    top_k: Some(&["top_k"]),
    anthropic_beta: true,
    // Anthropic's documentation, "Migrating to Claude 4.5": one of the two may be set.
    temperature_with_top_p: false,
    // Recorded with status 200.
    leading_assistant: true,
    // Anthropic's documentation, "What's new in Claude 4.6": a last turn of the assistant is refused from Opus 4.6 on. opencode
    // #13768: by Sonnet 4.6 too, in its own words "This model does not support assistant message prefill".
    prefill: false,
    // "final assistant content cannot end with trailing whitespace", its own words.
    trailing_space: false,
    // "tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'", its own words.
    tool_ids: ToolIds::Hyphens,
    // Recorded: text, images and documents beside a tool result with status 200, video with 400; the same inside.
    beside_tool_result: Kinds {
        video: false,
        ..Kinds::ALL
    },
    inside_tool_result: Kinds::IMAGE_DOCUMENT,
    reasoning: ReasoningField::Thinking { adaptive: true },
    // Anthropic's documentation, "Extended thinking": thoughts go back unmodified, with their signature.
    replay: Replay::Signed,
    // Recorded answers of Converse: `redactedContent` is the base64 of Anthropic's `data`.
    wrapped_redaction: true,
    // Anthropic's documentation, "Structured outputs": `output_config.format`, and `strict` of tools.
    native_object: true,
    strict_tools: true,
    ..Profile::CAUTIOUS
};
