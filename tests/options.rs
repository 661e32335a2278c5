//! Whose options a call carries: a program that names those of one provider goes on with another by the change of its string.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail loudly"
)]
#![cfg(all(
    feature = "anthropic",
    feature = "bedrock",
    feature = "openai",
    feature = "snapshot"
))]

mod common;

use common::CLAUDE;
use reqllm::{
    Client, Delivery, DryRun, Environment, ErrorKind, ProviderOptions, Warning, anthropic, bedrock,
    openai,
};
use reqllm_emulator::{Emulator, Fault};

const GPT: &str = "openai:gpt-5-mini";
const CODE: &str = "option_of_another_provider";

fn client(endpoint: &str) -> Client {
    let mut keys = common::KEYS.to_vec();
    keys.push(("OPENAI_API_KEY", reqllm_emulator::OPENAI_API_KEY));
    keys.push(("ANTHROPIC_API_KEY", reqllm_emulator::ANTHROPIC_API_KEY));
    keys.push(("GROQ_API_KEY", reqllm_emulator::OTHER_API_KEY));
    let versioned = format!("{endpoint}/v1");
    Client::builder()
        .environment(Environment::of(keys))
        .endpoint_url("bedrock", endpoint)
        .endpoint_url("anthropic", endpoint)
        .endpoint_url("openai", &versioned)
        .endpoint_url("groq", &versioned)
        .build()
        .unwrap()
}

/// Options of three providers, one name of which two have.
fn everybodys() -> ProviderOptions {
    let mut options = ProviderOptions::from(
        bedrock::Options::new()
            .region("eu-west-1")
            .service_tier(bedrock::ServiceTier::Flex),
    );
    options.merge(openai::Options::new().service_tier("priority").into());
    options.merge(anthropic::Options::new().user_id("u-1").into());
    options
}

fn plan(spec: &str, options: ProviderOptions) -> DryRun {
    let model = client("http://127.0.0.1:9").model(spec).unwrap();
    let chat = model.chat("Is anybody there?").max_tokens(100);
    chat.with(options).dry_run(Delivery::Whole).unwrap()
}

fn passed_over(warnings: &[Warning]) -> Vec<&str> {
    let told = warnings.iter().filter(|warning| warning.code == CODE);
    told.map(|warning| warning.message.as_str()).collect()
}

#[test]
fn each_provider_gets_its_own_options() {
    let of_bedrock = plan("bedrock:openai.gpt-oss-20b-1:0", everybodys());
    assert_eq!(
        passed_over(&of_bedrock.warnings),
        [
            "options of openai were not given to bedrock: `service_tier`",
            "options of anthropic were not given to bedrock: `user_id`"
        ]
    );
    assert!(
        of_bedrock.headers.values().any(|value| value == "flex"),
        "{of_bedrock:?}"
    );
    let of_openai = plan(GPT, everybodys());
    assert_eq!(of_openai.body["service_tier"], "priority");
    assert_eq!(
        passed_over(&of_openai.warnings)[0],
        "options of bedrock were not given to openai: `region`, `service_tier`"
    );
    let of_anthropic = plan("anthropic:claude-haiku-4-5", everybodys());
    assert_eq!(of_anthropic.body["metadata"]["user_id"], "u-1");
    assert_eq!(of_anthropic.body["service_tier"], serde_json::Value::Null);
    assert_eq!(passed_over(&of_anthropic.warnings).len(), 2);
}

#[test]
fn whoever_speaks_as_openai_takes_the_options_of_openai() {
    let options = openai::Options::new().user("u-1");
    let plan = plan("groq:llama-3.3-70b-versatile", options.into());
    assert_eq!(plan.body["user"], "u-1");
    assert!(passed_over(&plan.warnings).is_empty(), "{plan:?}");
}

#[test]
fn an_option_by_name_is_for_whoever_is_asked() {
    let chat = |spec: &str| {
        let model = client("http://127.0.0.1:9").model(spec).unwrap();
        let chat = model.chat("hi").option("region", "eu-west-1");
        chat.dry_run(Delivery::Whole)
    };
    assert!(chat(CLAUDE).unwrap().warnings.is_empty());
    let error = chat(GPT).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.message().contains("no option \"region\""), "{error}");
}

#[tokio::test]
async fn a_call_with_options_falls_back_to_another_provider() {
    let emulator = Emulator::start().await.unwrap();
    let model = client(&emulator.endpoint()).model(CLAUDE).unwrap();
    let model = model.or(GPT).unwrap();
    let call = || {
        model
            .chat("Is anybody there?")
            .with(
                bedrock::Options::new()
                    .region("eu-west-1")
                    .prompt_cache(true),
            )
            .with(openai::Options::new().service_tier("flex"))
    };
    let down = || Fault::error(429, "ThrottlingException", "slow down");
    emulator.inject(down());
    let whole = call().await.unwrap();
    emulator.inject(down());
    let streamed = call().stream().await.unwrap().finish().await.unwrap();
    for response in [whole, streamed] {
        assert!(response.model.starts_with("gpt-5-mini"), "{response:?}");
        assert_eq!(
            passed_over(&response.warnings),
            ["options of bedrock were not given to openai: `region`, `prompt_cache`"]
        );
    }
    let sent = emulator.requests();
    assert_eq!(sent.len(), 4);
    let body: serde_json::Value = serde_json::from_slice(&sent[1].body).unwrap();
    assert_eq!(body["service_tier"], "flex");
    let first = call().await.unwrap();
    assert!(first.model.contains("claude"), "{}", first.model);
    assert_eq!(
        passed_over(&first.warnings),
        ["options of openai were not given to bedrock: `service_tier`"]
    );
}

#[tokio::test]
async fn the_other_operations_pass_over_options_of_others_too() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator.endpoint());
    let ours = || bedrock::Options::new().region("eu-west-1");
    let theirs = || openai::Options::new().user("u-1");
    let vectors = client.model("openai:text-embedding-3-small").unwrap();
    let vectors = vectors.embed("a").with(ours()).with(theirs());
    assert_eq!(vectors.dry_run().unwrap()[0].body["user"], "u-1");
    assert_eq!(passed_over(&vectors.await.unwrap().warnings).len(), 1);

    let ranker = client.model("bedrock:cohere.rerank-v3-5:0").unwrap();
    let ranks = ranker.rerank("a", ["a", "b"]).with(ours()).with(theirs());
    assert_eq!(passed_over(&ranks.await.unwrap().warnings).len(), 1);

    let claude = client.model("anthropic:claude-haiku-4-5").unwrap();
    let count = claude.count_tokens("a").with(ours()).with(theirs());
    assert_eq!(passed_over(&count.await.unwrap().warnings).len(), 2);

    let list = client.account_models("openai").with(ours()).with(theirs());
    assert_eq!(passed_over(&list.dry_run().unwrap().warnings).len(), 1);
    assert_eq!(passed_over(&list.await.unwrap().warnings).len(), 1);

    let guard = client.guardrail("bedrock", "gr-1", "DRAFT");
    let check = guard.input("a").with(ours()).with(theirs());
    assert_eq!(passed_over(&check.dry_run().unwrap().warnings).len(), 1);
}
