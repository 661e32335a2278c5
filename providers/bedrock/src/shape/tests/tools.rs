//! Names, ids, schemas and choice of tools.

use reqllm_core::{
    Call, ErrorKind, Part, Tool, ToolCallPart, ToolChoice, assistant, tool_result, user,
};
use serde_json::json;

use super::*;

fn object() -> Value {
    json!({"type": "object", "properties": {"x": {"type": "string"}}})
}

fn with_tools(names: &[&str]) -> Call {
    let mut call = Call::new("u");
    call.tools = names
        .iter()
        .map(|name| Tool::from_schema(*name, object()))
        .collect();
    call
}

#[test]
fn names_are_made_legal_everywhere_and_mapped_back() {
    let mut call = with_tools(&["get it!", "get_it_", "get-it"]);
    call.messages = vec![
        user("u"),
        assistant(vec![Part::ToolCall(ToolCallPart::new(
            "t1",
            "get it!",
            json!({}),
        ))]),
        tool_result("t1", "ok"),
    ];
    call.tool_choice = Some(ToolChoice::Tool("get it!".into()));
    let outcome = of(CLAUDE, &call);
    let names: Vec<&str> = outcome
        .call
        .tools
        .iter()
        .map(|tool| tool.name.as_str())
        .collect();
    assert_eq!(names, ["get_it__2", "get_it_", "get-it"]);
    assert_eq!(
        outcome.call.messages[1].tool_calls().next().unwrap().name,
        "get_it__2"
    );
    assert_eq!(
        outcome.call.tool_choice,
        Some(ToolChoice::Tool("get_it__2".into()))
    );
    assert_eq!(outcome.expectation.tool_names["get_it__2"], "get it!");
    assert_eq!(outcome.codes(), ["tool_renamed"]);
}

#[test]
fn nova_gets_no_hyphens() {
    let outcome = of(NOVA, &with_tools(&["get-it"]));
    assert_eq!(outcome.call.tools[0].name, "get_it");
    assert_eq!(outcome.expectation.tool_names["get_it"], "get-it");
}

#[test]
fn long_names_are_cut_and_stay_apart() {
    let (a, b) = ("x".repeat(70), "x".repeat(71));
    let outcome = of(CLAUDE, &with_tools(&[&a, &b]));
    let names: Vec<&str> = outcome
        .call
        .tools
        .iter()
        .map(|tool| tool.name.as_str())
        .collect();
    assert!(
        names.iter().all(|name| name.len() <= 64) && names[0] != names[1],
        "{names:?}"
    );
}

#[test]
fn two_tools_of_one_name_are_refused() {
    let error = shaped(&Model::new("bedrock", CLAUDE), &with_tools(&["f", "f"]))
        .err()
        .unwrap();
    assert!(error.message().contains("two of `tools`"), "{error}");
}

fn history(ids: &[&str]) -> Call {
    let calls =
        |(n, id): (usize, &&str)| Part::ToolCall(ToolCallPart::new(*id, "f", json!({ "n": n })));
    let mut messages = vec![
        user("u"),
        assistant(ids.iter().enumerate().map(calls).collect::<Vec<_>>()),
    ];
    messages.extend(ids.iter().map(|id| tool_result(*id, "ok")));
    let mut call = with_tools(&["f"]);
    call.messages = messages;
    call
}

fn sent(call: &Call) -> (Vec<String>, Vec<String>) {
    let parts = || call.messages.iter().flat_map(|message| &message.content);
    let calls = parts().filter_map(|part| match part {
        Part::ToolCall(call) => Some(call.id.clone()),
        _ => None,
    });
    let results = parts().filter_map(|part| match part {
        Part::ToolResult(result) => Some(result.id.clone()),
        _ => None,
    });
    (calls.collect(), results.collect())
}

#[test]
fn ids_are_legal_unique_and_the_same_on_both_sides() {
    let long = "y".repeat(80);
    let given = ["a.b:c-d_e", "has space", "", &long, "twice", "twice"];
    let outcome = of(CLAUDE, &history(&given));
    let (calls, results) = sent(&outcome.call);
    assert_eq!(calls, results);
    assert_eq!(calls[0], "a.b:c-d_e", "what is legal stays");
    assert_eq!(calls[4], "twice");
    let distinct: std::collections::BTreeSet<&String> = calls.iter().collect();
    assert_eq!(distinct.len(), given.len(), "{calls:?}");
    let legal = |id: &String| {
        (1..=64).contains(&id.len())
            && id
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_.:-".contains(c))
    };
    assert!(calls.iter().all(legal), "{calls:?}");
    assert_eq!(
        sent(&of(CLAUDE, &history(&given)).call).0,
        calls,
        "the same call, the same ids"
    );
}

