//! Instance metadata and containers.

use std::time::Duration;

use reqllm_emulator::{CredentialRules, Emulator};

use super::wire::sign::at_noon;
use super::wire::{Answer, assert_refused, send};
use super::{Keys, get, text};

const ROLES: &str = "/latest/meta-data/iam/security-credentials/";

async fn token(emulator: &Emulator, ttl: &str) -> Answer {
    let headers = format!("x-aws-ec2-metadata-token-ttl-seconds: {ttl}\r\n");
    send(emulator, "PUT", "/latest/api/token", &headers, b"")
        .await
        .unwrap()
}

async fn metadata(emulator: &Emulator, token: &Answer, path: &str) -> Answer {
    let headers = format!("x-aws-ec2-metadata-token: {}\r\n", text(token));
    get(emulator, path, &headers).await
}

#[tokio::test]
async fn a_token_opens_the_metadata_for_as_long_as_it_lasts() {
    let emulator = at_noon().await;
    let token = token(&emulator, "60").await;
    assert_eq!(token.status, 200);
    assert_eq!(
        token.header("x-aws-ec2-metadata-token-ttl-seconds"),
        Some("60")
    );
    let role = metadata(&emulator, &token, ROLES).await;
    assert_eq!((role.status, text(&role)), (200, "reqllm-instance-role"));
    let region = metadata(&emulator, &token, "/latest/meta-data/placement/region").await;
    assert_eq!(text(&region), "us-west-2");
    let absent = metadata(&emulator, &token, &format!("{ROLES}another-role")).await;
    assert_eq!(absent.status, 404);
    emulator.advance(Duration::from_secs(60));
    assert_eq!(metadata(&emulator, &token, ROLES).await.status, 401);
}

#[tokio::test]
async fn without_a_token_there_is_nothing() {
    let emulator = at_noon().await;
    assert_eq!(get(&emulator, ROLES, "").await.status, 401);
    let made_up = "x-aws-ec2-metadata-token: imds-made-up\r\n";
    assert_eq!(get(&emulator, ROLES, made_up).await.status, 401);
    for ttl in ["0", "21601", "soon"] {
        assert_eq!(token(&emulator, ttl).await.status, 400, "{ttl}");
    }
    assert_eq!(get(&emulator, "/latest/api/token", "").await.status, 405);
}

#[tokio::test]
async fn the_keys_of_the_role_call_bedrock_until_they_end() {
    let emulator = at_noon().await;
    let token = token(&emulator, "21600").await;
    let path = format!("{ROLES}reqllm-instance-role");
    let answer = metadata(&emulator, &token, &path).await.json();
    assert_eq!(answer["Code"], "Success");
    assert_eq!(answer["Expiration"], "2026-11-22T13:00:00Z");
    let keys = Keys::of(&answer);
    assert!(keys.access_key.starts_with("ASIA"));
    assert_eq!(keys.call(&emulator, "20261122T120000Z").await.status, 200);
    // The same ones as long as they have some time left.
    let again = metadata(&emulator, &token, &path).await.json();
    assert_eq!(Keys::of(&again), keys);
    emulator.advance(Duration::from_secs(3600));
    let late = keys.call(&emulator, "20261122T130000Z").await;
    assert_refused(&late, 403, "ExpiredTokenException", "is expired");
    let new = Keys::of(&metadata(&emulator, &token, &path).await.json());
    assert_ne!(new, keys);
    assert_eq!(new.call(&emulator, "20261122T130000Z").await.status, 200);
}

#[tokio::test]
async fn keys_without_their_session_token_are_nobody_s() {
    let emulator = at_noon().await;
    let keys = Keys::of(&get(&emulator, "/v1/credentials", "").await.json());
    let mut signer = keys.signer("20261122T120000Z");
    for token in [None, Some("another")] {
        signer.session_token = token;
        let answer = signer
            .send(&emulator, "GET", "/foundation-models", b"")
            .await;
        assert_refused(&answer, 403, "UnrecognizedClientException", "is invalid");
    }
}

#[tokio::test]
async fn a_container_shows_the_token_that_it_was_given() {
    let mut rules = CredentialRules::default();
    rules.container_token = Some("let me in".to_owned());
    let builder = Emulator::builder().credential_rules(rules);
    let emulator = builder.start().await.unwrap();
    let path = "/v2/credentials/7f3c";
    for headers in ["", "authorization: let me out\r\n"] {
        let refused = get(&emulator, path, headers).await;
        assert_eq!(refused.status, 401);
        assert_eq!(refused.json()["code"], "AccessDeniedException");
    }
    let opened = get(&emulator, path, "authorization: let me in\r\n").await;
    let keys = Keys::of(&opened.json());
    let issued = emulator.issued();
    assert_eq!(issued.len(), 1);
    assert_eq!(issued[0].access_key, keys.access_key);
    assert_eq!(issued[0].source, "container /v2/credentials/7f3c");
}
