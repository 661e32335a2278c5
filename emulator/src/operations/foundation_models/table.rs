//! The models that the emulator lists: some of every vendor, as their pages describe them.
//!
//! It is a table to look things up in, not a limit: a model that is not in it answers as well.

use super::FoundationModel;

const TEXT: &[&str] = &["TEXT"];
const TEXT_IMAGE: &[&str] = &["TEXT", "IMAGE"];
const TEXT_IMAGE_VIDEO: &[&str] = &["TEXT", "IMAGE", "VIDEO"];
const EMBEDDING: &[&str] = &["EMBEDDING"];

const ON_DEMAND: &[&str] = &["ON_DEMAND"];
const PROVISIONED: &[&str] = &["PROVISIONED"];
/// The service model has no such inference type, and yet the real list is full of it.
const PROFILE_ONLY: &[&str] = &["INFERENCE_PROFILE"];
const BOTH: &[&str] = &["ON_DEMAND", "INFERENCE_PROFILE"];

const NO_PROFILE: &[&str] = &[];
const US: &[&str] = &["us"];
const THREE: &[&str] = &["us", "eu", "apac"];
const CLAUDE: &[&str] = &["us", "eu", "jp", "au", "global"];

#[rustfmt::skip] // One line for each model.
pub(in crate::operations) static MODELS: [FoundationModel; 47] = [
    chat("ai21.jamba-1-5-large-v1:0", "Jamba 1.5 Large", "AI21 Labs", TEXT, ON_DEMAND, NO_PROFILE),
    chat("ai21.jamba-1-5-mini-v1:0", "Jamba 1.5 Mini", "AI21 Labs", TEXT, ON_DEMAND, NO_PROFILE),
    chat("amazon.nova-2-lite-v1:0", "Nova 2 Lite", "Amazon", TEXT_IMAGE_VIDEO, PROFILE_ONLY, &["us", "eu", "jp", "global"]),
    tuned(chat("amazon.nova-lite-v1:0", "Nova Lite", "Amazon", TEXT_IMAGE_VIDEO, BOTH, THREE)),
    tuned(chat("amazon.nova-micro-v1:0", "Nova Micro", "Amazon", TEXT, BOTH, THREE)),
    tuned(chat("amazon.nova-pro-v1:0", "Nova Pro", "Amazon", TEXT_IMAGE_VIDEO, BOTH, THREE)),
    image("amazon.nova-canvas-v1:0", "Nova Canvas"),
    image("amazon.titan-image-generator-v2:0", "Titan Image Generator G1 v2"),
    embedding("amazon.nova-2-multimodal-embeddings-v1:0", "Nova Multimodal Embeddings", "Amazon", &["TEXT", "IMAGE", "AUDIO", "VIDEO"], NO_PROFILE),
    embedding("amazon.titan-embed-image-v1", "Titan Multimodal Embeddings G1", "Amazon", TEXT_IMAGE, NO_PROFILE),
    embedding("amazon.titan-embed-text-v1", "Titan Embeddings G1 - Text", "Amazon", TEXT, NO_PROFILE),
    embedding("amazon.titan-embed-text-v2:0", "Titan Text Embeddings V2", "Amazon", TEXT, NO_PROFILE),
    rerank("amazon.rerank-v1:0", "Rerank 1.0", "Amazon"),
    legacy(chat("anthropic.claude-3-haiku-20240307-v1:0", "Claude 3 Haiku", "Anthropic", TEXT_IMAGE, BOTH, THREE)),
    tuned(legacy(chat("anthropic.claude-3-haiku-20240307-v1:0:200k", "Claude 3 Haiku", "Anthropic", TEXT_IMAGE, PROVISIONED, NO_PROFILE))),
    chat("anthropic.claude-haiku-4-5-20251001-v1:0", "Claude Haiku 4.5", "Anthropic", TEXT_IMAGE, PROFILE_ONLY, CLAUDE),
    chat("anthropic.claude-opus-4-1-20250805-v1:0", "Claude Opus 4.1", "Anthropic", TEXT_IMAGE, PROFILE_ONLY, US),
    chat("anthropic.claude-opus-4-5-20251101-v1:0", "Claude Opus 4.5", "Anthropic", TEXT_IMAGE, PROFILE_ONLY, &["us", "eu", "global"]),
    chat("anthropic.claude-opus-4-8", "Claude Opus 4.8", "Anthropic", TEXT_IMAGE, PROFILE_ONLY, CLAUDE),
    chat("anthropic.claude-opus-5", "Claude Opus 5", "Anthropic", TEXT_IMAGE, PROFILE_ONLY, CLAUDE),
    chat("anthropic.claude-sonnet-4-20250514-v1:0", "Claude Sonnet 4", "Anthropic", TEXT_IMAGE, PROFILE_ONLY, &["us", "eu", "apac", "global"]),
    chat("anthropic.claude-sonnet-4-5-20250929-v1:0", "Claude Sonnet 4.5", "Anthropic", TEXT_IMAGE, PROFILE_ONLY, CLAUDE),
    chat("anthropic.claude-sonnet-5", "Claude Sonnet 5", "Anthropic", TEXT_IMAGE, PROFILE_ONLY, CLAUDE),
    chat("cohere.command-r-plus-v1:0", "Command R+", "Cohere", TEXT, ON_DEMAND, NO_PROFILE),
    chat("cohere.command-r-v1:0", "Command R", "Cohere", TEXT, ON_DEMAND, NO_PROFILE),
    embedding("cohere.embed-english-v3", "Embed English", "Cohere", TEXT, NO_PROFILE),
    embedding("cohere.embed-multilingual-v3", "Embed Multilingual", "Cohere", TEXT, NO_PROFILE),
    embedding("cohere.embed-v4:0", "Embed v4", "Cohere", TEXT_IMAGE, &["us", "eu", "global"]),
    rerank("cohere.rerank-v3-5:0", "Rerank 3.5", "Cohere"),
    chat("deepseek.r1-v1:0", "DeepSeek-R1", "DeepSeek", TEXT, PROFILE_ONLY, US),
    chat("deepseek.v3-v1:0", "DeepSeek-V3.1", "DeepSeek", TEXT, ON_DEMAND, NO_PROFILE),
    chat("google.gemma-3-27b-it", "Gemma 3 27B PT", "Google", TEXT_IMAGE, ON_DEMAND, NO_PROFILE),
    chat("meta.llama3-1-8b-instruct-v1:0", "Llama 3.1 8B Instruct", "Meta", TEXT, BOTH, US),
    chat("meta.llama3-3-70b-instruct-v1:0", "Llama 3.3 70B Instruct", "Meta", TEXT, PROFILE_ONLY, US),
    chat("meta.llama4-maverick-17b-instruct-v1:0", "Llama 4 Maverick 17B Instruct", "Meta", TEXT_IMAGE, PROFILE_ONLY, US),
    chat("minimax.minimax-m2", "MiniMax M2", "MiniMax", TEXT, ON_DEMAND, NO_PROFILE),
    chat("mistral.mistral-large-2402-v1:0", "Mistral Large (24.02)", "Mistral AI", TEXT, ON_DEMAND, NO_PROFILE),
    chat("mistral.pixtral-large-2502-v1:0", "Pixtral Large (25.02)", "Mistral AI", TEXT_IMAGE, PROFILE_ONLY, &["us", "eu"]),
    chat("moonshot.kimi-k2-thinking", "Kimi K2 Thinking", "Moonshot AI", TEXT, ON_DEMAND, NO_PROFILE),
    chat("nvidia.nemotron-nano-9b-v2", "NVIDIA Nemotron Nano 9B v2", "NVIDIA", TEXT, ON_DEMAND, NO_PROFILE),
    chat("openai.gpt-5.6-sol", "GPT-5.6 Sol", "OpenAI", TEXT_IMAGE, PROFILE_ONLY, &["us", "global"]),
    chat("openai.gpt-oss-120b-1:0", "gpt-oss-120b", "OpenAI", TEXT, ON_DEMAND, NO_PROFILE),
    chat("openai.gpt-oss-20b-1:0", "gpt-oss-20b", "OpenAI", TEXT, ON_DEMAND, NO_PROFILE),
    chat("qwen.qwen3-32b-v1:0", "Qwen3 32B (dense)", "Qwen", TEXT, ON_DEMAND, NO_PROFILE),
    chat("writer.palmyra-x5-v1:0", "Palmyra X5", "Writer", TEXT, PROFILE_ONLY, US),
    chat("xai.grok-4.6", "Grok 4.6", "xAI", TEXT_IMAGE, ON_DEMAND, NO_PROFILE),
    chat("zai.glm-4.7", "GLM 4.7", "Z.AI", TEXT, ON_DEMAND, NO_PROFILE),
];

