//! Order and fullness of turns, thoughts that go back, what stands beside and inside of tool results.

use reqllm_core::{
    Call, DocumentPart, ErrorKind, Message, Part, ReasoningPart, Source, Tool, ToolCallPart,
    ToolContent, ToolResultPart, assistant, system, tool_result, user,
};
use serde_json::json;

use super::*;

/// As the call shapes when its one tool is there.
fn of(id: &str, call: &Call) -> Outcome {
    let mut call = call.clone();
    call.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
    super::of(id, &call)
}

fn calls(ids: &[&str]) -> Message {
    let call = |id: &&str| Part::ToolCall(ToolCallPart::new(*id, "f", json!({})));
    assistant(ids.iter().map(call).collect::<Vec<_>>())
}

fn image() -> Part {
    Part::image("image/png", Source::Data("x".into()))
}

fn video() -> Part {
    Part::video("video/mp4", Source::Url("s3://b/v".into()))
}

fn document() -> Part {
    DocumentPart::new("text/plain", Source::Data("x".into())).into()
}

fn result(id: &str) -> Part {
    Part::ToolResult(ToolResultPart::new(id, "ok"))
}

fn thought(signature: Option<&str>, redacted: Option<&str>) -> Part {
    let mut part = ReasoningPart::default();
    part.text = "hm".to_owned();
    part.signature = signature.map(str::to_owned);
    part.redacted = redacted.map(str::to_owned);
    part.into()
}

#[test]
fn the_user_begins_except_where_the_assistant_may() {
    let call = Call::new([system("s"), assistant("a"), user("u")]);
    let nova = of(NOVA, &call);
    assert_eq!(nova.turns(), "system(s) user(.) assistant(a) user(u)");
    assert_eq!(nova.codes(), ["user_turn_added"]);
    for id in [CLAUDE, QWEN, "zai.glm-4.7", "moonshotai.kimi-k2.5"] {
        assert_eq!(
            of(id, &call).turns(),
            "system(s) assistant(a) user(u)",
            "{id}"
        );
    }
}

#[test]
fn blank_texts_go_and_their_cache_points_stay() {
    let call = Call::new([user(vec![
        Part::text("u"),
        Part::text(" \n").cached(reqllm_core::Cache::new()),
        Part::text(""),
    ])]);
    let outcome = of(CLAUDE, &call);
    assert_eq!(outcome.turns(), "user(u*)");
    assert_eq!(outcome.codes(), ["blank_text_dropped"]);
}

#[test]
fn white_space_beside_a_document_and_blanks_beside_a_signed_thought_stay() {
    let call = Call::new([user(vec![document(), Part::text("\n")])]);
    assert_eq!(of(CLAUDE, &call).turns(), "user(document \n)");
    let signed = Call::new([
        user("u"),
        assistant(vec![
            thought(Some("sig"), None),
            Part::text(""),
            calls(&["t"]).content.remove(0),
        ]),
        tool_result("t", "ok"),
    ]);
    assert_eq!(
        of(CLAUDE, &signed).turns(),
        "user(u) assistant(reasoning  call:t) tool(result:t)"
    );
}

#[test]
fn empty_turns_of_the_assistant_go_and_empty_ones_of_the_user_are_refused() {
    let call = Call::new([user("u"), assistant(" "), user("v")]);
    let outcome = of(CLAUDE, &call);
    assert_eq!(outcome.turns(), "user(u) user(v)");
    assert!(outcome.codes().contains(&"empty_message_dropped"));
    let error = shaped(&Model::new("bedrock", CLAUDE), &Call::new("  "))
        .err()
        .unwrap();
    assert!(
        error.message().contains("messages[0] says nothing"),
        "{error}"
    );
}

#[test]
fn a_prefill_does_not_end_in_white_space() {
    let call = Call::new([user("u"), assistant("{ \n")]);
    let outcome = of(CLAUDE, &call);
    assert_eq!(outcome.turns(), "user(u) assistant({)");
    assert_eq!(outcome.codes(), ["trailing_space_dropped"]);
    assert_eq!(of(NOVA, &call).turns(), "user(u) assistant({ \n)");
    let inside = Call::new([user("u"), assistant("a "), user("v")]);
    assert_eq!(of(CLAUDE, &inside).turns(), "user(u) assistant(a ) user(v)");
}

