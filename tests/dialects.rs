//! Models that are spoken to otherwise than their provider is, and those that nobody here can speak to.

#![cfg(all(
    feature = "anthropic",
    feature = "openai",
    feature = "bedrock",
    feature = "snapshot"
))]

use std::collections::{BTreeMap, BTreeSet};

use reqllm::{
    Call, Client, Delivery, DryRun, Environment, Error, ErrorKind, Exchange, Model, Packed,
    Provider, Result, user,
};
use reqllm_emulator::{ANTHROPIC_API_KEY, Emulator, OTHER_API_KEY};
use serde_json::Value;

/// A client that has every variable which an address may hold, and no key.
fn client() -> Client {
    let packed = Packed::embedded();
    let mut variables = BTreeMap::new();
    for provider in packed.providers() {
        let of_models = provider.models().filter_map(|model| model.base_url());
        for url in of_models.chain(provider.base_url()) {
            for piece in url.split("${").skip(1) {
                let name = piece.split('}').next().unwrap_or_default();
                let value = match url.starts_with("${") {
                    true => "https://x.example",
                    false => "x",
                };
                variables.insert(name.to_owned(), value.to_owned());
            }
        }
    }
    built(Client::builder().environment(Environment::of(variables)))
}

#[expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail loudly"
)]
fn built(builder: reqllm::ClientBuilder) -> Client {
    builder.build().unwrap()
}

fn dry(client: &Client, spec: &str, delivery: Delivery) -> Result<DryRun> {
    client.model(spec)?.chat("hi").dry_run(delivery)
}

/// What each goes to: the address, the header of the key, and a member that only the form of this dialect has.
#[test]
fn each_model_goes_where_and_as_the_catalogue_says() -> Result<()> {
    let env = Environment::of([
        ("AZURE_RESOURCE_NAME", "acme"),
        ("NEON_AI_GATEWAY_BASE_URL", "https://neon.example"),
        ("GOOGLE_VERTEX_ENDPOINT", "aiplatform.googleapis.com"),
        ("GOOGLE_VERTEX_PROJECT", "p1"),
        ("GOOGLE_VERTEX_LOCATION", "global"),
        ("CLOUDFLARE_ACCOUNT_ID", "a1"),
        ("CLOUDFLARE_GATEWAY_ID", "g1"),
    ]);
    let client = built(Client::builder().environment(env));
    for (spec, url, key) in [
        // One provider, three forms.
        (
            "opencode:claude-opus-4-7",
            "https://opencode.ai/zen/v1/messages",
            "x-api-key",
        ),
        (
            "opencode:gpt-5.5",
            "https://opencode.ai/zen/v1/responses",
            "authorization",
        ),
        (
            "opencode:glm-4.6",
            "https://opencode.ai/zen/v1/chat/completions",
            "authorization",
        ),
        (
            "opencode-go:minimax-m2.7",
            "https://opencode.ai/zen/go/v1/messages",
            "x-api-key",
        ),
        // At addresses of their own.
        (
            "zenmux:anthropic/claude-opus-4.8",
            "https://zenmux.ai/api/anthropic/v1/messages",
            "x-api-key",
        ),
        (
            "ofox:anthropic/claude-opus-5",
            "https://api.ofox.ai/anthropic/v1/messages",
            "x-api-key",
        ),
        (
            "ofox:openai/gpt-5.5",
            "https://api.ofox.ai/v1/responses",
            "authorization",
        ),
        (
            "azure:claude-opus-4-8",
            "https://acme.services.ai.azure.com/anthropic/v1/messages",
            "x-api-key",
        ),
        (
            "azure:gpt-4o",
            "https://acme.openai.azure.com/openai/v1/chat/completions",
            "api-key",
        ),
        (
            "azure:kimi-k2.5",
            "https://acme.openai.azure.com/openai/v1/chat/completions",
            "api-key",
        ),
        (
            "neon:gpt-5-nano",
            "https://neon.example/openai/v1/responses",
            "authorization",
        ),
        (
            "neon:kimi-k3",
            "https://neon.example/v1/chat/completions",
            "authorization",
        ),
        // The provider speaks Messages, and some of its models another form.
        (
            "freemodel:claude-opus-4-7",
            "https://cc.freemodel.dev/v1/messages",
            "x-api-key",
        ),
        (
            "freemodel:gpt-5.4-mini",
            "https://api.freemodel.dev/v1/chat/completions",
            "authorization",
        ),
        // It is the shape alone that differs, or the package.
        (
            "sakana:fugu",
            "https://api.sakana.ai/v1/responses",
            "authorization",
        ),
        (
            "sakana:sakana-namazu",
            "https://api.sakana.ai/v1/chat/completions",
            "authorization",
        ),
        (
            "vivgrid:glm-5.3",
            "https://api.vivgrid.com/v1/responses",
            "authorization",
        ),
        (
            "vivgrid:gpt-5.5",
            "https://api.vivgrid.com/v1/chat/completions",
            "authorization",
        ),
        (
            "perplexity-agent:google/gemini-2.5-flash",
            "https://api.perplexity.ai/v1/responses",
            "authorization",
        ),
        // What is known better than by models.dev.
        (
            "cloudflare-ai-gateway:anthropic/claude-opus-4.7",
            "https://gateway.ai.cloudflare.com/v1/a1/g1/compat/chat/completions",
            "authorization",
        ),
        (
            "google-vertex:gemini-2.5-pro",
            "https://aiplatform.googleapis.com/v1/projects/p1/locations/global/endpoints/openapi/chat/completions",
            "authorization",
        ),
        (
            "google-vertex:zai-org/glm-5-maas",
            "https://aiplatform.googleapis.com/v1/projects/p1/locations/global/endpoints/openapi/chat/completions",
            "authorization",
        ),
        (
            "merge-gateway:deepseek/deepseek-r1",
            "https://api-gateway.merge.dev/v1/openai/chat/completions",
            "authorization",
        ),
        // A dated release is as what it is a release of.
        (
            "opencode:claude-opus-4-7-20260401",
            "https://opencode.ai/zen/v1/messages",
            "x-api-key",
        ),
    ] {
        for delivery in [Delivery::Whole, Delivery::Stream] {
            let dry = dry(&client, spec, delivery).map_err(|error| error.with_advice(spec))?;
            assert_eq!(dry.url, url, "{spec}");
            let keys = ["authorization", "x-api-key", "api-key"];
            let sent: Vec<&str> = keys
                .into_iter()
                .filter(|it| dry.headers.contains_key(*it))
                .collect();
            assert_eq!(sent, [key], "{spec}");
            let members: BTreeSet<&str> = dry
                .body
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| &**name)
                .collect();
            let (form, other) = match url.ends_with("/responses") {
                true => ("input", "messages"),
                false => ("messages", "input"),
            };
            assert!(
                members.contains(form) && !members.contains(other),
                "{spec}: {}",
                dry.body
            );
            let of_anthropic = dry.headers.contains_key("anthropic-version");
            assert_eq!(of_anthropic, url.ends_with("/messages"), "{spec}");
            assert_eq!(
                dry.body["stream"] == true,
                delivery == Delivery::Stream,
                "{spec}"
            );
        }
    }
    let sent = dry(&client, "google-vertex:gemini-2.5-pro", Delivery::Whole)?;
    assert_eq!(sent.body["model"], "google/gemini-2.5-pro");
    Ok(())
}

