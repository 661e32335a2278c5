//! Rerank of bedrock-agent-runtime on the wire: signed requests alone.

#![allow(clippy::unwrap_used, reason = "a test that fails should fail loudly")]

mod wire;

use reqllm_emulator::Authentication;
use serde_json::{Value, json};
use wire::sign::{at_noon, signed};
use wire::{ask, assert_refused};

const ARN: &str = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0";

fn request(documents: Value, arn: &str, results: Value) -> Value {
    let documents = documents.as_array().unwrap().iter();
    let sources: Vec<Value> = documents
        .map(|document| json!({"type": "INLINE", "inlineDocumentSource": document}))
        .collect();
    json!({
        "queries": [{"type": "TEXT", "textQuery": {"text": "capital of France"}}],
        "sources": sources,
        "rerankingConfiguration": {
            "type": "BEDROCK_RERANKING_MODEL",
            "bedrockRerankingConfiguration": {"modelConfiguration": {"modelArn": arn}, "numberOfResults": results},
        },
    })
}

fn documents() -> Value {
    json!([
        {"type": "TEXT", "textDocument": {"text": "Lima is in Peru."}},
        {"type": "TEXT", "textDocument": {"text": "Paris is the capital of France."}},
        {"type": "JSON", "jsonDocument": {"title": "Spain", "facts": ["its capital is Madrid", 7]}},
    ])
}

#[tokio::test]
async fn signed_requests_are_answered_in_the_order_of_relevance() {
    let emulator = at_noon().await;
    for arn in [
        ARN,
        "arn:aws:bedrock:eu-central-1::foundation-model/amazon.rerank-v1:0",
    ] {
        let body = request(documents(), arn, json!(2)).to_string();
        let answer = signed(
            &emulator,
            "eu-central-1",
            "POST",
            "/rerank",
            body.as_bytes(),
        )
        .await;
        assert_eq!(
            answer.status,
            200,
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
        let answer = answer.json();
        let results = answer["results"].as_array().unwrap();
        let order: Vec<u64> = results
            .iter()
            .map(|r| r["index"].as_u64().unwrap())
            .collect();
        assert_eq!(order, [1, 2]);
        assert!(results[0]["relevanceScore"].as_f64() > results[1]["relevanceScore"].as_f64());
        assert!(
            results[1]["relevanceScore"].as_f64() > Some(0.0),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn an_api_key_is_no_authentication_here() {
    let emulator = at_noon().await;
    let answer = ask(&emulator, "/rerank", &request(documents(), ARN, json!(1))).await;
    assert_refused(
        &answer,
        403,
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
    );
    assert!(matches!(
        emulator.requests()[0].authentication,
        Authentication::Refused { .. }
    ));
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let emulator = at_noon().await;
    let good = request(documents(), ARN, json!(2));
    let with = |pointer: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    let configuration = "/rerankingConfiguration/bedrockRerankingConfiguration";
    let arn = format!("{configuration}/modelConfiguration/modelArn");
    let invalid = "The provided model ARN for reranking is invalid.";
    let mut token = good.clone();
    token["nextToken"] = json!("abc");
    for (body, fragment) in [
        (json!({}), "3 validation errors detected"),
        (
            with("/queries", json!([])),
            "Member must have length greater than or equal to 1",
        ),
        (
            with("/sources/0/type", json!("S3")),
            "at 'sources.1.member.type' failed to satisfy constraint: Member must satisfy enum value set: [INLINE]",
        ),
        (
            with("/sources/0/inlineDocumentSource/type", json!("JSON")),
            "'sources.0.inlineDocumentSource.jsonDocument', and nothing else, must be set for the type JSON",
        ),
        (
            with("/sources/1/inlineDocumentSource/textDocument", json!({})),
            "'sources.1.inlineDocumentSource.textDocument.text'",
        ),
        (
            with(&format!("{configuration}/numberOfResults"), json!(0)),
            "must have value greater than or equal to 1",
        ),
        (
            with(&format!("{configuration}/numberOfResults"), json!(1001)),
            "must have value less than or equal to 1000",
        ),
        (with(&arn, json!("cohere.rerank-v3-5:0")), invalid),
        (
            with(
                &arn,
                json!("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"),
            ),
            invalid,
        ),
        (token, "nextToken"),
    ] {
        let body = body.to_string();
        let answer = signed(&emulator, "us-east-1", "POST", "/rerank", body.as_bytes()).await;
        assert_refused(&answer, 400, "ValidationException", fragment);
    }
}