#[test]
fn a_prefill_is_refused_where_the_model_would() {
    let call = Call::new([user("u"), assistant("{")]);
    for id in [
        "anthropic.claude-opus-4-6-v1",
        "anthropic.claude-sonnet-4-6",
        "us.anthropic.claude-opus-4-8",
        "anthropic.claude-opus-9",
    ] {
        let model = Model::new("bedrock", id);
        let error = shaped(&model, &call).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{id}");
        assert!(error.message().contains("(a prefill)"), "{error}");
        let mut lossy = call.clone();
        lossy.lossy = true;
        let outcome = of(id, &lossy);
        assert_eq!(outcome.turns(), "user(u) assistant({) user(Go on.)");
        assert_eq!(outcome.codes(), ["unsupported"], "{id}");
    }
    for id in [CLAUDE, NOVA, "anthropic.claude-3-haiku-20240307-v1:0"] {
        assert_eq!(of(id, &call).turns(), "user(u) assistant({)", "{id}");
    }
    // What the service began itself goes back as it came.
    let begun = Part::Unknown(reqllm_core::UnknownPart::new(
        json!({"toolUse": {"type": "server_tool_use"}}),
    ));
    let paused = Call::new([user("u"), assistant(vec![begun])]);
    assert!(of("anthropic.claude-opus-5", &paused).codes().is_empty());
}

#[test]
fn a_signed_thought_is_never_trimmed() {
    let call = Call::new([
        user("u"),
        assistant(vec![thought(Some("s"), None), Part::text("a")]),
        user("v"),
    ]);
    let Part::Reasoning(kept) = &of(CLAUDE, &call).call.messages[1].content[0] else {
        panic!("a thought")
    };
    assert_eq!(
        (kept.text.as_str(), kept.signature.as_deref()),
        ("hm", Some("s"))
    );
}

#[test]
fn results_come_first_thoughts_first_and_calls_last() {
    let call = |signature| {
        Call::new([
            user("u"),
            assistant(vec![
                result_call("a"),
                Part::text("t"),
                thought(signature, None),
            ]),
            user("note"),
            tool_result("a", "ok"),
        ])
    };
    assert_eq!(
        of("minimax.minimax-m2", &call(None)).turns(),
        "user(u) assistant(reasoning t call:a) user(result:a note)"
    );
    // What is signed has its place.
    assert_eq!(
        of(CLAUDE, &call(Some("s"))).turns(),
        "user(u) assistant(call:a t reasoning) user(result:a note)"
    );
}

#[test]
fn a_foreign_signature_does_not_go_to_a_model_that_signs_nothing() {
    let call = Call::new([
        user("u"),
        assistant(vec![thought(Some("sig"), None), Part::text("a")]),
        user("v"),
    ]);
    let Part::Reasoning(kept) = &of("moonshotai.kimi-k2.5", &call).call.messages[1].content[0]
    else {
        panic!("a thought")
    };
    assert_eq!((kept.text.as_str(), &kept.signature), ("hm", &None));
}

#[test]
fn a_turn_that_holds_nothing_but_an_empty_thought_is_no_turn() {
    let empty: Part = ReasoningPart::default().into();
    let call = Call::new([user("u"), assistant(vec![empty]), user("v")]);
    for id in ["moonshotai.kimi-k2.5", "acme.unheard-of"] {
        assert_eq!(of(id, &call).turns(), "user(u) user(v)", "{id}");
    }
}

#[test]
fn a_system_turn_does_not_part_calls_from_results_either() {
    let call = Call::new([
        user("u"),
        calls(&["a"]),
        system("now"),
        tool_result("a", "ok"),
    ]);
    assert_eq!(
        of("us.anthropic.claude-opus-4-8", &call).turns(),
        "user(u) assistant(call:a) tool(result:a) system(now)"
    );
}

