//! How much the model thinks, sampling, limits.

use reqllm_core::{
    Budget, Call, Capability, ErrorKind, Part, Reasoning, ReasoningEffort, ReasoningPart, Tool,
    ToolCallPart, ToolChoice, assistant, tool_result, user,
};
use serde_json::json;

use super::*;

fn effort(effort: ReasoningEffort) -> Call {
    let mut call = Call::new("u");
    call.settings.reasoning = Some(Reasoning::Effort(effort));
    call
}

fn budget(tokens: u32) -> Call {
    let mut call = Call::new("u");
    call.settings.reasoning = Some(Reasoning::Budget(tokens));
    call
}

/// Sonnet 4.5, as the registry knows it.
fn with_budget() -> Model {
    let mut model = Model::new("bedrock", CLAUDE);
    let mut least = Budget::default();
    least.min = Some(1024);
    model.reasoning.budget = Some(least);
    model.limits.output = Some(64_000);
    model
}

/// Sonnet 5, as the registry knows it.
fn adaptive() -> Model {
    let mut model = Model::new("bedrock", CLAUDE_5);
    model.reasoning.toggle = true;
    model.reasoning.effort = ["low", "medium", "high", "xhigh", "max"]
        .map(str::to_owned)
        .into();
    model.capabilities = model.capabilities.with(Capability::Temperature, false);
    model
}

#[test]
fn a_claude_with_a_budget_gets_one_and_room_for_the_answer() {
    let outcome = shaped(&with_budget(), &budget(10_000)).unwrap();
    assert_eq!(
        outcome.fields,
        json!({"thinking": {"type": "enabled", "budget_tokens": 10_000}})
    );
    assert_eq!(outcome.call.settings.max_tokens, Some(14_096));
    let low = shaped(&with_budget(), &effort(ReasoningEffort::Low)).unwrap();
    assert_eq!(low.fields["thinking"]["budget_tokens"], 2048);
    assert!(low.warnings.is_empty());
}

#[test]
fn max_tokens_below_the_budget_is_settled_by_rule() {
    let mut call = budget(4096);
    call.settings.max_tokens = Some(1000);
    let outcome = shaped(&with_budget(), &call).unwrap();
    assert_eq!(outcome.call.settings.max_tokens, Some(5096));
    assert_eq!(outcome.codes(), ["conflict"]);
    call.strict = true;
    let error = shaped(&with_budget(), &call).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    // A level is less than what the caller allows.
    let mut call = effort(ReasoningEffort::High);
    call.settings.max_tokens = Some(4096);
    let outcome = shaped(&with_budget(), &call).unwrap();
    assert_eq!(outcome.fields["thinking"]["budget_tokens"], 3072);
    assert_eq!(outcome.call.settings.max_tokens, Some(4096));
    assert!(outcome.warnings.is_empty());
}

#[test]
fn budgets_are_at_least_and_at_most_what_the_model_takes() {
    let outcome = shaped(&with_budget(), &budget(100)).unwrap();
    assert_eq!(outcome.fields["thinking"]["budget_tokens"], 1024);
    assert_eq!(outcome.codes(), ["conflict"]);
    let outcome = shaped(&with_budget(), &budget(100_000)).unwrap();
    assert_eq!(outcome.fields["thinking"]["budget_tokens"], 59_904);
    assert_eq!(outcome.call.settings.max_tokens, Some(64_000));
}

#[test]
fn an_adaptive_claude_gets_an_effort() {
    let outcome = shaped(&adaptive(), &effort(ReasoningEffort::Max)).unwrap();
    assert_eq!(
        outcome.fields,
        json!({"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": "max"}})
    );
    let minimal = shaped(&adaptive(), &effort(ReasoningEffort::Minimal)).unwrap();
    assert_eq!(minimal.fields["output_config"]["effort"], "low");
    let none = shaped(&adaptive(), &effort(ReasoningEffort::None)).unwrap();
    assert_eq!(none.fields, json!({"thinking": {"type": "disabled"}}));
    // It knows no budgets.
    let tokens = shaped(&adaptive(), &budget(20_000)).unwrap();
    assert_eq!(tokens.fields["output_config"]["effort"], "high");
    assert_eq!(tokens.codes(), ["conflict"]);
}

