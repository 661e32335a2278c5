//! What is true of a family of models on Converse: a table, one row for each line of models.
//!
//! A row says only what is known, from recordings of the real service, from AWS's documentation or
//! from reports of people who met it, and names its source beside the fact. Whatever is not known is
//! as in [`ANY`], which accepts everything: an emulator that refuses what the service takes is as
//! wrong as one that takes what the service refuses.

mod amazon;
mod anthropic;
mod meta;
mod mistral;
mod open_weight;
mod openai;

use crate::model_id::ModelId;

/// One line of models.
#[derive(Debug)]
pub(super) struct Family {
    /// What people call it.
    #[cfg_attr(not(test), expect(dead_code, reason = "for readers and for tests"))]
    pub(super) name: &'static str,
    /// The beginnings of `vendor.model` that belong to it. The longest one in the table wins.
    pub(super) ids: &'static [&'static str],
    /// Whether the bare id has no on-demand throughput: only an inference profile can be called.
    pub(super) profile_only: bool,
    /// Whether a system prompt is taken.
    pub(super) system: bool,
    /// Whether messages of the role `system` may stand in the conversation.
    pub(super) system_turns: bool,
    /// Whether a conversation may begin with an assistant turn.
    pub(super) opens_with_assistant: bool,
    /// Whether the model goes on from an assistant turn at the end.
    pub(super) prefill: bool,
    pub(super) tools: Tools,
    /// The kinds of `toolChoice` that are taken.
    pub(super) choices: &'static [Choice],
    /// Whether a tool may say `strict`.
    pub(super) strict: bool,
    pub(super) beside_results: Beside,
    /// What a tool result may hold besides text, JSON and search results.
    pub(super) result_media: &'static [Media],
    /// Whether a tool result may say its `status`.
    pub(super) result_status: bool,
    pub(super) tool_ids: ToolIds,
    /// What a message may hold besides text.
    pub(super) media: &'static [Media],
    /// Whether media may be given by their place in S3.
    pub(super) s3: bool,
    /// Whether documents and search results may ask for citations.
    pub(super) citations: bool,
    pub(super) cache: Cache,
    pub(super) reasoning: Reasoning,
    pub(super) replay: Replay,
    pub(super) sampling: Sampling,
    /// The levels of `outputConfig.effort`; none means that the field is refused.
    pub(super) efforts: &'static [&'static str],
    /// Whether stop sequences are taken.
    pub(super) stop_sequences: bool,
    /// The least `maxTokens`.
    pub(super) least_max_tokens: u64,
    pub(super) schema: Schema,
    pub(super) quirks: &'static [Quirk],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tools {
    No,
    /// Only where the answer comes whole.
    WholeAnswers,
    Yes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Auto,
    Any,
    Tool,
}

impl Choice {
    /// The name of the member of `toolChoice`.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Any => "any",
            Self::Tool => "tool",
        }
    }
}

/// What a user turn may hold beside tool results. Cache points are not content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    Nothing,
    TextAndImages,
    TextImagesAndDocuments,
    Anything,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    Image,
    Document,
    /// Documents that are text already: of all formats but the binary ones.
    TextDocument,
    Video,
    Audio,
}

/// What the model behind the service says to the ids of tool calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ToolIds {
    Any,
    /// Nine letters and digits, or what Converse itself made.
    NineOrOwn,
    /// Nine letters and digits, even if Converse made another one.
    Nine,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cache {
    No,
    /// In system and messages, not in tools, not in a turn with tool blocks, and without a `ttl`.
    Nova,
    /// Everywhere, for five minutes.
    Short,
    /// Everywhere, for five minutes or an hour.
    Long,
}

/// Which field of `additionalModelRequestFields` asks for reasoning, and in which words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reasoning {
    /// Not known: any field passes, and those of all families are understood.
    Unknown,
    /// There is none; each of the known ones is refused.
    Refused,
    /// `thinking` of the kinds that the generation has.
    Claude(Thinking),
    /// No `reasoningConfig`, which is refused in words of its own.
    Nova1,
    /// `reasoningConfig {type, maxReasoningEffort}`.
    Nova2,
    /// `reasoning_effort`, never `none`.
    GptOss,
    /// `reasoning {effort, summary}`; `none` tells whether reasoning can be switched off.
    Responses { none: bool },
    /// `reasoning_config`: `low` or `high`, never off.
    Qwen,
}

/// The kinds of Claude's `thinking`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thinking {
    Never,
    /// `enabled` with `budget_tokens`.
    Budget,
    BudgetOrAdaptive,
    Adaptive,
}

