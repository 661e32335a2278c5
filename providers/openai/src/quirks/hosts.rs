//! Those who serve the models of others.

use reqllm_dialects::chat_completions::{Files, Quirks, Thoughts};
use reqllm_dialects::mark::Maker;
use reqllm_dialects::profile::{Profile, ReasoningField, ReasoningSwitch, Replay, Setting};

use super::{GPT_OSS, LOW_TO_HIGH, NONE_TO_HIGH, TEMPLATE, THINK_TAGS, flag, word};
use crate::row::{Embeds, Objects, Row};

pub(super) const GROQ: Row = Row {
    providers: &["groq"],
    quirks: Quirks {
        name: "Groq",
        // API reference, "Create chat completion": `max_tokens` is deprecated in favour of it.
        max_tokens: "max_completion_tokens",
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        // Registry: gpt-oss has low to high, Qwen `none` and `default`. Guide "Reasoning".
        reasoning: word(LOW_TO_HIGH),
        ..Row::COMPATIBLE.profile
    },
    // "OpenAI compatibility", "Currently unsupported OpenAI features": 400 for these.
    refuses: &["logprobs", "top_logprobs", "logit_bias"],
    ..Row::COMPATIBLE
};

/// Guide "Reasoning": the thoughts of these come in the text unless they are asked for beside it. gpt-oss has no such member.
pub(super) const GROQ_PARSED: Row = Row {
    models: &["qwen", "deepseek-r1"],
    quirks: Quirks {
        reasoning: Some(THINK_TAGS),
        ..GROQ.quirks
    },
    always: &[("reasoning_format", Setting::Text("parsed"))],
    ..GROQ
};

pub(super) const OPENROUTER: Row = Row {
    providers: &["openrouter"],
    quirks: Quirks {
        name: "OpenRouter",
        // "Parameters": `top_k`; "PDF inputs", "Audio", "Video inputs".
        top_k: true,
        files: Files::Anywhere,
        audio: true,
        video: true,
        // "Reasoning tokens": `reasoning_details` go back as they came.
        thoughts: Thoughts::Details("openrouter"),
        // "Usage accounting": counts come without being asked for, and the member is passed on.
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        // "Reasoning tokens": `effort` or `max_tokens`, and `enabled`.
        reasoning: ReasoningField::Switch(ReasoningSwitch {
            word: &["reasoning", "effort"],
            words: LOW_TO_HIGH,
            budget: &["reasoning", "max_tokens"],
            ..ReasoningSwitch::flag(&["reasoning", "enabled"])
        }),
        replay: Replay::Marked(Maker::new("openrouter")),
        ..Row::COMPATIBLE.profile
    },
    ..Row::COMPATIBLE
};

/// "Prompt caching": the models of Anthropic, Google and Alibaba are told where by `cache_control`; the others do it by
/// themselves.
pub(super) const OPENROUTER_POINTS: Row = Row {
    models: &["claude", "gemini", "qwen"],
    quirks: Quirks {
        cache_control: true,
        ..OPENROUTER.quirks
    },
    ..OPENROUTER
};

pub(super) const TOGETHER: Row = Row {
    providers: &["togetherai"],
    quirks: Quirks {
        name: "Together",
        // API reference, "Create chat completion".
        top_k: true,
        video: true,
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        // "Reasoning overview": hybrid models have `reasoning: {enabled}`.
        reasoning: ReasoningField::Switch(ReasoningSwitch {
            word: &["reasoning_effort"],
            ..ReasoningSwitch::flag(&["reasoning", "enabled"])
        }),
        ..Row::COMPATIBLE.profile
    },
    ..Row::COMPATIBLE
};

pub(super) const TOGETHER_GPT_OSS: Row = Row {
    models: GPT_OSS,
    profile: Profile {
        reasoning: word(LOW_TO_HIGH),
        ..TOGETHER.profile
    },
    ..TOGETHER
};

pub(super) const FIREWORKS: Row = Row {
    providers: &["fireworks-ai"],
    quirks: Quirks {
        name: "Fireworks",
        // API reference, "Create chat completion": `top_k`, `reasoning_content` in messages of the assistant.
        top_k: true,
        thoughts: Thoughts::Member("reasoning_content"),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        reasoning: word(NONE_TO_HIGH),
        replay: Replay::ToolTurn,
        ..Row::COMPATIBLE.profile
    },
    objects: Objects::Schema,
    ..Row::COMPATIBLE
};

pub(super) const CEREBRAS: Row = Row {
    providers: &["cerebras"],
    quirks: Quirks {
        name: "Cerebras",
        // API reference, "Chat completions".
        max_tokens: "max_completion_tokens",
        images: true,
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        reasoning: word(LOW_TO_HIGH),
        ..Row::COMPATIBLE.profile
    },
    // "OpenAI compatibility": 400 for these.
    refuses: &["frequency_penalty", "logit_bias", "presence_penalty"],
    objects: Objects::Schema,
    ..Row::COMPATIBLE
};

/// "Reasoning": GLM has a switch that is turned round.
pub(super) const CEREBRAS_GLM: Row = Row {
    models: &["zai-glm", "glm"],
    profile: Profile {
        reasoning: ReasoningField::Switch(ReasoningSwitch {
            on: Setting::Flag(false),
            off: Setting::Flag(true),
            ..ReasoningSwitch::flag(&["disable_reasoning"])
        }),
        ..CEREBRAS.profile
    },
    ..CEREBRAS
};

pub(super) const DEEPINFRA: Row = Row {
    providers: &["deepinfra"],
    quirks: Quirks {
        name: "DeepInfra",
        // API reference, "OpenAI chat completions".
        top_k: true,
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        reasoning: word(NONE_TO_HIGH),
        ..Row::COMPATIBLE.profile
    },
    ..Row::COMPATIBLE
};

/// NIM runs vLLM behind it. "NIM for LLMs", "Thinking budget control": templates have their own words.
pub(super) const NVIDIA: Row = Row {
    providers: &["nvidia"],
    quirks: Quirks {
        name: "NVIDIA",
        urls: false,
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        reasoning: TEMPLATE,
        ..Row::COMPATIBLE.profile
    },
    embeds: Embeds {
        // "NeMo Retriever text embedding": `input_type`, `truncate`.
        purpose: Some(("input_type", "passage", "query")),
        truncate: Some("truncate"),
        ..Embeds::PLAIN
    },
    ..Row::COMPATIBLE
};

pub(super) const NVIDIA_DEEPSEEK: Row = Row {
    models: &["deepseek", "kimi"],
    profile: Profile {
        reasoning: flag(&["chat_template_kwargs", "thinking"]),
        ..NVIDIA.profile
    },
    ..NVIDIA
};

pub(super) const NVIDIA_GPT_OSS: Row = Row {
    models: GPT_OSS,
    profile: Profile {
        reasoning: word(LOW_TO_HIGH),
        ..NVIDIA.profile
    },
    ..NVIDIA
};
