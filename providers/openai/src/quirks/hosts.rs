//! Those who serve the models of others.

use reqllm_dialects::chat_completions::{Quirks, Thoughts, ThoughtsMember};
use reqllm_dialects::profile::{Profile, ReasoningField, ReasoningSwitch, Replay, Setting};

use super::{GPT_OSS, LOW_HIGH_MAX, LOW_TO_HIGH, NONE_TO_HIGH, TEMPLATE, THINK_TAGS, flag, word};
use crate::row::{Embeds, Forced, Objects, Row, SchemaBeside};

pub(super) const GROQ: Row = Row {
    providers: &["groq"],
    quirks: Quirks {
        name: "Groq",
        // `groq`, version 1.7.0, `chat.completions`: `max_tokens` is deprecated in favour of it. Thoughts are `reasoning` in
        // messages of the assistant.
        max_tokens: "max_completion_tokens",
        thoughts: Thoughts::Member(ThoughtsMember::Reasoning),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        // Registry: gpt-oss has low to high, Qwen `none` and `default`. Guide "Reasoning".
        reasoning: word(LOW_TO_HIGH),
        replay: Replay::ToolTurn,
        ..Row::COMPATIBLE.profile
    },
    // Guide "Structured Outputs": neither streams nor tools go with them.
    schema_beside: SchemaBeside {
        tools: false,
        stream: false,
    },
    // "OpenAI compatibility", "Currently unsupported OpenAI features", and the client: "not yet supported by any of our models",
    // "not currently supported".
    refuses: &[
        "frequency_penalty",
        "logit_bias",
        "logprobs",
        "metadata",
        "presence_penalty",
        "store",
        "top_logprobs",
    ],
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

pub(super) const TOGETHER: Row = Row {
    providers: &["togetherai"],
    quirks: Quirks {
        name: "Together",
        // `together`, version 3.1.1, `chat.completions`: `top_k`, `video_url`, and `reasoning` in messages of the assistant.
        top_k: true,
        video: true,
        thoughts: Thoughts::Member(ThoughtsMember::Reasoning),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        // The same, and "Reasoning overview": hybrid models have `reasoning: {enabled}`.
        reasoning: ReasoningField::Switch(ReasoningSwitch {
            word: &["reasoning_effort"],
            ..ReasoningSwitch::flag(&["reasoning", "enabled"])
        }),
        replay: Replay::ToolTurn,
        ..Row::COMPATIBLE.profile
    },
    ..Row::COMPATIBLE
};

/// They think unless they are told not to, and cannot be made to call a tool then. Source: pydantic-ai, version 2.68.0.
pub(super) const TOGETHER_DEEPSEEK: Row = Row {
    models: &["deepseek-v4"],
    forced: Forced::OnlyToldNotToThink,
    ..TOGETHER
};

pub(super) const TOGETHER_GPT_OSS: Row = Row {
    models: GPT_OSS,
    profile: Profile {
        reasoning: word(LOW_TO_HIGH),
        ..TOGETHER.profile
    },
    ..TOGETHER
};

/// "GLM-5.3 quickstart": its thinking cannot be disabled.
pub(super) const TOGETHER_GLM: Row = Row {
    models: &["glm-5.3"],
    profile: Profile {
        reasoning: word(&["low", "medium", "high", "max"]),
        ..TOGETHER.profile
    },
    ..TOGETHER
};

pub(super) const FIREWORKS: Row = Row {
    providers: &["fireworks-ai"],
    quirks: Quirks {
        name: "Fireworks",
        // `fireworks-ai`, version 1.2.30, `chat.completions`: `top_k`, `video_url`, `reasoning_content` in messages of the
        // assistant.
        top_k: true,
        video: true,
        thoughts: Thoughts::Member(ThoughtsMember::ReasoningContent),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        // The same: `reasoning_effort` is a word or a number of tokens.
        reasoning: ReasoningField::Switch(ReasoningSwitch {
            budget: &["reasoning_effort"],
            ..ReasoningSwitch::word(&["reasoning_effort"], NONE_TO_HIGH)
        }),
        replay: Replay::ToolTurn,
        ..Row::COMPATIBLE.profile
    },
    objects: Objects::Schema,
    ..Row::COMPATIBLE
};

/// The same: these refuse `none`, and numbers.
pub(super) const FIREWORKS_WORDS: Row = Row {
    models: &["gpt-oss", "minimax-m2"],
    profile: Profile {
        reasoning: word(LOW_TO_HIGH),
        ..FIREWORKS.profile
    },
    ..FIREWORKS
};

pub(super) const CEREBRAS: Row = Row {
    providers: &["cerebras"],
    quirks: Quirks {
        name: "Cerebras",
        // `cerebras_cloud_sdk`, version 1.91.0, `chat.completions`: `max_tokens` is deprecated; thoughts are `reasoning` in
        // messages of the assistant.
        max_tokens: "max_completion_tokens",
        thoughts: Thoughts::Member(ThoughtsMember::Reasoning),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        reasoning: word(LOW_TO_HIGH),
        replay: Replay::ToolTurn,
        ..Row::COMPATIBLE.profile
    },
    // pydantic-ai, version 2.68.0: it is accepted, and does nothing.
    refuses: &["logit_bias"],
    objects: Objects::Schema,
    ..Row::COMPATIBLE
};

/// "Reasoning": GLM has a switch that is turned round. Its thoughts go back in the text, for which there is no form here.
pub(super) const CEREBRAS_GLM: Row = Row {
    models: &["zai-glm", "glm"],
    profile: Profile {
        reasoning: ReasoningField::Switch(ReasoningSwitch {
            on: Setting::Flag(false),
            off: Setting::Flag(true),
            ..ReasoningSwitch::flag(&["disable_reasoning"])
        }),
        replay: Replay::Nothing,
        ..CEREBRAS.profile
    },
    ..CEREBRAS
};

/// pydantic-ai, version 2.68.0: these two always think, and have words of their own.
pub(super) const CEREBRAS_GLM_ALWAYS: Row = Row {
    models: &["zai-glm-5.3"],
    profile: Profile {
        reasoning: word(LOW_HIGH_MAX),
        ..CEREBRAS_GLM.profile
    },
    ..CEREBRAS_GLM
};

pub(super) const CEREBRAS_KIMI: Row = Row {
    models: &["kimi-k3"],
    profile: Profile {
        reasoning: word(LOW_HIGH_MAX),
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
    // `@ai-sdk/deepinfra`, version 3.0.57.
    objects: Objects::Schema,
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

/// API reference, "Create a chat completion": `top_k`, `enable_thinking`, `thinking_budget`, no seed.
pub(super) const SILICONFLOW: Row = Row {
    providers: &["siliconflow", "siliconflow-cn"],
    quirks: Quirks {
        name: "SiliconFlow",
        seed: false,
        top_k: true,
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        reasoning: ReasoningField::Switch(ReasoningSwitch {
            budget: &["thinking_budget"],
            ..ReasoningSwitch::flag(&["enable_thinking"])
        }),
        ..Row::COMPATIBLE.profile
    },
    ..Row::COMPATIBLE
};

/// API reference, "Create chat completion": `top_k`, `video_url`, `input_audio`, `enable_thinking`; thoughts are in
/// `reasoning_content` if they are asked for apart, and in the text if not.
pub(super) const NOVITA: Row = Row {
    providers: &["novita-ai"],
    quirks: Quirks {
        name: "Novita",
        top_k: true,
        audio: true,
        video: true,
        reasoning: Some(THINK_TAGS),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        reasoning: flag(&["enable_thinking"]),
        ..Row::COMPATIBLE.profile
    },
    ..Row::COMPATIBLE
};

/// LiteLLM, version 1.109.1: a few members, and neither a seed nor penalties among them.
pub(super) const INCEPTION: Row = Row {
    providers: &["inception"],
    quirks: Quirks {
        name: "Inception",
        seed: false,
        ..Row::COMPATIBLE.quirks
    },
    refuses: &[
        "frequency_penalty",
        "logit_bias",
        "logprobs",
        "parallel_tool_calls",
        "presence_penalty",
        "top_logprobs",
    ],
    ..Row::COMPATIBLE
};