#[test]
fn citations_and_blocks_go_back_to_those_who_know_them() {
    let mut cited = reqllm_core::TextPart::new("a");
    let mut citation = reqllm_core::Citation::default();
    citation.location = Some(json!({"documentChar": {"documentIndex": 0}}));
    cited.citations = vec![citation.clone()];
    citation.location = Some(json!({"searchResultLocation": {"searchResultIndex": 0}}));
    cited.citations.push(citation);
    let block = Part::Unknown(reqllm_core::UnknownPart::new(
        json!({"type": "server_tool_use"}),
    ));
    let call = Call::new([user("u"), assistant(vec![cited.into(), block]), user("v")]);
    let citations = |outcome: &Outcome| match &outcome.call.messages[1].content[0] {
        Part::Text(text) => text.citations.len(),
        _ => panic!("text"),
    };
    let claude = of(CLAUDE, &call);
    assert_eq!(citations(&claude), 1, "search results are not sent back");
    assert_eq!(claude.codes(), ["citations_dropped", "block_dropped"]);
    assert_eq!(claude.turns(), "user(u) assistant(a) user(v)");
    assert_eq!(citations(&of(NOVA, &call)), 0);
}

#[test]
fn a_model_that_is_known_not_to_see_gets_no_pictures() {
    let mut model = Model::new("bedrock", GPT_OSS);
    model.modalities.input = [reqllm_core::Modality::Text].into_iter().collect();
    let mut call = Call::new([user(vec![Part::text("see"), image()])]);
    let error = shaped(&model, &call).err().unwrap();
    assert!(error.message().contains("images"), "{error}");
    call.lossy = true;
    assert_eq!(shaped(&model, &call).unwrap().turns(), "user(see)");
    assert!(
        of("acme.unheard-of", &call).warnings.is_empty(),
        "not known is not no"
    );
}

fn result_call(id: &str) -> Part {
    Part::ToolCall(ToolCallPart::new(id, "f", json!({})))
}

#[test]
fn a_document_gets_a_text_beside_it() {
    let outcome = of(CLAUDE, &Call::new([user(vec![document()])]));
    assert_eq!(outcome.turns(), "user(. document)");
    assert_eq!(outcome.codes(), ["text_added"]);
}

#[test]
fn a_system_message_inside_the_conversation_stays_in_its_place() {
    let call = Call::new([
        system("s"),
        user("u"),
        system("now"),
        assistant("a"),
        user("v"),
    ]);
    let outcome = of(CLAUDE, &call);
    assert_eq!(
        outcome.turns(),
        "system(s) user(u) user(now) assistant(a) user(v)"
    );
    assert_eq!(outcome.codes(), ["system_message_as_user"]);
    let opus = of("us.anthropic.claude-opus-4-8", &call);
    assert_eq!(
        opus.turns(),
        "system(s) user(u) system(now) assistant(a) user(v)"
    );
}

#[test]
fn a_system_message_does_not_come_between_calls_and_results() {
    let call = Call::new([
        user("u"),
        calls(&["a"]),
        system("now"),
        tool_result("a", "ok"),
        assistant("b"),
        user("v"),
    ]);
    assert_eq!(
        of(CLAUDE, &call).turns(),
        "user(u) assistant(call:a) tool(result:a) user(now) assistant(b) user(v)"
    );
}

#[test]
fn models_without_system_prompts_hear_them_from_the_user_if_they_may() {
    let mut call = Call::new([system("s"), user("u")]);
    let id = "amazon.titan-text-express-v1";
    let model = Model::new("bedrock", id);
    if of_family(id) == "titan" {
        let error = shaped(&model, &call).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        call.lossy = true;
        assert_eq!(super::of(id, &call).turns(), "user(s u)");
    }
    let mut call = Call::new([system("s"), user("u")]);
    let early = "mistral.mistral-7b-instruct-v0:2";
    let error = shaped(&Model::new("bedrock", early), &call).err().unwrap();
    assert!(error.message().contains("a system prompt"), "{error}");
    call.lossy = true;
    assert_eq!(super::of(early, &call).turns(), "user(s u)");
}