#[test]
fn what_the_registry_does_not_say_the_line_does() {
    let call = effort(ReasoningEffort::Low);
    for id in [
        "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
        "us.anthropic.claude-opus-4-20250514-v1:0",
        CLAUDE,
    ] {
        assert_eq!(of(id, &call).fields["thinking"]["type"], "enabled", "{id}");
    }
    for id in [CLAUDE_5, "us.anthropic.claude-of-tomorrow"] {
        assert_eq!(of(id, &call).fields["thinking"]["type"], "adaptive", "{id}");
    }
    for id in [
        "anthropic.claude-3-5-sonnet-20241022-v2:0",
        "anthropic.claude-3-haiku-20240307-v1:0",
    ] {
        let error = shaped(&Model::new("bedrock", id), &call).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{id}");
    }
}

#[test]
fn a_thinking_claude_neither_samples_nor_is_forced() {
    let mut call = budget(2000);
    call.settings.temperature = Some(0.3);
    call.settings.top_p = Some(0.5);
    call.settings.top_k = Some(5);
    call.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
    call.tool_choice = Some(ToolChoice::Required);
    let outcome = shaped(&with_budget(), &call).unwrap();
    let settings = &outcome.call.settings;
    assert_eq!(
        (settings.temperature, settings.top_p, settings.top_k),
        (None, None, None)
    );
    assert_eq!(outcome.call.tool_choice, Some(ToolChoice::Auto));
    assert_eq!(outcome.codes(), ["conflict"; 4]);
    call.strict = true;
    assert!(shaped(&with_budget(), &call).is_err());
    let mut one = budget(2000);
    one.settings.temperature = Some(1.0);
    assert!(shaped(&with_budget(), &one).unwrap().warnings.is_empty());
}

#[test]
fn thinking_is_left_out_where_the_last_calls_came_without_a_thought() {
    let calls = |thought: bool| {
        let mut parts = vec![Part::ToolCall(ToolCallPart::new("t", "f", json!({})))];
        if thought {
            let mut part = ReasoningPart::default();
            part.signature = Some("sig".into());
            parts.insert(0, part.into());
        }
        let mut call = budget(2000);
        call.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
        call.messages = vec![user("u"), assistant(parts), tool_result("t", "ok")];
        call
    };
    let outcome = shaped(&with_budget(), &calls(false)).unwrap();
    assert_eq!(outcome.fields, json!({}));
    assert_eq!(outcome.codes(), ["conflict"]);
    let outcome = shaped(&with_budget(), &calls(true)).unwrap();
    assert_eq!(outcome.fields["thinking"]["type"], "enabled");
}

#[test]
fn words_of_the_other_families() {
    for (id, call, fields) in [
        (
            GPT_OSS,
            effort(ReasoningEffort::Medium),
            json!({"reasoning_effort": "medium"}),
        ),
        (
            GPT_OSS,
            effort(ReasoningEffort::Max),
            json!({"reasoning_effort": "high"}),
        ),
        (
            QWEN,
            effort(ReasoningEffort::Medium),
            json!({"reasoning_config": "low"}),
        ),
        (
            QWEN,
            effort(ReasoningEffort::High),
            json!({"reasoning_config": "high"}),
        ),
        (
            "us.amazon.nova-2-lite-v1:0",
            effort(ReasoningEffort::Low),
            json!({"reasoningConfig": {"maxReasoningEffort": "low", "type": "enabled"}}),
        ),
        (
            "us.xai.grok-4.3",
            effort(ReasoningEffort::None),
            json!({"reasoning": {"effort": "none"}}),
        ),
    ] {
        assert_eq!(of(id, &call).fields, fields, "{id}");
    }
    // They cannot not think.
    for id in [GPT_OSS, QWEN] {
        let model = Model::new("bedrock", id);
        assert!(
            shaped(&model, &effort(ReasoningEffort::None)).is_err(),
            "{id}"
        );
    }
}

