//! What is true of a line of models: a row of a table.

mod reasoning;

pub use self::reasoning::{ReasoningField, ReasoningSwitch, ReasoningWord, Replay, Setting};

/// What is true of the models of a family, or of one of its lines, behind one door. The source stands beside each fact.
///
/// Facts that differ from model to model inside of a line (whether it thinks, which levels it knows, whether it takes a
/// temperature) are the registry's; this is what a service makes of a line. Names are Converse's where it has one.
///
/// A family begins with [`Profile::CAUTIOUS`] and says what is otherwise:
///
/// ```
/// use reqllm_dialects::profile::{Kinds, Profile, ToolChoices};
///
/// const PROFILE: Profile = Profile::CAUTIOUS
///     .with_top_k(&["top_k"])
///     .with_tool_choices(ToolChoices::AUTO)
///     .with_beside_tool_result(Kinds::NONE);
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "rows of tables are written out")]
pub struct Profile {
    /// Where `top_k` goes in `additionalModelRequestFields`, as a path of keys; Converse itself has no place for it.
    pub top_k: Option<&'static [&'static str]>,
    /// Whether `stopSequences` may be sent.
    pub stop_sequences: bool,
    /// The least that `maxTokens` may be.
    pub min_max_tokens: u32,
    /// Whether `temperature` and `topP` may stand together.
    pub temperature_with_top_p: bool,
    /// Whether it takes a system prompt.
    pub system: bool,
    /// Whether a message of role `system` may stand inside the conversation.
    pub system_turns: bool,
    /// Whether the conversation may begin with the assistant.
    pub leading_assistant: bool,
    /// Whether the sides have to take turns: messages of one side in a row become one.
    pub alternates: bool,
    /// Whether the conversation may end with the assistant, whose words the model then goes on with.
    pub prefill: bool,
    /// Whether the last text of a last turn of the assistant may end in white space.
    pub trailing_space: bool,
    /// Whether it takes tools.
    pub tools: bool,
    /// Whether it takes tools while it streams. If not, a whole answer is delivered as events.
    pub streaming_tools: bool,
    /// Which kinds of `toolChoice` may be sent.
    pub tool_choices: ToolChoices,
    /// Whether `strict` may be asked of a tool.
    pub strict_tools: bool,
    /// Whether every member of a strict schema has to be required. One that has others is not asked for strictly.
    pub all_required: bool,
    /// Keywords that a strict schema may not have. They become words of its description.
    pub unchecked: &'static [&'static str],
    /// Whether the schema of a tool may say `additionalProperties`.
    pub additional_properties: bool,
    /// Which characters the name of a tool may have.
    pub tool_names: ToolNames,
    /// What the id of a tool call may look like.
    pub tool_ids: ToolIds,
    /// Whether a second call of a tool with equal arguments, in one answer, is the model's mistake.
    pub one_call_each: bool,
    /// Whether `toolResult.status` may be sent.
    pub tool_result_status: bool,
    /// What may be attached, where the registry does not say it of the model.
    pub takes: Kinds,
    /// Whether documents may ask for citations, and citations go back.
    pub citations: bool,
    /// What may stand in one turn with a tool result.
    pub beside_tool_result: Kinds,
    /// What may stand in a tool result, text and JSON aside.
    pub inside_tool_result: Kinds,
    /// How it is made to think more or less.
    pub reasoning: ReasoningField,
    /// Whether it thinks between its tool calls only where a beta asks for that.
    pub interleaved_beta: bool,
    /// Which thoughts it takes back.
    pub replay: Replay,
    /// Where cache points may stand.
    pub cache: CachePlaces,
    /// Whether `outputConfig.textFormat` holds the answer to a JSON Schema.
    pub native_object: bool,
    /// Whether `anthropic_beta` means something to it.
    pub anthropic_beta: bool,
    /// Whether Converse's `redactedContent` is the base64 of a text that the native form has as it is.
    pub wrapped_redaction: bool,
    /// Whether `inputTokens` counts what was read from a cache once more when it streams.
    pub streams_count_cache_twice: bool,
    /// Whether a stream, put together, is the answer that would have come whole.
    pub streams_alike: bool,
}

/// What grammars made of schemas on Bedrock and at Anthropic cannot check. `minItems` of 0 or 1 they can.
///
/// Sources: AWS user guide and Anthropic's documentation, "Structured outputs": no constraints on numbers, nor on the length of
/// arrays but `minItems` of 0 or 1.
pub const BOUNDS: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "maxItems",
    "minItems",
];

/// Which kinds of `toolChoice` a model takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "rows of tables are written out")]
pub struct ToolChoices {
    /// `auto`.
    pub auto: bool,
    /// `any`: some tool.
    pub any: bool,
    /// `tool`: this tool.
    pub tool: bool,
}

impl ToolChoices {
    /// None; what happens is `auto`.
    pub const NONE: Self = Self {
        auto: false,
        any: false,
        tool: false,
    };
    /// `auto` alone.
    pub const AUTO: Self = Self {
        auto: true,
        ..Self::NONE
    };
    /// `auto` and `any`.
    pub const AUTO_ANY: Self = Self {
        any: true,
        ..Self::AUTO
    };
    /// All three.
    pub const ALL: Self = Self {
        tool: true,
        ..Self::AUTO_ANY
    };
}

/// Kinds of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "rows of tables are written out")]
pub struct Kinds {
    /// Text.
    pub text: bool,
    /// Images.
    pub image: bool,
    /// Documents.
    pub document: bool,
    /// Video and audio.
    pub video: bool,
}

