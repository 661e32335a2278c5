//! Those who pass calls on to others.

use reqllm_dialects::chat_completions::{Files, Quirks, Thoughts};
use reqllm_dialects::mark::Maker;
use reqllm_dialects::profile::{Profile, ReasoningField, ReasoningSwitch, Replay};

use super::LOW_TO_HIGH;
use crate::row::{Key, Row};

pub(super) const OPENROUTER: Row = Row {
    providers: &["openrouter"],
    quirks: Quirks {
        name: "OpenRouter",
        // `openrouter`, version 1.3.84, `ChatRequest`: `max_tokens` is deprecated, and there is `top_k`. "PDF inputs", "Audio",
        // "Video inputs".
        max_tokens: "max_completion_tokens",
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

/// Where it has to think: "Reasoning is mandatory for this endpoint and cannot be disabled". Source: its list of models,
/// `reasoning.mandatory`, in November 2026, as pydantic-ai, version 2.68.0, has it.
const ALWAYS: ReasoningField = ReasoningField::Switch(ReasoningSwitch {
    budget: &["reasoning", "max_tokens"],
    ..ReasoningSwitch::word(&["reasoning", "effort"], LOW_TO_HIGH)
});

pub(super) const OPENROUTER_ALWAYS: Row = Row {
    models: &[
        "glm-5.3",
        "gpt-5.2-codex",
        "gpt-oss-",
        "grok-4.20-multi-agent",
        "grok-build",
        "kimi-k2-thinking",
        "kimi-k2.7-code",
        "minimax-m2.5",
        "minimax-m2.7",
        "sonar-deep-research",
        "sonar-pro-search",
        "sonar-reasoning-pro",
        "step-3.5-flash",
        "step-3.7-flash",
    ],
    profile: Profile {
        reasoning: ALWAYS,
        ..OPENROUTER.profile
    },
    ..OPENROUTER
};

pub(super) const OPENROUTER_POINTS_ALWAYS: Row = Row {
    models: &[
        "gemini-3.5-flash",
        "gemini-3.6-flash",
        "gemini-3.7-flash",
        "gemini-3.8-flash",
        "qwen3-235b-a22b-thinking",
        "qwen3-next-80b-a3b-thinking",
        "qwen3-vl-30b-a3b-thinking",
        "qwen3.8-max",
    ],
    profile: Profile {
        reasoning: ALWAYS,
        ..OPENROUTER_POINTS.profile
    },
    ..OPENROUTER_POINTS
};

/// Servers that stand in front of others, and of which this machine needs no key.
pub(super) const OWN: Row = Row {
    providers: &["litellm", "localai", "lynkr"],
    key: Key::Optional,
    ..Row::COMPATIBLE
};
