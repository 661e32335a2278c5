//! Amazon Titan.

use reqllm_emulator::Emulator;
use serde_json::{Value, json};

use super::wire::{assert_refused, bearer, send};
use super::{TITAN_1, TITAN_2, TITAN_IMAGE, embed, embedded, floats, norm};

#[tokio::test]
async fn titan_says_its_tokens_in_the_body_and_in_the_header() {
    let emulator = Emulator::start().await.unwrap();
    let body = json!({"inputText": "Hello, big world"});
    let answer = embed(&emulator, TITAN_1, &body).await;
    assert_eq!(answer.header("x-amzn-bedrock-input-token-count"), Some("3"));
    let first = answer.json();
    assert_eq!(first["inputTextTokenCount"], 3);
    assert_eq!(first["embedding"].as_array().unwrap().len(), 1536);
    assert!(first.get("embeddingsByType").is_none());
    let second = embedded(&emulator, TITAN_2, &body).await;
    assert_eq!(floats(&second["embedding"]).len(), 1024);
    assert_eq!(second["embeddingsByType"]["float"], second["embedding"]);
    assert!((norm(&second["embedding"]) - 1.0).abs() < 1e-4);
    let image = embedded(
        &emulator,
        TITAN_IMAGE,
        &json!({"inputText": "a cat", "inputImage": "iVBORw0KGgo=", "embeddingConfig": {"outputEmbeddingLength": 384}}),
    )
    .await;
    assert_eq!(floats(&image["embedding"]).len(), 384);
    assert_eq!(
        (&image["inputTextTokenCount"], &image["message"]),
        (&json!(2), &Value::Null)
    );
}

#[tokio::test]
async fn titan_v2_has_dimensions_types_and_may_leave_lengths_alone() {
    let emulator = Emulator::start().await.unwrap();
    let body = json!({
        "inputText": "some words", "dimensions": 256, "normalize": false, "embeddingTypes": ["binary", "float"],
    });
    let answer = embedded(&emulator, TITAN_2, &body).await;
    let (raw, bits) = (
        floats(&answer["embeddingsByType"]["float"]),
        floats(&answer["embeddingsByType"]["binary"]),
    );
    assert_eq!((raw.len(), bits.len()), (256, 256));
    assert!(
        raw.iter()
            .zip(&bits)
            .all(|(v, bit)| (*v > 0.0) == (*bit == 1.0))
    );
    assert!((norm(&answer["embedding"]) - 1.0).abs() > 0.1);
    let only = json!({"inputText": "some words", "embeddingTypes": ["binary"]});
    let answer = embedded(&emulator, TITAN_2, &only).await;
    assert!(answer["embeddingsByType"].get("float").is_none());
    assert_eq!(answer["embedding"].as_array().unwrap().len(), 1024);
}

#[tokio::test]
async fn titan_refuses() {
    let emulator = Emulator::start().await.unwrap();
    for (model, body, fragment) in [
        (
            TITAN_1,
            json!({}),
            "Malformed input request: #: required key [inputText] not found, please reformat",
        ),
        (
            TITAN_1,
            json!({"inputText": "a", "dimensions": 256}),
            "#: extraneous key [dimensions] is not permitted",
        ),
        (
            TITAN_1,
            json!({"inputText": ""}),
            "#/inputText: expected minLength: 1, actual: 0",
        ),
        (
            TITAN_2,
            json!({"inputText": ["a"]}),
            "#/inputText: expected type: String, found: JSONArray",
        ),
        (
            TITAN_2,
            json!({"inputText": "a", "dimensions": 300}),
            "#/dimensions: 300 is not a valid enum value",
        ),
        (
            TITAN_2,
            json!({"inputText": "a", "embeddingTypes": ["int8"]}),
            "#/embeddingTypes/0: int8 is not a valid enum value",
        ),
        (
            TITAN_2,
            json!({"inputText": "a ".repeat(8193)}),
            "Max input tokens: 8192, request input token count: 8193",
        ),
        (
            TITAN_2,
            json!({"inputText": "a".repeat(50_001)}),
            "#/inputText: expected maxLength: 50000, actual: 50001",
        ),
        (
            TITAN_IMAGE,
            json!({}),
            "required key [inputImage] not found",
        ),
        (
            TITAN_IMAGE,
            json!({"inputImage": "not base64!"}),
            "#/inputImage",
        ),
        (
            TITAN_IMAGE,
            json!({"inputText": "a", "embeddingConfig": {"outputEmbeddingLength": 512}}),
            "#/embeddingConfig/outputEmbeddingLength: 512 is not",
        ),
    ] {
        let answer = embed(&emulator, model, &body).await;
        assert_refused(&answer, 400, "ValidationException", fragment);
    }
    let path = format!("/model/{TITAN_2}/invoke");
    let answer = send(&emulator, "POST", &path, &bearer(), b"{")
        .await
        .unwrap();
    assert_refused(
        &answer,
        400,
        "ValidationException",
        "Malformed input request, please reformat",
    );
}
