//! Conversations that others have begun.

use reqllm_core::{
    Message, Part, ReasoningPart, Role, Source, ToolCallPart, ToolContent, ToolResultPart,
    UnknownPart, assistant, system, user,
};
use reqllm_dialects::mark;
use serde_json::json;

use super::*;

fn thought(text: &str, signature: Option<&str>) -> ReasoningPart {
    let mut thought = ReasoningPart::default();
    thought.text = text.to_owned();
    thought.signature = signature.map(str::to_owned);
    thought
}

fn said(parts: Vec<Part>) -> Call {
    Call::new([
        user("hi"),
        Message::new(Role::Assistant, parts),
        user("go on"),
    ])
}

#[test]
fn thoughts_of_others_are_left_out_and_claude_s_own_go_back() {
    let marked = mark::put("openai", "rs_1", "gAAAA");
    for (foreign, name) in [
        (thought("hm", Some(&marked)), "OpenAI's, which is marked"),
        (
            thought("hm", None),
            "unsigned, as of a model behind Chat Completions",
        ),
        (
            thought("hm", Some("minimax::ab12")),
            "another one's behind this very form",
        ),
    ] {
        let call = said(vec![foreign.into(), Part::text("ho")]);
        let exchange = whole(&model(HAIKU), &call).unwrap();
        assert_eq!(codes(&exchange.warnings), ["reasoning_dropped"], "{name}");
        let content = &body_of(&exchange)["messages"][1]["content"];
        assert_eq!(*content, json!([{"type": "text", "text": "ho"}]), "{name}");
    }
    let mut wrapped = ReasoningPart::default();
    // What Converse gives of the data Ev8AgEE=.
    wrapped.redacted = Some("RXY4QWdFRT0=".to_owned());
    let own = said(vec![
        thought("hm", Some("EqoB")).into(),
        wrapped.into(),
        Part::text("ho"),
    ]);
    assert_eq!(
        body(HAIKU, &own)["messages"][1]["content"],
        json!([
            {"type": "thinking", "thinking": "hm", "signature": "EqoB"},
            {"type": "redacted_thinking", "data": "Ev8AgEE="},
            {"type": "text", "text": "ho"},
        ])
    );
}

#[test]
fn others_get_their_own_thoughts_back_and_nobody_else_s() {
    let m2 = Model::new("minimax", "MiniMax-M2");
    let call = said(vec![
        thought("mine", Some("minimax::ab12")).into(),
        thought("mine, too", Some("minimax::")).into(),
        thought("Claude's", Some("EqoB")).into(),
        Part::text("ho"),
    ]);
    let exchange = minimax().prepare(&m2, &call, Delivery::Whole).unwrap();
    assert_eq!(codes(&exchange.warnings), ["reasoning_dropped"]);
    assert_eq!(
        body_of(&exchange)["messages"][1]["content"],
        json!([
            {"type": "thinking", "thinking": "mine", "signature": "ab12"},
            {"type": "thinking", "thinking": "mine, too"},
            {"type": "text", "text": "ho"},
        ])
    );
}

#[test]
fn ids_of_tool_calls_are_made_legal_on_both_sides() {
    let arguments = json!({"city": "Lyon"});
    let long = "call_".to_owned() + &"x".repeat(80);
    for id in ["functions.weather:0", "call|fc_1", "é", "", &long] {
        let call = Call::new([
            user("Weather?"),
            Message::new(
                Role::Assistant,
                vec![Part::from(ToolCallPart::new(
                    id,
                    "weather",
                    arguments.clone(),
                ))],
            ),
            Message::new(
                Role::Tool,
                vec![Part::from(ToolResultPart::new(id, "rain"))],
            ),
        ]);
        let exchange = whole(&model(HAIKU), &call).unwrap();
        let body = body_of(&exchange);
        let sent = body["messages"][1]["content"][0]["id"].as_str().unwrap();
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        assert!(
            (1..=64).contains(&sent.len()) && sent.chars().all(legal),
            "{id:?} {sent:?}"
        );
        assert_eq!(
            body["messages"][2]["content"][0]["tool_use_id"], sent,
            "{id:?}"
        );
    }
    let kept = Call::new([
        user("Weather?"),
        Message::new(
            Role::Assistant,
            vec![Part::from(ToolCallPart::new(
                "toolu_01-A",
                "weather",
                arguments,
            ))],
        ),
        Message::new(
            Role::Tool,
            vec![Part::from(ToolResultPart::new("toolu_01-A", "rain"))],
        ),
    ]);
    let exchange = whole(&model(HAIKU), &kept).unwrap();
    assert_eq!(
        body_of(&exchange)["messages"][1]["content"][0]["id"],
        "toolu_01-A"
    );
    assert_eq!(codes(&exchange.warnings), ["tools_declared_again"]);
}

#[test]
fn results_keep_their_images_and_documents() {
    let data = || Source::Data(reqllm_core::Bytes::from_static(b"abc"));
    let parts = ToolContent::Parts(vec![
        Part::text("See:"),
        Part::image("image/png", data()),
        Part::Document(reqllm_core::DocumentPart::new("application/pdf", data())),
    ]);
    let mut call = Call::new([
        user("Plot it."),
        Message::new(
            Role::Assistant,
            vec![Part::from(ToolCallPart::new("t1", "plot", json!({})))],
        ),
        Message::new(
            Role::Tool,
            vec![Part::from(ToolResultPart::new("t1", parts))],
        ),
    ]);
    call.tools = vec![reqllm_core::Tool::from_schema(
        "plot",
        json!({"type": "object"}),
    )];
    let content = &body(HAIKU, &call)["messages"][2]["content"];
    let kinds: Vec<&str> = content[0]["content"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["type"].as_str())
        .collect();
    assert_eq!(kinds, ["text", "image", "document"]);
}

#[test]
fn a_system_message_inside_is_said_by_the_user_unless_the_model_takes_it() {
    let call = Call::new([
        user("hi"),
        assistant("ho"),
        system("Be brief."),
        user("now"),
    ]);
    let exchange = whole(&model(HAIKU), &call).unwrap();
    assert_eq!(codes(&exchange.warnings), ["system_message_as_user"]);
    assert_eq!(
        body_of(&exchange)["messages"][2]["content"][0]["text"],
        "Be brief."
    );
    let body = body("claude-opus-4-8", &call);
    assert_eq!(body["messages"][2]["role"], "system");
}

#[test]
fn blocks_of_other_forms_are_left_out() {
    let call = said(vec![
        Part::text("ho"),
        Part::Unknown(UnknownPart::new(
            json!({"type": "file_search_call", "id": "fs_1"}),
        )),
        Part::Unknown(UnknownPart::new(json!({"guardContent": {}}))),
    ]);
    let exchange = whole(&model(HAIKU), &call).unwrap();
    assert_eq!(
        codes(&exchange.warnings),
        ["block_dropped", "block_dropped"]
    );
}
