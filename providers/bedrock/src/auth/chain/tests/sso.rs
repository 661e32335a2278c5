//! Sessions of SSO.

use super::*;

const SSO: &str = "\
[profile dev]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = reader
[sso-session corp]
sso_region = us-east-2
sso_start_url = https://corp.example.com/start
";

/// Where the token of the session `corp` is: the SHA-1 of its name. Source: AWS CLI's documentation of SSO.
const SSO_FILE: &str = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

#[tokio::test]
async fn an_sso_session_that_is_over_says_how_to_log_in() {
    let old = r#"{"accessToken":"s3cret","expiresAt":"2026-11-22T11:00:00Z","region":"us-east-2","startUrl":"https://corp.example.com/start"}"#;
    for files in [
        vec![(".aws/config", SSO)],
        vec![(".aws/config", SSO), (SSO_FILE, old)],
    ] {
        let home = Home::new(&files);
        let world = World::new(home.env(&[]), &canned(&[]));
        let error = world
            .keys(&Options::new().profile("dev"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(
            error
                .message()
                .contains("run `aws sso login --profile dev`"),
            "{error}"
        );
        assert!(!format!("{error:?}").contains("s3cret"));
    }
}

#[tokio::test]
async fn an_sso_session_that_is_good_gives_keys() {
    let new = r#"{"accessToken":"s3cret","expiresAt":"2026-11-22T18:00:00Z","region":"us-east-2","startUrl":"https://corp.example.com/start"}"#;
    let home = Home::new(&[(".aws/config", SSO), (SSO_FILE, new)]);
    let keys = r#"{"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"s","sessionToken":"t","expiration":1795352400000}}"#;
    let net = canned(&[(
        "portal.sso.us-east-2.amazonaws.com/federation/credentials",
        200,
        keys.into(),
    )]);
    let world = World::new(home.env(&[("AWS_PROFILE", "dev")]), &net);
    assert_eq!(world.keys(&Options::new()).await.unwrap(), pair("SSO", "t"));
    let line = net.asked.lock().unwrap()[0].line.clone();
    assert!(
        line.contains("account_id=123456789012") && line.contains("role_name=reader"),
        "{line}"
    );
    for (status, body, kind, part) in [
        (
            401,
            r#"{"message":"Session token not found or invalid"}"#,
            ErrorKind::Authentication,
            "aws sso login --profile dev",
        ),
        (
            403,
            r#"{"message":"No access","__type":"ForbiddenException"}"#,
            ErrorKind::Authentication,
            "`sso_role_name`",
        ),
    ] {
        let net = canned(&[("portal.sso", status, body.into())]);
        let world = World::new(home.env(&[]), &net);
        let error = world
            .keys(&Options::new().profile("dev"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(error.message().contains(part), "{error}");
    }
    let world = World::new(home.env(&[]), &canned(&[]));
    let error = world
        .keys(&Options::new().profile("dev"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(
        error.message().contains("SSO could not be asked"),
        "{error}"
    );
}