#[test]
fn mistral_gets_nine_letters_and_digits() {
    let outcome = of(MISTRAL, &history(&["tooluse_abcDEF", "abcdef123"]));
    let (calls, results) = sent(&outcome.call);
    assert_eq!(calls, results);
    assert_eq!(calls[1], "abcdef123");
    assert!(
        calls
            .iter()
            .all(|id| id.len() == 9 && id.chars().all(|c| c.is_ascii_alphanumeric()))
    );
}

#[test]
fn tools_of_the_conversation_are_declared_again_if_none_are_given() {
    let mut call = history(&["a"]);
    call.tools.clear();
    let outcome = of(CLAUDE, &call);
    assert_eq!(outcome.call.tools[0].name, "f");
    assert_eq!(outcome.codes(), ["tools_declared_again"]);
    call.messages.remove(1);
    let orphan = of(CLAUDE, &call);
    assert_eq!(orphan.call.tools.len(), 1, "a result alone needs them too");
}

#[test]
fn schemas_get_a_type_and_lose_what_the_model_cannot_bear() {
    let mut call = with_tools(&["f"]);
    call.tools[0].parameters = json!({"properties": {}, "additionalProperties": false});
    let outcome = of(LLAMA, &call);
    assert_eq!(
        outcome.call.tools[0].parameters,
        json!({"type": "object", "properties": {}})
    );
    assert_eq!(outcome.codes(), ["schema_loosened"]);
    assert!(outcome.expectation.object.is_none());
    let claude = of(CLAUDE, &call);
    assert_eq!(
        claude.call.tools[0].parameters["additionalProperties"],
        false
    );
    call.tools[0].parameters = json!({"type": "string"});
    let error = shaped(&Model::new("bedrock", CLAUDE), &call).err().unwrap();
    assert!(
        error.message().contains("`parameters` of tool \"f\""),
        "{error}"
    );
}

#[test]
fn strict_tools_only_where_the_line_has_them() {
    let mut call = with_tools(&["f"]);
    call.tools[0].strict = Some(true);
    let strict = of(CLAUDE, &call);
    assert_eq!(
        strict.call.tools[0].parameters["additionalProperties"],
        false
    );
    for id in [CLAUDE_5, "us.anthropic.claude-opus-4-7", LLAMA, NOVA] {
        let error = shaped(&Model::new("bedrock", id), &call).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{id}");
    }
    call.lossy = true;
    assert_eq!(of(CLAUDE_5, &call).call.tools[0].strict, None);
}

#[test]
fn choices_that_the_line_does_not_take() {
    let choose = |choice: ToolChoice, names: &[&str]| {
        let mut call = with_tools(names);
        call.tool_choice = Some(choice);
        call
    };
    let one = || ToolChoice::Tool("f".into());
    // Auto is what happens anyway.
    assert_eq!(
        of(LLAMA, &choose(ToolChoice::Auto, &["f"]))
            .call
            .tool_choice,
        None
    );
    for id in [LLAMA, WRITER, "ai21.jamba-1-5-large-v1:0"] {
        let error = shaped(
            &Model::new("bedrock", id),
            &choose(ToolChoice::Required, &["f"]),
        )
        .err()
        .unwrap();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{id}");
    }
    // Of one tool, some and this are the same.
    assert_eq!(
        of(MISTRAL, &choose(one(), &["f"])).call.tool_choice,
        Some(ToolChoice::Required)
    );
    assert!(shaped(&Model::new("bedrock", MISTRAL), &choose(one(), &["f", "g"])).is_err());
    assert_eq!(
        of(CLAUDE, &choose(one(), &["f", "g"])).call.tool_choice,
        Some(one())
    );
    let error = shaped(
        &Model::new("bedrock", CLAUDE),
        &choose(ToolChoice::Tool("nope".into()), &["f"]),
    )
    .err()
    .unwrap();
    assert!(error.message().contains("the tools are f"), "{error}");
    assert!(
        shaped(
            &Model::new("bedrock", CLAUDE),
            &choose(ToolChoice::Required, &[])
        )
        .is_err()
    );
}

