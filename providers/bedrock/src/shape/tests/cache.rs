//! Where cache points stand.

use reqllm_core::{
    Cache, Call, DocumentPart, Part, ReasoningPart, Source, Tool, ToolCallPart, ToolContent,
    ToolResultPart, Ttl, assistant, system, tool_result, user,
};
use serde_json::json;

use super::*;

fn conversation() -> Call {
    let mut call = Call::new([system("s"), user("u1"), assistant("a1"), user("u2")]);
    call.tools = vec![
        Tool::from_schema("f", json!({"type": "object"})),
        Tool::from_schema("g", json!({"type": "object"})),
    ];
    call
}

fn cached(mut call: Call, value: Value) -> Call {
    call.options = options(value);
    call
}

fn points_of_tools(outcome: &Outcome) -> Vec<bool> {
    outcome
        .call
        .tools
        .iter()
        .map(|tool| tool.cache.is_some())
        .collect()
}

#[test]
fn automatic_points_come_after_tools_system_and_the_last_message() {
    let outcome = of(
        CLAUDE,
        &cached(conversation(), json!({"prompt_cache": true})),
    );
    assert_eq!(
        outcome.turns(),
        "system(s*) user(u1) assistant(a1) user(u2*)"
    );
    assert_eq!(points_of_tools(&outcome), [false, true]);
    let hour = of(
        CLAUDE,
        &cached(
            conversation(),
            json!({"anthropic_prompt_cache": true, "anthropic_prompt_cache_ttl": "1h"}),
        ),
    );
    assert_eq!(
        hour.call.tools[1].cache,
        Some(Cache::with_ttl(Ttl::OneHour))
    );
    let five = of(
        CLAUDE,
        &cached(
            conversation(),
            json!({"prompt_cache": true, "prompt_cache_ttl": "5m"}),
        ),
    );
    assert_eq!(
        five.call.tools[1].cache,
        Some(Cache::new()),
        "five minutes need no word"
    );
}

#[test]
fn the_message_can_be_chosen() {
    for (which, turns) in [
        (json!(-2), "system(s*) user(u1) assistant(a1*) user(u2)"),
        (json!(0), "system(s*) user(u1*) assistant(a1) user(u2)"),
        (json!(false), "system(s*) user(u1) assistant(a1) user(u2)"),
        (json!(99), "system(s*) user(u1) assistant(a1) user(u2)"),
    ] {
        let call = cached(
            conversation(),
            json!({"prompt_cache": true, "cache_messages": which}),
        );
        assert_eq!(of(CLAUDE, &call).turns(), turns, "{which}");
    }
    let alone = of(
        CLAUDE,
        &cached(conversation(), json!({"cache_messages": true})),
    );
    assert_eq!(alone.turns(), "system(s) user(u1) assistant(a1) user(u2*)");
    assert_eq!(points_of_tools(&alone), [false, false]);
}

#[test]
fn nova_caches_neither_tools_nor_turns_with_tools() {
    let mut call = cached(conversation(), json!({"prompt_cache": true}));
    call.messages.extend([
        assistant(vec![Part::ToolCall(ToolCallPart::new("t", "f", json!({})))]),
        tool_result("t", "ok"),
    ]);
    let outcome = of(NOVA, &call);
    assert_eq!(
        outcome.turns(),
        "system(s*) user(u1) assistant(a1) user(u2*) assistant(call:t) tool(result:t)"
    );
    assert_eq!(points_of_tools(&outcome), [false, false]);
    assert!(of(CLAUDE, &call).turns().ends_with("tool(result:t*)"));
}

#[test]
fn models_without_a_cache_say_so() {
    for id in [
        LLAMA,
        GPT_OSS,
        "us.openai.gpt-5.6-sol",
        "moonshotai.kimi-k3",
        "anthropic.claude-3-haiku-20240307-v1:0",
    ] {
        let mut call = cached(Call::new("u"), json!({"prompt_cache": true}));
        let error = shaped(&Model::new("bedrock", id), &call).err().unwrap();
        assert!(error.message().contains("prompt caching"), "{id}: {error}");
        call.lossy = true;
        assert_eq!(of(id, &call).turns(), "user(u)", "{id}");
        let mut call = Call::new([user(Part::text("u").cached(Cache::new()))]);
        assert!(shaped(&Model::new("bedrock", id), &call).is_err(), "{id}");
        call.lossy = true;
        assert_eq!(of(id, &call).turns(), "user(u)", "{id}");
    }
}

#[test]
fn an_hour_only_from_4_5_on() {
    let call = cached(
        Call::new("u"),
        json!({"prompt_cache": true, "prompt_cache_ttl": "1h"}),
    );
    assert!(shaped(&Model::new("bedrock", CLAUDE), &call).is_ok());
    for id in ["us.anthropic.claude-3-7-sonnet-20250219-v1:0", NOVA] {
        assert!(shaped(&Model::new("bedrock", id), &call).is_err(), "{id}");
    }
}

