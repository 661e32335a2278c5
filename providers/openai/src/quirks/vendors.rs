//! Those who serve models of their own.

use reqllm_dialects::chat_completions::{Files, Quirks, SystemRole, Thoughts};
use reqllm_dialects::profile::{
    Profile, ReasoningField, ReasoningSwitch, Replay, Setting, ToolChoices, ToolIds,
};

use super::{LOW_HIGH_MAX, LOW_TO_HIGH, THINK_TAGS, word};
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
        system: SystemRole::Developer,
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

pub(super) const MISTRAL: Row = Row {
    providers: &["mistral"],
    quirks: Quirks {
        name: "Mistral",
        // `mistralai`, version 3.7.0, `ChatCompletionRequest`: the seed is `random_seed`, `tool_choice` is auto, none, any,
        // required or a function, and there is `top_k`. Documents and audio have parts of forms of their own. Unknown members
        // are refused with 422, and streams have their counts without `stream_options`.
        seed_member: "random_seed",
        top_k: true,
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
    // The same: none of these is a member.
    refuses: &[
        "user",
        "safety_identifier",
        "prompt_cache_retention",
        "verbosity",
        "store",
        "logit_bias",
    ],
    embeds: Embeds {
        // The same, `EmbeddingRequest`: `output_dimension` is of codestral-embed alone, under a name of its own.
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

/// Documentation, "Reasoning", and `@ai-sdk/mistral`, version 4.0.87: these always think, and have words of their own.
pub(super) const MISTRAL_LARGE: Row = Row {
    models: &["mistral-large-4"],
    profile: Profile {
        reasoning: word(LOW_TO_HIGH),
        ..MISTRAL.profile
    },
    ..MISTRAL
};

pub(super) const MISTRAL_GLM: Row = Row {
    models: &["zai-glm-5-3", "zai-glm-latest"],
    profile: Profile {
        reasoning: word(LOW_HIGH_MAX),
        ..MISTRAL.profile
    },
    ..MISTRAL
};

pub(super) const XAI: Row = Row {
    providers: &["xai"],
    quirks: Quirks {
        name: "xAI",
        // API reference, "Chat completions": `max_tokens` is deprecated.
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

/// Guide "Reasoning": grok-4 and the reasoning models after it refuse `stop` and the penalties. LiteLLM, version 1.109.1, found
/// the same of grok-3-mini.
pub(super) const XAI_REASONING: Row = Row {
    models: &["grok-3-mini", "grok-4", "grok-5", "grok-build", "grok-code"],
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

/// Guide "Reasoning" has the levels of each model. These refuse the member with every word. Source: `@ai-sdk/xai`, version
/// 5.0.12.
pub(super) const XAI_UNTOLD: Row = Row {
    models: &["grok-4.20-0309-reasoning", "grok-4.20-reasoning"],
    profile: Profile {
        reasoning: ReasoningField::None,
        ..XAI_REASONING.profile
    },
    ..XAI_REASONING
};

pub(super) const PERPLEXITY: Row = Row {
    providers: &["perplexity"],
    quirks: Quirks {
        name: "Perplexity",
        // `perplexityai`, version 0.46.1, `chat.completions`: `stop` and `top_k`, no `seed`. Documents are `file_url` and
        // `pdf_url`, forms of its own; video is `video_url`. Counts come with every chunk.
        seed: false,
        top_k: true,
        video: true,
        one_tool: false,
        strict_tools: false,
        stream_usage: false,
        // "Structured outputs": reasoning models put their thoughts in front of the object.
        reasoning: Some(THINK_TAGS),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        leading_assistant: false,
        // Its own words: "user or tool message(s) should alternate with assistant message(s)".
        alternates: true,
        // Its client has tools; LiteLLM and `@ai-sdk/perplexity` say that its models call none.
        tools: false,
        tool_choices: ToolChoices::NONE,
        reasoning: word(&["minimal", "low", "medium", "high"]),
        ..Row::COMPATIBLE.profile
    },
    objects: Objects::Schema,
    ..Row::COMPATIBLE
};
