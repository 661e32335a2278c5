//! Mistral's lines.

use super::{
    Beside, COMMON, Choice, DOCUMENTS, Family, IMAGES_AND_DOCUMENTS, Media, Reasoning, Replay,
    Schema, ToolIds, Tools,
};

pub(super) const FAMILIES: &[Family] = &[
    MISTRAL_7B, LARGE, PIXTRAL, MISTRAL_3, MINISTRAL, DEVSTRAL, MAGISTRAL, VOXTRAL,
];

/// Mistral 7B and Mixtral.
const MISTRAL_7B: Family = Family {
    name: "Mistral 7B",
    ids: &["mistral.mistral-7b", "mistral.mixtral"],
    // AWS's table of what Converse supports by model.
    system: false,
    tools: Tools::No,
    media: DOCUMENTS,
    ..LARGE
};

/// Mistral Large and Small of 2024.
const LARGE: Family = Family {
    name: "Mistral Large",
    ids: &["mistral."],
    // The table of LangChain's client: no tools in streams.
    tools: Tools::WholeAnswers,
    choices: &[Choice::Auto, Choice::Any],
    beside_results: Beside::Nothing,
    result_media: DOCUMENTS,
    media: DOCUMENTS,
    // A live probe: short ids are refused by Large, Small and Pixtral; Converse's own pass.
    tool_ids: ToolIds::NineOrOwn,
    reasoning: Reasoning::Refused,
    replay: Replay::No,
    ..COMMON
};

const PIXTRAL: Family = Family {
    name: "Pixtral",
    ids: &["mistral.pixtral"],
    media: IMAGES_AND_DOCUMENTS,
    ..LARGE
};

/// Lines of 2025 and later. Whether they take tools in streams is not known; we let them.
const MISTRAL_3: Family = Family {
    name: "Mistral 3",
    ids: &["mistral.mistral-large-3"],
    tools: Tools::Yes,
    media: IMAGES_AND_DOCUMENTS,
    // Recorded: a schema with Mistral Large 3.
    schema: Schema::Lenient,
    ..LARGE
};

const MINISTRAL: Family = Family {
    name: "Ministral 3",
    ids: &["mistral.ministral"],
    // A report: Ministral refuses the ids that Converse itself has made.
    tool_ids: ToolIds::Nine,
    ..MISTRAL_3
};

const DEVSTRAL: Family = Family {
    name: "Devstral",
    ids: &["mistral.devstral"],
    media: DOCUMENTS,
    // AWS's list of models with structured output does not have it.
    schema: Schema::No,
    ..MISTRAL_3
};

const MAGISTRAL: Family = Family {
    name: "Magistral",
    ids: &["mistral.magistral"],
    // A model that reasons; how it is asked to is not known.
    reasoning: Reasoning::Unknown,
    replay: Replay::Unsigned,
    ..MISTRAL_3
};

const VOXTRAL: Family = Family {
    name: "Voxtral",
    ids: &["mistral.voxtral"],
    media: &[Media::Audio, Media::Document, Media::TextDocument],
    ..MISTRAL_3
};
