//! The operations that are no conversation, the whole road: embeddings, ranks, token counts, guardrails, the account.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are tests, which clippy does not see"
)]

#[path = "../common/mod.rs"]
mod common;
mod many;

use reqllm::{
    AccountModelKind, Client, EmbedPurpose, Environment, ErrorKind, GuardrailAction, Reasoning,
    ReasoningEffort, Tool, user,
};
use reqllm_emulator::{Emulator, Fault};
use serde_json::{Value, json};

const TITAN: &str = "bedrock:amazon.titan-embed-text-v2:0";
const COHERE: &str = "bedrock:us.cohere.embed-v4:0";
const RERANK: &str = "bedrock:cohere.rerank-v3-5:0";
const CLAUDE: &str = common::CLAUDE;

/// An emulator that gives these answers, and a client of it. It checks every signature.
async fn answering(answers: &[(&[(&str, &str)], &str)]) -> (Emulator, Client) {
    let emulator = Emulator::start().await.unwrap();
    for (headers, body) in answers {
        let json = [("content-type", "application/json")];
        let headers = json.iter().chain(headers.iter()).copied();
        emulator.inject(Fault::replay(200, headers, *body));
    }
    let client = common::client(&emulator);
    (emulator, client)
}

/// A client that could send nothing.
fn offline() -> Client {
    Client::builder()
        .environment(Environment::empty())
        .build()
        .unwrap()
}

#[tokio::test]
async fn embeddings_come_in_the_order_of_the_inputs() {
    let body = |x: u8| format!(r#"{{"embedding":[{x}.5,1],"inputTextTokenCount":{x}}}"#);
    let (first, second) = (body(1), body(2));
    let header: &[(&str, &str)] = &[("x-amzn-bedrock-input-token-count", "3")];
    let (emulator, client) = answering(&[(header, &first), (&[], &second)]).await;
    let model = client.model(TITAN).unwrap();
    let answer = model.embed(["a", "b"]).dimensions(256).concurrency(1);
    let answer = answer.await.unwrap();
    assert_eq!(answer.embeddings, [[1.5, 1.0], [2.5, 1.0]]);
    assert_eq!(answer.usage.input_tokens, Some(5));
    let ids = answer.provider_metadata["request_ids"].as_array().unwrap();
    assert_eq!(ids.len(), 2);
    let sent: Vec<Value> = emulator
        .requests()
        .iter()
        .map(|request| request.json().unwrap())
        .collect();
    assert_eq!(
        sent,
        [
            json!({"inputText": "a", "dimensions": 256}),
            json!({"inputText": "b", "dimensions": 256})
        ]
    );
    assert_eq!(
        emulator.requests()[0].path,
        "/model/amazon.titan-embed-text-v2%3A0/invoke"
    );
}

#[tokio::test]
async fn warnings_say_what_was_left_out() {
    let (_emulator, client) = answering(&[(&[], r#"{"embedding":[1]}"#)]).await;
    let model = client.model(TITAN).unwrap();
    let answer = model.embed("a").purpose(EmbedPurpose::Query).await.unwrap();
    assert_eq!(answer.warnings[0].code, "purpose_ignored");
    assert_eq!(answer.usage.input_tokens, None);
    assert_eq!(answer.cost, None);
    assert!(answer.provider_metadata["cost_unknown"].is_string());
}

#[tokio::test]
async fn errors_are_those_of_calls() {
    let (emulator, client) = answering(&[]).await;
    emulator.inject(Fault::error(429, "ThrottlingException", "slow down").times(2));
    let model = client.model(COHERE).unwrap();
    let error = model.embed("a").max_retries(1).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts(), error.status()),
        (ErrorKind::RateLimited, Some(2), Some(429))
    );
    assert_eq!(error.model(), Some("us.cohere.embed-v4:0"));
    assert_eq!(emulator.requests().len(), 2);

    emulator.inject(Fault::error(400, "ValidationException", "no"));
    let error = model.embed("a").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);

    let html = Fault::replay(200, [("content-type", "text/html")], "<html>");
    emulator.inject(html);
    let error = model.embed("a").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    assert_eq!(error.attempts(), Some(1));

    let chat = client.model(common::GPT_OSS).unwrap();
    let error = chat.embed("a").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Unsupported, None)
    );
}

#[tokio::test]
async fn documents_are_ranked() {
    let body = r#"{"results":[{"index":1,"relevance_score":0.9}]}"#;
    let (emulator, client) = answering(&[(&[], body)]).await;
    let model = client.model(RERANK).unwrap();
    let ranked = model.rerank("capital?", ["Lyon", "Paris"]).top_n(1);
    let ranked = ranked.await.unwrap();
    assert_eq!(ranked.results[0].document, "Paris");
    assert_eq!(
        emulator.requests()[0].json().unwrap(),
        json!({"query": "capital?", "documents": ["Lyon", "Paris"], "top_n": 1, "api_version": 2})
    );
    assert_eq!(
        serde_json::to_value(&ranked).unwrap()["results"][0]["index"],
        1
    );
}

