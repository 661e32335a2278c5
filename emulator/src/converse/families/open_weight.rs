//! Lines of other vendors, most of them with open weights.

use super::{
    Beside, COMMON, Choice, DOCUMENTS, Family, IMAGES_AND_DOCUMENTS, Quirk, Reasoning, Replay,
    Schema, Tools,
};

pub(super) const FAMILIES: &[Family] = &[
    COMMAND_R,
    JAMBA,
    JAMBA_INSTRUCT,
    DEEPSEEK_R1,
    DEEPSEEK_V3,
    DEEPSEEK_V3_2,
    QWEN,
    QWEN_VL,
    KIMI,
    KIMI_THINKING,
    KIMI_K3,
    GLM,
    GLM_VISION,
    PALMYRA,
    GEMMA,
    GEMMA_SMALL,
    MINIMAX,
    NEMOTRON,
    NEMOTRON_VL,
];

const COMMAND_R: Family = Family {
    name: "Command R",
    ids: &["cohere.command-r"],
    // The tables of clients: tools also in streams, and no tool choice.
    choices: &[],
    media: DOCUMENTS,
    result_media: DOCUMENTS,
    citations: true,
    reasoning: Reasoning::Refused,
    replay: Replay::No,
    ..COMMON
};

const JAMBA: Family = Family {
    name: "Jamba 1.5",
    ids: &["ai21.jamba"],
    // AWS's table of what Converse supports by model.
    choices: &[],
    media: DOCUMENTS,
    result_media: DOCUMENTS,
    reasoning: Reasoning::Refused,
    replay: Replay::No,
    ..COMMON
};

const JAMBA_INSTRUCT: Family = Family {
    name: "Jamba Instruct",
    ids: &["ai21.jamba-instruct"],
    tools: Tools::No,
    ..JAMBA
};

const DEEPSEEK_R1: Family = Family {
    name: "DeepSeek R1",
    ids: &["deepseek.r1"],
    // A report: "This model doesn't support tool use".
    tools: Tools::No,
    media: DOCUMENTS,
    // The notes of clients: any field that asks for reasoning is refused.
    reasoning: Reasoning::Refused,
    // A report: replayed reasoning is refused as that of a user message is.
    replay: Replay::Never,
    // Recorded: unasked reasoning, and the text comes first.
    quirks: &[Quirk::AlwaysReasons, Quirk::TextFirst],
    ..COMMON
};

const DEEPSEEK_V3: Family = Family {
    name: "DeepSeek V3",
    ids: &["deepseek.v3"],
    // LangChain's table: the first V3 takes `any`; later ones take `tool`, too. Auto is the default of
    // the field and so passes.
    choices: &[Choice::Auto, Choice::Any],
    media: DOCUMENTS,
    schema: Schema::Lenient,
    ..COMMON
};

const DEEPSEEK_V3_2: Family = Family {
    name: "DeepSeek V3.2",
    ids: &["deepseek.v3.1", "deepseek.v3.2"],
    choices: &[Choice::Auto, Choice::Any, Choice::Tool],
    ..DEEPSEEK_V3
};

const QWEN: Family = Family {
    name: "Qwen3",
    ids: &["qwen."],
    // The live matrix of pydantic-ai: assistant first; text and images beside results; no media in them.
    opens_with_assistant: true,
    beside_results: Beside::TextAndImages,
    result_media: &[],
    media: DOCUMENTS,
    // Recorded: `reasoning_config` high. Reports: low and high only.
    reasoning: Reasoning::Qwen,
    // Recorded: a schema.
    schema: Schema::Lenient,
    ..COMMON
};

const QWEN_VL: Family = Family {
    name: "Qwen3 VL",
    ids: &["qwen.qwen3-vl"],
    media: IMAGES_AND_DOCUMENTS,
    ..QWEN
};

const KIMI: Family = Family {
    name: "Kimi",
    ids: &["moonshot.kimi", "moonshotai.kimi"],
    opens_with_assistant: true,
    result_media: &[],
    media: IMAGES_AND_DOCUMENTS,
    // litellm: the least is 16.
    least_max_tokens: 16,
    schema: Schema::Lenient,
    ..COMMON
};

const KIMI_THINKING: Family = Family {
    name: "Kimi K2 Thinking",
    ids: &["moonshot.kimi-k2-thinking", "moonshotai.kimi-k2-thinking"],
    media: DOCUMENTS,
    // Recorded: unasked reasoning, and calls with ids as `functions.get_temperature:0`.
    quirks: &[Quirk::AlwaysReasons, Quirk::FunctionIds],
    ..KIMI
};

const KIMI_K3: Family = Family {
    name: "Kimi K3",
    ids: &["moonshot.kimi-k3", "moonshotai.kimi-k3"],
    // The price map of litellm.
    quirks: &[Quirk::NoLookaround],
    ..KIMI
};

const GLM: Family = Family {
    name: "GLM",
    ids: &["zai."],
    opens_with_assistant: true,
    media: DOCUMENTS,
    // Recorded: a schema.
    schema: Schema::Lenient,
    ..COMMON
};

const GLM_VISION: Family = Family {
    name: "GLM Vision",
    ids: &["zai.glm-4.5v", "zai.glm-4.6v", "zai.glm-5v"],
    media: IMAGES_AND_DOCUMENTS,
    ..GLM
};

const PALMYRA: Family = Family {
    name: "Palmyra",
    ids: &["writer."],
    // Model cards: there is no on-demand throughput for the bare id.
    profile_only: true,
    // AWS's table: no tools in streams. pydantic-ai: nothing beside results, no status.
    tools: Tools::WholeAnswers,
    choices: &[],
    beside_results: Beside::Nothing,
    result_media: &[],
    result_status: false,
    media: DOCUMENTS,
    reasoning: Reasoning::Refused,
    replay: Replay::No,
    ..COMMON
};

const GEMMA: Family = Family {
    name: "Gemma 3",
    ids: &["google.gemma"],
    media: IMAGES_AND_DOCUMENTS,
    // Recorded: a schema with 27B.
    schema: Schema::Lenient,
    ..COMMON
};

const GEMMA_SMALL: Family = Family {
    name: "Gemma 3 Small",
    ids: &["google.gemma-3-4b"],
    // Clients list 12B and 27B for schemas.
    schema: Schema::No,
    ..GEMMA
};

const MINIMAX: Family = Family {
    name: "MiniMax",
    ids: &["minimax."],
    media: DOCUMENTS,
    // Recorded: a schema, and unasked reasoning.
    schema: Schema::Lenient,
    quirks: &[Quirk::AlwaysReasons],
    ..COMMON
};

const NEMOTRON: Family = Family {
    name: "Nemotron",
    ids: &["nvidia."],
    media: DOCUMENTS,
    // Recorded: a schema. Strands: empty text in a tool result is refused.
    schema: Schema::Lenient,
    quirks: &[Quirk::NoBlankResults],
    ..COMMON
};

const NEMOTRON_VL: Family = Family {
    name: "Nemotron VL",
    ids: &["nvidia.nemotron-nano-12b"],
    media: IMAGES_AND_DOCUMENTS,
    ..NEMOTRON
};
