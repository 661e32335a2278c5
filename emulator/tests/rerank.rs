//! Rerank models by InvokeModel on the wire.

#![allow(clippy::unwrap_used, reason = "a test that fails should fail loudly")]

mod wire;

use reqllm_emulator::Emulator;
use serde_json::{Value, json};
use wire::{ask, assert_refused};

const COHERE: &str = "/model/cohere.rerank-v3-5%3A0/invoke";
const AMAZON: &str = "/model/amazon.rerank-v1%3A0/invoke";
const DOCUMENTS: [&str; 4] = [
    "Carson City is the capital of Nevada.",
    "The Pacific has many islands.",
    "Paris is the capital of France.",
    "France is in Europe.",
];

fn body(extra: Value) -> Value {
    let mut body = json!({"query": "What is the capital of France?", "documents": DOCUMENTS});
    body.as_object_mut()
        .unwrap()
        .extend(extra.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn documents_come_back_in_the_order_of_relevance() {
    let emulator = Emulator::start().await.unwrap();
    for (path, extra) in [(COHERE, json!({"api_version": 2})), (AMAZON, json!({}))] {
        let answer = ask(&emulator, path, &body(extra.clone())).await;
        assert!(answer.header("x-amzn-bedrock-input-token-count").is_none());
        let answer = answer.json();
        let results = answer["results"].as_array().unwrap();
        assert_eq!(results.len(), 4);
        assert_eq!(results[0]["index"], 2);
        let scores: Vec<f64> = results
            .iter()
            .map(|result| result["relevance_score"].as_f64().unwrap())
            .collect();
        assert!(
            scores.is_sorted_by(|a, b| a >= b) && scores[0] <= 1.0,
            "{scores:?}"
        );
        assert!(scores[0] > scores[1] && scores[3] < scores[2], "{scores:?}");

        let mut fewer = body(extra);
        fewer["top_n"] = json!(2);
        let answer = ask(&emulator, path, &fewer).await.json();
        assert_eq!(answer["results"], json!(results[..2]));
    }
}

#[tokio::test]
async fn bad_bodies_are_refused() {
    let emulator = Emulator::start().await.unwrap();
    for (path, body, fragment) in [
        (
            COHERE,
            body(json!({})),
            "#: required key [api_version] not found",
        ),
        (
            COHERE,
            body(json!({"api_version": 1})),
            "#/api_version: 1 is not greater or equal to 2",
        ),
        (
            COHERE,
            body(json!({"api_version": "2"})),
            "#/api_version: expected type: Integer, found: String",
        ),
        (
            COHERE,
            body(json!({"api_version": 2, "return_documents": true})),
            "extraneous key [return_documents]",
        ),
        (
            COHERE,
            json!({"query": "a", "documents": [], "api_version": 2}),
            "#/documents: expected minimum item count: 1, found: 0",
        ),
        (
            COHERE,
            json!({"query": "a", "documents": [{"text": "b"}], "api_version": 2}),
            "#/documents/0: expected type: String, found: JSONObject",
        ),
        (
            AMAZON,
            json!({"documents": ["a"]}),
            "#: required key [query] not found",
        ),
        (
            AMAZON,
            body(json!({"top_n": 0})),
            "#/top_n: 0 is not greater or equal to 1",
        ),
        (
            AMAZON,
            body(json!({"api_version": 2})),
            "extraneous key [api_version]",
        ),
    ] {
        let answer = ask(&emulator, path, &body).await;
        assert_refused(&answer, 400, "ValidationException", fragment);
    }
}
