//! Guardrails, whole and in streams.

use super::*;

fn guarded(text: &str, extra: Value) -> Value {
    let config = json!({"guardrailIdentifier": "gr1", "guardrailVersion": "1", "trace": "enabled"});
    with(asked(text), json!({"guardrailConfig": with(config, extra)}))
}

fn stop_reason(events: &[(String, Value)]) -> &Value {
    let stop = events.iter().find(|(name, _)| name == "messageStop");
    &stop.unwrap().1["stopReason"]
}

#[test]
fn a_prompt_is_blocked() {
    let answer = ask(CLAUDE, &guarded("Please BlockMe", json!({}))).unwrap();
    assert_eq!(answer["stopReason"], "guardrail_intervened");
    assert_eq!(answer["usage"]["outputTokens"], 0);
    let policy = &answer["trace"]["guardrail"]["inputAssessment"]["gr1"]["topicPolicy"];
    assert_eq!(policy["topics"][0]["action"], "BLOCKED");
    let answer = ask(CLAUDE, &asked("Please blockme")).unwrap();
    assert_eq!(answer["stopReason"], "end_turn");
    for mode in ["sync", "async"] {
        let events = events(
            CLAUDE,
            &guarded("blockme", json!({"streamProcessingMode": mode})),
        );
        assert_eq!(stop_reason(&events), "guardrail_intervened");
        let (name, last) = events.last().unwrap();
        assert_eq!(name, "metadata");
        assert!(last["trace"]["guardrail"]["inputAssessment"].is_object());
    }
}

#[test]
fn only_marked_content_is_guarded_if_there_is_any() {
    let marked = |marked: &str, plain: &str| {
        let mut body = guarded("x", json!({}));
        body["messages"] = json!([user(json!([
            {"guardContent": {"text": {"text": marked, "qualifiers": ["query"]}}},
            {"text": plain},
        ]))]);
        ask(NOVA, &body).unwrap()
    };
    assert_eq!(marked("fine", "blockme")["stopReason"], "end_turn");
    assert_eq!(
        marked("blockme", "fine")["stopReason"],
        "guardrail_intervened"
    );
    let coverage = &marked("fine", "blockme")["trace"]["guardrail"]["inputAssessment"]["gr1"]["invocationMetrics"]
        ["guardrailCoverage"];
    assert_eq!(coverage["textCharacters"]["guarded"], 4);
}

#[test]
fn an_answer_is_masked() {
    let answer = ask(CLAUDE, &guarded("maskme please", json!({}))).unwrap();
    assert_eq!(answer["stopReason"], "guardrail_intervened");
    assert!(
        answer["output"]["message"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains("{MASKED} please")
    );
    let trace = &answer["trace"]["guardrail"];
    assert_eq!(trace["actionReason"], "No action.\nGuardrail masked.");
    let policy = &trace["outputAssessments"]["gr1"][0]["sensitiveInformationPolicy"];
    assert_eq!(policy["regexes"][0]["action"], "ANONYMIZED");
    assert!(text(CLAUDE, &asked("maskme please")).contains("maskme please"));
}

#[test]
fn a_stream_waits_for_the_guardrail_unless_it_is_asynchronous() {
    let stream = |extra: Value| events(CLAUDE, &guarded("maskme please", extra));
    for mode in [json!({}), json!({"streamProcessingMode": "sync"})] {
        let events = stream(mode);
        assert_eq!(deltas(&events, 0).len(), 1);
        assert_eq!(stop_reason(&events), "guardrail_intervened");
    }
    let events = stream(json!({"streamProcessingMode": "async"}));
    assert!(deltas(&events, 0).len() > 1);
    assert_eq!(stop_reason(&events), "end_turn");
}