/// Which reasoning may be sent back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replay {
    /// With Claude's signature, or redacted.
    Signed,
    /// Without a signature.
    Unsigned,
    /// Redacted content alone; text breaks the service.
    Redacted,
    /// The field is not known to the model.
    No,
    /// Refused in the words with which a user message is.
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sampling {
    All,
    /// Temperature or `topP`, not both.
    OneOfTwo,
    /// Only where reasoning is switched off.
    WithoutReasoning,
    None,
}

/// Whether `outputConfig.textFormat` is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Schema {
    No,
    /// Objects must be closed, and numbers and arrays without bounds.
    Strict,
    Lenient,
}

/// What a family does that no other does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quirk {
    /// Reasons without being asked.
    AlwaysReasons,
    /// Text comes before the reasoning that led to it.
    TextFirst,
    /// A stream begins with an empty text block.
    EmptyFirstBlock,
    /// Reasoning stands in the text as `<thinking>…</thinking>` when there are tools.
    InlineThinking,
    /// Replayed reasoning shows up in the answer.
    LeaksReasoning,
    /// Answers with nothing at all when a tool's schema is closed.
    SilentOnClosedSchemas,
    /// Ids of tool calls are `functions.NAME:INDEX`.
    FunctionIds,
    /// Thinking text is left out unless `display` asks for it.
    OmitsThinking,
    /// A tool may be forced while thinking is on.
    ForcedWhileThinking,
    /// Blank text is refused even inside of a tool result.
    NoBlankResults,
    /// Bytes of an image must be what its format says.
    SniffsImages,
    /// A final assistant text must not end in white space.
    NoTrailingSpace,
    /// The pattern of a tool's schema must not look ahead or behind.
    NoLookaround,
}

impl Family {
    /// The row for a model.
    pub(super) fn of(model: &ModelId) -> &'static Self {
        let Some(id) = model.base() else {
            return &OPAQUE;
        };
        let fits = |family: &&'static Self| {
            let fitting = family.ids.iter().filter(|prefix| id.starts_with(**prefix));
            fitting.map(|prefix| prefix.len()).max()
        };
        Self::all()
            .filter_map(|family| fits(&family).map(|length| (length, family)))
            .max_by_key(|(length, _)| *length)
            .map_or(&ANY, |(_, family)| family)
    }

    pub(super) fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    fn all() -> impl Iterator<Item = &'static Self> {
        [
            anthropic::FAMILIES,
            amazon::FAMILIES,
            meta::FAMILIES,
            mistral::FAMILIES,
            openai::FAMILIES,
            open_weight::FAMILIES,
        ]
        .into_iter()
        .flatten()
    }
}

/// A family of which nothing is known.
const ANY: Family = Family {
    name: "any",
    ids: &[],
    profile_only: false,
    system: true,
    system_turns: true,
    // Converse asks for a user turn first, unless the line is known to do without.
    opens_with_assistant: false,
    prefill: false,
    tools: Tools::Yes,
    choices: &[Choice::Auto, Choice::Any, Choice::Tool],
    strict: true,
    beside_results: Beside::Anything,
    result_media: EVERYTHING,
    result_status: true,
    tool_ids: ToolIds::Any,
    media: EVERYTHING,
    s3: true,
    citations: true,
    cache: Cache::Long,
    reasoning: Reasoning::Unknown,
    replay: Replay::Unsigned,
    sampling: Sampling::All,
    efforts: &["low", "medium", "high", "xhigh", "max"],
    stop_sequences: true,
    least_max_tokens: 1,
    schema: Schema::Lenient,
    quirks: &[],
};

/// A profile or a custom model: it may be Claude, and it may be anything else.
const OPAQUE: Family = Family {
    name: "opaque",
    opens_with_assistant: true,
    prefill: true,
    replay: Replay::Signed,
    quirks: &[Quirk::NoTrailingSpace],
    ..ANY
};

/// What the lines of other vendors than Anthropic have in common. `strict`, `effort` and cited documents
/// are Anthropic's, and so is caching, but for Nova.
///
/// Caching: a request with a cache point is refused with 403 by Llama, R1, Qwen and Nemotron
/// (reports of users of each). Strict tools: the price map of litellm has them for Claude alone.
const COMMON: Family = Family {
    system_turns: false,
    strict: false,
    citations: false,
    cache: Cache::No,
    efforts: &[],
    schema: Schema::No,
    ..ANY
};

const EVERYTHING: &[Media] = &[
    Media::Image,
    Media::Document,
    Media::TextDocument,
    Media::Video,
    Media::Audio,
];
const DOCUMENTS: &[Media] = &[Media::Document, Media::TextDocument];
const IMAGES_AND_DOCUMENTS: &[Media] = &[Media::Image, Media::Document, Media::TextDocument];

#[cfg(test)]
mod tests;
