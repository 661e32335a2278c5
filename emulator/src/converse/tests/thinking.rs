//! Fields that ask for reasoning, and the reasoning that they get.

use super::*;

fn thinking(config: Value) -> Value {
    fields(json!({"thinking": config}))
}

fn enabled() -> Value {
    thinking(json!({"type": "enabled", "budget_tokens": 1024}))
}

fn adaptive() -> Value {
    thinking(json!({"type": "adaptive"}))
}

/// `extra` with an `inferenceConfig`.
fn inferring(extra: Value, config: Value) -> Value {
    with(
        with(asked("why"), extra),
        json!({"inferenceConfig": config}),
    )
}

fn forced() -> Value {
    json!({"toolConfig": {"tools": tools()["toolConfig"]["tools"], "toolChoice": {"any": {}}}})
}

#[test]
fn a_budget_fits_the_request() {
    for (body, fragment) in [
        (
            with(
                asked("x"),
                thinking(json!({"type": "enabled", "budget_tokens": 1000})),
            ),
            "greater than or equal to 1024",
        ),
        (
            inferring(enabled(), json!({"maxTokens": 1024})),
            "`max_tokens` must be greater than `thinking.budget_tokens`",
        ),
        (
            inferring(enabled(), json!({"temperature": 0.5})),
            "`temperature` may only be set to 1",
        ),
        (
            with(with(asked("x"), enabled()), forced()),
            "Thinking may not be enabled when tool_choice forces tool use.",
        ),
        (
            with(
                asked("x"),
                thinking(json!({"type": "enabled", "budget_tokens": 1024, "display": "loud"})),
            ),
            "thinking.enabled.display: Input should be 'summarized' or 'omitted'",
        ),
        (
            with(asked("x"), fields(json!({"reasoning_effort": "low"}))),
            "reasoning_effort: Extra inputs are not permitted",
        ),
    ] {
        invalid(CLAUDE, &body, fragment);
    }
    accepted(
        CLAUDE,
        &inferring(enabled(), json!({"maxTokens": 1025, "temperature": 1})),
    );
    accepted(
        CLAUDE,
        &with(asked("x"), thinking(json!({"type": "disabled"}))),
    );
}

#[test]
fn generations_of_claude_think_in_their_own_way() {
    for (model, budget, adapts) in [
        (
            CLAUDE_3,
            Some("thinking: Extra inputs are not permitted"),
            Some("thinking: Extra inputs"),
        ),
        (
            "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
            None,
            Some("adaptive thinking is not supported on this model"),
        ),
        (
            CLAUDE,
            None,
            Some("adaptive thinking is not supported on this model"),
        ),
        (SONNET_4_6, None, None),
        (
            OPUS_4_7,
            Some("\"thinking.type.enabled\" is not supported for this model."),
            None,
        ),
        (
            SONNET_5,
            Some("\"thinking.type.enabled\" is not supported for this model."),
            None,
        ),
        ("abc123def456", None, None),
    ] {
        for (field, refusal) in [(enabled(), budget), (adaptive(), adapts)] {
            let body = with(asked("why"), field);
            match refusal {
                Some(message) => invalid(model, &body, message),
                None => {
                    let reasoning = &content(model, &body)[0]["reasoningContent"]["reasoningText"];
                    assert!(reasoning["signature"].is_string(), "{model}");
                }
            }
        }
    }
}

#[test]
fn a_tool_is_forced_beside_thinking_by_the_newest_alone() {
    let body = with(with(asked("Weather?"), adaptive()), forced());
    for model in [SONNET_4_6, OPUS_4_7] {
        invalid(
            model,
            &body,
            "Thinking may not be enabled when tool_choice forces tool use.",
        );
    }
    assert_eq!(ask(SONNET_5, &body).unwrap()["stopReason"], "tool_use");
}

#[test]
fn display_decides_whether_thinking_is_seen() {
    let shown = |model: &str, config: Value| {
        let body = with(asked("why"), thinking(config));
        let block = content(model, &body)[0]["reasoningContent"]["reasoningText"].clone();
        // Whatever is shown, it can be sent back.
        let next = messages(json!([
            user(json!([{"text": "why"}])),
            assistant(json!([{"reasoningContent": {"reasoningText": block}}, {"text": "so"}])),
            user(json!([{"text": "on"}])),
        ]));
        accepted(model, &with(next, thinking(json!({"type": "adaptive"}))));
        block["text"] != ""
    };
    assert!(!shown(OPUS_4_7, json!({"type": "adaptive"})));
    assert!(shown(
        OPUS_4_7,
        json!({"type": "adaptive", "display": "summarized"})
    ));
    assert!(shown(SONNET_4_6, json!({"type": "adaptive"})));
    assert!(!shown(
        SONNET_4_6,
        json!({"type": "adaptive", "display": "omitted"})
    ));
    let events = events(OPUS_4_7, &with(asked("why"), adaptive()));
    let first = deltas(&events, 0);
    assert_eq!(first.len(), 1);
    assert!(first[0]["reasoningContent"]["signature"].is_string());
}

#[test]
fn the_turn_that_called_begins_with_its_thinking() {
    let body = with(called(json!([result(json!([{"text": "x"}]))])), enabled());
    invalid(
        CLAUDE,
        &body,
        "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`",
    );
    accepted(
        SONNET_4_6,
        &with(called(json!([result(json!([{"text": "x"}]))])), adaptive()),
    );
}