#[test]
fn a_point_stands_neither_after_a_document_nor_after_a_thought() {
    let document: Part = DocumentPart::new("text/plain", Source::Data("x".into())).into();
    let call = Call::new([user(vec![Part::text("read"), document])]);
    let outcome = of(CLAUDE, &cached(call, json!({"prompt_cache": true})));
    assert_eq!(outcome.turns(), "user(read* document)");
    let mut thought = ReasoningPart::default();
    thought.signature = Some("s".into());
    let call = Call::new([user("u"), assistant(vec![thought.into()])]);
    let outcome = of(CLAUDE, &cached(call, json!({"prompt_cache": true})));
    assert_eq!(outcome.turns(), "user(u) assistant(reasoning)");
}

#[test]
fn at_most_four_points_and_the_longest_beginning_stays() {
    let parts: Vec<Part> = ["a", "b", "c", "d", "e", "f"]
        .map(|text| Part::text(text).cached(Cache::new()))
        .into();
    let mut call = Call::new([user(parts)]);
    let outcome = of(CLAUDE, &call);
    assert_eq!(outcome.turns(), "user(a b c* d* e* f*)");
    assert_eq!(outcome.codes(), ["conflict"]);
    call.strict = true;
    assert!(shaped(&Model::new("bedrock", CLAUDE), &call).is_err());
}

#[test]
fn an_hour_after_five_minutes_becomes_five_minutes() {
    let parts = vec![
        Part::text("a").cached(Cache::new()),
        Part::text("b").cached(Cache::with_ttl(Ttl::OneHour)),
    ];
    let outcome = of(CLAUDE, &Call::new([user(parts.clone())]));
    assert_eq!(
        outcome.call.messages[0].content[1].cache(),
        Some(Cache::new())
    );
    assert_eq!(outcome.codes(), ["conflict"]);
    let turned: Vec<Part> = parts.into_iter().rev().collect();
    assert!(of(CLAUDE, &Call::new([user(turned)])).warnings.is_empty());
}

#[test]
fn a_point_inside_of_a_tool_result_comes_after_it() {
    let inner = ToolContent::Parts(vec![Part::text("t").cached(Cache::new())]);
    let call = Call::new([
        user("u"),
        assistant(vec![Part::ToolCall(ToolCallPart::new("t", "f", json!({})))]),
        user(vec![ToolResultPart::new("t", inner).into()]),
    ]);
    let outcome = of(CLAUDE, &call);
    assert!(
        outcome.turns().ends_with("user(result:t*)"),
        "{}",
        outcome.turns()
    );
    let Part::ToolResult(result) = &outcome.call.messages[2].content[0] else {
        panic!("a result")
    };
    assert_eq!(result.content, ToolContent::Parts(vec![Part::text("t")]));
}

#[test]
fn five_minutes_are_what_a_point_lasts_anyway() {
    let five = Part::text("u").cached(Cache::with_ttl(Ttl::FiveMinutes));
    let outcome = of(NOVA, &Call::new([user(five)]));
    assert_eq!(
        outcome.call.messages[0].content[0].cache(),
        Some(Cache::new())
    );
    assert!(outcome.warnings.is_empty());
}

#[test]
fn a_turn_with_tools_is_all_its_messages() {
    let mut call = cached(conversation(), json!({"prompt_cache": true}));
    call.messages.extend([
        assistant(vec![Part::ToolCall(ToolCallPart::new("t", "f", json!({})))]),
        tool_result("t", "ok"),
        user("go"),
    ]);
    assert!(
        of(NOVA, &call)
            .turns()
            .ends_with("assistant(call:t) tool(result:t) user(go)")
    );
    call.options = options(json!({}));
    call.messages.pop();
    call.messages
        .push(user(Part::text("go").cached(Cache::new())));
    assert!(shaped(&Model::new("bedrock", NOVA), &call).is_err());
}

#[test]
fn a_point_after_a_document_comes_before_it_on_converse() {
    let document: Part = DocumentPart::new("text/plain", Source::Data("x".into())).into();
    let mut call = Call::new([user(vec![
        Part::text("read"),
        document.cached(Cache::new()),
    ])]);
    let outcome = of(CLAUDE, &call);
    assert_eq!(outcome.turns(), "user(read* document)");
    assert_eq!(outcome.codes(), ["cache_point_moved"]);
    call.options = options(json!({"use_converse": false}));
    assert_eq!(of(CLAUDE, &call).turns(), "user(read document*)");
}

#[test]
fn options_without_effect_are_told() {
    let alone = of(
        CLAUDE,
        &cached(conversation(), json!({"prompt_cache_ttl": "1h"})),
    );
    assert_eq!(alone.codes(), ["option_without_effect"]);
    let far = of(
        CLAUDE,
        &cached(conversation(), json!({"cache_messages": 99})),
    );
    assert_eq!(far.codes(), ["option_without_effect"]);
}
