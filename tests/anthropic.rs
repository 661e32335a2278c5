//! The provider `anthropic`: the whole road against the emulator, and all that the registry knows to speak its form.

#![cfg(all(feature = "anthropic", feature = "bedrock", feature = "snapshot"))]

use reqllm::anthropic::Options;
use reqllm::{
    Client, Delivery, Environment, ErrorKind, FinishReason, LanguageModel, ObjectSchema, Part,
    Reasoning, ReasoningEffort, Result, Tool, assistant, system, user,
};
use reqllm_emulator::{ANTHROPIC_API_KEY, Emulator, Fault};
use reqllm_registry::Packed;
use serde_json::json;

const HAIKU: &str = "anthropic:claude-haiku-4-5";
const OPUS: &str = "anthropic:claude-opus-4-8";

#[expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail loudly"
)]
fn model(emulator: &Emulator, spec: &str) -> LanguageModel {
    let env = Environment::of([
        ("ANTHROPIC_API_KEY", ANTHROPIC_API_KEY),
        ("MINIMAX_API_KEY", "mm"),
    ]);
    let client = Client::builder()
        .environment(env)
        .endpoint_url("anthropic", emulator.endpoint())
        .endpoint_url("minimax", emulator.endpoint());
    client.build().unwrap().model(spec).unwrap()
}

#[tokio::test]
async fn text_comes_whole_and_streamed_the_same() {
    let emulator = Emulator::start().await.unwrap();
    for spec in [HAIKU, OPUS, "minimax:MiniMax-M2"] {
        let chat = model(&emulator, spec)
            .chat([
                system("Be brief."),
                user("Hi"),
                assistant("Hello."),
                user("Why is the sky blue?"),
            ])
            .max_tokens(400);
        let whole = chat.clone().await.unwrap();
        assert!(whole.text().contains("Why is the sky blue?"), "{whole}");
        assert_eq!(whole.finish_reason(), FinishReason::Stop);
        assert!(whole.usage().output_tokens.is_some());
        let streamed = chat.stream().await.unwrap().finish().await.unwrap();
        assert_eq!(streamed.message, whole.message, "{spec}");
        assert_eq!(streamed.usage, whole.usage, "{spec}");
        let provider = spec.split(':').next();
        assert_eq!(Some(whole.provider.as_str()), provider);
    }
}

#[tokio::test]
async fn a_prefill_goes_to_those_who_take_it() {
    let emulator = Emulator::start().await.unwrap();
    let of = |spec| model(&emulator, spec).chat([user("Count."), assistant("One,")]);
    of(HAIKU).await.unwrap();
    let sent = emulator.requests().len();
    let error = of(OPUS).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    assert_eq!(emulator.requests().len(), sent, "nothing is sent");
    let answer = of(OPUS).lossy(true).await.unwrap();
    assert_eq!(answer.warnings()[0].code, "unsupported");
    assert!(answer.text().contains("Go on."), "{answer}");
}

#[tokio::test]
async fn a_tool_loop_runs_while_the_model_thinks() {
    let emulator = Emulator::start().await.unwrap();
    for spec in [HAIKU, OPUS] {
        let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
        let weather = Tool::from_schema("weather", schema)
            .description("The weather of a city")
            .strict(true);
        let chat = model(&emulator, spec)
            .chat("What is the weather in Lyon? Use the tool weather.")
            .tools([weather])
            .reasoning(Reasoning::Effort(ReasoningEffort::Low))
            .max_tokens(4000);
        let first = chat.clone().await.unwrap();
        let mut messages = vec![user("What is the weather in Lyon? Use the tool weather.")];
        messages.push(first.message.clone());
        let calls: Vec<_> = first.message.tool_calls().cloned().collect();
        if calls.is_empty() {
            panic!("{spec}: no tool was called: {first}");
        }
        for call in calls {
            messages.push(reqllm::tool_result(call.id, "rain"));
        }
        let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
        let second = model(&emulator, spec)
            .chat(messages)
            .tools([Tool::from_schema("weather", schema)])
            .reasoning(Reasoning::Effort(ReasoningEffort::Low))
            .max_tokens(4000)
            .await
            .unwrap();
        assert_eq!(second.finish_reason(), FinishReason::Stop, "{second}");
    }
}

