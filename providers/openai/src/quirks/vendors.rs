//! Those who serve models of their own.

use reqllm_dialects::chat_completions::{Files, Quirks, Thoughts};
use reqllm_dialects::profile::{
    Profile, ReasoningField, ReasoningSwitch, Replay, Setting, ToolChoices, ToolIds,
};

use super::{LOW_TO_HIGH, THINK_TAGS, THINKING, word};
use crate::route::Api;
use crate::row::{Embeds, Key, Objects, Row};

pub(super) const OPENAI: Row = Row {
    providers: &["openai"],
    quirks: Quirks {
        name: "OpenAI",
        // API reference, "Create chat completion": `max_tokens` is deprecated, and not compatible with o-series models.
        max_tokens: "max_completion_tokens",
        // The same: `file` parts, `input_audio` parts.
        files: Files::Data,
        audio: true,
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        // System messages may stand anywhere.
        system_turns: true,
        reasoning: word(LOW_TO_HIGH),
        ..Row::COMPATIBLE.profile
    },
    embeds: Embeds::OPENAI,
    // Guide "Migrate to the Responses API": recommended for all new projects.
    api: Api::Responses,
    ..Row::COMPATIBLE
};

pub(super) const OPENAI_REASONING: Row = Row {
    models: &["o1", "o3", "o4", "gpt-5", "codex"],
    quirks: Quirks {
        // API reference: "with o1 models and newer, use developer messages".
        system: "developer",
        // The same, `stop`: "not supported with latest reasoning models `o3` and `o4-mini`".
        stop: false,
        ..OPENAI.quirks
    },
    profile: Profile {
        stop_sequences: false,
        ..OPENAI.profile
    },
    ..OPENAI
};

pub(super) const AZURE: Row = Row {
    providers: &["azure", "azure-cognitive-services"],
    quirks: Quirks {
        name: "Azure",
        ..OPENAI.quirks
    },
    // "Azure OpenAI in Foundry Models v1 API": the header `api-key`.
    key: Key::Header("api-key"),
    // Which model is behind a deployment, its name need not say.
    api: Api::Chat,
    ..OPENAI
};

pub(super) const AZURE_REASONING: Row = Row {
    models: OPENAI_REASONING.models,
    quirks: Quirks {
        name: "Azure",
        ..OPENAI_REASONING.quirks
    },
    profile: OPENAI_REASONING.profile,
    ..AZURE
};

pub(super) const DEEPSEEK: Row = Row {
    providers: &["deepseek"],
    quirks: Quirks {
        name: "DeepSeek",
        // API reference, "Create chat completion": text only, no seed, no `strict` but on the beta address.
        seed: false,
        images: false,
        urls: false,
        strict_tools: false,
        // Guide "Thinking Mode": inside of a turn with tool calls it has to go back.
        thoughts: Thoughts::Member("reasoning_content"),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        strict_tools: false,
        reasoning: THINKING,
        replay: Replay::ToolTurn,
        ..Row::COMPATIBLE.profile
    },
    // API reference: `response_format` is `text` or `json_object`.
    objects: Objects::Mode,
    refuses: &[
        "logit_bias",
        "parallel_tool_calls",
        "service_tier",
        "verbosity",
    ],
    ..Row::COMPATIBLE
};

pub(super) const MISTRAL: Row = Row {
    providers: &["mistral"],
    quirks: Quirks {
        name: "Mistral",
        // API reference, "Chat completion": the seed is `random_seed`, `tool_choice` is auto, none, any, required or a
        // function; "Document QnA" has addresses in parts of its own type. Unknown members are refused with 422, and
        // streams have their counts without `stream_options`.
        seed_member: "random_seed",
        stream_usage: false,
        some_tool: "any",
        null_content: false,
        // "Reasoning": chunks of type `thinking` in the content, which go back.
        thoughts: Thoughts::Part,
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        // "Tool call id must be a-z, A-Z, 0-9, with a length of 9", says the API.
        tool_ids: ToolIds::NineAlphanumerics,
        reasoning: word(&["none", "high"]),
        replay: Replay::Text,
        ..Row::COMPATIBLE.profile
    },
    objects: Objects::Schema,
    refuses: &[
        "service_tier",
        "user",
        "safety_identifier",
        "prompt_cache_retention",
        "logprobs",
        "top_logprobs",
        "verbosity",
        "store",
        "logit_bias",
    ],
    embeds: Embeds {
        // API reference, "Embeddings": `output_dimension` is of codestral-embed alone, under a name of its own.
        dimensions: false,
        ..Embeds::PLAIN
    },
    ..Row::COMPATIBLE
};