impl Kinds {
    /// None of them.
    pub const NONE: Self = Self {
        text: false,
        image: false,
        document: false,
        video: false,
    };
    /// Text and images.
    pub const TEXT_IMAGE: Self = Self {
        text: true,
        image: true,
        ..Self::NONE
    };
    /// Images alone.
    pub const IMAGE: Self = Self {
        image: true,
        ..Self::NONE
    };
    /// Documents alone.
    pub const DOCUMENT: Self = Self {
        document: true,
        ..Self::NONE
    };
    /// Images and documents.
    pub const IMAGE_DOCUMENT: Self = Self {
        document: true,
        ..Self::IMAGE
    };
    /// All of them.
    pub const ALL: Self = Self {
        text: true,
        image: true,
        document: true,
        video: true,
    };
}

/// Which characters the name of a tool may have, of those that Converse allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToolNames {
    /// Letters, digits, `_` and `-`.
    Hyphens,
    /// Letters, digits and `_`.
    NoHyphens,
}

/// What the id of a tool call may look like, of what Converse allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToolIds {
    /// 1 to 64 of letters, digits, `_`, `.`, `:` and `-`.
    Any,
    /// 1 to 64 of letters, digits, `_` and `-`.
    Hyphens,
    /// Nine letters and digits.
    NineAlphanumerics,
    /// As [`ToolIds::Any`], but at most 40.
    Forty,
}

/// Where cache points may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "rows of tables are written out")]
pub struct CachePlaces {
    /// After system prompts.
    pub system: bool,
    /// In messages.
    pub messages: bool,
    /// In messages with tool calls or results.
    pub tool_turns: bool,
    /// After tools.
    pub tools: bool,
    /// Whether they may say how long.
    pub ttl: bool,
}

impl CachePlaces {
    /// Nowhere.
    pub const NONE: Self = Self {
        system: false,
        messages: false,
        tool_turns: false,
        tools: false,
        ttl: false,
    };
    /// Everywhere, for as long as the caller wants.
    pub const ALL: Self = Self {
        system: true,
        messages: true,
        tool_turns: true,
        tools: true,
        ttl: true,
    };

    /// Whether there is any place but behind tool turns.
    pub fn any(self) -> bool {
        self.system || self.messages || self.tools
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $setter:ident $field:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub const fn $setter(mut self, $field: $type) -> Self {
            self.$field = $field;
            self
        }
    )*};
}

impl Profile {
    /// For models of which nothing is known: what Converse itself defines may be sent if the caller says so, and
    /// nothing that needs a place of the family's own. The conversation begins with the user.
    pub const CAUTIOUS: Self = Self {
        top_k: None,
        stop_sequences: true,
        min_max_tokens: 1,
        temperature_with_top_p: true,
        system: true,
        system_turns: false,
        leading_assistant: false,
        alternates: false,
        prefill: true,
        trailing_space: true,
        tools: true,
        streaming_tools: true,
        tool_choices: ToolChoices::ALL,
        strict_tools: false,
        all_required: false,
        unchecked: BOUNDS,
        additional_properties: true,
        tool_names: ToolNames::Hyphens,
        tool_ids: ToolIds::Any,
        one_call_each: false,
        tool_result_status: true,
        takes: Kinds::ALL,
        citations: true,
        beside_tool_result: Kinds::ALL,
        inside_tool_result: Kinds::ALL,
        reasoning: ReasoningField::None,
        interleaved_beta: false,
        replay: Replay::All,
        cache: CachePlaces::ALL,
        native_object: false,
        anthropic_beta: false,
        wrapped_redaction: false,
        streams_count_cache_twice: false,
        streams_alike: true,
    };

    /// For models that take words and give words: no tools, nothing attached, no thoughts of anybody's, no cache points.
    pub const WORDS: Self = Self {
        tools: false,
        takes: Kinds::NONE,
        citations: false,
        replay: Replay::Nothing,
        cache: CachePlaces::NONE,
        ..Self::CAUTIOUS
    };

    /// Says where `top_k` goes.
    #[must_use]
    pub const fn with_top_k(mut self, path: &'static [&'static str]) -> Self {
        self.top_k = Some(path);
        self
    }

    setters! {
        /// Says whether it takes tools.
        with_tools tools: bool;
        /// Says whether it takes tools while it streams.
        with_streaming_tools streaming_tools: bool;
        /// Says which kinds of `toolChoice` it takes.
        with_tool_choices tool_choices: ToolChoices;
        /// Says whether it takes `toolResult.status`.
        with_tool_result_status tool_result_status: bool;
        /// Says what may be attached.
        with_takes takes: Kinds;
        /// Says whether documents may ask for citations.
        with_citations citations: bool;
        /// Says what may stand beside a tool result.
        with_beside_tool_result beside_tool_result: Kinds;
        /// Says what may stand inside of a tool result.
        with_inside_tool_result inside_tool_result: Kinds;
        /// Says whether it takes a system prompt.
        with_system system: bool;
        /// Says how it is made to think.
        with_reasoning reasoning: ReasoningField;
        /// Says which thoughts it takes back.
        with_replay replay: Replay;
        /// Says where cache points may stand.
        with_cache cache: CachePlaces;
        /// Says whether `outputConfig.textFormat` works.
        with_native_object native_object: bool;
        /// Says whether `strict` may be asked of a tool.
        with_strict_tools strict_tools: bool;
        /// Says whether a stream, put together, is the answer that would have come whole.
        with_streams_alike streams_alike: bool;
    }
}

/// Lines of a family that differ: what their ids begin with, and what is true of them.
pub type Lines = [(&'static str, Profile)];

/// The line of an id, geography aside: the one with the longest beginning that fits.
pub fn line(lines: &'static Lines, id: &str) -> Option<&'static Profile> {
    lines
        .iter()
        .filter(|(prefix, _)| id.starts_with(prefix))
        .max_by_key(|(prefix, _)| prefix.len())
        .map(|(_, profile)| profile)
}
