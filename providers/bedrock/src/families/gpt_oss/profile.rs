//! What is true of gpt-oss on Converse.

use crate::profile::{CachePlaces, Kinds, Profile, ReasoningField, ReasoningWord, Replay};

pub(super) static PROFILE: Profile = Profile {
    // AWS's model card: text goes in, and documents as Converse reads them.
    takes: Kinds::DOCUMENT,
    // AWS announced citations on Bedrock (June 2025) for Claude, and for nobody else since.
    citations: false,
    // OpenAI's model card: low, medium and high; it cannot not think. Recorded with status 200: `reasoning_effort`.
    reasoning: ReasoningField::Word(ReasoningWord::new(
        &["reasoning_effort"],
        &["low", "medium", "high"],
    )),
    // Vercel AI SDK: thoughts without a signature leak into the answer when they come back.
    replay: Replay::Nothing,
    // litellm: OpenAI's models refuse cache points.
    cache: CachePlaces::NONE,
    ..Profile::CAUTIOUS
};
