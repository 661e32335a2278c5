//! Requests of each line of models, with bytes from AWS's guide and shapes seen on the wire.

mod answers;

use reqllm_core::{EmbedInput, Part, Source};
use serde_json::json;

use super::*;
use crate::operations::tests::{bedrock, body_of};

const TITAN_1: &str = "amazon.titan-embed-text-v1";
const TITAN_2: &str = "amazon.titan-embed-text-v2:0";
const TITAN_IMAGE: &str = "amazon.titan-embed-image-v1";
const COHERE_3: &str = "cohere.embed-english-v3";
const COHERE_4: &str = "us.cohere.embed-v4:0";
const NOVA: &str = "amazon.nova-2-multimodal-embeddings-v1:0";
const MARENGO_2: &str = "twelvelabs.marengo-embed-2-7-v1:0";
const MARENGO_3: &str = "us.twelvelabs.marengo-embed-3-0-v1:0";

fn tasks(id: &str, request: &Embed) -> Result<Vec<Task<Embeddings>>> {
    prepare(&bedrock(), &Model::new("bedrock", id), request)
}

fn bodies(id: &str, request: &Embed) -> Vec<Value> {
    let tasks = tasks(id, request).unwrap();
    tasks.iter().map(|task| body_of(&task.request)).collect()
}

fn body(id: &str, request: &Embed) -> Value {
    let [body] = <[Value; 1]>::try_from(bodies(id, request)).unwrap();
    body
}

fn refused(id: &str, request: &Embed) -> Error {
    tasks(id, request).err().unwrap()
}

fn image() -> Part {
    Part::image("image/png", Source::Data(vec![0, 0, 0].into()))
}

fn with(inputs: impl reqllm_core::IntoInputs, change: impl FnOnce(&mut Embed)) -> Embed {
    let mut request = Embed::new(inputs);
    change(&mut request);
    request
}

#[test]
fn each_line_of_models_has_its_body_for_a_text() {
    let plain = Embed::new("hi");
    assert_eq!(body(TITAN_1, &plain), json!({"inputText": "hi"}));
    assert_eq!(
        body("amazon.titan-embed-g1-text-02", &plain),
        json!({"inputText": "hi"})
    );
    assert_eq!(
        body(COHERE_3, &plain),
        json!({"texts": ["hi"], "input_type": "search_document"})
    );
    assert_eq!(
        body(NOVA, &plain),
        json!({"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": {
            "embeddingPurpose": "GENERIC_INDEX", "text": {"truncationMode": "NONE", "value": "hi"}}})
    );
    assert_eq!(
        body(MARENGO_2, &plain),
        json!({"inputType": "text", "inputText": "hi"})
    );
    assert_eq!(
        body(MARENGO_3, &plain),
        json!({"inputType": "text", "text": {"inputText": "hi"}})
    );
    let task = &tasks(COHERE_4, &plain).unwrap()[0];
    assert_eq!(
        task.request.uri().path(),
        "/model/us.cohere.embed-v4%3A0/invoke"
    );
    assert_eq!(task.request.headers()["accept"], "application/json");
    assert_eq!(task.route.operation, "InvokeModel");
}

#[test]
fn purpose_dimensions_and_truncation_have_each_model_s_words() {
    let request = with("hi", |request| {
        request.purpose = Some(EmbedPurpose::Query);
        request.dimensions = Some(256);
        request.truncate = Some(Truncate::End);
    });
    assert_eq!(
        body(COHERE_4, &request),
        json!({"texts": ["hi"], "input_type": "search_query", "truncate": "END", "output_dimension": 256})
    );
    assert_eq!(
        body(NOVA, &request)["singleEmbeddingParams"],
        json!({"embeddingPurpose": "GENERIC_RETRIEVAL", "embeddingDimension": 256,
            "text": {"truncationMode": "END", "value": "hi"}})
    );
    let titan = with("hi", |request| {
        request.dimensions = Some(256);
        request.options.set("normalize", false);
        request
            .options
            .set("embedding_types", json!(["float", "binary"]));
    });
    assert_eq!(
        body(TITAN_2, &titan),
        json!({"inputText": "hi", "dimensions": 256, "normalize": false,
            "embeddingTypes": ["float", "binary"]})
    );
}

