//! OpenAI's models, open and closed, and Grok, which is served in the same way.

use super::{
    Beside, COMMON, DOCUMENTS, Family, IMAGES_AND_DOCUMENTS, Quirk, Reasoning, Replay, Sampling,
    Schema,
};

pub(super) const FAMILIES: &[Family] = &[GPT_OSS, GPT_5, GPT_6, GROK];

const GPT_OSS: Family = Family {
    name: "gpt-oss",
    ids: &["openai.gpt-oss"],
    beside_results: Beside::Anything,
    media: DOCUMENTS,
    // Recorded: `reasoning_effort` high and medium. Reports: `none` refused, other fields "unknown".
    reasoning: Reasoning::GptOss,
    // Reports: a signature is refused, and text that is sent back leaks into the answer.
    replay: Replay::Unsigned,
    // Recorded: reasoning without being asked; a stream that begins with an empty text block.
    quirks: &[
        Quirk::AlwaysReasons,
        Quirk::EmptyFirstBlock,
        Quirk::LeaksReasoning,
    ],
    ..COMMON
};

/// GPT-5.x. All facts are live probes of clients.
const GPT_5: Family = Family {
    name: "GPT-5",
    ids: &["openai.gpt-5"],
    // A bare id is refused; `us.` and `global.` are not.
    profile_only: true,
    media: IMAGES_AND_DOCUMENTS,
    result_media: IMAGES_AND_DOCUMENTS,
    // `reasoning.effort` from none to max; `reasoning_effort` and others are unknown parameters.
    reasoning: Reasoning::Responses { none: true },
    // Only redacted content comes back; any reasoning text is answered with 500.
    replay: Replay::Redacted,
    sampling: Sampling::WithoutReasoning,
    stop_sequences: false,
    least_max_tokens: 16,
    schema: Schema::Lenient,
    ..COMMON
};

const GPT_6: Family = Family {
    name: "GPT-6",
    ids: &["openai.gpt-6"],
    // Images inside of tool results are refused.
    result_media: DOCUMENTS,
    ..GPT_5
};

const GROK: Family = Family {
    name: "Grok",
    ids: &["xai.grok"],
    // Effort `none` is refused.
    reasoning: Reasoning::Responses { none: false },
    sampling: Sampling::All,
    ..GPT_5
};