#[tokio::test]
async fn an_object_is_held_to_its_schema() {
    let emulator = Emulator::start().await.unwrap();
    let schema = json!({"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
        "required": ["name", "age"]});
    for spec in [HAIKU, OPUS] {
        let response = model(&emulator, spec)
            .chat("John is 42.")
            .schema(ObjectSchema::new(schema.clone()).unwrap())
            .await
            .unwrap();
        let form = &response.provider_metadata["object_form"];
        assert!(response.object.is_some(), "{spec} {form}: {response}");
    }
}

#[tokio::test]
async fn prompts_are_cached_documents_cited_and_tokens_counted() {
    let emulator = Emulator::start().await.unwrap();
    let model = model(&emulator, HAIKU);
    let data = reqllm::Source::Data(reqllm::Bytes::from_static(
        b"The sky is blue. Grass is green.",
    ));
    let mut document = reqllm::DocumentPart::new("text/plain", data);
    (document.name, document.citations) = (Some("Colours".to_owned()), true);
    let parts = vec![Part::text("What is blue?"), Part::Document(document)];
    let options = Options::new().prompt_cache(true).user_id("u-1");
    let message = reqllm::Message::new(reqllm::Role::User, parts);
    let chat = model
        .chat([system("Be brief. ".repeat(3000)), message])
        .with(options);
    let response = chat.clone().await.unwrap();
    assert!(response.usage().cache_write_tokens > Some(0), "{response}");
    let cited = response
        .message
        .content
        .iter()
        .any(|part| matches!(part, Part::Text(text) if !text.citations.is_empty()));
    assert!(cited, "{response}");
    // The answer goes back, with its citations.
    let again = model
        .chat([
            user("What is blue?"),
            response.message.clone(),
            user("And green?"),
        ])
        .await
        .unwrap();
    assert!(again.warnings.is_empty(), "{:?}", again.warnings);
    let count = chat.count_tokens().await.unwrap();
    assert!(count.input_tokens > 3000, "{}", count.input_tokens);
}

#[tokio::test]
async fn what_goes_wrong_is_told_and_waited_out() {
    let emulator = Emulator::start().await.unwrap();
    let model = model(&emulator, HAIKU);
    emulator.inject(Fault::error(529, "overloaded_error", "Overloaded"));
    let response = model.chat("hi").max_retries(1).await.unwrap();
    assert!(response.text().contains("hi"));
    emulator.inject(Fault::error(529, "overloaded_error", "Overloaded"));
    let error = model.chat("hi").max_retries(0).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Overloaded, "{error}");
    assert!(error.retryable() && error.request_id().is_some(), "{error}");
    let wrong = model
        .chat("hi")
        .with(Options::new().api_key("sk-ant-wrong"));
    let error = wrong.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
    assert_eq!(error.provider(), Some("anthropic"));
    assert!(!format!("{error} {error:?}").contains("sk-ant-wrong"));
}

#[tokio::test]
async fn the_models_of_the_account_are_listed() {
    let emulator = Emulator::start().await.unwrap();
    let env = Environment::of([("ANTHROPIC_API_KEY", ANTHROPIC_API_KEY)]);
    let client = Client::builder()
        .environment(env)
        .endpoint_url("anthropic", emulator.endpoint())
        .build()
        .unwrap();
    let models = client.account_models("anthropic").await.unwrap();
    assert!(
        models
            .models
            .iter()
            .any(|it| it.id.starts_with("claude-haiku-4-5"))
    );
}

#[test]
fn every_provider_of_its_form_builds_and_prepares_a_call() -> Result<()> {
    let client = Client::builder()
        .environment(Environment::empty())
        .build()?;
    let mut count = 0;
    let packed = Packed::embedded();
    for provider in packed.providers() {
        if provider.dialect() != Some("anthropic") {
            continue;
        }
        let models = provider.models();
        let own = models
            .into_iter()
            .find(|model| model.dialect().is_none() && model.base_url().is_none());
        let id = own.map_or("some-model", |model| model.id());
        let spec = format!("{}:{id}", provider.id());
        let model = client
            .model(spec.as_str())
            .map_err(|error| error.with_advice(&spec))?;
        for delivery in [Delivery::Whole, Delivery::Stream] {
            let dry = model
                .chat("hi")
                .dry_run(delivery)
                .map_err(|error| error.with_advice(&spec))?;
            let url = dry.url.to_string();
            assert!(url.ends_with("/v1/messages"), "{spec}: {url}");
            assert_eq!(url.matches("/v1").count(), 1, "{spec}: {url}");
            assert_eq!(dry.headers["anthropic-version"], "2023-06-01");
            assert_eq!(dry.headers["x-api-key"], "****");
        }
        count += 1;
    }
    assert!(count >= 8, "{count}");
    Ok(())
}
