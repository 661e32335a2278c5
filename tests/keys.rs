//! Whose key a call goes with: the option's, the one that the program set, the program's source's, the environment's; and what is
//! set while the program runs takes effect at once.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail loudly"
)]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};

use common::{CLAUDE, builder};
use reqllm::{Client, Environment, ErrorKind, KeySource, ProviderKey, Result};
use reqllm_emulator::{
    ACCESS_KEY_ID, ANTHROPIC_API_KEY, API_KEY, Emulator, OPENAI_API_KEY, SECRET_ACCESS_KEY,
};

/// Nothing outside of the test is asked.
const NOTHING: &[(&str, &str)] = &[("AWS_EC2_METADATA_DISABLED", "true")];

#[tokio::test]
async fn a_key_that_is_set_opens_the_next_call() {
    let emulator = Emulator::start().await.unwrap();
    let client = builder(&emulator, NOTHING).build().unwrap();
    let model = client.model(CLAUDE).unwrap();
    let refused = model.chat("hi").await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Authentication, "{refused}");
    let pair = [
        ("access_key_id", ACCESS_KEY_ID),
        ("secret_access_key", SECRET_ACCESS_KEY),
        ("region", "eu-west-1"),
    ];
    client.keys().set("bedrock", pair);
    assert!(!model.chat("hi").await.unwrap().text().is_empty());
    client.keys().set("bedrock", "a key that nobody knows");
    let refused = model.chat("hi").await.unwrap_err();
    assert!(
        matches!(
            refused.kind(),
            ErrorKind::Authentication | ErrorKind::Permission
        ),
        "{refused}"
    );
    client.keys().set("bedrock", API_KEY);
    assert!(!model.chat("hi").await.unwrap().text().is_empty());
    client.keys().set("bedrock", [("api_kee", API_KEY)]);
    let refused = model.chat("hi").await.unwrap_err();
    assert!(
        refused.message().contains("did you mean \"api_key\""),
        "{refused}"
    );
}

