//! The control endpoints for credentials and for the clock.

use reqllm_emulator::Emulator;
use serde_json::{Value, json};

use super::wire::sign::{Signer, at_noon};
use super::wire::{Answer, assert_refused, send};
use super::{Keys, get};

async fn control(emulator: &Emulator, method: &str, name: &str, body: &Value) -> Answer {
    let path = format!("/_emulator/{name}");
    let body = body.to_string();
    send(emulator, method, &path, "", body.as_bytes())
        .await
        .unwrap()
}

#[tokio::test]
async fn rules_are_replaced_and_what_was_asked_is_shown_without_secrets() {
    let emulator = at_noon().await;
    let rules = json!({"lifetime_seconds": 60, "container_token": "t", "unavailable": ["sso"]});
    let answer = control(&emulator, "PUT", "credentials", &rules)
        .await
        .json();
    assert_eq!(answer["rules"]["lifetime_seconds"], 60);
    assert_eq!(answer["rules"]["region"], "us-west-2");
    let keys = Keys::of(
        &get(&emulator, "/v1/credentials", "authorization: t\r\n")
            .await
            .json(),
    );
    assert_eq!(get(&emulator, "/v1/credentials", "").await.status, 401);
    assert_eq!(
        get(&emulator, "/federation/credentials", "").await.status,
        503
    );
    let shown = get(&emulator, "/_emulator/credentials", "").await.json();
    assert_eq!(
        shown["issued"],
        json!([{
            "access_key": keys.access_key, "source": "container /v1/credentials", "asked_by": null,
            "expires_at": "2026-11-22T12:01:00Z", "good": true,
        }])
    );
    assert_eq!(
        shown["asked"],
        json!([
            {"service": "container", "what": "GET /v1/credentials", "status": 200},
            {"service": "container", "what": "GET /v1/credentials", "status": 401},
            {"service": "sso", "what": "GET /federation/credentials", "status": 503},
        ])
    );
    let text = shown.to_string();
    assert!(!text.contains(&keys.secret_key) && !text.contains(&keys.session_token));
    // Where credentials come from is no call of Bedrock.
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn rules_that_are_none_are_refused_and_change_nothing() {
    let emulator = at_noon().await;
    for (rules, fragment) in [
        (json!({"lifetime": 60}), "unknown field `lifetime`"),
        (json!({"lifetime_seconds": -1}), "-1"),
        (
            json!({"roles": [{"external_id": "x"}]}),
            "missing field `arn`",
        ),
        (json!({"unavailable": ["s3"]}), "unknown variant `s3`"),
    ] {
        let answer = control(&emulator, "PUT", "credentials", &rules).await;
        assert_eq!(answer.status, 400);
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(fragment), "{message}");
    }
    let shown = get(&emulator, "/_emulator/credentials", "").await.json();
    assert_eq!(shown["rules"]["lifetime_seconds"], 3600);
}

#[tokio::test]
async fn what_is_revoked_is_expired_at_once() {
    let emulator = at_noon().await;
    let keys = Keys::of(&get(&emulator, "/v1/credentials", "").await.json());
    assert_eq!(keys.call(&emulator, "20261122T120000Z").await.status, 200);
    for revoked in [1, 0] {
        let answer = control(&emulator, "DELETE", "credentials", &json!(null)).await;
        assert_eq!(answer.json(), json!({"revoked": revoked}));
    }
    let answer = keys.call(&emulator, "20261122T120000Z").await;
    assert_refused(&answer, 403, "ExpiredTokenException", "is expired");
    let new = Keys::of(&get(&emulator, "/v1/credentials", "").await.json());
    assert_ne!(new, keys);
}

#[tokio::test]
async fn the_clock_is_set_and_moved() {
    let emulator = at_noon().await;
    let move_by = async |hand: Value| control(&emulator, "POST", "clock", &hand).await.json();
    let told = move_by(json!({"advance_seconds": 90})).await;
    assert_eq!(
        told,
        json!({"now": "2026-11-22T12:01:30Z", "offset_seconds": 90})
    );
    let told = move_by(json!({"advance_seconds": 300})).await;
    assert_eq!(told["offset_seconds"], 390);
    let late = Signer::default()
        .send(&emulator, "GET", "/foundation-models", b"")
        .await;
    assert_refused(&late, 403, "InvalidSignatureException", "Signature expired");
    assert_eq!(late.header("date"), Some("Sun, 22 Nov 2026 12:06:30 GMT"));
    let told = move_by(json!({"offset_seconds": -3600, "advance_seconds": 60})).await;
    assert_eq!(told["now"], "2026-11-22T11:01:00Z");
    let early = Signer::default()
        .send(&emulator, "GET", "/foundation-models", b"")
        .await;
    assert_refused(&early, 403, "InvalidSignatureException", "not yet current");
    assert_eq!(get(&emulator, "/_emulator/clock", "").await.json(), told);
    for hand in [
        json!({"seconds": 1}),
        json!({"offset_seconds": i64::MAX, "advance_seconds": 1}),
        json!({"offset_seconds": i64::MIN}),
    ] {
        let refused = control(&emulator, "POST", "clock", &hand).await;
        assert_eq!(refused.status, 400, "{hand}");
    }
    assert_eq!(get(&emulator, "/_emulator/clock", "").await.json(), told);
}