#[test]
fn effort_has_the_levels_of_the_generation() {
    let converse = |level: &str| with(asked("x"), json!({"outputConfig": {"effort": level}}));
    let native = |level: &str| {
        with(
            asked("x"),
            fields(json!({"output_config": {"effort": level}})),
        )
    };
    for (model, levels) in [
        (
            "us.anthropic.claude-opus-4-5-20251101-v1:0",
            &["low", "medium", "high"][..],
        ),
        (SONNET_4_6, &["low", "medium", "high", "max"]),
        (OPUS_4_7, &["low", "medium", "high", "xhigh", "max"]),
        (UNKNOWN, &["low", "medium", "high", "xhigh", "max"]),
    ] {
        for level in ["low", "medium", "high", "xhigh", "max", "extreme"] {
            if levels.contains(&level) {
                accepted(model, &converse(level));
                accepted(model, &native(level));
            } else {
                let message = "output_config.effort: Input should be one of 'low'";
                invalid(model, &converse(level), message);
            }
        }
    }
    invalid(
        SONNET_4_6,
        &native("xhigh"),
        "output_config.effort: Input should be one of",
    );
    invalid(
        CLAUDE,
        &native("low"),
        "This model does not support the effort parameter.",
    );
    for model in [CLAUDE, NOVA, LLAMA, GPT_OSS] {
        invalid(
            model,
            &converse("low"),
            "doesn't support the outputConfig.effort field",
        );
    }
    // Effort alone does not switch thinking on.
    assert!(content(SONNET_4_6, &converse("low"))[0]["text"].is_string());
}

#[test]
fn nova_reasons_from_the_second_generation_on() {
    let config = |config: Value| with(asked("why"), fields(json!({"reasoningConfig": config})));
    let effort = |level: &str| json!({"type": "enabled", "maxReasoningEffort": level});
    for level in ["low", "medium", "high"] {
        let first = &content(NOVA_2, &config(effort(level)))[0];
        let reasoning = &first["reasoningContent"]["reasoningText"];
        assert!(reasoning["text"].is_string() && reasoning["signature"].is_null());
    }
    assert!(content(NOVA_2, &config(json!({"type": "disabled"})))[0]["text"].is_string());
    let refusal = "the provided reasoning config value is invalid";
    invalid(NOVA, &config(effort("low")), refusal);
    for wrong in [
        effort("max"),
        json!({"type": "enabled"}),
        json!({"type": "disabled", "maxReasoningEffort": "low"}),
        json!("low"),
        json!(null),
    ] {
        invalid(NOVA_2, &config(wrong), refusal);
    }
    for (field, value) in [
        ("maxTokens", json!(9)),
        ("temperature", json!(0.5)),
        ("topP", json!(0.5)),
    ] {
        let set = |level: &str| {
            with(
                config(effort(level)),
                json!({"inferenceConfig": {(field): value}}),
            )
        };
        let message = format!("{field} cannot be set when maxReasoningEffort is high");
        invalid(NOVA_2, &set("high"), &message);
        accepted(NOVA_2, &set("medium"));
    }
}

#[test]
fn each_family_has_its_field() {
    let ask_by = |field: &str, value: Value| with(asked("why"), fields(json!({(field): value})));
    for (model, field, value, fragment) in [
        (
            GPT_OSS,
            "reasoning_effort",
            json!("none"),
            "unknown variant \"none\"",
        ),
        (
            GPT_OSS,
            "thinking",
            json!({"type": "enabled"}),
            "unknown field thinking",
        ),
        (
            QWEN,
            "reasoning_config",
            json!("none"),
            "Input should be 'low' or 'high'",
        ),
        (
            QWEN,
            "reasoning_effort",
            json!("low"),
            "#: extraneous key [reasoning_effort]",
        ),
        (
            GPT_5,
            "reasoning_effort",
            json!("low"),
            "Unknown parameter: 'reasoning_effort'.",
        ),
        (
            GPT_5,
            "reasoning",
            json!({"effort": "minimal"}),
            "Unsupported value: 'reasoning.effort'",
        ),
        (
            GPT_5,
            "reasoning",
            json!({"depth": 1}),
            "Unknown parameter: 'reasoning.depth'.",
        ),
        (
            GROK,
            "reasoning",
            json!({"effort": "none"}),
            "Unsupported value: 'reasoning.effort'",
        ),
        (
            R1,
            "reasoning_effort",
            json!("low"),
            "extraneous key [reasoning_effort]",
        ),
        (R1, "thinking", json!({}), "extraneous key [thinking]"),
        (
            NOVA,
            "reasoning_effort",
            json!("low"),
            "extraneous key [reasoning_effort]",
        ),
        (LLAMA, "thinking", json!({}), "extraneous key [thinking]"),
        (
            COMMAND_R,
            "thinking",
            json!({}),
            "extraneous key [thinking]",
        ),
    ] {
        invalid(model, &ask_by(field, value), fragment);
    }
    for (model, field, value) in [
        (GPT_OSS, "reasoning_effort", json!("high")),
        (GPT_OSS, "reasoning", json!({"effort": "high"})),
        (QWEN, "reasoning_config", json!("high")),
        (GPT_5, "reasoning", json!({"effort": "xhigh"})),
        (GPT_5, "reasoning", json!({"effort": "none"})),
        (GROK, "reasoning", json!({"effort": "low"})),
        (UNKNOWN, "reasoning_effort", json!("none")),
    ] {
        accepted(model, &ask_by(field, value));
    }
}
