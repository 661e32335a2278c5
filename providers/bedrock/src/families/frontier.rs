//! OpenAI GPT-5 and later, and xAI Grok, through Converse. They go by inference profiles, and think in secret: what comes back of
//! their thoughts is redacted, and only that may be sent again.

use super::by_profile::ByProfile;
use crate::profile::{CachePlaces, Kinds, Lines, Profile, ReasoningField, ReasoningWord, Replay};

pub(super) static GPT: ByProfile = ByProfile {
    name: "gpt",
    prefixes: &["openai.gpt-"],
    profile: &PROFILE,
    lines: LINES,
};

pub(super) static GROK: ByProfile = ByProfile {
    name: "grok",
    prefixes: &["xai."],
    profile: &PROFILE,
    lines: &[],
};

static PROFILE: Profile = CONVERSE;

static LINES: &Lines = &[(
    "openai.gpt-6",
    Profile {
        // Bifrost, tried on AWS: images inside of a tool result are refused.
        inside_tool_result: Kinds::DOCUMENT,
        ..CONVERSE
    },
)];

const CONVERSE: Profile = Profile {
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    // litellm: fewer than 16 tokens are refused, and so are stop sequences.
    min_max_tokens: 16,
    stop_sequences: false,
    reasoning: ReasoningField::Word(ReasoningWord::new(
        &["reasoning", "effort"],
        &["none", "low", "medium", "high"],
    )),
    // Bifrost, tried on AWS: any reasoningText gives status 500.
    replay: Replay::Redacted,
    // litellm: OpenAI's models refuse cache points; their own cache is of the Responses API.
    cache: CachePlaces::NONE,
    // bifrost PR #6942: `inputTokens` of a stream counts what was read from the cache once more.
    streams_count_cache_twice: true,
    ..Profile::CAUTIOUS
};
