//! Embeddings: what is asked, and what is answered.

use reqllm_core::{
    Embed, EmbedPurpose, Embeddings, Environment, ErrorKind, Model, Part, Provider as _,
    ProviderContext, ProviderFacts, Result, Source, Task, Truncate,
};
use serde_json::{Value, json};

use crate::OpenAi;

fn provider(id: &str) -> OpenAi {
    let mut context = ProviderContext::new(Environment::empty());
    let mut facts = ProviderFacts::new(id);
    let elsewhere = id != "openai";
    facts.base_url = elsewhere.then(|| "https://api.example/v1".to_owned());
    context.facts = Some(facts);
    OpenAi::new(&context)
}

fn tasks(id: &str, request: &Embed) -> Result<Vec<Task<Embeddings>>> {
    provider(id).embed(&Model::new(id, "text-embedding-3-small"), request)
}

fn body(task: &Task<Embeddings>) -> Value {
    serde_json::from_slice(task.request.body()).unwrap()
}

fn decode(task: &Task<Embeddings>, body: &Value) -> Result<Embeddings> {
    let response = http::Response::builder().header("x-request-id", "r1");
    let (head, ()) = response.body(()).unwrap().into_parts();
    task.decoder.decode(&head, body.to_string().as_bytes())
}

#[test]
fn inputs_go_in_batches_and_vectors_come_back_in_order() {
    let texts: Vec<String> = (0..2049).map(|n| format!("t{n}")).collect();
    let mut request = Embed::new(texts);
    request.dimensions = Some(2);
    let tasks = tasks("openai", &request).unwrap();
    assert_eq!(tasks.len(), 2);
    assert_eq!(
        tasks[0].request.uri(),
        "https://api.openai.com/v1/embeddings"
    );
    assert_eq!(
        body(&tasks[1]),
        json!({"model": "text-embedding-3-small", "input": ["t2048"], "encoding_format": "base64", "dimensions": 2})
    );
    let request = Embed::new(["a", "b"]);
    let task =
        &super::super::embed::prepare(&provider("openai"), &Model::new("openai", "m"), &request)
            .unwrap()[0];
    // 1.0 and -2.0 as base64 of their bytes, the least significant first; numbers will do as well.
    let answer = decode(
        task,
        &json!({"data": [
        {"index": 1, "embedding": [0.5, 0.25]}, {"index": 0, "embedding": "AACAPwAAAMA="}],
        "usage": {"prompt_tokens": 5, "total_tokens": 5}}),
    )
    .unwrap();
    assert_eq!(answer.embeddings, [[1.0, -2.0], [0.5, 0.25]]);
    assert_eq!(
        (answer.dimensions, answer.usage.input_tokens),
        (Some(2), Some(5))
    );
    assert_eq!(answer.provider_metadata["request_ids"], json!(["r1"]));
}

#[test]
fn what_is_not_an_answer_to_the_inputs_is_an_error() {
    let request = Embed::new(["a", "b"]);
    let tasks = tasks("openai", &request).unwrap();
    let item = |index: usize, embedding: Value| json!({"index": index, "embedding": embedding});
    for data in [
        json!([item(0, json!([1.0]))]),
        json!([item(0, json!([1.0])), item(0, json!([1.0]))]),
        json!([item(0, json!([1.0])), item(2, json!([1.0]))]),
        json!([item(0, json!("AAAA")), item(1, json!("AAAA"))]),
        json!([item(0, json!("?")), item(1, json!("?"))]),
        json!("none"),
    ] {
        let error = decode(&tasks[0], &json!({ "data": data })).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{data}: {error}");
        assert_eq!(error.request_id(), Some("r1"));
    }
}

#[test]
fn an_error_under_status_200_is_told_as_what_it_is() {
    let tasks = tasks("openai", &Embed::new("a")).unwrap();
    let refused = |body: Value| decode(&tasks[0], &body).unwrap_err();
    let error = refused(json!({"error": {"message": "No credits left.", "code": 402}}));
    assert_eq!(
        (error.kind(), error.code(), error.request_id()),
        (ErrorKind::Quota, Some("402"), Some("r1"))
    );
    assert!(error.message().starts_with("No credits left."), "{error}");
    assert_eq!(refused(json!({"error": null})).kind(), ErrorKind::Decode);
}

#[test]
fn purposes_and_truncation_are_in_the_words_of_the_server() {
    let mut request = Embed::new("a");
    request.purpose = Some(EmbedPurpose::Query);
    request.truncate = Some(Truncate::End);
    let nvidia = tasks("nvidia", &request).unwrap();
    let sent = body(&nvidia[0]);
    assert_eq!(
        (&sent["input_type"], &sent["truncate"]),
        (&json!("query"), &json!("END"))
    );
    assert_eq!(
        tasks("openai", &request).unwrap_err().kind(),
        ErrorKind::Unsupported
    );
    request.lossy = true;
    let openai = tasks("openai", &request).unwrap();
    let codes: Vec<&str> = openai[0].warnings.iter().map(|it| &*it.code).collect();
    assert_eq!(codes, ["purpose_ignored", "unsupported"]);
    assert_eq!(body(&openai[0]).get("input_type"), None);
}

#[test]
fn bad_inputs_are_named() {
    let message = |request: Embed| tasks("openai", &request).unwrap_err().to_string();
    assert!(message(Embed::new(Vec::<String>::new())).contains("`inputs`"));
    assert!(message(Embed::new(["a", ""])).contains("inputs[1]"));
    let mut request = Embed::new("a");
    request.inputs[0].parts = vec![Part::image("image/png", Source::Data(b"x"[..].into()))];
    assert!(message(request).contains("inputs[0]"));
    let mut request = Embed::new("a");
    request.dimensions = Some(0);
    assert!(message(request).contains("`dimensions`"));
}

#[test]
fn options_of_conversations_are_refused() {
    for (name, value) in [("service_tier", "flex"), ("verbosity", "low")] {
        let mut request = Embed::new(["a"]);
        request.options.set(name, value);
        let error = tasks("openai", &request).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains(&format!("`{name}`")), "{error}");
        request.lossy = true;
        let tasks = tasks("openai", &request).unwrap();
        assert_eq!(tasks[0].warnings[0].code, "unsupported");
        assert!(body(&tasks[0]).get(name).is_none());
    }
    let mut request = Embed::new(["a"]);
    request.options.set("user", "u1");
    assert_eq!(body(&tasks("openai", &request).unwrap()[0])["user"], "u1");
}
