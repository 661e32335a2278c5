//! IAM Identity Center.

use std::time::Duration;

use reqllm_emulator::{CredentialRules, Emulator, SSO_ACCESS_TOKEN, SSO_REFRESH_TOKEN, SsoRole};
use serde_json::{Value, json};

use super::wire::sign::at_noon;
use super::wire::{Answer, assert_refused, send};
use super::{Keys, get};

async fn portal(emulator: &Emulator, token: &str, query: &str) -> Answer {
    let headers = format!("x-amz-sso_bearer_token: {token}\r\n");
    get(
        emulator,
        &format!("/federation/credentials?{query}"),
        &headers,
    )
    .await
}

async fn refresh(emulator: &Emulator, change: &[(&str, Value)]) -> Answer {
    let mut body = json!({
        "clientId": "id", "clientSecret": "secret", "grantType": "refresh_token",
        "refreshToken": SSO_REFRESH_TOKEN,
    });
    for (name, value) in change {
        body[*name] = value.clone();
    }
    let body = body.to_string();
    send(emulator, "POST", "/token", "", body.as_bytes())
        .await
        .unwrap()
}

const READER: &str = "role_name=Reader&account_id=123456789012";

#[tokio::test]
async fn the_portal_gives_the_keys_of_a_role() {
    let emulator = at_noon().await;
    let answer = portal(&emulator, SSO_ACCESS_TOKEN, READER).await.json();
    let given = &answer["roleCredentials"];
    // Milliseconds, unlike everywhere else.
    assert_eq!(given["expiration"], 1_795_352_400_000_i64);
    let text = |name: &str| given[name].as_str().unwrap().to_owned();
    let keys = Keys {
        access_key: text("accessKeyId"),
        secret_key: text("secretAccessKey"),
        session_token: text("sessionToken"),
    };
    assert_eq!(keys.call(&emulator, "20261122T120000Z").await.status, 200);
    assert_eq!(emulator.issued()[0].source, "sso 123456789012/Reader");
}

#[tokio::test]
async fn the_portal_refuses_other_tokens_and_roles() {
    let emulator = at_noon().await;
    let mut rules = CredentialRules::default();
    rules.sso_roles = Some(vec![SsoRole::new("123456789012", "Writer")]);
    emulator.set_credential_rules(rules);
    let answer = portal(&emulator, "old", READER).await;
    assert_refused(
        &answer,
        401,
        "UnauthorizedException",
        "not found or invalid",
    );
    let answer = portal(&emulator, SSO_ACCESS_TOKEN, READER).await;
    assert_refused(&answer, 403, "ForbiddenException", "No access");
    let answer = portal(&emulator, SSO_ACCESS_TOKEN, "role_name=Writer").await;
    assert_refused(&answer, 400, "InvalidRequestException", "account_id");
    let writer = READER.replace("Reader", "Writer");
    let answer = portal(&emulator, SSO_ACCESS_TOKEN, &writer).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_refresh_token_gets_an_access_token_that_ends() {
    let emulator = at_noon().await;
    let answer = refresh(&emulator, &[]).await.json();
    assert_eq!(answer["expiresIn"], 3600);
    assert_eq!(answer["tokenType"], "Bearer");
    let token = answer["accessToken"].as_str().unwrap();
    assert_eq!(portal(&emulator, token, READER).await.status, 200);
    emulator.advance(Duration::from_secs(3600));
    assert_eq!(portal(&emulator, token, READER).await.status, 401);
}

#[tokio::test]
async fn a_refresh_that_is_none_is_refused() {
    let emulator = at_noon().await;
    for (name, value, code, error) in [
        (
            "refreshToken",
            json!("old"),
            "InvalidGrantException",
            "invalid_grant",
        ),
        (
            "clientId",
            json!(""),
            "InvalidClientException",
            "invalid_client",
        ),
        (
            "grantType",
            json!("client_credentials"),
            "UnsupportedGrantTypeException",
            "unsupported_grant_type",
        ),
        (
            "clientId",
            json!(7),
            "InvalidRequestException",
            "invalid_request",
        ),
    ] {
        let answer = refresh(&emulator, &[(name, value)]).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.header("x-amzn-errortype"), Some(code));
        assert_eq!(answer.json()["error"], error);
    }
}