/// The whole catalogue: whoever has a dialect that is spoken here builds and prepares a call, and these are the others.
#[test]
fn whom_nobody_can_speak_to_is_known() {
    let client = client();
    let packed = Packed::embedded();
    let mut unspoken: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let (mut spoken, mut otherwise) = (0, 0);
    for provider in packed.providers() {
        for record in provider.models() {
            let spec = record.spec();
            let dialect = record.dialect().or_else(|| provider.dialect());
            let dialect = dialect.unwrap_or_default();
            // Bedrock looks for a region.
            if provider.id() == "bedrock" {
                spoken += 1;
                continue;
            }
            let dry = match dry(&client, &spec, Delivery::Stream) {
                Ok(dry) => dry,
                Err(error) if error.kind() == ErrorKind::UnknownProvider => {
                    assert!(
                        error.message().contains(&format!("{dialect:?}")),
                        "{spec}: {error}"
                    );
                    *unspoken.entry((provider.id(), dialect)).or_default() += 1;
                    continue;
                }
                Err(error) => panic!("{spec}: {error}"),
            };
            spoken += 1;
            otherwise += usize::from(record.dialect().is_some() || record.base_url().is_some());
            assert!(!dry.url.contains("${"), "{spec}: {}", dry.url);
            let form = match (dialect, record.shape()) {
                ("anthropic", _) => &["/v1/messages"][..],
                (_, Some("responses")) => &["/responses"],
                (_, Some("completions")) => &["/chat/completions"],
                ("openai", _) => &["/responses", "/chat/completions"],
                _ => &["/chat/completions"],
            };
            assert!(
                form.iter().any(|end| dry.url.ends_with(end)),
                "{spec}: {}",
                dry.url
            );
        }
    }
    // Whether Google itself is reached, by its own form or by OpenAI's, is not the question here.
    unspoken.remove(&("google", "google"));
    let others: Vec<(&str, &str, usize)> = unspoken
        .iter()
        .map(|((id, dialect), count)| (*id, *dialect, *count))
        .collect();
    assert_eq!(others, OTHERS);
    assert!(spoken > 7000 && otherwise > 140, "{spoken} {otherwise}");
}

/// Provider, dialect, and how many models.
const OTHERS: &[(&str, &str, usize)] = &[
    ("gitlab", "gitlab-ai-provider", 23),
    ("google-vertex", "google-vertex/anthropic", 13),
    ("google-vertex-anthropic", "google-vertex/anthropic", 13),
    ("opencode", "google", 7),
    ("qvac", "@qvac/ai-sdk-provider", 9),
    ("salad-cloud", "@saladtechnologies-oss/ai-sdk-provider", 1),
    ("sap-ai-core", "@jerome-benoit/sap-ai-provider-v2", 48),
    ("watsonx", "watsonx-ai-provider", 5),
];

