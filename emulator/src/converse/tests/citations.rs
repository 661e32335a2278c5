//! Documents and search results that are cited.

use super::*;

fn document(source: Value, format: &str, enabled: bool) -> Value {
    json!({"document": {"format": format, "name": "Policy", "source": source, "citations": {"enabled": enabled}}})
}

fn about(blocks: Vec<Value>) -> Value {
    let mut content = vec![json!({"text": "How many days?"})];
    content.extend(blocks);
    messages(json!([user(json!(content))]))
}

fn leave() -> Value {
    document(
        json!({"text": "Employees get 20 days. Ask your manager."}),
        "txt",
        true,
    )
}

#[test]
fn text_is_cited_by_characters() {
    let content = content(CLAUDE, &about(vec![leave()]));
    assert_eq!(content[0], json!({"text": "According to Policy, "}));
    assert_eq!(
        content[1],
        json!({"citationsContent": {
            "content": [{"text": "Employees get 20 days."}],
            "citations": [{
                "title": "Policy",
                "sourceContent": [{"text": "Employees get 20 days."}],
                "location": {"documentChar": {"documentIndex": 0, "start": 0, "end": 22}},
            }],
        }})
    );
    assert!(content[2]["text"].as_str().unwrap().contains("You asked"));
    assert_eq!(content.len(), 3);
}

#[test]
fn other_sources_are_cited_by_their_parts() {
    let plain = document(json!({"text": "Not asked for."}), "txt", false);
    let mut chunks = document(
        json!({"content": [{"text": "First"}, {"text": "Second"}]}),
        "txt",
        true,
    );
    chunks["document"]["name"] = "Chunks".into();
    let mut pages = document(json!({"bytes": "JVBERi0="}), "pdf", true);
    pages["document"]["name"] = "Pages".into();
    let mut bytes = document(json!({"bytes": "w4R0c2NoLiBPaC4="}), "md", true);
    bytes["document"]["name"] = "Bytes".into();
    let results = json!({"searchResult": {
        "source": "https://example.com", "title": "Found", "content": [{"text": "It is so."}], "citations": {"enabled": true},
    }});
    let content = content(CLAUDE, &about(vec![plain, chunks, pages, bytes, results]));
    let citations: Vec<&Value> = content
        .iter()
        .filter_map(|block| block.pointer("/citationsContent/citations/0"))
        .collect();
    let locations: Vec<&Value> = citations
        .iter()
        .map(|citation| &citation["location"])
        .collect();
    assert_eq!(
        locations,
        [
            &json!({"documentChunk": {"documentIndex": 1, "start": 0, "end": 1}}),
            &json!({"documentPage": {"documentIndex": 2, "start": 1, "end": 2}}),
            &json!({"documentChar": {"documentIndex": 3, "start": 0, "end": 6}}),
            &json!({"searchResultLocation": {"searchResultIndex": 0, "start": 0, "end": 1}}),
        ]
    );
    assert_eq!(citations[2]["sourceContent"][0]["text"], "Ätsch.");
    assert_eq!(citations[3]["source"], "https://example.com");
    assert!(citations[0].get("source").is_none());
}

#[test]
fn in_a_stream_the_citation_comes_before_its_text() {
    let events = events(SONNET_5, &about(vec![leave()]));
    let cited = deltas(&events, 1);
    assert_eq!(cited[0]["citation"]["title"], "Policy");
    let text: String = cited[1..]
        .iter()
        .map(|delta| delta["text"].as_str().unwrap())
        .collect();
    assert_eq!(text, "Employees get 20 days.");
    assert!(
        deltas(&events, 0)
            .iter()
            .all(|delta| delta.get("citation").is_none())
    );
    assert!(!events.iter().any(|(name, _)| name == "contentBlockStart"));
}

#[test]
fn a_cited_answer_can_be_sent_back() {
    let body = about(vec![leave()]);
    let answer = json!({"role": "assistant", "content": content(CLAUDE, &body)});
    let next = messages(json!([
        body["messages"][0],
        answer,
        user(json!([{"text": "Thanks"}]))
    ]));
    accepted(CLAUDE, &next);
}

#[test]
fn citations_by_family() {
    let body = about(vec![leave()]);
    assert!(content(COMMAND_R, &body).len() > 1);
    for model in [NOVA, LLAMA, GPT_OSS, QWEN] {
        invalid(
            model,
            &body,
            "This model doesn't support the citations field.",
        );
        let off = about(vec![document(json!({"text": "x"}), "txt", false)]);
        accepted(model, &off);
    }
}

#[test]
fn what_is_short_is_not_lengthened() {
    let body = with(
        about(vec![leave()]),
        json!({"inferenceConfig": {"maxTokens": 4}}),
    );
    let answer = ask(CLAUDE, &body).unwrap();
    assert_eq!(answer["stopReason"], "max_tokens");
    assert_eq!(answer["usage"]["outputTokens"], 4);
    assert!(
        content(CLAUDE, &body)
            .iter()
            .all(|block| block["text"].is_string())
    );
}
