//! Roles.

use reqllm_emulator::{ACCESS_KEY_ID, CredentialRules, Emulator, Role};

use super::wire::sign::{Signer, at_noon};
use super::wire::{Answer, send};
use super::{Keys, text};

const NOON: &str = "20261122T120000Z";
const ROLE: &str = "arn:aws:iam::123456789012:role/team/reader";

/// The text in an element.
fn inside<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let text = text(answer);
    let (_, rest) = text.split_once(&open).unwrap_or_else(|| panic!("{text}"));
    rest.split_once(&close).unwrap().0
}

fn keys(answer: &Answer) -> Keys {
    Keys {
        access_key: inside(answer, "AccessKeyId").to_owned(),
        secret_key: inside(answer, "SecretAccessKey").to_owned(),
        session_token: inside(answer, "SessionToken").to_owned(),
    }
}

async fn assume(emulator: &Emulator, signer: Signer<'_>, rest: &str) -> Answer {
    let body = format!("Action=AssumeRole&Version=2011-06-15&{rest}");
    let signer = Signer {
        service: "sts",
        ..signer
    };
    signer.send(emulator, "POST", "/", body.as_bytes()).await
}

async fn unsigned(emulator: &Emulator, body: &str) -> Answer {
    send(emulator, "POST", "/", "", body.as_bytes())
        .await
        .unwrap()
}

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, code: &str, fragment: &str) {
    assert_eq!(
        (answer.status, inside(answer, "Code")),
        (status, code),
        "{}",
        text(answer)
    );
    let message = inside(answer, "Message");
    assert!(message.contains(fragment), "{message}");
    assert!(text(answer).starts_with("<ErrorResponse xmlns="));
}

async fn with_roles(roles: Vec<Role>) -> Emulator {
    let emulator = at_noon().await;
    let mut rules = CredentialRules::default();
    rules.roles = Some(roles);
    emulator.set_credential_rules(rules);
    emulator
}

#[tokio::test]
async fn a_role_is_assumed_and_calls_bedrock() {
    let emulator = at_noon().await;
    let form = format!("RoleArn={ROLE}&RoleSessionName=me&DurationSeconds=900");
    let answer = assume(&emulator, Signer::default(), &form).await;
    assert_eq!(answer.status, 200, "{}", text(&answer));
    assert_eq!(answer.header("content-type"), Some("text/xml"));
    assert!(text(&answer).starts_with("<AssumeRoleResponse xmlns="));
    assert_eq!(
        inside(&answer, "Arn"),
        "arn:aws:sts::123456789012:assumed-role/reader/me"
    );
    assert_eq!(inside(&answer, "Expiration"), "2026-11-22T12:15:00Z");
    let keys = keys(&answer);
    assert_eq!(keys.call(&emulator, NOON).await.status, 200);
    let issued = emulator.issued();
    assert_eq!(issued[0].source, format!("assume_role {ROLE}"));
    assert_eq!(issued[0].asked_by.as_deref(), Some(ACCESS_KEY_ID));
}

#[tokio::test]
async fn the_signature_has_to_be_for_sts() {
    let emulator = at_noon().await;
    let body = format!("Action=AssumeRole&Version=2011-06-15&RoleArn={ROLE}&RoleSessionName=me");
    let body = body.as_bytes();
    let bedrock = Signer::default().send(&emulator, "POST", "/", body).await;
    assert_refused(
        &bedrock,
        403,
        "SignatureDoesNotMatch",
        "correct service: 'sts'",
    );
    let wrong = Signer {
        secret_key: "wrong",
        ..Signer::default()
    };
    let form = format!("RoleArn={ROLE}&RoleSessionName=me");
    let answer = assume(&emulator, wrong, &form).await;
    assert_refused(&answer, 403, "SignatureDoesNotMatch", "does not match");
    let unknown = Signer {
        access_key: "AKIDOTHER",
        ..Signer::default()
    };
    let answer = assume(&emulator, unknown, &form).await;
    assert_refused(&answer, 403, "InvalidClientTokenId", "is invalid");
    let body = String::from_utf8_lossy(body);
    let answer = unsigned(&emulator, &body).await;
    assert_refused(&answer, 403, "MissingAuthenticationToken", "missing");
    emulator.advance(std::time::Duration::from_secs(301));
    let answer = assume(&emulator, Signer::default(), &form).await;
    assert_refused(&answer, 403, "SignatureDoesNotMatch", "Signature expired");
}

