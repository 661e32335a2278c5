//! Meta's Llama.

use super::{
    Beside, COMMON, Choice, DOCUMENTS, Family, IMAGES_AND_DOCUMENTS, Quirk, Reasoning, Replay,
    Tools,
};

pub(super) const FAMILIES: &[Family] = &[LLAMA_3, LLAMA_3_1, LLAMA_3_2_VISION, LLAMA_4];

/// Llama 2 and 3, and the small ones of 3.2.
const LLAMA_3: Family = Family {
    name: "Llama 3",
    ids: &["meta.llama", "meta.llama3-2-1b", "meta.llama3-2-3b"],
    // AWS's table of what Converse supports by model; a report for the small ones of 3.2.
    tools: Tools::No,
    media: DOCUMENTS,
    beside_results: Beside::Nothing,
    reasoning: Reasoning::Refused,
    replay: Replay::No,
    ..COMMON
};

const LLAMA_3_1: Family = Family {
    name: "Llama 3.1",
    ids: &["meta.llama3-1", "meta.llama3-3"],
    // Reports: no tools in streams, and "toolChoice.any" refused.
    tools: Tools::WholeAnswers,
    choices: &[Choice::Auto],
    result_media: IMAGES_AND_DOCUMENTS,
    // ReqLLM strips `additionalProperties` for Llama, which answers an empty content array otherwise.
    quirks: &[Quirk::SilentOnClosedSchemas],
    ..LLAMA_3
};

const LLAMA_3_2_VISION: Family = Family {
    name: "Llama 3.2 Vision",
    ids: &["meta.llama3-2"],
    media: IMAGES_AND_DOCUMENTS,
    ..LLAMA_3_1
};

const LLAMA_4: Family = Family {
    name: "Llama 4",
    ids: &["meta.llama4"],
    media: IMAGES_AND_DOCUMENTS,
    // Recorded: Maverick calls a tool whose schema is closed.
    quirks: &[],
    ..LLAMA_3_1
};