/// "Reasoning": Magistral thinks if `prompt_mode` says so.
pub(super) const MAGISTRAL: Row = Row {
    models: &["magistral"],
    profile: Profile {
        reasoning: ReasoningField::Switch(ReasoningSwitch {
            on: Setting::Text("reasoning"),
            off: Setting::Null,
            ..ReasoningSwitch::flag(&["prompt_mode"])
        }),
        ..MISTRAL.profile
    },
    ..MISTRAL
};

pub(super) const XAI: Row = Row {
    providers: &["xai"],
    quirks: Quirks {
        name: "xAI",
        max_tokens: "max_completion_tokens",
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        // "Chat": roles may stand in any order.
        system_turns: true,
        reasoning: word(LOW_TO_HIGH),
        ..Row::COMPATIBLE.profile
    },
    objects: Objects::Schema,
    ..Row::COMPATIBLE
};

/// Guide "Reasoning": grok-4 and the reasoning models after it refuse `stop` and the penalties.
pub(super) const XAI_REASONING: Row = Row {
    models: &["grok-4", "grok-code", "grok-5"],
    quirks: Quirks {
        stop: false,
        ..XAI.quirks
    },
    profile: Profile {
        stop_sequences: false,
        ..XAI.profile
    },
    refuses: &["frequency_penalty", "presence_penalty"],
    ..XAI
};

pub(super) const PERPLEXITY: Row = Row {
    providers: &["perplexity"],
    quirks: Quirks {
        name: "Perplexity",
        // API reference, "Chat completions": no `stop`, no `seed`; `top_k` is there. Counts come with every chunk.
        stop: false,
        seed: false,
        top_k: true,
        files: Files::Anywhere,
        one_tool: false,
        strict_tools: false,
        stream_usage: false,
        // "Structured outputs": reasoning models put their thoughts in front of the object.
        reasoning: Some(THINK_TAGS),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        stop_sequences: false,
        leading_assistant: false,
        // Its own words: "user or tool message(s) should alternate with assistant message(s)".
        alternates: true,
        tools: false,
        tool_choices: ToolChoices::NONE,
        reasoning: word(&["minimal", "low", "medium", "high"]),
        ..Row::COMPATIBLE.profile
    },
    objects: Objects::Schema,
    ..Row::COMPATIBLE
};

pub(super) const ALIBABA: Row = Row {
    providers: &[
        "alibaba",
        "alibaba-cn",
        "alibaba-coding-plan",
        "alibaba-coding-plan-cn",
        "alibaba-token-plan",
        "alibaba-token-plan-cn",
    ],
    quirks: Quirks {
        name: "Alibaba",
        // "Qwen API reference", OpenAI compatible: `top_k`, `enable_thinking`, `thinking_budget`, audio and video.
        top_k: true,
        audio: true,
        video: true,
        one_tool: true,
        thoughts: Thoughts::Member("reasoning_content"),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        reasoning: ReasoningField::Switch(ReasoningSwitch {
            word: &["reasoning_effort"],
            budget: &["thinking_budget"],
            ..ReasoningSwitch::flag(&["enable_thinking"])
        }),
        replay: Replay::ToolTurn,
        ..Row::COMPATIBLE.profile
    },
    embeds: Embeds {
        // "Text and multimodal embedding": at most ten texts a request.
        most: 10,
        ..Embeds::PLAIN
    },
    ..Row::COMPATIBLE
};

pub(super) const THINKERS: Row = Row {
    providers: &[
        "zai",
        "zai-coding-plan",
        "zhipuai",
        "zhipuai-coding-plan",
        "moonshotai",
        "moonshotai-cn",
        "xiaomi",
    ],
    quirks: Quirks {
        name: "the server",
        seed: false,
        strict_tools: false,
        // Z.AI's "Thinking mode" and Moonshot's "Use Kimi K2.5": thoughts go back in turns with tool calls.
        thoughts: Thoughts::Member("reasoning_content"),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        strict_tools: false,
        reasoning: THINKING,
        replay: Replay::ToolTurn,
        ..Row::COMPATIBLE.profile
    },
    objects: Objects::Mode,
    ..Row::COMPATIBLE
};
