//! Claude, by generation.

use super::{
    ANY, Beside, Cache, DOCUMENTS, Family, IMAGES_AND_DOCUMENTS, Quirk, Reasoning, Replay,
    Sampling, Schema, Thinking, Tools,
};

pub(super) const FAMILIES: &[Family] = &[
    CLAUDE, CLAUDE_2, CLAUDE_3, CLAUDE_3_5, CLAUDE_4, CLAUDE_4_1, CLAUDE_4_5, OPUS_4_5, CLAUDE_4_6,
    CLAUDE_4_7, CLAUDE_5,
];

/// A Claude of which only the name is known.
const CLAUDE: Family = Family {
    name: "Claude of any age",
    ids: &["anthropic.claude"],
    // Recorded: Claude Sonnet 4.5 answers a conversation that begins with an assistant turn.
    opens_with_assistant: true,
    prefill: true,
    // Recorded: text with images or with a PDF stands beside a tool result. Video is refused everywhere.
    beside_results: Beside::TextImagesAndDocuments,
    // Recorded: images, PDF and text documents in a tool result; video is refused.
    result_media: IMAGES_AND_DOCUMENTS,
    media: IMAGES_AND_DOCUMENTS,
    // Recorded: `s3Uri` is refused for images; a document in S3 reaches the model without a source.
    s3: false,
    reasoning: Reasoning::Claude(Thinking::BudgetOrAdaptive),
    replay: Replay::Signed,
    schema: Schema::Strict,
    // Anthropic's documentation of prefills; reports of several clients.
    quirks: &[Quirk::NoTrailingSpace],
    ..ANY
};

const CLAUDE_2: Family = Family {
    name: "Claude 2",
    ids: &["anthropic.claude-v2", "anthropic.claude-instant"],
    // AWS's table of what Converse supports by model. Recorded: documents.
    tools: Tools::No,
    media: DOCUMENTS,
    ..CLAUDE_3
};

const CLAUDE_3: Family = Family {
    name: "Claude 3",
    ids: &[
        "anthropic.claude-3-haiku",
        "anthropic.claude-3-sonnet",
        "anthropic.claude-3-opus",
        "anthropic.claude-3-5-sonnet-20240620",
    ],
    system_turns: false,
    strict: false,
    // AWS's list of models with prompt caching begins with the second Sonnet 3.5.
    cache: Cache::No,
    reasoning: Reasoning::Claude(Thinking::Never),
    efforts: &[],
    schema: Schema::No,
    ..CLAUDE
};

const CLAUDE_3_5: Family = Family {
    name: "Claude 3.5",
    ids: &["anthropic.claude-3-5"],
    cache: Cache::Short,
    ..CLAUDE_3
};

/// Sonnet 3.7, Sonnet 4, Opus 4.
const CLAUDE_4: Family = Family {
    name: "Claude 4",
    ids: &[
        "anthropic.claude-3-7",
        "anthropic.claude-sonnet-4",
        "anthropic.claude-opus-4",
    ],
    // Recorded: `thinking` of type `enabled`. Adaptive thinking came with 4.6.
    reasoning: Reasoning::Claude(Thinking::Budget),
    ..CLAUDE_3_5
};

const CLAUDE_4_1: Family = Family {
    name: "Claude 4.1",
    ids: &["anthropic.claude-opus-4-1"],
    // A report of Opus 4.1 with the error of 4.5.
    sampling: Sampling::OneOfTwo,
    ..CLAUDE_4
};

const CLAUDE_4_5: Family = Family {
    name: "Claude 4.5",
    ids: &["anthropic.claude-sonnet-4-5", "anthropic.claude-haiku-4-5"],
    // Recorded with Sonnet 4.5: strict tools and `outputConfig.textFormat`.
    strict: true,
    schema: Schema::Strict,
    // Prices for an hour begin with 4.5.
    cache: Cache::Long,
    ..CLAUDE_4_1
};

const OPUS_4_5: Family = Family {
    name: "Claude Opus 4.5",
    ids: &["anthropic.claude-opus-4-5"],
    // Anthropic's documentation: the first model with `effort`, up to high.
    efforts: &["low", "medium", "high"],
    ..CLAUDE_4_5
};

const CLAUDE_4_6: Family = Family {
    name: "Claude 4.6",
    ids: &["anthropic.claude-sonnet-4-6", "anthropic.claude-opus-4-6"],
    // Anthropic's documentation: prefills are not supported from 4.6 on.
    prefill: false,
    // Recorded: Sonnet 4.6 with adaptive thinking, with `output_config.effort`, with a schema.
    reasoning: Reasoning::Claude(Thinking::BudgetOrAdaptive),
    efforts: &["low", "medium", "high", "max"],
    ..CLAUDE_4_5
};

const CLAUDE_4_7: Family = Family {
    name: "Claude 4.7",
    ids: &["anthropic.claude-opus-4-7"],
    // Reports: "temperature is deprecated for this model", "thinking.type.enabled is not supported".
    sampling: Sampling::None,
    reasoning: Reasoning::Claude(Thinking::Adaptive),
    efforts: &["low", "medium", "high", "xhigh", "max"],
    // The list of the AI SDK's Bedrock provider: strict tools and formats are refused from 4.7 on.
    strict: false,
    schema: Schema::No,
    // Anthropic's documentation: `display` is `omitted` unless it is set.
    quirks: &[Quirk::NoTrailingSpace, Quirk::OmitsThinking],
    ..CLAUDE_4_6
};

/// Opus 4.8 and the generation of Claude 5.
const CLAUDE_5: Family = Family {
    name: "Claude 5",
    ids: &[
        "anthropic.claude-opus-4-8",
        "anthropic.claude-opus-5",
        "anthropic.claude-sonnet-5",
        "anthropic.claude-haiku-5",
        "anthropic.claude-fable",
        "anthropic.claude-mythos",
    ],
    // Recorded natively: Opus 4.8 takes system messages in the conversation.
    system_turns: true,
    // Profiles of clients: forced tools are refused beside thinking up to 4.7.
    quirks: &[
        Quirk::NoTrailingSpace,
        Quirk::OmitsThinking,
        Quirk::ForcedWhileThinking,
    ],
    ..CLAUDE_4_7
};