#[test]
fn options_by_name_win_over_the_request() {
    let request = with("hi", |request| {
        request.purpose = Some(EmbedPurpose::Query);
        request.truncate = Some(Truncate::End);
        request.options.set("input_type", "classification");
        request.options.set("truncate", "LEFT");
        request.options.set("embedding_types", "int8");
        let fields = json!({"max_tokens": 256});
        request
            .options
            .set("additional_model_request_fields", fields);
    });
    assert_eq!(
        body(COHERE_4, &request),
        json!({"texts": ["hi"], "input_type": "classification", "truncate": "START",
            "embedding_types": ["int8"], "max_tokens": 256})
    );
    let nova = with("hi", |request| {
        request.options.set("embedding_purpose", "TEXT_RETRIEVAL");
    });
    let params = &body(NOVA, &nova)["singleEmbeddingParams"];
    assert_eq!(params["embeddingPurpose"], "TEXT_RETRIEVAL");
}

#[test]
fn dimensions_are_checked_per_model() {
    for (id, good, bad) in [
        (TITAN_2, 512, 384),
        (TITAN_IMAGE, 384, 512),
        (COHERE_4, 1536, 384),
        (NOVA, 3072, 512),
    ] {
        let request = with("hi", |request| request.dimensions = Some(good));
        assert!(tasks(id, &request).is_ok(), "{id} {good}");
        let error = refused(id, &with("hi", |request| request.dimensions = Some(bad)));
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(
            error.message().contains(&format!("is {bad}")) && error.message().contains("1024"),
            "{error}"
        );
    }
    for id in [TITAN_1, COHERE_3, MARENGO_2] {
        let mut request = with("hi", |request| request.dimensions = Some(1024));
        assert_eq!(refused(id, &request).kind(), ErrorKind::Unsupported, "{id}");
        request.lossy = true;
        let tasks = tasks(id, &request).unwrap();
        assert_eq!(tasks[0].warnings[0].code, "unsupported");
        assert!(!String::from_utf8_lossy(tasks[0].request.body()).contains("1024"));
    }
}

#[test]
fn batches_keep_the_order_and_the_limits() {
    let texts: Vec<String> = (0..200).map(|n| format!("t{n}")).collect();
    let bodies_of = bodies(COHERE_3, &Embed::new(&texts));
    let lengths: Vec<usize> = bodies_of
        .iter()
        .map(|body| body["texts"].as_array().unwrap().len())
        .collect();
    assert_eq!(lengths, [96, 96, 8]);
    assert_eq!(bodies_of[1]["texts"][0], "t96");
    assert_eq!(bodies(TITAN_2, &Embed::new(["a", "b"])).len(), 2);

    // An image of v3 has a request and an input type of its own.
    let mixed = with([EmbedInput::from("a"), image().into(), "b".into()], |it| {
        it.purpose = Some(EmbedPurpose::Query);
    });
    assert_eq!(
        bodies(COHERE_3, &mixed),
        [
            json!({"texts": ["a"], "input_type": "search_query"}),
            json!({"images": ["data:image/png;base64,AAAA"], "input_type": "image"}),
            json!({"texts": ["b"], "input_type": "search_query"}),
        ]
    );

    // What would make the body too long goes into the next one.
    let long = "x".repeat(9_000_000);
    let long = Embed::new([long.as_str(), &long, &long]);
    assert_eq!(bodies(COHERE_4, &long).len(), 2);
}

