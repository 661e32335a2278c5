//! Keys that a program sets while it runs open Bedrock, and take effect at once.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail loudly"
)]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};

use common::{CLAUDE, builder};
use reqllm::{ErrorKind, KeySource, ProviderKey, Result};
use reqllm_emulator::{ACCESS_KEY_ID, API_KEY, Emulator, SECRET_ACCESS_KEY};

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
