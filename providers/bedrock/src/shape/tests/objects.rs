//! In which form an object is asked for.

use reqllm_core::{Call, ObjectForm, ObjectSchema, Reasoning, Tool, ToolChoice};
use serde_json::json;

use super::*;

fn wanted() -> Call {
    let mut call = Call::new("Who?");
    let schema = json!({"title": "Person", "type": "object", "properties": {"age": {"type": "integer", "minimum": 0}}});
    call.object = Some(ObjectSchema::new(schema).unwrap());
    call
}

fn form(outcome: &Outcome) -> &'static str {
    outcome.expectation.object.as_ref().unwrap().as_str()
}

#[test]
fn the_form_is_the_best_that_the_line_has() {
    for (id, expected) in [
        (CLAUDE, "native"),
        ("us.anthropic.claude-opus-4-6-v1", "native"),
        (CLAUDE_5, "tool"),
        ("us.anthropic.claude-opus-4-1-20250805-v1:0", "tool"),
        (NOVA, "tool"),
        (GPT_OSS, "tool"),
        (QWEN, "native"),
        (MISTRAL, "native"),
        ("google.gemma-3-27b-it", "native"),
        ("google.gemma-3-4b-it", "tool"),
        ("nvidia.nemotron-nano-12b-v2", "native"),
        ("minimax.minimax-m2", "native"),
        ("zai.glm-4.7-flash", "native"),
        ("deepseek.v3-v1:0", "native"),
        (LLAMA, "instructions"),
        (WRITER, "instructions"),
        (
            "cohere.command-r-plus-v1:0",
            if has_family("cohere") {
                "instructions"
            } else {
                "tool"
            },
        ),
        ("deepseek.r1-v1:0", "instructions"),
    ] {
        assert_eq!(form(&of(id, &wanted())), expected, "{id}");
    }
}

fn has_family(name: &str) -> bool {
    let model = Model::new("bedrock", "cohere.command-r-plus-v1:0");
    Families::new(&[]).of(&model).0.name() == name
}

#[test]
fn the_service_gets_a_schema_that_it_can_hold_to() {
    let outcome = of(CLAUDE, &wanted());
    let schema = &outcome.call.object.as_ref().unwrap().schema;
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(
        schema["properties"]["age"],
        json!({"type": "integer", "description": "minimum=0"})
    );
    assert_eq!(outcome.codes(), ["schema_bounds_moved"]);
}

#[test]
fn the_tool_is_forced_and_does_not_shadow_the_callers() {
    let outcome = of(NOVA, &wanted());
    assert_eq!(
        outcome.expectation.object,
        Some(ObjectForm::Tool("Person".into()))
    );
    assert_eq!(
        outcome.call.tool_choice,
        Some(ToolChoice::Tool("Person".into()))
    );
    assert!(outcome.call.object.is_none());
    let mut call = wanted();
    call.tools = vec![Tool::from_schema("Person", json!({"type": "object"}))];
    let outcome = of(NOVA, &call);
    assert_eq!(
        outcome.expectation.object,
        Some(ObjectForm::Tool("Person_2".into()))
    );
    assert_eq!(
        outcome.call.tool_choice,
        Some(ToolChoice::Required),
        "its own tools come first"
    );
}

#[test]
fn the_callers_choice_of_tools_is_not_overruled_in_silence() {
    let mut call = wanted();
    call.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
    call.tool_choice = Some(ToolChoice::None);
    let none = of(NOVA, &call);
    assert_eq!(none.call.tools.len(), 1, "no tool but the object's");
    assert_eq!(
        none.call.tool_choice,
        Some(ToolChoice::Tool("Person".into()))
    );
    call.tool_choice = Some(ToolChoice::Tool("f".into()));
    let one = of(NOVA, &call);
    assert_eq!(one.call.tool_choice, Some(ToolChoice::Required));
    assert_eq!(one.codes(), ["conflict"]);
    call.strict = true;
    assert!(shaped(&Model::new("bedrock", NOVA), &call).is_err());
}

#[test]
fn a_thinking_model_is_told_in_words() {
    let mut call = wanted();
    call.settings.reasoning = Some(Reasoning::Budget(2000));
    let outcome = of(CLAUDE_5, &call);
    assert_eq!(form(&outcome), "instructions");
    let text = outcome.call.messages[0].text();
    assert_eq!(outcome.call.messages[0].role, Role::System);
    assert!(
        text.contains("\"age\"") && text.contains("JSON Schema"),
        "{text}"
    );
    assert_eq!(form(&of(CLAUDE, &call)), "native");
}

#[test]
fn words_go_to_the_user_where_there_is_no_system_prompt() {
    let outcome = of("mistral.mistral-7b-instruct-v0:2", &wanted());
    assert_eq!(form(&outcome), "instructions");
    assert_eq!(outcome.call.messages.len(), 1);
    assert!(outcome.call.messages[0].text().starts_with("Who?"));
}

#[test]
fn a_schema_that_cannot_be_closed_is_asked_for_in_another_form() {
    let mut call = Call::new("u");
    let map = json!({"type": "object", "properties": {"m": {"type": "object", "additionalProperties": {"type": "integer"}}}});
    call.object = Some(ObjectSchema::new(map.clone()).unwrap());
    let outcome = of(CLAUDE, &call);
    assert_eq!(form(&outcome), "tool");
    assert_eq!(outcome.call.tools[0].parameters, map, "nothing is emptied");
    assert_eq!(outcome.call.tools[0].strict, None);
    call.object = Some(ObjectSchema::new(json!({"$schema": "x"})).unwrap());
    let outcome = of(CLAUDE, &call);
    assert_eq!(
        outcome.call.object.unwrap().schema,
        json!({"type": "object", "additionalProperties": false})
    );
}

#[test]
fn thoughts_stand_in_the_way_of_a_tool_with_claude_alone() {
    let mut call = wanted();
    call.settings.reasoning = Some(Reasoning::Effort(reqllm_core::ReasoningEffort::Low));
    assert_eq!(form(&of(GPT_OSS, &call)), "tool");
    assert_eq!(form(&of(CLAUDE_5, &call)), "instructions");
}
