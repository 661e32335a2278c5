//! What a conversation has held goes back.

use super::*;

#[test]
fn tool_calls_and_results_go_back() {
    let call = ToolCallPart::new("t1", "f", json!({"a": 1}));
    assert_eq!(
        first(call),
        json!({"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1}})
    );
    let broken = ToolCallPart::new("t1", "f", json!("{\"a\":"));
    assert_eq!(
        first(broken)["input"],
        json!({"invalid_arguments": "{\"a\":"})
    );
    let parts = ToolContent::Parts(vec![
        Part::text("See:"),
        Part::image("image/png", bytes_of("abc")),
        Part::Document(DocumentPart::new("application/pdf", bytes_of("abc"))),
    ]);
    let mut result = ToolResultPart::new("t1", parts);
    (result.is_error, result.cache) = (true, Some(Cache::new()));
    assert_eq!(
        first(result),
        json!({"type": "tool_result", "tool_use_id": "t1", "is_error": true, "cache_control": {"type": "ephemeral"}, "content": [
            {"type": "text", "text": "See:"},
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "YWJj"}},
            {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "YWJj"}},
        ]})
    );
    let json_result = ToolResultPart::new("t1", ToolContent::Json(json!([1, null])));
    assert_eq!(first(json_result)["content"], "[1,null]");
}

#[test]
fn thoughts_go_back_as_they_came() {
    let mut thought = ReasoningPart::default();
    thought.text = "hm".to_owned();
    thought.signature = Some("EqoB".to_owned());
    assert_eq!(
        first(thought.clone()),
        json!({"type": "thinking", "thinking": "hm", "signature": "EqoB"})
    );
    let own = Quirks {
        maker: Some("acme".into()),
        ..Quirks::ANTHROPIC
    };
    for (mark, expected) in [
        (
            "acme::s1",
            json!({"type": "thinking", "thinking": "hm", "signature": "s1"}),
        ),
        ("acme::", json!({"type": "thinking", "thinking": "hm"})),
    ] {
        thought.signature = Some(mark.to_owned());
        let call = Call::new(Message::new(Role::Assistant, vec![thought.clone().into()]));
        assert_eq!(
            written(&own, &call).0["messages"][0]["content"][0],
            expected
        );
    }
    // Natively it is the base64 of ciphertext; Converse gives the base64 of that text.
    let data = "Ev8AgEE=";
    let wrapped = "RXY4QWdFRT0=";
    for redacted in [data, wrapped] {
        let mut thought = ReasoningPart::default();
        thought.redacted = Some(redacted.to_owned());
        assert_eq!(
            first(thought),
            json!({"type": "redacted_thinking", "data": data})
        );
    }
}

#[test]
fn blocks_of_other_forms_are_left_out_of_answers_and_said() {
    let server = json!({"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}});
    let parts = vec![
        Part::text("a"),
        Part::Unknown(UnknownPart::new(json!({"citationsContent": {}}))),
        Part::Unknown(UnknownPart::new(
            json!({"type": "web_search_call", "id": "ws_1"}),
        )),
        Part::Unknown(UnknownPart::new(server.clone())),
    ];
    let call = Call::new([
        user("hi"),
        Message::new(Role::Assistant, parts),
        user("go on"),
    ]);
    let (body, codes) = written(&Quirks::ANTHROPIC, &call);
    assert_eq!(codes, ["block_dropped", "block_dropped"]);
    assert_eq!(
        body["messages"][1]["content"],
        json!([{"type": "text", "text": "a"}, server])
    );
    // Nobody but Claude has Claude's.
    let minimax = Quirks {
        maker: Some("minimax".into()),
        ..Quirks::ANTHROPIC
    };
    let (body, codes) = written(&minimax, &call);
    assert_eq!(codes, ["block_dropped"; 3]);
    assert_eq!(
        body["messages"][1]["content"],
        json!([{"type": "text", "text": "a"}])
    );
    // A turn of nothing else is no turn.
    let alone = Part::Unknown(UnknownPart::new(json!({"type": "web_search_call"})));
    let call = Call::new([
        user("hi"),
        Message::new(Role::Assistant, vec![alone]),
        user("go on"),
    ]);
    let (body, _) = written(&Quirks::ANTHROPIC, &call);
    assert_eq!(body["messages"].as_array().unwrap().len(), 2);
}

#[test]
fn unknown_blocks_keep_their_cache_points() {
    let block = json!({"type": "search_result", "source": "x"});
    let part = Part::Unknown(UnknownPart::new(block)).cached(Cache::new());
    assert_eq!(
        first(part),
        json!({"type": "search_result", "source": "x", "cache_control": {"type": "ephemeral"}})
    );
}

#[test]
fn citations_of_this_form_go_back_and_others_are_told_of() {
    let mut own = Citation::default();
    own.location = Some(json!({"type": "page_location", "cited_text": "x"}));
    let mut text = TextPart::new("It says x");
    text.citations = vec![own.clone(), Citation::default()];
    let call = Call::new([user("hi"), Message::new(Role::Assistant, vec![text.into()])]);
    let (body, codes) = written(&Quirks::ANTHROPIC, &call);
    assert_eq!(codes, ["citations_dropped"]);
    assert_eq!(
        body["messages"][1]["content"][0]["citations"],
        json!([{"type": "page_location", "cited_text": "x"}])
    );
}