#[test]
fn nova_at_its_highest_sets_its_own_limits() {
    let mut call = effort(ReasoningEffort::High);
    call.settings.max_tokens = Some(10);
    call.settings.temperature = Some(0.5);
    let outcome = of("us.amazon.nova-2-lite-v1:0", &call);
    assert_eq!(
        (
            outcome.call.settings.max_tokens,
            outcome.call.settings.temperature
        ),
        (None, None)
    );
    assert_eq!(outcome.codes(), ["conflict"; 2]);
}

#[test]
fn models_that_cannot_be_told_are_not_told() {
    for id in [LLAMA, "deepseek.r1-v1:0"] {
        let model = Model::new("bedrock", id);
        assert_eq!(
            shaped(&model, &effort(ReasoningEffort::High))
                .err()
                .unwrap()
                .kind(),
            ErrorKind::Unsupported,
            "{id}"
        );
        assert!(
            of(id, &effort(ReasoningEffort::None))
                .fields
                .as_object()
                .unwrap()
                .is_empty()
        );
    }
    let mut model = Model::new("bedrock", CLAUDE);
    model.capabilities = model.capabilities.with(Capability::Reasoning, false);
    assert!(shaped(&model, &budget(2000)).is_err());
}

#[test]
fn sampling_where_the_model_has_none() {
    let mut call = Call::new("u");
    call.settings.temperature = Some(0.2);
    call.settings.top_p = Some(0.9);
    let error = shaped(&adaptive(), &call).err().unwrap();
    assert!(error.message().contains("temperature"), "{error}");
    call.lossy = true;
    let outcome = shaped(&adaptive(), &call).unwrap();
    assert_eq!(
        (
            outcome.call.settings.temperature,
            outcome.call.settings.top_p
        ),
        (None, None)
    );
    call.settings.temperature = Some(1.0);
    call.settings.top_p = None;
    assert!(shaped(&adaptive(), &call).unwrap().warnings.is_empty());
}

#[test]
fn temperature_and_top_p_together_only_on_older_claudes() {
    let mut call = Call::new("u");
    call.settings.temperature = Some(0.2);
    call.settings.top_p = Some(0.9);
    let outcome = of(CLAUDE, &call);
    assert_eq!(
        (
            outcome.call.settings.temperature,
            outcome.call.settings.top_p
        ),
        (Some(0.2), None)
    );
    for id in [
        "anthropic.claude-3-5-sonnet-20240620-v1:0",
        "us.anthropic.claude-opus-4-20250514-v1:0",
        NOVA,
    ] {
        assert!(of(id, &call).warnings.is_empty(), "{id}");
    }
}

#[test]
fn stop_sequences_and_least_limits_of_the_frontier() {
    let mut call = Call::new("u");
    call.settings.max_tokens = Some(5);
    let outcome = of("us.openai.gpt-5.6-sol", &call);
    assert_eq!(outcome.call.settings.max_tokens, Some(16));
    assert_eq!(outcome.codes(), ["conflict"]);
    assert!(of(CLAUDE, &call).warnings.is_empty());
    call.settings.stop = vec!["x".into()];
    let grok = Model::new("bedrock", "us.xai.grok-4.6");
    assert!(
        shaped(&grok, &call)
            .err()
            .unwrap()
            .message()
            .contains("stop sequences")
    );
}

