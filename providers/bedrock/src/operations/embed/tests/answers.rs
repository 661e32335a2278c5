//! Answers of each line of models.

use reqllm_core::Pricing;

use super::*;
use crate::operations::tests::decode;

#[test]
fn answers_of_every_shape_are_read() {
    let counted = [
        ("x-amzn-bedrock-input-token-count", "5"),
        ("x-amzn-requestid", "r-1"),
    ];
    for (id, body) in [
        (
            TITAN_1,
            r#"{"embedding":[0.5,-1.0],"inputTextTokenCount":5}"#,
        ),
        (
            TITAN_2,
            r#"{"embedding":[0.5,-1.0],"embeddingsByType":{"float":[0.5,-1.0]},"inputTextTokenCount":5}"#,
        ),
        (
            TITAN_2,
            r#"{"embeddingsByType":{"float":[0.5,-1.0]},"inputTextTokenCount":5}"#,
        ),
        (
            TITAN_IMAGE,
            r#"{"embedding":[0.5,-1.0],"inputTextTokenCount":5,"message":null}"#,
        ),
        (
            COHERE_3,
            r#"{"embeddings":[[0.5,-1.0]],"id":"x","response_type":"embeddings_floats"}"#,
        ),
        (
            COHERE_4,
            r#"{"embeddings":{"float":[[0.5,-1.0]]},"response_type":"embeddings_by_type"}"#,
        ),
        (
            NOVA,
            r#"{"embeddings":[{"embedding":[0.5,-1.0],"embeddingType":"TEXT"}]}"#,
        ),
        (MARENGO_3, r#"{"data":[{"embedding":[0.5,-1.0]}]}"#),
    ] {
        let task = &tasks(id, &Embed::new("hi")).unwrap()[0];
        let answer = decode(task, &counted, body).unwrap();
        assert_eq!(answer.embeddings, [[0.5, -1.0]], "{id}");
        assert_eq!(answer.dimensions, Some(2));
        assert_eq!(answer.usage.input_tokens, Some(5));
        assert_eq!(answer.usage.total_tokens, Some(5));
        assert_eq!(answer.usage.output_tokens, None);
        assert_eq!(answer.provider_metadata["request_ids"], json!(["r-1"]));
        assert_eq!(
            (answer.provider.as_str(), answer.model.as_str()),
            ("bedrock", id)
        );
    }
    // The body counts where no header does.
    let task = &tasks(TITAN_1, &Embed::new("hi")).unwrap()[0];
    let answer = decode(task, &[], r#"{"embedding":[1],"inputTextTokenCount":3}"#).unwrap();
    assert_eq!(answer.usage.input_tokens, Some(3));
}

#[test]
fn other_types_are_kept_beside_the_floats() {
    let task = &tasks(COHERE_4, &Embed::new(["a", "b"])).unwrap()[0];
    let both = r#"{"embeddings":{"float":[[0.5],[1.5]],"int8":[[-7],[9]],"fresh":["x","y"]}}"#;
    let answer = decode(task, &[], both).unwrap();
    assert_eq!(answer.embeddings, [[0.5], [1.5]]);
    assert_eq!(answer.by_type["int8"], [json!([-7]), json!([9])]);
    assert_eq!(answer.by_type["fresh"], ["x", "y"]);
    let alone = decode(task, &[], r#"{"embeddings":{"ubinary":[[1],[2]]}}"#).unwrap();
    assert_eq!((alone.len(), alone.dimensions), (2, None));
    let titan = &tasks(TITAN_2, &Embed::new("a")).unwrap()[0];
    let body = r#"{"embeddingsByType":{"binary":[0,1]},"inputTextTokenCount":1}"#;
    let answer = decode(titan, &[], body).unwrap();
    assert_eq!(answer.by_type["binary"], [json!([0, 1])]);
}

#[test]
fn an_answer_that_does_not_fit_is_an_error() {
    let task = &tasks(COHERE_4, &Embed::new(["a", "b"])).unwrap()[0];
    for (body, part) in [
        (r#"{"embeddings":[[1.0]]}"#, "1 vectors for 2 inputs"),
        (r#"{"embeddings":{}}"#, "0 vectors"),
        (
            r#"{"embeddings":{"float":[[1],[2]],"int8":[[1]]}}"#,
            "1 vectors",
        ),
        (r#"{"embeddings":[["x"],[1]]}"#, "another type"),
        ("<html>", "no JSON"),
    ] {
        let error = decode(task, &[("x-amzn-requestid", "r-9")], body).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.message().contains(part), "{error}");
        assert_eq!(error.request_id(), Some("r-9"));
    }
    let task = &tasks(TITAN_IMAGE, &Embed::new("a")).unwrap()[0];
    let error = decode(task, &[], r#"{"message":"the image is broken"}"#).unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::Model, "the image is broken")
    );
    let task = &tasks(NOVA, &Embed::new("a")).unwrap()[0];
    let cut =
        r#"{"embeddings":[{"embedding":[1.0],"embeddingType":"TEXT","truncatedCharLength":40}]}"#;
    let answer = decode(task, &[], cut).unwrap();
    assert_eq!(answer.warnings[0].code, "input_truncated");
}

#[test]
fn texts_have_the_registry_s_price_and_images_have_none() {
    let mut model = Model::new("bedrock", COHERE_4);
    let pricing: Pricing = serde_json::from_str(r#"{"input": "0.12"}"#).unwrap();
    model.cost = Some(pricing);
    let request = Embed::new([EmbedInput::from("a"), image().into()]);
    let tasks = prepare(&bedrock(), &model, &request).unwrap();
    let counted = [("x-amzn-bedrock-input-token-count", "1000")];
    let body = r#"{"embeddings":{"float":[[1.0]]}}"#;
    let of_text = decode(&tasks[0], &counted, body).unwrap();
    assert_eq!(of_text.cost.as_ref().unwrap().total.to_string(), "0.00012");
    let of_image = decode(&tasks[1], &counted, body).unwrap();
    assert_eq!(of_image.cost, None);
    let whole = Embeddings::join([of_text, of_image]);
    assert_eq!((whole.cost, whole.usage.input_tokens), (None, Some(2000)));
    let reason = whole.provider_metadata["cost_unknown"].as_str().unwrap();
    assert!(reason.contains("images"), "{reason}");
}