fn of_family(id: &str) -> &'static str {
    Families::new(&[]).of(&Model::new("bedrock", id)).0.name()
}

#[test]
fn thoughts_go_back_only_to_those_who_take_them() {
    let parts = vec![
        thought(Some("sig"), None),
        thought(None, None),
        thought(None, Some("b64")),
        Part::text("a"),
    ];
    let call = Call::new([user("u"), assistant(parts), user("v")]);
    for (id, kept) in [
        (CLAUDE, "reasoning reasoning a"),
        (GPT_OSS, "a"),
        (NOVA, "a"),
        ("deepseek.r1-v1:0", "a"),
        ("us.openai.gpt-5.6-sol", "reasoning a"),
        ("minimax.minimax-m2", "reasoning reasoning a"),
        ("acme.unheard-of", "reasoning reasoning reasoning a"),
    ] {
        let outcome = super::of(id, &call);
        assert_eq!(
            outcome.turns(),
            format!("user(u) assistant({kept}) user(v)"),
            "{id}"
        );
        assert_eq!(
            outcome.codes().contains(&"reasoning_dropped"),
            id != "acme.unheard-of",
            "{id}"
        );
    }
}

#[test]
fn nothing_stands_beside_a_result_where_the_model_wants_it_alone() {
    let call = Call::new([
        user("u"),
        calls(&["a", "b"]),
        tool_result("a", "1"),
        tool_result("b", "2"),
        user("and?"),
    ]);
    for id in [LLAMA, MISTRAL, WRITER] {
        let outcome = of(id, &call);
        assert!(
            outcome.turns().ends_with(") assistant(.) user(and?)"),
            "{id}: {}",
            outcome.turns()
        );
        assert_eq!(outcome.codes(), ["turn_split"], "{id}");
    }
    for id in [CLAUDE, NOVA, GPT_OSS, "zai.glm-4.7"] {
        assert!(of(id, &call).turns().ends_with("user(and?)"), "{id}");
        assert!(of(id, &call).codes().is_empty(), "{id}");
    }
}

#[test]
fn claude_takes_images_and_documents_beside_a_result_and_no_video() {
    let call = |part| {
        Call::new([
            user("u"),
            calls(&["a"]),
            user(vec![result("a"), Part::text("see"), part]),
        ])
    };
    assert_eq!(of(CLAUDE, &call(image())).codes(), Vec::<&str>::new());
    assert_eq!(of(CLAUDE, &call(document())).codes(), Vec::<&str>::new());
    assert_eq!(
        of(CLAUDE, &call(video())).turns(),
        "user(u) assistant(call:a) tool(result:a) assistant(.) user(see video)"
    );
}

#[test]
fn media_that_may_not_be_inside_of_a_result_come_after_the_results() {
    let holds =
        |part| ToolResultPart::new("a", ToolContent::Parts(vec![Part::text("t"), part])).into();
    let call = |part| Call::new([user("u"), calls(&["a"]), user(vec![holds(part)])]);
    let nova = of(NOVA, &call(document()));
    assert_eq!(nova.codes(), ["media_moved"]);
    assert!(
        nova.turns()
            .ends_with("user(result:a This is document 1, which tool call a gave: document)"),
        "{}",
        nova.turns()
    );
    let Part::ToolResult(result) = &nova.call.messages[2].content[0] else {
        panic!("a result")
    };
    assert_eq!(
        result.content,
        ToolContent::Parts(vec![
            Part::text("t"),
            Part::text("See document 1, after the tool results.")
        ])
    );
    assert!(of(NOVA, &call(image())).codes().is_empty());
    // Mistral takes no image there, and nothing beside a result: both rules hold.
    let mistral = of(MISTRAL, &call(image())).turns();
    assert!(
        mistral.contains(") assistant(.) user(This is image 1,"),
        "{mistral}"
    );
}