#[test]
fn tools_where_there_are_none_are_refused_or_left_out() {
    for id in [
        "meta.llama3-2-1b-instruct-v1:0",
        "ai21.jamba-instruct-v1:0",
        "mistral.mixtral-8x7b-instruct-v0:1",
    ] {
        let mut call = with_tools(&["f"]);
        let error = shaped(&Model::new("bedrock", id), &call).err().unwrap();
        assert!(error.message().contains("tools"), "{id}: {error}");
        call.lossy = true;
        assert!(of(id, &call).call.tools.is_empty(), "{id}");
    }
}

#[test]
fn llama_says_each_call_once() {
    let call = with_tools(&["f"]);
    assert!(of(LLAMA, &call).expectation.one_call_each);
    assert!(!of(CLAUDE, &call).expectation.one_call_each);
}

#[test]
fn without_tools_a_conversation_is_told_in_words() {
    let mut call = history(&["a"]);
    call.lossy = true;
    let outcome = of("ai21.jamba-instruct-v1:0", &call);
    assert_eq!(
        outcome.turns(),
        "user(u) assistant([I called f with {\"n\":0}]) user([The tool gave:] ok)"
    );
    assert!(outcome.call.tools.is_empty());
    let mut none = history(&["a"]);
    none.tool_choice = Some(ToolChoice::None);
    let outcome = of(CLAUDE, &none);
    assert_eq!(outcome.codes(), ["tools_in_words"]);
    assert!(outcome.call.tools.is_empty());
    none.options = options(json!({"use_converse": false}));
    let native = of(CLAUDE, &none);
    assert!(native.warnings.is_empty(), "its own body has a word for it");
    assert_eq!(native.call.tool_choice, Some(ToolChoice::None));
}

#[test]
fn a_call_that_stands_twice_is_one_call() {
    let mut call = history(&["a", "a"]);
    let same = Part::ToolCall(ToolCallPart::new("a", "f", json!({})));
    call.messages[1] = assistant(vec![same.clone(), same]);
    let outcome = of(CLAUDE, &call);
    assert_eq!(outcome.turns(), "user(u) assistant(call:a) tool(result:a)");
    assert_eq!(outcome.codes(), ["repeated_tool_call"]);
}

/// GPT-5 on `bedrock-mantle` counts its ids anew in each answer.
#[test]
fn an_id_that_was_answered_may_stand_for_another_call() {
    let same = || Part::ToolCall(ToolCallPart::new("a", "f", json!({})));
    let mut call = history(&["a"]);
    let answer = call.messages[2].clone();
    for _ in 0..2 {
        call.messages.push(assistant(vec![same()]));
        call.messages.push(answer.clone());
    }
    let outcome = of(CLAUDE, &call);
    let (calls, results) = sent(&outcome.call);
    assert_eq!(calls, results);
    let distinct: std::collections::BTreeSet<&String> = calls.iter().collect();
    assert_eq!(distinct.len(), 3, "{calls:?}");
    assert!(outcome.codes().is_empty(), "{:?}", outcome.codes());
    // One that stands twice is one call there, too.
    call.messages[5] = assistant(vec![same(), same()]);
    call.messages.push(answer);
    let outcome = of(CLAUDE, &call);
    assert_eq!(sent(&outcome.call).0, calls);
    assert_eq!(sent(&outcome.call).1, calls);
    assert_eq!(outcome.codes(), ["repeated_tool_call"]);
}

#[test]
fn strict_needs_members_with_names() {
    let mut call = with_tools(&["f"]);
    call.tools[0].strict = Some(true);
    call.tools[0].parameters = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"m": {"type": "object", "additionalProperties": {"type": "integer"}}},
    });
    assert!(shaped(&Model::new("bedrock", CLAUDE), &call).is_err());
    call.lossy = true;
    let outcome = of(CLAUDE, &call);
    assert_eq!(outcome.call.tools[0].strict, None);
    assert!(outcome.call.tools[0].parameters.get("$schema").is_none());
}

#[test]
fn a_name_that_is_taken_gets_a_number() {
    let long = "answer_".repeat(9) + "a";
    let mut call = with_tools(&[&long]);
    let schema = json!({"title": long, "type": "object", "properties": {}});
    call.object = Some(reqllm_core::ObjectSchema::new(schema).unwrap());
    let outcome = of(NOVA, &call);
    assert_eq!(outcome.call.tools.len(), 2);
    assert_ne!(outcome.call.tools[0].name, outcome.call.tools[1].name);
}