#[test]
fn text_and_image_together() {
    let both = Embed::new(vec![EmbedInput::of([Part::text("label"), image()])]);
    assert_eq!(
        body(COHERE_4, &both),
        json!({"inputs": [{"content": [
            {"type": "text", "text": "label"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        ]}], "input_type": "search_document"})
    );
    assert_eq!(
        body(
            TITAN_IMAGE,
            &with(both.inputs.clone(), |it| it.dimensions = Some(256))
        ),
        json!({"inputText": "label", "inputImage": "AAAA", "embeddingConfig": {"outputEmbeddingLength": 256}})
    );
    assert_eq!(
        body(MARENGO_3, &both),
        json!({"inputType": "text_image", "text_image": {
            "inputText": "label", "mediaSource": {"base64String": "AAAA"}}})
    );
    for id in [COHERE_3, NOVA, TITAN_2] {
        let error = refused(id, &both);
        assert!(error.message().contains("inputs[0]"), "{error}");
    }
}

#[test]
fn nova_takes_every_kind_of_media() {
    let s3 = |uri: &str| Source::Url(uri.to_owned());
    let params = |part: Part| body(NOVA, &Embed::new(part))["singleEmbeddingParams"].clone();
    assert_eq!(
        params(image())["image"],
        json!({"format": "png", "source": {"bytes": "AAAA"}})
    );
    assert_eq!(
        params(Part::video("video/3gpp", s3("s3://b/k")))["video"],
        json!({"format": "3gp", "source": {"s3Location": {"uri": "s3://b/k"}},
            "embeddingMode": "AUDIO_VIDEO_COMBINED"})
    );
    assert_eq!(
        params(Part::audio("audio/wav", s3("data:audio/wav;base64,AAAA")))["audio"],
        json!({"format": "wav", "source": {"bytes": "AAAA"}})
    );
    let far = Embed::new(Part::image("image/png", s3("https://x/y.png")));
    assert!(refused(NOVA, &far).message().contains("`data:` URL"));
}

#[test]
fn what_a_model_cannot_do_is_refused_by_name() {
    for (id, request, part) in [
        (
            TITAN_2,
            Embed::new(Vec::<String>::new()),
            "`inputs` is empty",
        ),
        (TITAN_2, Embed::new(["a", ""]), "inputs[1]"),
        (TITAN_2, Embed::new(image()), "type image"),
        (
            TITAN_2,
            with("a", |it| it.truncate = Some(Truncate::Start)),
            "truncate start",
        ),
        (
            TITAN_2,
            with("a", |it| it.options.set("input_type", "search_query")),
            "option `input_type`",
        ),
        (
            COHERE_4,
            with("a", |it| it.options.set("embedding_types", json!([1]))),
            "`embedding_types`",
        ),
        (
            COHERE_4,
            with("a", |it| it.options.set("truncate", "both")),
            "\"both\"",
        ),
        ("anthropic.claude-x", Embed::new("a"), "no embedding model"),
    ] {
        let error = refused(id, &request);
        assert!(error.message().contains(part), "{error}");
    }
    // Purposes are no reason to refuse: the vectors serve every one of them.
    let request = with("a", |it| it.purpose = Some(EmbedPurpose::Query));
    let task = &tasks(TITAN_2, &request).unwrap()[0];
    assert_eq!(task.warnings[0].code, "purpose_ignored");
    // To v3 an image is an image; a text beside it has its purpose.
    let image = Part::image("image/png", Source::Data(vec![0].into()));
    let mut request = Embed::new(vec![EmbedInput::from("a"), EmbedInput::from(image)]);
    assert!(tasks(COHERE_3, &request).unwrap()[0].warnings.is_empty());
    request.purpose = Some(EmbedPurpose::Query);
    let told = &tasks(COHERE_3, &request).unwrap()[0].warnings;
    assert_eq!(told[0].code, "purpose_ignored");
    assert!(told[0].message.contains("image"), "{told:?}");
    assert!(tasks(COHERE_4, &request).unwrap()[0].warnings.is_empty());
    let opaque = "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc";
    let model = Model::new("bedrock", opaque).base_model(COHERE_3);
    assert!(prepare(&bedrock(), &model, &Embed::new("a")).is_ok());
}
