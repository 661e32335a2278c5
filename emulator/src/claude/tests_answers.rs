//! Quotations and refusals in Claude's own words.

use super::*;

#[test]
fn documents_that_ask_for_it_are_quoted() {
    let document = |citations: bool| {
        json!({
            "type": "document", "title": "Harvest", "citations": {"enabled": citations},
            "source": {"type": "text", "media_type": "text/plain", "data": "Wheat rose. Barley fell."},
        })
    };
    let asked = |citations| {
        let content = json!([{"type": "text", "text": "What rose?"}, document(citations)]);
        ask(&body(
            json!({"messages": [{"role": "user", "content": content}]}),
        ))
        .unwrap()
    };
    let answer = asked(true);
    assert_eq!(answer["content"][0]["text"], "According to Harvest, ");
    assert_eq!(answer["content"][1]["text"], "Wheat rose.");
    assert_eq!(
        answer["content"][1]["citations"],
        json!([{
            "type": "char_location", "cited_text": "Wheat rose.", "document_index": 0,
            "document_title": "Harvest", "start_char_index": 0, "end_char_index": 11,
        }])
    );
    assert_eq!(asked(false)["content"].as_array().unwrap().len(), 1);
}

#[test]
fn a_refusal_has_its_own_reason() {
    let answer = ask(&body(
        json!({"messages": [{"role": "user", "content": "refuseme"}]}),
    ));
    assert_eq!(answer.unwrap()["stop_reason"], "refusal");
}

#[test]
fn a_prefill_is_taken_by_those_before_4_6() {
    let body = body(json!({"messages": [
        {"role": "user", "content": "hi"}, {"role": "assistant", "content": "{"},
    ]}));
    let ask = |id: &str| {
        let model = ModelId::parse(id).unwrap();
        let body = body.to_string();
        answer(
            &model,
            &HeaderMap::new(),
            body.as_bytes(),
            false,
            &Mutex::default(),
        )
    };
    for id in [CLAUDE, "anthropic.claude-3-5-sonnet-20240620-v1:0"] {
        assert!(ask(id).is_ok(), "{id}");
    }
    for id in [
        "us.anthropic.claude-opus-4-8",
        "us.anthropic.claude-opus-4-6-v1",
    ] {
        let error = ask(id).err().unwrap();
        assert!(error.message.contains("assistant message prefill"), "{id}");
    }
}
