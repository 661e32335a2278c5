//! Sampling and limits.

use super::*;

fn inference(config: Value) -> Value {
    with(asked("x"), json!({"inferenceConfig": config}))
}

#[test]
fn sampling_by_generation() {
    let both = inference(json!({"temperature": 0.5, "topP": 0.5}));
    let one = inference(json!({"temperature": 0.5}));
    let top_p = inference(json!({"topP": 0.5}));
    let top_k = with(asked("x"), fields(json!({"top_k": 5})));
    for model in [
        CLAUDE_3,
        "us.anthropic.claude-sonnet-4-20250514-v1:0",
        NOVA,
        LLAMA,
        UNKNOWN,
    ] {
        accepted(model, &both);
    }
    for model in [
        "us.anthropic.claude-opus-4-1-20250805-v1:0",
        CLAUDE,
        SONNET_4_6,
    ] {
        invalid(
            model,
            &both,
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
        );
        for body in [&one, &top_p, &top_k] {
            accepted(model, body);
        }
        let mixed = with(one.clone(), fields(json!({"top_p": 0.5})));
        invalid(model, &mixed, "cannot both be specified");
    }
    for model in [OPUS_4_7, SONNET_5] {
        invalid(model, &one, "`temperature` is deprecated for this model.");
        invalid(model, &top_p, "`top_p` is deprecated for this model.");
        invalid(model, &top_k, "`top_k` is deprecated for this model.");
        accepted(model, &asked("x"));
    }
}

#[test]
fn gpt_samples_only_without_reasoning() {
    let one = inference(json!({"temperature": 0.5}));
    invalid(
        GPT_5,
        &one,
        "Unsupported parameter: 'temperature' is not supported with this model.",
    );
    accepted(
        GPT_5,
        &with(
            one.clone(),
            fields(json!({"reasoning": {"effort": "none"}})),
        ),
    );
    invalid(
        GPT_5,
        &with(one.clone(), fields(json!({"reasoning": {"effort": "low"}}))),
        "'temperature'",
    );
    accepted(GROK, &one);
    accepted(GPT_OSS, &one);
}

#[test]
fn stop_sequences_and_the_least_limit() {
    let stops = inference(json!({"stopSequences": ["."]}));
    for model in [GPT_5, GPT_6, GROK] {
        invalid(
            model,
            &stops,
            "This model doesn't support the stopSequences field.",
        );
        accepted(model, &inference(json!({"stopSequences": []})));
    }
    for model in [GPT_5, GROK, KIMI] {
        let few = inference(json!({"maxTokens": 15}));
        invalid(model, &few, "Expected a value >= 16, but got 15 instead.");
        accepted(model, &inference(json!({"maxTokens": 16})));
    }
    for model in [CLAUDE, NOVA, GPT_OSS] {
        accepted(model, &stops);
        accepted(model, &inference(json!({"maxTokens": 1})));
    }
}