#[tokio::test]
async fn one_provider_answers_in_the_form_of_each_model() {
    let emulator = Emulator::start().await.unwrap();
    let endpoint = format!("{}/v1", emulator.endpoint());
    let client = built(Client::builder().endpoint_url("opencode", endpoint));
    for (spec, path, key, header) in [
        (
            "opencode:claude-opus-4-7",
            "/v1/messages",
            ANTHROPIC_API_KEY,
            ("x-api-key", ANTHROPIC_API_KEY.to_owned()),
        ),
        (
            "opencode:gpt-5.5",
            "/v1/responses",
            OTHER_API_KEY,
            ("authorization", format!("Bearer {OTHER_API_KEY}")),
        ),
        (
            "opencode:glm-4.6",
            "/v1/chat/completions",
            OTHER_API_KEY,
            ("authorization", format!("Bearer {OTHER_API_KEY}")),
        ),
    ] {
        client.keys().set("opencode", key);
        let chat = client
            .model(spec)
            .unwrap()
            .chat([user("Why is the sky blue?")])
            .max_tokens(400);
        let whole = chat.clone().await.unwrap();
        assert!(
            whole.text().contains("Why is the sky blue?"),
            "{spec}: {whole}"
        );
        assert_eq!(whole.provider, "opencode");
        let streamed = chat.stream().await.unwrap().finish().await.unwrap();
        assert_eq!(streamed.message, whole.message, "{spec}");
        let requests = emulator.requests();
        for request in requests.iter().rev().take(2) {
            assert_eq!(request.path, path, "{spec}");
            let (name, value) = &header;
            assert!(
                request
                    .headers
                    .iter()
                    .any(|it| it.0 == *name && it.1 == *value),
                "{spec}: {request:?}"
            );
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            assert_eq!(body["model"], spec.split_once(':').unwrap().1);
        }
    }
}

#[test]
fn who_cannot_be_spoken_to_is_told_with_what_is_missing() {
    let client = built(Client::builder().environment(Environment::empty()));
    for (spec, parts) in [
        (
            "opencode:gemini-3-pro",
            &[
                "\"gemini-3-pro\"",
                "\"opencode\"",
                "\"google\"",
                "generateContent",
            ][..],
        ),
        (
            "google-vertex:claude-opus-4-7@default",
            &["\"google-vertex/anthropic\"", "rawPredict", "OAuth"],
        ),
        (
            "sap-ai-core:gpt-5-nano",
            &["\"sap-ai-core\"", "service key"],
        ),
    ] {
        let error = client.model(spec).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownProvider, "{spec}");
        for part in parts {
            assert!(error.message().contains(part), "{spec}: {error}");
        }
    }
}

#[test]
fn a_full_spec_says_its_dialect() {
    let client = built(Client::builder().environment(Environment::empty()));
    let dry = |json: &str| {
        let model = client.model(Model::from_json(json)?)?;
        model.chat("hi").dry_run(Delivery::Whole)
    };
    // A model that the registry does not have yet.
    let new = dry(r#"{"provider":"opencode","id":"claude-new-9","dialect":"anthropic"}"#).unwrap();
    assert_eq!(new.url, "https://opencode.ai/zen/v1/messages");
    // What is said of its base holds for it.
    let tuned =
        dry(r#"{"provider":"opencode","id":"mine","base_model":"claude-opus-4-7"}"#).unwrap();
    assert_eq!(tuned.url, "https://opencode.ai/zen/v1/messages");
    // A provider that nobody has heard of.
    let own = r#"{"provider":"acme","id":"m","dialect":"openai-compatible","shape":"responses","base_url":"https://acme.example/v1"}"#;
    assert_eq!(dry(own).unwrap().url, "https://acme.example/v1/responses");
    let nobody = dry(r#"{"provider":"acme","id":"m","dialect":"klingon"}"#).unwrap_err();
    assert!(nobody.message().contains("klingon"), "{nobody}");
    // Who has a crate of his own decides by himself.
    let error = dry(r#"{"provider":"bedrock","id":"m","dialect":"anthropic"}"#).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidSpec);
    assert!(error.message().contains("`dialect`"), "{error}");
}

#[derive(Debug)]
struct Own;

impl Provider for Own {
    fn id(&self) -> &str {
        "opencode"
    }

    fn prepare(&self, _: &Model, _: &Call, _: Delivery) -> Result<Exchange> {
        Err(Error::config("it is mine"))
    }
}

#[test]
fn who_is_handed_over_has_all_of_his_models() {
    let client = built(Client::builder().provider(Own));
    for spec in [
        "opencode:claude-opus-4-7",
        "opencode:glm-4.6",
        "opencode:gemini-3-pro",
    ] {
        let error = dry(&client, spec, Delivery::Whole).unwrap_err();
        assert!(error.message().contains("it is mine"), "{spec}: {error}");
    }
}
