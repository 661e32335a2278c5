//! More servers, whose models are known by their whole ids: those have a slash in them, as OpenRouter's have.

use super::{Counts, Details, Key, Manner, OPENAI, Shown, Unknown};

/// Looked at before the others.
pub(super) static MORE: [Manner; 4] = [
    Manner {
        name: "together",
        speaker: "Together",
        ids: |id| TOGETHERS.contains(&id),
        key: Key::Any,
        unknown: Unknown::Ignored,
        grammar: true,
        blind: |_| true,
        shown: Shown::Plain,
        // Hybrid models do not think unless they are told to.
        reasons: |id, body| id.contains("DeepSeek-V3-1") && body["reasoning"]["enabled"] == true,
        counts: Counts::Always,
        details: Details::None,
        source: "docs.together.ai: Chat Completions, Reasoning, Structured outputs",
        ..OPENAI
    },
    Manner {
        name: "fireworks",
        speaker: "Fireworks",
        ids: |id| id.starts_with("accounts/fireworks/"),
        key: Key::Any,
        unknown: Unknown::Ignored,
        grammar: true,
        blind: |id| id.contains("/gpt-oss-"),
        shown: Shown::Content,
        reasons: |id, body| id.contains("/gpt-oss-") && body["reasoning_effort"] != "none",
        counts: Counts::Always,
        details: Details::None,
        source: "docs.fireworks.ai: Create Chat Completion, Reasoning, Structured Outputs",
        ..OPENAI
    },
    Manner {
        name: "lmstudio",
        speaker: "LM Studio",
        ids: |id| LM_STUDIOS.contains(&id),
        key: Key::Free,
        unknown: Unknown::Ignored,
        choices: &["none", "auto", "required"],
        grammar: true,
        blind: |_| true,
        details: Details::None,
        source: "lmstudio.ai/docs: OpenAI Compatibility Endpoints, Structured Output, Tool Use",
        ..OPENAI
    },
    Manner {
        name: "vllm",
        speaker: "vLLM",
        ids: |id| VLLMS.contains(&id),
        key: Key::Free,
        unknown: Unknown::Ignored,
        grammar: true,
        blind: |_| true,
        shown: Shown::Content,
        // Qwen's template thinks unless it is told not to.
        reasons: |_, body| body["chat_template_kwargs"]["enable_thinking"] != false,
        details: Details::None,
        source: "docs.vllm.ai: OpenAI-Compatible Server, Reasoning Outputs, Structured Outputs",
        ..OPENAI
    },
];

const TOGETHERS: &[&str] = &[
    "meta-llama/Llama-3.3-70B-Instruct-Turbo",
    "deepseek-ai/DeepSeek-V3-1",
];

const LM_STUDIOS: &[&str] = &["qwen/qwen3-coder-30b", "qwen/qwen3-30b-a3b-2507"];

const VLLMS: &[&str] = &["Qwen/Qwen3-8B", "Qwen/Qwen3-32B"];
