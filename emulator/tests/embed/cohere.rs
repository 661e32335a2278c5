//! Cohere Embed.

use reqllm_emulator::Emulator;
use serde_json::json;

use super::wire::assert_refused;
use super::{COHERE_4, ENGLISH, MULTILINGUAL, PIXEL, embed, embedded, floats};

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
