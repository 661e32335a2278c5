//! One string, many providers: all that the registry knows to speak OpenAI's form.

use reqllm::{Client, Delivery, Environment, Origin, Overlay, ProviderOrigin, Registry, Result};
use reqllm_emulator::{Emulator, OTHER_API_KEY};
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

/// A provider that nobody has heard of, told by a file: resolved, listed, and called with its own key.
#[tokio::test]
async fn a_provider_of_a_file_is_called() -> Result<()> {
    let emulator = Emulator::start()
        .await
        .map_err(|error| reqllm::Error::config("the emulator does not start").with_source(error))?;
    let file = format!(
        r#"
        [providers.acmo]
        npm = "@ai-sdk/openai-compatible"
        api = "{}/v1"
        env = ["ACMO_API_KEY"]
        models.acmo-large = {{ tool_call = true, limit = {{ context = 128000, output = 8192 }} }}
        "#,
        emulator.endpoint()
    );
    let mut registry = Registry::embedded();
    registry.lay(Overlay::from_toml(&file, Origin::Program)?)?;
    let client = Client::builder()
        .registry(registry)
        .environment(Environment::of([("ACMO_API_KEY", OTHER_API_KEY)]))
        .build()?;
    let model = client.model("acmo:acmo-large")?;
    assert_eq!(model.info().limits.output, Some(8192));
    let response = model.chat("Is anybody there?").await?;
    assert!(
        response.text().contains("Is anybody there?"),
        "{response:?}"
    );
    let infos = client.spoken_provider_infos();
    let acmo = infos.iter().find(|info| info.id == "acmo");
    assert!(
        acmo.is_some_and(|info| {
            let spoken =
                matches!(&info.origin, ProviderOrigin::Spoken { by, .. } if by == "openai");
            spoken && info.models == 1 && info.env.iter().any(|it| it.set)
        }),
        "{acmo:?}"
    );
    Ok(())
}
