//! Models find their rows.

use super::*;

#[test]
fn models_find_their_rows() {
    for (id, name) in [
        ("anthropic.claude-v2:1", "Claude 2"),
        ("anthropic.claude-instant-v1", "Claude 2"),
        ("anthropic.claude-3-haiku-20240307-v1:0", "Claude 3"),
        ("anthropic.claude-3-5-sonnet-20240620-v1:0", "Claude 3"),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", "Claude 3.5"),
        ("us.anthropic.claude-3-7-sonnet-20250219-v1:0", "Claude 4"),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "Claude 4"),
        ("us.anthropic.claude-opus-4-1-20250805-v1:0", "Claude 4.1"),
        (
            "global.anthropic.claude-haiku-4-5-20251001-v1:0",
            "Claude 4.5",
        ),
        (
            "us.anthropic.claude-opus-4-5-20251101-v1:0",
            "Claude Opus 4.5",
        ),
        ("us.anthropic.claude-sonnet-4-6", "Claude 4.6"),
        ("us.anthropic.claude-opus-4-7", "Claude 4.7"),
        ("us.anthropic.claude-opus-4-8", "Claude 5"),
        ("us.anthropic.claude-sonnet-5", "Claude 5"),
        ("anthropic.claude-fable-5", "Claude 5"),
        ("anthropic.claude-unheard-of", "Claude of any age"),
        ("us.amazon.nova-micro-v1:0", "Nova Micro"),
        ("us.amazon.nova-pro-v1:0", "Nova 1"),
        ("us.amazon.nova-2-lite-v1:0", "Nova 2"),
        ("amazon.titan-text-express-v1", "Titan Text"),
        ("meta.llama3-8b-instruct-v1:0", "Llama 3"),
        ("us.meta.llama3-2-3b-instruct-v1:0", "Llama 3"),
        ("meta.llama3-3-70b-instruct-v1:0", "Llama 3.1"),
        ("us.meta.llama3-2-90b-instruct-v1:0", "Llama 3.2 Vision"),
        ("us.meta.llama4-scout-17b-instruct-v1:0", "Llama 4"),
        ("mistral.mistral-7b-instruct-v0:2", "Mistral 7B"),
        ("mistral.mistral-large-2402-v1:0", "Mistral Large"),
        ("us.mistral.pixtral-large-2502-v1:0", "Pixtral"),
        ("mistral.mistral-large-3-675b-instruct", "Mistral 3"),
        ("mistral.ministral-3-14b-instruct", "Ministral 3"),
        ("mistral.devstral-2-123b", "Devstral"),
        ("cohere.command-r-plus-v1:0", "Command R"),
        ("ai21.jamba-instruct-v1:0", "Jamba Instruct"),
        ("ai21.jamba-1-5-mini-v1:0", "Jamba 1.5"),
        ("us.deepseek.r1-v1:0", "DeepSeek R1"),
        ("deepseek.v3-v1:0", "DeepSeek V3"),
        ("deepseek.v3.2", "DeepSeek V3.2"),
        ("qwen.qwen3-32b-v1:0", "Qwen3"),
        ("qwen.qwen3-vl-235b-a22b", "Qwen3 VL"),
        ("openai.gpt-oss-120b-1:0", "gpt-oss"),
        ("us.openai.gpt-5.6-sol", "GPT-5"),
        ("us.openai.gpt-6", "GPT-6"),
        ("us.xai.grok-4", "Grok"),
        ("moonshot.kimi-k2-thinking", "Kimi K2 Thinking"),
        ("moonshotai.kimi-k2.5", "Kimi"),
        ("moonshotai.kimi-k3", "Kimi K3"),
        ("zai.glm-4.7-flash", "GLM"),
        ("us.writer.palmyra-x5-v1:0", "Palmyra"),
        ("google.gemma-3-27b-it", "Gemma 3"),
        ("google.gemma-3-4b-it", "Gemma 3 Small"),
        ("minimax.minimax-m2", "MiniMax"),
        ("nvidia.nemotron-nano-12b-v2", "Nemotron VL"),
        ("nvidia.nemotron-nano-9b-v2", "Nemotron"),
        ("somebody.something-1", "any"),
        ("abc123def456", "opaque"),
    ] {
        let model = ModelId::parse(id).unwrap_or_else(|_| panic!("{id}"));
        assert_eq!(Family::of(&model).name, name, "{id}");
    }
}

#[test]
fn no_two_rows_claim_the_same_ids() {
    let mut claimed: Vec<&str> = Family::all()
        .flat_map(|family| family.ids)
        .copied()
        .collect();
    let all = claimed.len();
    claimed.sort_unstable();
    claimed.dedup();
    assert_eq!(claimed.len(), all);
}