#[tokio::test]
async fn tokens_are_counted_for_the_base_of_a_profile() {
    let count = r#"{"inputTokens":375}"#;
    let (emulator, client) = answering(&[(&[], count), (&[], count)]).await;
    let model = client.model(CLAUDE).unwrap();
    let counted = model.chat([user("Hi")]).max_tokens(9).count_tokens();
    let counted = counted.await.unwrap();
    assert_eq!(counted.input_tokens, 375);
    assert_eq!(counted.wire_id, "anthropic.claude-haiku-4-5-20251001-v1:0");
    let tool = Tool::from_schema("weather", json!({"type": "object"}));
    let counted = model.count_tokens("Hi").system("Be brief.").tools([tool]);
    counted.await.unwrap();
    let requests = emulator.requests();
    let path = "/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/count-tokens";
    assert_eq!(
        (requests[0].path.as_str(), requests[1].path.as_str()),
        (path, path)
    );
    let body = requests[1].json().unwrap();
    let members: Vec<&String> = body["input"]["converse"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(members, ["system", "messages", "toolConfig"]);
}

#[tokio::test]
async fn a_guardrail_judges() {
    let body = r#"{"action":"GUARDRAIL_INTERVENED","outputs":[{"text":"No."}],"assessments":[],"usage":{}}"#;
    let (emulator, client) = answering(&[(&[], body)]).await;
    let guarded = client.guardrail("bedrock", "gr1", "2").output("text");
    let guarded = guarded.full(true).await.unwrap();
    assert_eq!(guarded.action, GuardrailAction::Intervened);
    assert_eq!(
        emulator.requests()[0].path,
        "/guardrail/gr1/version/2/apply"
    );
    assert_eq!(emulator.requests()[0].json().unwrap()["source"], "OUTPUT");
    let error = client
        .guardrail("bedorck", "gr1", "2")
        .input("x")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownProvider);
}

#[tokio::test]
async fn the_account_s_list_is_followed_to_its_end() {
    let models = r#"{"modelSummaries":[{"modelId":"amazon.nova-pro-v1:0"}]}"#;
    let profiles = |id: &str, token: &str| {
        format!(r#"{{"inferenceProfileSummaries":[{{"inferenceProfileId":"{id}"}}]{token}}}"#)
    };
    let first = profiles("us.amazon.nova-pro-v1:0", r#","nextToken":"t/1""#);
    let last = profiles("eu.amazon.nova-pro-v1:0", "");
    let (emulator, client) = answering(&[(&[], models), (&[], &first), (&[], &last)]).await;
    let all = client.account_models("aws").await.unwrap();
    let ids: Vec<&str> = all.models.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "amazon.nova-pro-v1:0",
            "us.amazon.nova-pro-v1:0",
            "eu.amazon.nova-pro-v1:0"
        ]
    );
    assert_eq!(all.models[0].kind, AccountModelKind::Model);
    assert_eq!(emulator.requests().len(), 3);
    assert!(emulator.requests()[2].path.contains("/inference-profiles"));

    emulator.inject(Fault::replay(200, [("content-type", "application/json")], first).times(3));
    let circle = client
        .account_models("bedrock")
        .kind(AccountModelKind::InferenceProfile);
    let error = circle.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().contains("circle"), "{error}");
}

#[test]
fn dry_runs_show_every_request_and_need_no_keys() {
    let client = offline();
    let texts: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    let shown = client
        .model(COHERE)
        .unwrap()
        .embed(&texts)
        .dry_run()
        .unwrap();
    assert_eq!(shown.len(), 2);
    assert_eq!(shown[1].body["texts"][0], "96");
    assert_eq!(shown[0].route["operation"], "InvokeModel");
    let shown = client
        .model(CLAUDE)
        .unwrap()
        .count_tokens("Hi")
        .dry_run()
        .unwrap();
    assert!(
        shown.route["reason"]
            .as_str()
            .unwrap()
            .contains("base models")
    );
    let shown = client.account_models("bedrock").dry_run().unwrap();
    assert_eq!(
        shown.url,
        "https://bedrock.us-east-1.amazonaws.com/foundation-models"
    );
    assert_eq!((shown.method.as_str(), &shown.body), ("GET", &Value::Null));
    let check = client.guardrail("bedrock", "gr1", "DRAFT").input("x");
    assert_eq!(check.dry_run().unwrap().body["source"], "INPUT");
}

/// A provider that says nothing of an operation does not have it.
#[tokio::test]
async fn a_provider_without_an_operation_says_so() {
    #[derive(Debug)]
    struct Plain;
    impl reqllm::Provider for Plain {
        fn id(&self) -> &str {
            "plain"
        }
        fn prepare(
            &self,
            _: &reqllm::Model,
            _: &reqllm::Call,
            _: reqllm::Delivery,
        ) -> reqllm::Result<reqllm::Exchange> {
            Err(reqllm::Error::config("no"))
        }
    }
    let client = Client::builder().provider(Plain).build().unwrap();
    let model = client.model(reqllm::Model::new("plain", "x")).unwrap();
    for error in [
        model.embed("a").await.unwrap_err(),
        model.rerank("a", ["b"]).await.unwrap_err(),
        model.count_tokens("a").await.unwrap_err(),
        client.account_models("plain").await.unwrap_err(),
        client
            .guardrail("plain", "g", "1")
            .input("x")
            .await
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains("\"plain\""), "{error}");
    }
}

#[tokio::test]
async fn settings_that_are_no_input_do_not_stand_in_the_way_of_counting() {
    let (emulator, client) = answering(&[(&[], r#"{"inputTokens":1}"#)]).await;
    let chat = client.model(CLAUDE).unwrap().chat("Hi").temperature(0.5);
    let chat = chat
        .reasoning(Reasoning::Effort(ReasoningEffort::Low))
        .lossy(true);
    chat.count_tokens().await.unwrap();
    let body = emulator.requests()[0].json().unwrap();
    assert!(body["input"]["converse"].get("inferenceConfig").is_none());
}
