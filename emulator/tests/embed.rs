//! Embedding models on the wire, each with good bodies and bad ones.

#![allow(clippy::unwrap_used, reason = "a test that fails should fail loudly")]

mod wire;

use reqllm_emulator::Emulator;
use serde_json::{Value, json};
use wire::{Answer, ask, assert_refused, bearer, send};

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

#[tokio::test]
async fn cohere_v3_answers_with_a_list_or_by_type_and_hides_its_tokens_in_the_header() {
    let emulator = Emulator::start().await.unwrap();
    let body = json!({"texts": ["Hello World", "one two three"], "input_type": "search_document"});
    let answer = embed(&emulator, ENGLISH, &body).await;
    assert_eq!(answer.header("x-amzn-bedrock-input-token-count"), Some("5"));
    let answer = answer.json();
    assert_eq!(answer["response_type"], "embeddings_floats");
    assert_eq!(answer["texts"], json!(["hello world", "one two three"]));
    assert_eq!(answer["id"].as_str().unwrap().len(), 36);
    assert_eq!(answer["embeddings"].as_array().unwrap().len(), 2);
    assert_eq!(floats(&answer["embeddings"][1]).len(), 1024);
    assert!(!answer.to_string().contains("oken"));

    let mut typed = body.clone();
    typed["embedding_types"] = json!(["int8", "uint8", "binary", "ubinary", "float"]);
    let answer = embedded(&emulator, MULTILINGUAL, &typed).await;
    assert_eq!(answer["response_type"], "embeddings_by_type");
    assert_eq!(answer["texts"][0], "Hello World");
    let first = |kind: &str| floats(&answer["embeddings"][kind][0]);
    assert_eq!(first("float").len(), 1024);
    assert_eq!(first("binary").len(), 128);
    let shifted = |list: Vec<f64>| -> Vec<f64> { list.iter().map(|v| v + 128.0).collect() };
    assert_eq!(shifted(first("int8")), first("uint8"));
    assert_eq!(shifted(first("binary")), first("ubinary"));
    assert!(first("ubinary").iter().all(|v| (0.0..256.0).contains(v)));

    let image = json!({"images": [PIXEL], "input_type": "image"});
    let answer = embedded(&emulator, ENGLISH, &image).await;
    assert_eq!(floats(&answer["embeddings"][0]).len(), 1024);
}

#[tokio::test]
async fn cohere_v4_always_answers_by_type_and_takes_mixtures() {
    let emulator = Emulator::start().await.unwrap();
    let body = json!({"texts": ["Hello"], "input_type": "search_query", "truncate": "START"});
    let answer = embedded(&emulator, COHERE_4, &body).await;
    assert_eq!(answer["response_type"], "embeddings_by_type");
    assert_eq!(floats(&answer["embeddings"]["float"][0]).len(), 1536);
    assert_eq!(answer["texts"], json!(["Hello"]));

    let body = json!({
        "inputs": [
            {"content": [{"type": "text", "text": "a cat"}, {"type": "image_url", "image_url": {"url": PIXEL}}]},
            {"content": [{"type": "text", "text": "a cat"}]},
        ],
        "input_type": "search_document", "output_dimension": 256,
    });
    let answer = embedded(&emulator, COHERE_4, &body).await;
    let vectors = &answer["embeddings"]["float"];
    assert_eq!(floats(&vectors[1]).len(), 256);
    assert_ne!(vectors[0], vectors[1]);

    // Cut to two words, the long text is the short one.
    let ask = async |text: &str, truncate: &str| {
        let body = json!({"texts": [text], "input_type": "clustering", "max_tokens": 2, "truncate": truncate});
        embedded(&emulator, COHERE_4, &body).await["embeddings"]["float"][0].clone()
    };
    assert_eq!(
        ask("red green blue", "RIGHT").await,
        ask("red green", "NONE").await
    );
    assert_eq!(
        ask("red green blue", "START").await,
        ask("green blue", "NONE").await
    );
}

#[tokio::test]
async fn cohere_refuses() {
    let emulator = Emulator::start().await.unwrap();
    let many: Vec<String> = (0..97).map(|n| n.to_string()).collect();
    for (model, body, fragment) in [
        (
            ENGLISH,
            json!({"texts": ["a"]}),
            "#: required key [input_type] not found",
        ),
        (
            ENGLISH,
            json!({"inputText": "a"}),
            "extraneous key [inputText] is not permitted",
        ),
        (
            ENGLISH,
            json!({"input_type": "search_query"}),
            "required key [texts] not found",
        ),
        (
            ENGLISH,
            json!({"texts": many, "input_type": "search_query"}),
            "#/texts: expected maximum item count: 96, found: 97",
        ),
        (
            ENGLISH,
            json!({"texts": ["x".repeat(2049)], "input_type": "search_query"}),
            "#/texts/0: expected maxLength: 2048, actual: 2049",
        ),
        (
            ENGLISH,
            json!({"texts": ["a ".repeat(600)], "input_type": "search_query", "truncate": "NONE"}),
            "Input is too long for requested model.",
        ),
        (
            ENGLISH,
            json!({"texts": ["a"], "input_type": "query"}),
            "#/input_type: query is not a valid enum value",
        ),
        (
            ENGLISH,
            json!({"texts": ["a"], "input_type": "search_query", "truncate": "LEFT"}),
            "#/truncate: LEFT is not a valid enum value",
        ),
        (
            ENGLISH,
            json!({"texts": ["a"], "input_type": "search_query", "output_dimension": 256}),
            "extraneous key [output_dimension]",
        ),
        (
            ENGLISH,
            json!({"texts": ["a"], "images": [PIXEL], "input_type": "image"}),
            "only one of the keys",
        ),
        (
            ENGLISH,
            json!({"images": ["aGk="], "input_type": "image"}),
            "#/images/0: string is not the data URI of an image",
        ),
        (
            ENGLISH,
            json!({"images": [PIXEL], "input_type": "search_query"}),
            "#/input_type",
        ),
        (
            COHERE_4,
            json!({"texts": ["a"], "input_type": "search_query", "output_dimension": 300}),
            "#/output_dimension: 300 is not a valid enum value",
        ),
        (
            COHERE_4,
            json!({"inputs": [{"content": [{"type": "audio"}]}], "input_type": "search_query"}),
            "#/inputs/0/content/0/type: audio is not",
        ),
        (
            COHERE_4,
            json!({"texts": [""], "input_type": "search_query"}),
            "#/texts/0: expected minLength: 1, actual: 0",
        ),
    ] {
        let answer = embed(&emulator, model, &body).await;
        assert_refused(&answer, 400, "ValidationException", fragment);
    }
}

fn nova(params: Value) -> Value {
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
