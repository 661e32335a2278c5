//! Servers that one runs oneself.

use reqllm_dialects::chat_completions::{Quirks, StrictObject, Thoughts, ThoughtsMember};
use reqllm_dialects::profile::{Kinds, Profile, Replay, ToolChoices};

use super::{GPT_OSS, LOW_TO_HIGH, NONE_TO_HIGH, QWEN3, TEMPLATE, THINK_TAGS, word};
use crate::row::{Embeds, Key, Objects, Row};

pub(super) const OLLAMA: Row = Row {
    providers: &["ollama", "ollama-cloud"],
    quirks: Quirks {
        name: "Ollama",
        // "OpenAI compatibility", "Supported request fields": images as base64 alone; `tool_choice` is not among them.
        urls: false,
        one_tool: false,
        strict_tools: false,
        // "Structured outputs": a schema becomes a grammar, which knows optional members.
        strict_object: StrictObject::Always,
        // Its stream begins with thoughts in `reasoning`, which may go back.
        thoughts: Thoughts::Member(ThoughtsMember::Reasoning),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        strict_tools: false,
        tool_choices: ToolChoices::AUTO,
        reasoning: word(NONE_TO_HIGH),
        replay: Replay::ToolTurn,
        ..Row::COMPATIBLE.profile
    },
    // The same: `response_format` holds to a schema.
    objects: Objects::Schema,
    // The same: these are not among them.
    refuses: &["logit_bias", "user"],
    key: Key::Optional,
    ..Row::COMPATIBLE
};

pub(super) const OLLAMA_QWEN3: Row = Row {
    models: QWEN3,
    profile: Profile {
        takes: Kinds {
            image: false,
            video: false,
            ..OLLAMA.profile.takes
        },
        ..OLLAMA.profile
    },
    ..OLLAMA
};

pub(super) const LM_STUDIO: Row = Row {
    providers: &["lmstudio", "atomic-chat"],
    quirks: Quirks {
        name: "LM Studio",
        // "OpenAI compatibility endpoints": `top_k`; images as base64; `tool_choice` is a word alone.
        top_k: true,
        urls: false,
        one_tool: false,
        // "Structured output": a schema becomes a grammar, which knows optional members.
        strict_object: StrictObject::Always,
        reasoning: Some(THINK_TAGS),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        tool_choices: ToolChoices::AUTO_ANY,
        ..Row::COMPATIBLE.profile
    },
    objects: Objects::Schema,
    key: Key::Optional,
    ..Row::COMPATIBLE
};

/// "OpenAI-compatible server": extra parameters, multi-modal inputs, `tool_choice`, structured outputs.
pub(super) const VLLM: Row = Row {
    providers: &["vllm", "modal", "privatemode-ai"],
    quirks: Quirks {
        name: "vLLM",
        top_k: true,
        audio: true,
        video: true,
        // "Structured outputs": a schema becomes a grammar, which knows optional members.
        strict_object: StrictObject::Always,
        // A server that was started without a reasoning parser leaves them in the text.
        reasoning: Some(THINK_TAGS),
        // "Reasoning outputs": what was `reasoning_content` is `reasoning`, and the old name is no longer read (its issue 38488).
        thoughts: Thoughts::Member(ThoughtsMember::Reasoning),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        reasoning: TEMPLATE,
        replay: Replay::ToolTurn,
        ..Row::COMPATIBLE.profile
    },
    objects: Objects::Schema,
    key: Key::Optional,
    embeds: Embeds {
        base64: true,
        ..Embeds::PLAIN
    },
    ..Row::COMPATIBLE
};

pub(super) const VLLM_QWEN3: Row = Row {
    models: QWEN3,
    profile: Profile {
        takes: Kinds {
            image: false,
            video: false,
            ..VLLM.profile.takes
        },
        ..VLLM.profile
    },
    ..VLLM
};

pub(super) const VLLM_GPT_OSS: Row = Row {
    models: GPT_OSS,
    profile: Profile {
        reasoning: word(LOW_TO_HIGH),
        // Its issue 44216: `required` is passed over with these.
        tool_choices: ToolChoices::AUTO,
        ..VLLM.profile
    },
    ..VLLM
};

/// "OpenAI APIs, completions", "Reasoning parser": as vLLM, with the old name of thoughts.
pub(super) const SGLANG: Row = Row {
    providers: &["sglang"],
    quirks: Quirks {
        name: "SGLang",
        thoughts: Thoughts::Member(ThoughtsMember::ReasoningContent),
        ..VLLM.quirks
    },
    ..VLLM
};

pub(super) const SGLANG_GPT_OSS: Row = Row {
    models: GPT_OSS,
    profile: Profile {
        reasoning: word(LOW_TO_HIGH),
        ..SGLANG.profile
    },
    ..SGLANG
};

pub(super) const SGLANG_QWEN3: Row = Row {
    models: QWEN3,
    profile: Profile {
        takes: VLLM_QWEN3.profile.takes,
        ..SGLANG.profile
    },
    ..SGLANG
};

/// README of its server: the form of OpenAI, `top_k`, `chat_template_kwargs`, a schema in `response_format`, thoughts in
/// `reasoning_content`.
pub(super) const LLAMA_CPP: Row = Row {
    providers: &["llamacpp"],
    quirks: Quirks {
        name: "llama.cpp",
        strict_object: StrictObject::Unsaid,
        one_tool: false,
        thoughts: Thoughts::Member(ThoughtsMember::ReasoningContent),
        ..VLLM.quirks
    },
    profile: Profile {
        tool_choices: ToolChoices::AUTO_ANY,
        ..VLLM.profile
    },
    ..VLLM
};
