//! What each server does in its own way: one table, a row a server, and a row more for models that differ.
//!
//! A row says what is otherwise than in the row that it begins with. The source stands beside each fact; "registry" is the
//! catalogue, which knows the levels that a model has. A server without a row is [`Row::COMPATIBLE`].

mod gateways;
mod google;
mod hosts;
mod local;
mod thinkers;
mod vendors;

use reqllm_core::{Model, Resolution};
use reqllm_dialects::chat_completions::Tag;
use reqllm_dialects::profile::{ReasoningField, ReasoningSwitch, Setting};

use crate::ID;
use crate::row::Row;

/// The row of a model at a provider, and at OpenAI's own address or another: of those that are about the provider, the one with the longest beginning that
/// fits. The rows of OpenAI are about its own models, and its own address: elsewhere its name stands for the form, unless the
/// registry knows the model as OpenAI's, which then comes by way of somebody else.
pub(crate) fn find(provider: &str, model: &Model, at_openai: bool) -> &'static Row {
    let known = !matches!(
        model.resolution,
        Resolution::Explicit | Resolution::Unregistered
    );
    match provider == ID && !at_openai && !known {
        true => &COMPATIBLE,
        false => named(provider, model),
    }
}

fn named(provider: &str, model: &Model) -> &'static Row {
    let id = untuned(model.sent_id()).to_ascii_lowercase();
    let bare = id.rsplit('/').next().unwrap_or(&id);
    let fit = |row: &&Row| row.providers.contains(&provider);
    let length = |row: &Row| match row.models {
        [] => Some(0),
        models => models
            .iter()
            .filter(|beginning| bare.starts_with(**beginning))
            .map(|beginning| beginning.len())
            .max(),
    };
    ROWS.iter()
        .filter(fit)
        .filter_map(|row| Some((length(row)?, row)))
        .max_by_key(|(length, _)| *length)
        .map_or(&COMPATIBLE, |(_, row)| row)
}

/// The id of the model that was tuned, of an id such as `ft:o4-mini:acme::abc`; other ids as they are. What follows is chosen by
/// whoever tuned it, and says nothing of the model. Source: OpenAI's guide "Supervised fine-tuning".
pub(crate) fn untuned(id: &str) -> &str {
    let behind = id.strip_prefix("ft:");
    behind.map_or(id, |behind| behind.split(':').next().unwrap_or(behind))
}

/// The row of a provider, whatever the model.
pub(crate) fn of_provider(provider: &str) -> &'static Row {
    let of = |row: &&Row| row.providers.contains(&provider) && row.models.is_empty();
    ROWS.iter().find(of).unwrap_or(&COMPATIBLE)
}

static COMPATIBLE: Row = Row::COMPATIBLE;

const fn word(words: &'static [&'static str]) -> ReasoningField {
    ReasoningField::Switch(ReasoningSwitch::word(&["reasoning_effort"], words))
}

const fn flag(path: &'static [&'static str]) -> ReasoningField {
    ReasoningField::Switch(ReasoningSwitch::flag(path))
}

const LOW_TO_HIGH: &[&str] = &["low", "medium", "high"];
const LOW_HIGH_MAX: &[&str] = &["low", "high", "max"];
const NONE_TO_HIGH: &[&str] = &["none", "low", "medium", "high"];

/// `thinking: {type: enabled | disabled}`, and a word beside it. Sources: DeepSeek's guide "Thinking Mode", Z.AI's "Thinking
/// mode", Moonshot's "Use Kimi K2.5", Xiaomi's "OpenAI API compatibility".
const THINKING: ReasoningField = ReasoningField::Switch(ReasoningSwitch {
    path: &["thinking", "type"],
    on: Setting::Text("enabled"),
    off: Setting::Text("disabled"),
    word: &["reasoning_effort"],
    ..ReasoningSwitch::flag(&[])
});

/// What a template of a model calls its switch. Sources: vLLM's "Reasoning outputs", SGLang's "Reasoning parser", the README
/// of llama.cpp's server.
const TEMPLATE: ReasoningField = ReasoningField::Switch(ReasoningSwitch {
    word: &["reasoning_effort"],
    ..ReasoningSwitch::flag(&["chat_template_kwargs", "enable_thinking"])
});

const THINK_TAGS: Tag = Tag {
    open: "<think>",
    close: "</think>",
};

/// Names of Harmony's models, which have a word and no switch wherever they are served.
const GPT_OSS: &[&str] = &["gpt-oss"];

/// Qwen 3 by its sizes: its model cards have text alone, unlike those of Qwen3-VL, Qwen3-Omni and Qwen 3.5. The registry knows
/// no model of a server that one runs oneself.
const QWEN3: &[&str] = &[
    "qwen3:",
    "qwen3-0",
    "qwen3-1",
    "qwen3-2",
    "qwen3-3",
    "qwen3-4",
    "qwen3-8",
    "qwen3-coder",
    "qwen3-next",
];

static ROWS: &[Row] = &[
    vendors::OPENAI,
    vendors::OPENAI_REASONING,
    vendors::AZURE,
    vendors::AZURE_REASONING,
    vendors::MISTRAL,
    vendors::MISTRAL_GLM,
    vendors::MISTRAL_LARGE,
    vendors::MAGISTRAL,
    vendors::PERPLEXITY,
    vendors::XAI,
    vendors::XAI_REASONING,
    vendors::XAI_UNTOLD,
    thinkers::ALIBABA,
    thinkers::DEEPSEEK,
    thinkers::DEEPSEEK_THINKING,
    thinkers::MOONSHOT,
    thinkers::MOONSHOT_THINKING,
    thinkers::MOONSHOT_UNTOLD,
    thinkers::MOONSHOT_WORDS,
    thinkers::XIAOMI,
    thinkers::ZAI,
    thinkers::ZAI_ALWAYS,
    gateways::OPENROUTER,
    gateways::OPENROUTER_ALWAYS,
    gateways::OPENROUTER_POINTS,
    gateways::OPENROUTER_POINTS_ALWAYS,
    gateways::OWN,
    hosts::CEREBRAS,
    hosts::CEREBRAS_GLM,
    hosts::CEREBRAS_GLM_ALWAYS,
    hosts::CEREBRAS_KIMI,
    hosts::DEEPINFRA,
    hosts::FIREWORKS,
    hosts::FIREWORKS_WORDS,
    hosts::GROQ,
    hosts::GROQ_PARSED,
    hosts::INCEPTION,
    hosts::NOVITA,
    hosts::NVIDIA,
    hosts::NVIDIA_DEEPSEEK,
    hosts::NVIDIA_GPT_OSS,
    hosts::SILICONFLOW,
    hosts::TOGETHER,
    hosts::TOGETHER_DEEPSEEK,
    hosts::TOGETHER_GLM,
    hosts::TOGETHER_GPT_OSS,
    local::LLAMA_CPP,
    local::LM_STUDIO,
    local::OLLAMA,
    local::OLLAMA_QWEN3,
    local::SGLANG,
    local::SGLANG_GPT_OSS,
    local::SGLANG_QWEN3,
    local::VLLM,
    local::VLLM_QWEN3,
    local::VLLM_GPT_OSS,
    google::GOOGLE,
    google::GOOGLE_OLDER,
    google::GOOGLE_FLASH,
    google::VERTEX,
    google::VERTEX_GEMINI,
    google::VERTEX_GEMINI_OLDER,
    google::VERTEX_GEMINI_FLASH,
];

#[cfg(test)]
mod tests;
