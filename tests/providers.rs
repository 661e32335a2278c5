//! One string, many providers: all that the registry knows to speak OpenAI's form.

use reqllm::{Client, Delivery, Environment, Result};
use reqllm_registry::Packed;

/// Whether a dialect is OpenAI's form.
fn is_openai(dialect: Option<&str>) -> bool {
    matches!(dialect, Some("openai" | "openai-compatible"))
}

/// A client that has every variable which an address may hold, and no key.
#[expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail loudly"
)]
fn client() -> Client {
    let mut variables = Vec::new();
    let packed = Packed::embedded();
    for provider in packed.providers() {
        let url = provider.base_url().unwrap_or_default();
        for piece in url.split("${").skip(1) {
            let name = piece.split('}').next().unwrap().to_owned();
            // One of them is an address by itself.
            let value = if url.starts_with("${") {
                "https://x.example"
            } else {
                "x"
            };
            variables.push((name, value.to_owned()));
        }
    }
    let env = Environment::of(variables);
    Client::builder().environment(env).build().unwrap()
}

#[test]
fn every_provider_of_openais_form_builds_and_prepares_a_call() -> Result<()> {
    let client = client();
    let mut count = 0;
    let packed = Packed::embedded();
    for provider in packed.providers() {
        if !is_openai(provider.dialect()) {
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
            assert!(
                url.ends_with("/chat/completions") || url.ends_with("/responses"),
                "{spec}: {url}"
            );
            assert!(!url.contains("${"), "{spec}: {url}");
        }
        count += 1;
    }
    assert!(count > 160, "{count}");
    Ok(())
}
