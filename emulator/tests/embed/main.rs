//! Embedding models on the wire, each with good bodies and bad ones.

#![allow(clippy::unwrap_used, reason = "a test that fails should fail loudly")]

mod cohere;
mod nova;
mod titan;
#[path = "../wire/mod.rs"]
mod wire;

use nova::nova;
use reqllm_emulator::Emulator;
use serde_json::{Value, json};
use wire::{Answer, ask, assert_refused, send};

const TITAN_1: &str = "amazon.titan-embed-text-v1";
const TITAN_2: &str = "amazon.titan-embed-text-v2%3A0";
const TITAN_IMAGE: &str = "amazon.titan-embed-image-v1";
const ENGLISH: &str = "cohere.embed-english-v3";
const MULTILINGUAL: &str = "cohere.embed-multilingual-v3";
const COHERE_4: &str = "us.cohere.embed-v4%3A0";
const NOVA: &str = "amazon.nova-2-multimodal-embeddings-v1%3A0";
const PIXEL: &str = "data:image/png;base64,iVBORw0KGgo=";

async fn embed(emulator: &Emulator, model: &str, body: &Value) -> Answer {
    ask(emulator, &format!("/model/{model}/invoke"), body).await
}

async fn embedded(emulator: &Emulator, model: &str, body: &Value) -> Value {
    let answer = embed(emulator, model, body).await;
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    assert!(answer.header("x-amzn-bedrock-invocation-latency").is_some());
    answer.json()
}

fn floats(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap().iter();
    list.map(|number| number.as_f64().unwrap()).collect()
}

fn norm(value: &Value) -> f64 {
    floats(value).iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// What makes the search of a demonstration find what it should, for each model that takes text.
#[tokio::test]
async fn what_shares_words_is_nearer_and_equal_texts_are_the_same() {
    let emulator = Emulator::start().await.unwrap();
    let texts = [
        "How do I reset my password?",
        "To reset your password, open the settings.",
        "The office is closed on Sundays.",
    ];
    for model in [TITAN_1, TITAN_2, TITAN_IMAGE, ENGLISH, COHERE_4, NOVA] {
        let vector = async |text: &str| {
            let (body, at) = match model {
                ENGLISH => (
                    json!({"texts": [text], "input_type": "search_query"}),
                    "/embeddings/0",
                ),
                COHERE_4 => (
                    json!({"texts": [text], "input_type": "search_query"}),
                    "/embeddings/float/0",
                ),
                NOVA => (
                    nova(
                        json!({"embeddingPurpose": "GENERIC_INDEX", "text": {"truncationMode": "END", "value": text}}),
                    ),
                    "/embeddings/0/embedding",
                ),
                _ => (json!({"inputText": text}), "/embedding"),
            };
            floats(embedded(&emulator, model, &body).await.pointer(at).unwrap())
        };
        let [question, right, wrong] = [
            vector(texts[0]).await,
            vector(texts[1]).await,
            vector(texts[2]).await,
        ];
        let near = |a: &[f64], b: &[f64]| {
            let dot: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
            let length = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
            dot / (length(a) * length(b))
        };
        assert!(
            near(&question, &right) > near(&question, &wrong) + 0.1,
            "{model}"
        );
        assert_eq!(question, vector(texts[0]).await, "{model}");
    }
}

#[tokio::test]
async fn embedding_models_neither_stream_nor_converse() {
    let emulator = Emulator::start().await.unwrap();
    let body = json!({"inputText": "a"});
    for (operation, fragment) in [
        ("invoke-with-response-stream", "unsupported for streaming"),
        ("converse", "doesn't support the model that you provided"),
        (
            "converse-stream",
            "doesn't support the model that you provided",
        ),
    ] {
        let answer = ask(&emulator, &format!("/model/{TITAN_2}/{operation}"), &body).await;
        assert_refused(&answer, 400, "ValidationException", fragment);
    }
    let path = format!("/model/{TITAN_2}/invoke");
    let answer = send(&emulator, "POST", &path, "", body.to_string().as_bytes())
        .await
        .unwrap();
    assert_eq!(answer.status, 403);
}