#[tokio::test]
async fn external_id_session_name_and_trust_decide() {
    let (first, second) = (
        "arn:aws:iam::123456789012:role/first",
        "arn:aws:iam::210987654321:role/second",
    );
    let mut named = Role::new(first);
    named.external_id = Some("42".to_owned());
    named.session_name = Some("me".to_owned());
    let mut trusting = Role::new(second);
    trusting.trusts = Some(vec![first.to_owned()]);
    let emulator = with_roles(vec![named, trusting]).await;
    for form in [
        format!("RoleArn={ROLE}&RoleSessionName=me"),
        format!("RoleArn={first}&RoleSessionName=me"),
        format!("RoleArn={first}&RoleSessionName=me&ExternalId=43"),
        format!("RoleArn={first}&RoleSessionName=you&ExternalId=42"),
        format!("RoleArn={second}&RoleSessionName=me"),
    ] {
        let answer = assume(&emulator, Signer::default(), &form).await;
        assert_refused(
            &answer,
            403,
            "AccessDenied",
            "is not authorized to perform: sts:AssumeRole on resource",
        );
    }
    let form = format!("RoleArn={first}&RoleSessionName=me&ExternalId=42");
    let of_first = keys(&assume(&emulator, Signer::default(), &form).await);
    let form = format!("RoleArn={second}&RoleSessionName=me");
    let answer = assume(&emulator, of_first.signer(NOON), &form).await;
    assert_eq!(answer.status, 200, "{}", text(&answer));
    let issued = emulator.issued();
    assert_eq!(issued[1].asked_by.as_deref(), Some(&*of_first.access_key));
    let long = format!("{form}&DurationSeconds=7200");
    let answer = assume(&emulator, of_first.signer(NOON), &long).await;
    assert_refused(&answer, 400, "ValidationError", "role chaining");
    emulator.revoke_credentials();
    let answer = assume(&emulator, of_first.signer(NOON), &form).await;
    assert_refused(&answer, 403, "ExpiredToken", "is expired");
}

#[tokio::test]
async fn what_is_asked_for_has_to_make_sense() {
    let emulator = at_noon().await;
    for (form, fragment) in [
        (
            "RoleArn=reader&RoleSessionName=me".to_owned(),
            "reader is invalid",
        ),
        (format!("RoleArn={ROLE}"), "roleSessionName"),
        (format!("RoleArn={ROLE}&RoleSessionName=a%20b"), "'a b'"),
        (
            format!("RoleArn={ROLE}&RoleSessionName=me&DurationSeconds=899"),
            "between 900 and 43200",
        ),
    ] {
        let answer = assume(&emulator, Signer::default(), &form).await;
        assert_refused(&answer, 400, "ValidationError", fragment);
    }
    let answer = unsigned(&emulator, "Action=AssumeRole&Version=2010-01-01").await;
    assert_refused(&answer, 400, "InvalidAction", "AssumeRole");
    let answer = unsigned(&emulator, "Action=Dance&Version=2011-06-15").await;
    assert_refused(&answer, 400, "InvalidAction", "Dance");
}

#[tokio::test]
async fn a_web_identity_needs_no_signature_and_the_right_token() {
    let emulator = at_noon().await;
    let mut rules = CredentialRules::default();
    rules.web_identity_token = Some("a.b.c".to_owned());
    emulator.set_credential_rules(rules);
    let body = |token: &str| {
        format!(
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn={ROLE}&RoleSessionName=me&WebIdentityToken={token}"
        )
    };
    let answer = unsigned(&emulator, &body("a.b.d")).await;
    assert_refused(&answer, 400, "InvalidIdentityToken", "is not a valid JWT");
    let answer = unsigned(&emulator, &body("")).await;
    assert_refused(&answer, 400, "ValidationError", "webIdentityToken");
    let answer = unsigned(&emulator, &body("a.b.c")).await;
    assert_eq!(answer.status, 200, "{}", text(&answer));
    assert_eq!(keys(&answer).call(&emulator, NOON).await.status, 200);
}

#[tokio::test]
async fn the_caller_is_told_who_it_is() {
    let emulator = at_noon().await;
    let body = b"Action=GetCallerIdentity&Version=2011-06-15";
    let signer = Signer {
        service: "sts",
        ..Signer::default()
    };
    let answer = signer.send(&emulator, "POST", "/", body).await;
    assert_eq!(
        inside(&answer, "Arn"),
        "arn:aws:iam::123456789012:user/AKIDEXAMPLE"
    );
}
