//! ApplyGuardrail on the wire.

#![allow(clippy::unwrap_used, reason = "a test that fails should fail loudly")]

mod wire;

use reqllm_emulator::Emulator;
use serde_json::{Value, json};
use wire::{ask, assert_refused};

const PATH: &str = "/guardrail/gr1/version/1/apply";

fn text(text: &str) -> Value {
    json!({"source": "INPUT", "content": [{"text": {"text": text}}]})
}

#[tokio::test]
async fn what_is_harmless_passes_without_outputs() {
    let emulator = Emulator::start().await.unwrap();
    let answer = ask(&emulator, PATH, &text("Good morning")).await;
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    assert_eq!(
        (
            &answer["action"],
            &answer["outputs"],
            &answer["actionReason"]
        ),
        (&json!("NONE"), &json!([]), &json!("No action."))
    );
    let assessment = &answer["assessments"][0];
    assert_eq!(assessment["topicPolicy"], Value::Null);
    assert_eq!(assessment["appliedGuardrailDetails"]["guardrailId"], "gr1");
    assert_eq!(
        answer["guardrailCoverage"]["textCharacters"],
        json!({"guarded": 12, "total": 12})
    );
    assert_eq!(answer["usage"]["topicPolicyUnits"], 1);
}

#[tokio::test]
async fn the_denied_topic_is_blocked() {
    let emulator = Emulator::start().await.unwrap();
    let mut body = text("please BlockMe, ann@example.com");
    body["source"] = json!("OUTPUT");
    let answer = ask(&emulator, PATH, &body).await.json();
    assert_eq!(answer["action"], "GUARDRAIL_INTERVENED");
    assert_eq!(
        answer["outputs"],
        json!([{"text": "The emulator's guardrail has blocked this prompt."}])
    );
    assert_eq!(answer["blockedResponse"], answer["outputs"][0]["text"]);
    let topic = &answer["assessments"][0]["topicPolicy"]["topics"][0];
    assert_eq!(
        topic,
        &json!({"action": "BLOCKED", "detected": true, "name": "Blocked", "type": "DENY"})
    );
}

#[tokio::test]
async fn addresses_are_masked() {
    let emulator = Emulator::start().await.unwrap();
    let body = json!({"source": "INPUT", "content": [
        {"text": {"text": "Write to ann@example.com."}},
        {"text": {"text": "Or do not."}},
    ]});
    let answer = ask(&emulator, PATH, &body).await.json();
    assert_eq!(
        (&answer["action"], &answer["actionReason"]),
        (&json!("GUARDRAIL_INTERVENED"), &json!("Guardrail masked."))
    );
    assert_eq!(
        answer["outputs"],
        json!([{"text": "Write to {EMAIL}."}, {"text": "Or do not."}])
    );
    let entities = &answer["assessments"][0]["sensitiveInformationPolicy"]["piiEntities"];
    assert_eq!(
        entities,
        &json!([{"action": "ANONYMIZED", "detected": true, "match": "ann@example.com", "type": "EMAIL"}])
    );
    assert_eq!(answer["blockedResponse"], Value::Null);
}

#[tokio::test]
async fn the_full_scope_lists_what_was_not_found() {
    let emulator = Emulator::start().await.unwrap();
    let mut body = text("x".repeat(1001).as_str());
    body["outputScope"] = json!("FULL");
    let answer = ask(&emulator, PATH, &body).await.json();
    let assessment = &answer["assessments"][0];
    assert_eq!(assessment["topicPolicy"]["topics"][0]["action"], "NONE");
    let entity = &assessment["sensitiveInformationPolicy"]["piiEntities"][0];
    assert_eq!(
        (&entity["match"], &entity["detected"]),
        (&json!(""), &json!(false))
    );
    assert_eq!(answer["usage"]["sensitiveInformationPolicyUnits"], 2);
}

#[tokio::test]
async fn sources_and_images_are_not_read() {
    let emulator = Emulator::start().await.unwrap();
    let body = json!({"source": "OUTPUT", "content": [
        {"text": {"text": "blockme", "qualifiers": ["grounding_source"]}},
        {"text": {"text": "fine", "qualifiers": ["query", "guard_content"]}},
        {"image": {"format": "png", "source": {"bytes": "aGk="}}},
    ]});
    let answer = ask(&emulator, PATH, &body).await.json();
    assert_eq!(answer["action"], "NONE");
    assert_eq!(
        answer["guardrailCoverage"],
        json!({"images": {"guarded": 1, "total": 1}, "textCharacters": {"guarded": 4, "total": 11}})
    );
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let emulator = Emulator::start().await.unwrap();
    let good = text("hi");
    let arn = "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aguardrail%2Fgr1";
    let answer = ask(
        &emulator,
        &format!("/guardrail/{arn}/version/DRAFT/apply"),
        &good,
    )
    .await;
    let details = &answer.json()["assessments"][0]["appliedGuardrailDetails"];
    assert_eq!(
        (&details["guardrailId"], &details["guardrailVersion"]),
        (&json!("gr1"), &json!("DRAFT"))
    );
    for (path, body, fragment) in [
        (
            "/guardrail/GR-1/version/1/apply",
            good.clone(),
            "at 'guardrailIdentifier' failed",
        ),
        (
            "/guardrail/gr1/version/01/apply",
            good.clone(),
            "at 'guardrailVersion' failed",
        ),
        (
            "/guardrail//version/1/apply",
            good.clone(),
            "guardrailIdentifier and guardrailVersion must not be empty",
        ),
        (PATH, json!({"source": "INPUT"}), "at 'content' failed"),
        (
            PATH,
            json!({"source": "BOTH", "content": [{"text": {"text": "a"}}]}),
            "Member must satisfy enum value set: [INPUT, OUTPUT]",
        ),
        (
            PATH,
            json!({"source": "INPUT", "content": []}),
            "at 'content' failed",
        ),
        (
            PATH,
            json!({"source": "INPUT", "content": [{}]}),
            "The GuardrailContentBlock object at content.0 must set at least one",
        ),
        (
            PATH,
            json!({"source": "INPUT", "content": [{"text": {"text": "a", "qualifiers": ["other"]}}]}),
            "[grounding_source, query, guard_content]",
        ),
        (
            PATH,
            json!({"source": "INPUT", "content": [{"text": {"text": "a"}}], "outputscope": "FULL"}),
            "extraneous key [outputscope]",
        ),
    ] {
        let answer = ask(&emulator, path, &body).await;
        assert_refused(&answer, 400, "ValidationException", fragment);
    }
    let wrong = json!({"source": "INPUT", "content": [{"text": {"text": 3}}]});
    let answer = ask(&emulator, PATH, &wrong).await;
    assert_refused(
        &answer,
        400,
        "SerializationException",
        "content.0.text.text",
    );
}
