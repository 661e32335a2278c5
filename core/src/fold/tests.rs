//! What the fold makes of what arrives.

use super::*;
use serde_json::json;

fn fold() -> Fold {
    Fold::new(Identity::default()).listened()
}

#[test]
fn blocks_come_out_by_index_whatever_the_order_of_arrival() {
    let mut fold = fold();
    fold.tool_call_start(2, "t2".into(), "b".into());
    fold.tool_call_start(1, "t1".into(), "a".into());
    fold.text(0, "");
    fold.reasoning(1, "why");
    fold.tool_call_arguments(1, r#"{"x":"#);
    fold.tool_call_arguments(2, "{}");
    fold.tool_call_arguments(1, "1}");
    fold.end_block(1);
    let response = fold.finish();
    assert_eq!(
        serde_json::to_value(&response.message.content).unwrap(),
        json!([
            {"type": "tool_call", "id": "t1", "name": "a", "arguments": {"x": 1}},
            {"type": "reasoning", "text": "why"},
            {"type": "tool_call", "id": "t2", "name": "b", "arguments": {}},
        ])
    );
}

#[test]
fn broken_arguments_are_kept_and_reported() {
    let mut fold = fold();
    fold.tool_call_start(0, "t".into(), "f".into());
    fold.tool_call_arguments(0, r#"{"city": "Ly"#);
    let response = fold.finish();
    let call = response.tool_calls().next().unwrap();
    assert_eq!(call.arguments, json!(r#"{"city": "Ly"#));
    assert_eq!(response.warnings[0].code, "invalid_tool_arguments");
}

#[test]
fn a_call_that_is_cut_off_is_never_a_whole_one() {
    for came in ["", r#"{"city": "Ly"#, r#"{"city": "Lyon"}"#] {
        let mut fold = fold();
        fold.tool_call_start(0, "t".into(), "f".into());
        fold.tool_call_arguments(0, came);
        let partial = fold.abandon();
        assert_eq!(partial.tool_calls().next().unwrap().arguments, json!(came));
        assert_eq!(partial.warnings[0].code, "incomplete_tool_call");
        assert_eq!(partial.finish_reason, FinishReason::Error);
        let events: Vec<Event> = std::iter::from_fn(|| fold.next_event()).collect();
        let whole = |event: &Event| matches!(event, Event::ToolCall(_));
        assert!(!events.iter().any(whole), "{events:?}");
    }
}

#[test]
fn arguments_without_a_call_are_not_lost() {
    let mut fold = fold();
    fold.tool_call_arguments(3, "{}");
    let response = fold.finish();
    assert_eq!(
        response.message.content,
        [Part::Unknown(UnknownPart::new(json!("{}")))]
    );
}

#[test]
fn redacted_pieces_join_as_bytes() {
    let mut fold = fold();
    fold.redacted(0, "YQ==");
    fold.redacted(0, "Yg==");
    assert_eq!(
        fold.finish()
            .reasoning()
            .next()
            .unwrap()
            .redacted
            .as_deref(),
        Some("YWI=")
    );
}

#[test]
fn later_usage_does_not_erase_earlier_usage() {
    let mut fold = fold();
    fold.usage(Usage {
        input_tokens: Some(3),
        cache_read_tokens: Some(5),
        ..Usage::default()
    });
    fold.usage(Usage {
        output_tokens: Some(7),
        ..Usage::default()
    });
    let usage = fold.finish().usage;
    assert_eq!(usage.total_tokens, Some(15));
    assert_eq!(usage.reasoning_tokens, None);
}

#[test]
fn citations_speak_for_their_block_in_scalars() {
    let mut fold = fold();
    fold.text(0, "héé");
    fold.citation(0, Citation::default());
    fold.text(0, "🙂");
    let response = fold.finish();
    let Part::Text(text) = &response.message.content[0] else {
        panic!("text")
    };
    assert_eq!((text.citations[0].start, text.citations[0].end), (0, 4));
}

fn expecting(expectation: impl FnOnce(&mut Expectation)) -> Fold {
    let mut wanted = Expectation::default();
    expectation(&mut wanted);
    Fold::new(Identity::default()).listened().expecting(wanted)
}

#[test]
fn the_arguments_of_the_objects_tool_are_text_and_the_object() {
    let mut fold = expecting(|it| it.object = Some(ObjectForm::Tool("answer".into())));
    fold.text(0, "Here: {\"not\": \"it\"}");
    fold.tool_call_start(1, "t1".into(), "answer".into());
    fold.tool_call_arguments(1, "{\"a\"");
    fold.tool_call_arguments(1, ": 1}");
    fold.end_block(1);
    fold.stop(FinishReason::ToolCalls, "tool_use");
    let response = fold.finish();
    assert_eq!(response.object, Some(serde_json::json!({"a": 1})));
    assert_eq!(response.finish_reason(), FinishReason::Stop);
    assert_eq!(response.tool_calls().count(), 0);
    assert_eq!(response.provider_metadata["object_form"], "tool");
    let fragments = std::iter::from_fn(|| fold.next_event());
    let text: String = fragments
        .filter_map(|event| match event {
            Event::Text(delta) => Some(delta.text),
            _ => None,
        })
        .collect();
    assert!(text.ends_with("{\"a\": 1}"), "{text}");

    let mut whole = expecting(|it| it.object = Some(ObjectForm::Tool("answer".into())));
    whole.tool_call(0, "t1".into(), "answer".into(), "{\"a\":1}");
    whole.tool_call(1, "t2".into(), "other".into(), "{}");
    whole.stop(FinishReason::ToolCalls, "tool_use");
    let response = whole.finish();
    assert_eq!(response.object, Some(serde_json::json!({"a": 1})));
    assert_eq!(response.finish_reason(), FinishReason::ToolCalls);
    assert_eq!(response.tool_calls().count(), 1, "the other call stands");
}

#[test]
fn an_object_that_nobody_heard_coming_has_one_text() {
    let unheard = || {
        let expectation = Expectation {
            object: Some(ObjectForm::Tool("answer".into())),
            ..Expectation::default()
        };
        Fold::new(Identity::default()).expecting(expectation)
    };
    let mut whole = unheard();
    whole.tool_call(0, "t1".into(), "answer".into(), r#"{"a":[1,"b c"]}"#);
    let mut streamed = unheard();
    streamed.tool_call_start(0, "t1".into(), "answer".into());
    for piece in ["{\"a\" : [1,", " \"b c\"]}"] {
        streamed.tool_call_arguments(0, piece);
    }
    let mut cut_off = unheard();
    cut_off.tool_call_start(0, "t1".into(), "answer".into());
    cut_off.tool_call_arguments(0, "{\"a\" : ");
    assert_eq!(whole.finish(), streamed.finish());
    assert_eq!(cut_off.finish().text(), "{\"a\" : ");
}

#[test]
fn beside_the_call_of_the_objects_tool_no_object_is_looked_for() {
    for (arguments, reason) in [
        (r#"{"a": "#, FinishReason::Length),
        (r#"{"a": oops}"#, FinishReason::ToolCalls),
    ] {
        let mut fold = expecting(|it| it.object = Some(ObjectForm::Tool("answer".into())));
        fold.text(0, r#"It will look like {"a": 7}."#);
        fold.tool_call_start(1, "1".into(), "answer".into());
        fold.tool_call_arguments(1, arguments);
        fold.stop(reason, "");
        let response = fold.finish();
        assert_eq!(response.object, None, "{arguments}");
        assert_eq!(response.warnings()[0].code, "no_object");
    }
}

#[test]
fn of_an_answer_that_was_cut_off_only_a_whole_object_counts() {
    for (text, object) in [
        (r#"{"a": 1} and"#, Some(serde_json::json!({"a": 1}))),
        (r#"{"a": 1, "b": {"a": 2}"#, None),
        (r#"[{"a": 1}, {"a""#, None),
    ] {
        let mut fold = expecting(|it| it.object = Some(ObjectForm::Native));
        fold.text(0, text);
        fold.stop(FinishReason::Length, "max_tokens");
        assert_eq!(fold.finish().object, object, "{text}");
    }
}

#[test]
fn an_object_that_did_not_come_is_said() {
    let mut fold = expecting(|it| it.object = Some(ObjectForm::Native));
    fold.text(0, "I cannot say.");
    fold.stop(FinishReason::Stop, "end_turn");
    let response = fold.finish();
    assert_eq!(response.object, None);
    assert_eq!(response.warnings()[0].code, "no_object");
}

#[test]
fn tools_come_back_under_the_callers_name() {
    let names = |it: &mut Expectation| {
        it.tool_names.insert("get_it".into(), "get it!".into());
    };
    let mut fold = expecting(names);
    fold.tool_call(0, "t1".into(), "get_it".into(), "{}");
    assert_eq!(fold.finish().tool_calls().next().unwrap().name, "get it!");
    let mut fold = expecting(names);
    fold.tool_call_start(0, "t1".into(), "get_it".into());
    assert_eq!(fold.finish().tool_calls().next().unwrap().name, "get it!");
}

#[test]
fn a_repeated_call_is_left_out_only_where_it_is_a_mistake() {
    for (mistake, calls) in [(true, 2), (false, 3)] {
        let mut fold = expecting(|it| it.one_call_each = mistake);
        fold.tool_call(0, "a".into(), "f".into(), "{\"x\":1}");
        fold.tool_call(1, "b".into(), "f".into(), "{\"x\":1}");
        fold.tool_call(2, "c".into(), "f".into(), "{\"x\":2}");
        let response = fold.finish();
        assert_eq!(response.tool_calls().count(), calls);
        let said = response
            .warnings()
            .iter()
            .any(|it| it.code == "repeated_tool_call");
        assert_eq!(said, mistake);
    }
}

#[test]
fn citations_with_a_place_keep_it_within_their_block() {
    let mut fold = fold();
    fold.text(0, "héé🙂");
    fold.citation_at(0, Citation::default(), 1, 3);
    fold.citation_at(0, Citation::default(), 3, 9);
    fold.citation_at(0, Citation::default(), 7, 9);
    fold.citation(0, Citation::default());
    let response = fold.finish();
    let Part::Text(text) = &response.message.content[0] else {
        panic!("text")
    };
    let places: Vec<_> = text.citations.iter().map(|it| (it.start, it.end)).collect();
    assert_eq!(places, [(1, 3), (3, 4), (4, 4), (0, 4)]);
    let events: Vec<Event> = std::iter::from_fn(|| fold.next_event()).collect();
    let named: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Citation(citation) => Some((citation.start, citation.end)),
            _ => None,
        })
        .collect();
    assert_eq!(named[0], (Some(1), Some(3)));
    assert_eq!(named[3], (None, None));
}

#[test]
fn an_object_without_fragments_has_no_members() {
    for ended in [true, false] {
        let mut fold = expecting(|it| it.object = Some(ObjectForm::Tool("answer".into())));
        fold.tool_call_start(0, "t1".into(), "answer".into());
        if ended {
            fold.end_block(0);
        }
        fold.stop(FinishReason::ToolCalls, "tool_use");
        let response = fold.finish();
        assert_eq!(response.object, Some(json!({})));
        assert_eq!(response.text(), "{}");
    }
}

#[test]
fn an_answer_without_end_is_kept_up_to_a_bound() {
    let mut fold = fold();
    let piece = "x".repeat(1 << 20);
    for _ in 0..63 {
        fold.text(0, &piece);
        assert!(fold.check_bounds().is_ok());
    }
    for _ in 0..3 {
        fold.text(0, &piece);
        fold.reasoning(1, &piece);
    }
    let error = fold.check_bounds().unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::Decode);
    let partial = fold.abandon();
    assert_eq!(partial.text().len(), 63 << 20);
    assert_eq!(partial.message.content.len(), 1);
}

#[test]
fn blocks_citations_and_warnings_without_end_are_kept_up_to_a_bound() {
    let kept = |give: fn(&mut Fold, u32)| {
        let mut fold = fold();
        for index in (0..300_000).rev() {
            give(&mut fold, index);
        }
        assert!(fold.check_bounds().is_err());
        let partial = fold.abandon();
        let citations = partial.message.content.iter().map(|part| match part {
            Part::Text(text) => text.citations.len(),
            _ => 0,
        });
        partial.message.content.len() + partial.warnings.len() + citations.sum::<usize>()
    };
    for (give, most) in [
        (
            (|fold, index| fold.tool_call_start(index, String::new(), String::new()))
                as fn(&mut Fold, u32),
            40_000,
        ),
        (|fold, index| fold.unknown(index, Value::Null), 20_000),
        (|fold, _| fold.citation(0, Citation::default()), 20_000),
        (|fold, index| fold.redacted(index, ""), 20_000),
        (|fold, _| fold.warn(Warning::new("w", "")), 300_000),
    ] {
        let kept = kept(give);
        assert!((1000..most).contains(&kept), "{kept} of at most {most}");
    }
}

#[test]
fn arguments_of_too_many_values_stay_text() {
    let mut fold = fold();
    let arguments = format!("{{\"a\":[{}0]}}", "0,".repeat(bounds::MAX_VALUES));
    fold.tool_call(0, "t".into(), "f".into(), &arguments);
    let response = fold.finish();
    let call = response.tool_calls().next().unwrap();
    assert_eq!(call.arguments.as_str().map(str::len), Some(arguments.len()));
    assert!(response.warnings[0].message.contains("too many values"));
}

/// No depth of JSON reaches the stack: what serde_json does not read stays text.
#[test]
fn arguments_of_any_depth_stay_text() {
    let mut fold = fold();
    let arguments = format!("{}{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    fold.tool_call(0, "t".into(), "f".into(), &arguments);
    let response = fold.finish();
    assert!(response.tool_calls().next().unwrap().arguments.is_string());
    assert_eq!(response.warnings[0].code, "invalid_tool_arguments");
}

#[test]
fn the_last_index_is_one_like_any_other() {
    let mut fold = fold();
    fold.text(u32::MAX, "last");
    fold.text(0, "first ");
    fold.end_block(u32::MAX);
    assert_eq!(fold.finish().text(), "first last");
}