#[test]
fn a_level_leaves_room_for_the_answer() {
    let outcome = shaped(&with_budget(), &effort(ReasoningEffort::Max)).unwrap();
    assert_eq!(outcome.fields["thinking"]["budget_tokens"], 32_768);
    let mut small = with_budget();
    small.limits.output = Some(32_000);
    let outcome = shaped(&small, &effort(ReasoningEffort::Max)).unwrap();
    assert_eq!(outcome.fields["thinking"]["budget_tokens"], 32_000 - 4096);
    assert_eq!(outcome.call.settings.max_tokens, Some(32_000));
    let adaptive = shaped(&adaptive(), &effort(ReasoningEffort::High)).unwrap();
    assert_eq!(adaptive.call.settings.max_tokens, Some(16_384 + 4096));
}

#[test]
fn a_thought_that_does_not_go_back_is_none_and_a_turn_is_all_its_messages() {
    let mut thought = ReasoningPart::default();
    thought.text = "unsigned".into();
    let call = ToolCallPart::new("t", "f", json!({}));
    let mut unsigned = budget(2000);
    unsigned.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
    unsigned.messages = vec![
        user("u"),
        assistant(vec![thought.into(), Part::ToolCall(call.clone())]),
        tool_result("t", "ok"),
        user("go"),
    ];
    let outcome = shaped(&with_budget(), &unsigned).unwrap();
    assert_eq!(outcome.fields, json!({}), "it does not think in this call");
    let mut signed = ReasoningPart::default();
    signed.signature = Some("sig".into());
    unsigned.messages[1] = assistant(vec![signed.into()]);
    unsigned
        .messages
        .insert(2, assistant(vec![Part::ToolCall(call)]));
    let outcome = shaped(&with_budget(), &unsigned).unwrap();
    assert_eq!(outcome.fields["thinking"]["type"], "enabled");
}

#[test]
fn thinking_by_hand_is_settled_like_any_other() {
    let mut call = Call::new("u");
    call.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
    call.tool_choice = Some(ToolChoice::Required);
    call.settings.temperature = Some(0.2);
    let fields = json!({"thinking": {"type": "enabled", "budget_tokens": 10_000}});
    call.options =
        options(json!({"additional_model_request_fields": fields, "use_converse": false}));
    let outcome = shaped(&with_budget(), &call).unwrap();
    assert_eq!(outcome.call.tool_choice, Some(ToolChoice::Auto));
    assert_eq!(outcome.call.settings.temperature, None);
    assert_eq!(outcome.call.settings.max_tokens, Some(14_096));
    assert_eq!(outcome.fields, json!({}), "the caller's own fields stand");
}

#[test]
fn betas_are_for_claude() {
    let mut call = Call::new("u");
    call.options = options(json!({"anthropic_beta": ["x"]}));
    for id in [GPT_OSS, NOVA] {
        let error = shaped(&Model::new("bedrock", id), &call).err().unwrap();
        assert!(error.message().contains("anthropic_beta"), "{id}: {error}");
    }
    assert!(of(CLAUDE, &call).warnings.is_empty());
}

#[test]
fn a_field_of_the_same_name_is_not_claudes() {
    let mut call = Call::new("u");
    call.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
    call.tool_choice = Some(ToolChoice::Required);
    let fields = json!({"thinking": {"type": "enabled"}});
    call.options = options(json!({"additional_model_request_fields": fields}));
    let glm = of("zai.glm-4.7", &call);
    assert_eq!(glm.call.tool_choice, Some(ToolChoice::Required));
    assert!(glm.warnings.is_empty());
}

#[test]
fn thinking_does_not_let_a_choice_pass_that_the_line_refuses() {
    let mut call = effort(ReasoningEffort::Low);
    call.tools = ["f", "g"]
        .map(|name| Tool::from_schema(name, json!({"type": "object"})))
        .into();
    call.tool_choice = Some(ToolChoice::Tool("f".into()));
    let error = shaped(&Model::new("bedrock", "deepseek.v3-v1:0"), &call)
        .err()
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}