#[tokio::test]
async fn a_source_of_keys_is_asked_for_each_call() {
    #[derive(Debug)]
    struct Vault(&'static AtomicUsize);
    #[async_trait::async_trait]
    impl KeySource for Vault {
        async fn key(&self, provider: &str) -> Result<Option<ProviderKey>> {
            assert_eq!(provider, "bedrock");
            self.0.fetch_add(1, Ordering::SeqCst);
            Ok(Some(API_KEY.into()))
        }
    }
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let emulator = Emulator::start().await.unwrap();
    let client = builder(&emulator, NOTHING)
        .key_source(Vault(&ASKED))
        .build()
        .unwrap();
    let model = client.model(CLAUDE).unwrap();
    for _ in 0..2 {
        assert!(!model.chat("hi").await.unwrap().text().is_empty());
    }
    assert_eq!(ASKED.load(Ordering::SeqCst), 2);
}

/// A provider: a model of its, its variable, the key that opens it, and what stands before the path.
const PROVIDERS: &[(&str, &str, &str, &str)] = &[
    (CLAUDE, "AWS_BEARER_TOKEN_BEDROCK", API_KEY, ""),
    (
        "anthropic:claude-haiku-4-5",
        "ANTHROPIC_API_KEY",
        ANTHROPIC_API_KEY,
        "",
    ),
    ("openai:gpt-5-mini", "OPENAI_API_KEY", OPENAI_API_KEY, "/v1"),
    // There any key will do, so the one that arrives is looked at.
    (
        "groq:llama-3.3-70b-versatile",
        "GROQ_API_KEY",
        "gsk-EXAMPLE",
        "/v1",
    ),
];

/// Where a key may be, the first one first.
const PLACES: [&str; 4] = ["option", "ring", "source", "environment"];

/// Gives one key to whoever asks.
#[derive(Debug)]
struct Gives(&'static str);

#[async_trait::async_trait]
impl KeySource for Gives {
    async fn key(&self, _: &str) -> Result<Option<ProviderKey>> {
        Ok(Some(self.0.into()))
    }
}

/// A client of one provider, whose environment and source have these keys.
fn client(
    emulator: &Emulator,
    (spec, variable, _, path): (&str, &str, &str, &str),
    environment: Option<&str>,
    source: Option<&'static str>,
) -> Client {
    let provider = spec.split(':').next().unwrap();
    let env = environment.map(|key| (variable, key));
    let client = Client::builder()
        .environment(Environment::of(NOTHING.iter().copied().chain(env)))
        .endpoint_url(provider, format!("{}{path}", emulator.endpoint()));
    let client = match source {
        Some(key) => client.key_source(Gives(key)),
        None => client,
    };
    client.build().unwrap()
}

/// The key that came with the last request.
fn arrived(emulator: &Emulator) -> String {
    let requests = emulator.requests();
    let last = requests.last().unwrap();
    let key = last
        .header("x-api-key")
        .or_else(|| last.header("authorization"));
    key.unwrap().trim_start_matches("Bearer ").to_owned()
}

#[tokio::test]
async fn the_first_place_that_has_a_key_is_the_one_that_counts() {
    let emulator = Emulator::start().await.unwrap();
    for provider in PROVIDERS {
        let (spec, _, key, _) = *provider;
        let id = spec.split(':').next().unwrap();
        for (at, place) in PLACES.iter().enumerate() {
            // The right one at this place, wrong ones at those behind it, none at those before.
            let there = |other: usize| match other {
                _ if other == at => Some(key),
                _ if other > at => Some("a key that opens nothing"),
                _ => None,
            };
            let client = client(&emulator, *provider, there(3), there(2));
            if let Some(key) = there(1) {
                client.keys().set(id, key);
            }
            let chat = client.model(spec).unwrap().chat("hi");
            let chat = match there(0) {
                Some(key) => chat.option("api_key", key),
                None => chat,
            };
            let whole = chat.clone().await;
            assert!(whole.is_ok(), "{spec}, {place}: {whole:?}");
            assert_eq!(arrived(&emulator), key, "{spec}, {place}");
            let streamed = chat.stream().await.unwrap().finish().await;
            assert!(streamed.is_ok(), "{spec}, {place}: {streamed:?}");
            assert_eq!(arrived(&emulator), key, "{spec}, {place}");
        }
    }
}

#[tokio::test]
async fn what_is_set_between_two_calls_is_used_by_the_next() {
    let emulator = Emulator::start().await.unwrap();
    for provider in PROVIDERS {
        let (spec, _, key, _) = *provider;
        let id = spec.split(':').next().unwrap();
        let client = client(&emulator, *provider, Some("of the environment"), None);
        let model = client.model(spec).unwrap();
        // Whether it opens anything or not, it is what is sent.
        let _ = model.chat("hi").await;
        assert_eq!(arrived(&emulator), "of the environment", "{spec}");
        client.keys().set(id, key);
        assert!(model.chat("hi").await.is_ok(), "{spec}");
        assert_eq!(arrived(&emulator), key, "{spec}");
        client.keys().set(id, "another one");
        let _ = model.chat("hi").await;
        assert_eq!(arrived(&emulator), "another one", "{spec}");
        client.keys().remove(id);
        let _ = model.chat("hi").await;
        assert_eq!(arrived(&emulator), "of the environment", "{spec}");
    }
}

/// Servers on this machine are asked without one.
#[tokio::test]
async fn without_a_key_it_is_said_where_one_would_be_looked_for() {
    for (spec, variable, ..) in PROVIDERS {
        let provider = spec.split(':').next().unwrap();
        let client = Client::builder()
            .environment(Environment::of(NOTHING.iter().copied()))
            .endpoint_url(provider, "https://nowhere.invalid/v1");
        let client = client.build().unwrap();
        let refused = client.model(*spec).unwrap().chat("hi").await.unwrap_err();
        assert_eq!(
            refused.kind(),
            ErrorKind::Authentication,
            "{spec}: {refused}"
        );
        assert!(refused.message().contains(variable), "{spec}: {refused}");
    }
}