const fn chat(
    id: &'static str,
    name: &'static str,
    provider: &'static str,
    input: &'static [&'static str],
    inference: &'static [&'static str],
    profiles: &'static [&'static str],
) -> FoundationModel {
    FoundationModel {
        id,
        name,
        provider,
        input,
        output: TEXT,
        streaming: true,
        customizations: &[],
        inference,
        status: "ACTIVE",
        profiles,
    }
}

const fn embedding(
    id: &'static str,
    name: &'static str,
    provider: &'static str,
    input: &'static [&'static str],
    profiles: &'static [&'static str],
) -> FoundationModel {
    let inference = if profiles.is_empty() { ON_DEMAND } else { BOTH };
    FoundationModel {
        output: EMBEDDING,
        streaming: false,
        ..chat(id, name, provider, input, inference, profiles)
    }
}

const fn rerank(id: &'static str, name: &'static str, provider: &'static str) -> FoundationModel {
    FoundationModel {
        streaming: false,
        ..chat(id, name, provider, TEXT, ON_DEMAND, NO_PROFILE)
    }
}

const fn image(id: &'static str, name: &'static str) -> FoundationModel {
    FoundationModel {
        output: &["IMAGE"],
        streaming: false,
        ..chat(id, name, "Amazon", TEXT_IMAGE, ON_DEMAND, NO_PROFILE)
    }
}

const fn tuned(model: FoundationModel) -> FoundationModel {
    FoundationModel {
        customizations: &["FINE_TUNING"],
        ..model
    }
}

const fn legacy(model: FoundationModel) -> FoundationModel {
    FoundationModel {
        status: "LEGACY",
        ..model
    }
}
