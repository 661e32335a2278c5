//! Amazon Nova.

use reqllm_emulator::Emulator;
use serde_json::{Value, json};

use super::wire::assert_refused;
use super::{NOVA, embed, embedded, floats};

/// A request with `singleEmbeddingParams`.
pub(crate) fn nova(params: Value) -> Value {
    json!({"schemaVersion": "nova-multimodal-embed-v1", "taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": params})
}

#[tokio::test]
async fn nova_embeds_one_thing_of_any_kind() {
    let emulator = Emulator::start().await.unwrap();
    let text = json!({"truncationMode": "END", "value": "Hello, world"});
    let body = nova(json!({"embeddingPurpose": "GENERIC_INDEX", "text": text}));
    let answer = embed(&emulator, NOVA, &body).await;
    assert_eq!(answer.header("x-amzn-bedrock-input-token-count"), Some("2"));
    let answer = answer.json();
    assert_eq!(answer["embeddings"][0]["embeddingType"], "TEXT");
    assert_eq!(floats(&answer["embeddings"][0]["embedding"]).len(), 3072);
    let source = json!({"bytes": "iVBORw0KGgo="});
    for (kind, input, types) in [
        (
            "image",
            json!({"format": "png", "source": source, "detailLevel": "DOCUMENT_IMAGE"}),
            vec!["IMAGE"],
        ),
        (
            "audio",
            json!({"format": "mp3", "source": {"s3Location": {"uri": "s3://bucket/a.mp3"}}}),
            vec!["AUDIO"],
        ),
        (
            "video",
            json!({"format": "mp4", "source": source, "embeddingMode": "AUDIO_VIDEO_COMBINED"}),
            vec!["AUDIO_VIDEO_COMBINED"],
        ),
        (
            "video",
            json!({"format": "mp4", "source": source, "embeddingMode": "AUDIO_VIDEO_SEPARATE"}),
            vec!["VIDEO", "AUDIO"],
        ),
    ] {
        let params = json!({"embeddingPurpose": "GENERIC_RETRIEVAL", "embeddingDimension": 384, kind: input});
        let answer = embedded(&emulator, NOVA, &nova(params)).await;
        let embeddings = answer["embeddings"].as_array().unwrap();
        let found: Vec<&str> = embeddings
            .iter()
            .map(|embedding| embedding["embeddingType"].as_str().unwrap())
            .collect();
        assert_eq!(found, types);
        assert!(
            embeddings
                .iter()
                .all(|e| floats(&e["embedding"]).len() == 384)
        );
    }
}

#[tokio::test]
async fn nova_refuses() {
    let emulator = Emulator::start().await.unwrap();
    let text = json!({"truncationMode": "NONE", "value": "a"});
    for (body, fragment) in [
        (
            json!({"singleEmbeddingParams": {"embeddingPurpose": "GENERIC_INDEX", "text": text}}),
            "#: required key [taskType] not found",
        ),
        (
            json!({"taskType": "SEGMENTED_EMBEDDING", "singleEmbeddingParams": {"embeddingPurpose": "GENERIC_INDEX", "text": text}}),
            "#/taskType: SEGMENTED_EMBEDDING is not a valid enum value",
        ),
        (
            nova(json!({"text": text})),
            "#/singleEmbeddingParams: required key [embeddingPurpose] not found",
        ),
        (
            nova(json!({"embeddingPurpose": "GENERIC_INDEX", "text": {"value": "a"}})),
            "required key [truncationMode] not found",
        ),
        (
            nova(json!({"embeddingPurpose": "GENERIC_INDEX", "text": {"truncationMode": "END"}})),
            "exactly one of the keys [value], [source]",
        ),
        (
            nova(json!({"embeddingPurpose": "GENERIC_INDEX"})),
            "exactly one of the keys [text]",
        ),
        (
            nova(
                json!({"embeddingPurpose": "GENERIC_INDEX", "text": text, "embeddingDimension": 512}),
            ),
            "embeddingDimension: 512 is not a valid enum value",
        ),
        (
            nova(
                json!({"embeddingPurpose": "GENERIC_INDEX", "text": {"truncationMode": "END", "value": "x".repeat(8193)}}),
            ),
            "expected maxLength: 8192, actual: 8193",
        ),
        (
            nova(
                json!({"embeddingPurpose": "GENERIC_INDEX", "image": {"format": "png", "source": {"bytes": "?"}}}),
            ),
            "source/bytes: string is not valid base64",
        ),
        (
            nova(
                json!({"embeddingPurpose": "GENERIC_INDEX", "video": {"format": "mp4", "source": {"bytes": "aGk="}}}),
            ),
            "required key [embeddingMode] not found",
        ),
    ] {
        let answer = embed(&emulator, NOVA, &body).await;
        assert_refused(&answer, 400, "ValidationException", fragment);
    }
}
