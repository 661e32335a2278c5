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
