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
