//! Profiles, commands, web identity, containers and instances.

use super::*;

#[tokio::test]
async fn a_profile_with_keys_is_read_again_when_its_keys_were_refused() {
    let home = Home::new(&[(
        ".aws/credentials",
        "[dev]\naws_access_key_id = FILE1\naws_secret_access_key = s\naws_session_token = t1\n",
    )]);
    let nobody = canned(&[]);
    let world = World::new(home.env(&[("AWS_PROFILE", "dev")]), &nobody);
    let options = Options::new();
    assert_eq!(world.keys(&options).await.unwrap(), pair("FILE1", "t1"));
    std::fs::write(
        home.0.path().join(".aws/credentials"),
        "[dev]\naws_access_key_id = FILE2\naws_secret_access_key = s\naws_session_token = t2\n",
    )
    .unwrap();
    assert_eq!(world.keys(&options).await.unwrap().0, "FILE1", "kept");
    let auth = world.auth(&options, None).unwrap();
    let mut request = ::http::Request::post("https://x.example/")
        .body(Bytes::new())
        .unwrap();
    let clock = Clock::fixed(noon());
    auth.authorize(&mut request, &clock).await.unwrap();
    let refusal =
        Error::new(ErrorKind::Authentication, "expired").with_code("ExpiredTokenException");
    let headers = ::http::HeaderMap::new();
    let answered = reqllm_core::Answered::new(&headers, noon(), noon()).refused(&refusal);
    assert!(auth.learn(&answered));
    assert_eq!(world.keys(&options).await.unwrap(), pair("FILE2", "t2"));
    assert!(nobody.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_profile_that_the_call_names_wins_over_the_environment_and_the_user_s_source() {
    let home = Home::new(&[(
        ".aws/config",
        "[profile dev]\naws_access_key_id = FILE\naws_secret_access_key = s\n",
    )]);
    let env = home.env(&[
        ("AWS_BEARER_TOKEN_BEDROCK", "bearer"),
        ("AWS_ACCESS_KEY_ID", "ENV"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
    ]);
    let world = World::new(env, &canned(&[]));
    assert_eq!(
        world.keys(&Options::new().profile("dev")).await.unwrap().0,
        "FILE"
    );
    let given = Options::new().profile("dev").access_key("OPT", "s");
    assert_eq!(world.keys(&given).await.unwrap().0, "OPT");
    let error = world
        .keys(&Options::new().profile("prod"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("\"prod\""), "{error}");
}

#[tokio::test]
async fn web_identity_is_a_source() {
    let home = Home::new(&[("token", "the-jwt")]);
    let token = home.0.path().join("token").to_str().unwrap().to_owned();
    let identity = "AssumeRoleWithWebIdentity";
    let env = [
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token.as_str()),
        ("AWS_ROLE_ARN", "arn:aws:iam::1:role/pod"),
        ("AWS_ROLE_SESSION_NAME", "pod-1"),
    ];
    let net = canned(&[(identity, 200, sts(identity, "WEB"))]);
    let world = World::new(home.env(&env), &net);
    assert_eq!(world.keys(&Options::new()).await.unwrap().0, "WEB");
    let asked = net.asked.lock().unwrap().clone();
    assert!(asked[0].body.contains("WebIdentityToken=the-jwt"));
    assert!(asked[0].body.contains("RoleSessionName=pod-1"));
    let expired = sts_error(
        "ExpiredTokenException",
        "Token expired: current date/time must be before",
    );
    let world = World::new(home.env(&env), &canned(&[(identity, 400, expired)]));
    let error = world.keys(&Options::new()).await.unwrap_err();
    assert!(
        error.message().contains("AWS_WEB_IDENTITY_TOKEN_FILE"),
        "{error}"
    );
    assert!(
        error.message().contains("Token expired") && !format!("{error:?}").contains("the-jwt"),
        "{error:?}"
    );
}

#[tokio::test]
async fn containers_are_a_source() {
    for (name, value, line) in [
        (
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "/v2/credentials/1",
            "GET http://169.254.170.2/v2/credentials/1",
        ),
        (
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "http://169.254.170.23/v1/credentials",
            "GET http://169.254.170.23/v1/credentials",
        ),
    ] {
        let env = [
            (name, value),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "t0ken"),
        ];
        let net = canned(&[("credentials", 200, json_keys("POD"))]);
        let world = World::new(Environment::of(env), &net);
        assert_eq!(
            world.keys(&Options::new()).await.unwrap(),
            pair("POD", "token-of-POD")
        );
        let asked = net.asked.lock().unwrap().clone();
        assert_eq!(
            (asked[0].line.as_str(), asked[0].authorization.as_str()),
            (line, "t0ken")
        );
        let world = World::new(
            Environment::of(env),
            &canned(&[("credentials", 403, "{}".into())]),
        );
        let error = world.keys(&Options::new()).await.unwrap_err();
        assert!(
            error.message().contains(name) && !error.message().contains("t0ken"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn instances_are_the_last_source() {
    let net = canned(&[
        (
            "PUT http://169.254.169.254/latest/api/token",
            200,
            "imds-token".into(),
        ),
        ("security-credentials/", 200, "the-role".into()),
        ("security-credentials/the-role", 200, json_keys("EC2")),
    ]);
    let world = World::new(Environment::empty(), &net);
    assert_eq!(
        world.keys(&Options::new()).await.unwrap(),
        pair("EC2", "token-of-EC2")
    );
    let asked = net.asked.lock().unwrap().clone();
    assert!(
        asked[0].line.starts_with("PUT http://169.254.169.254/"),
        "{asked:?}"
    );
    assert_eq!(asked[0].token, "");
    assert_eq!((asked.len(), asked[2].token.as_str()), (3, "imds-token"));
    let net = canned(&[
        (
            "PUT http://169.254.169.254/latest/api/token",
            200,
            "imds-token".into(),
        ),
        ("security-credentials/", 500, "broken".into()),
    ]);
    let error = World::new(Environment::empty(), &net)
        .keys(&Options::new())
        .await
        .unwrap_err();
    assert!(
        error.message().contains("metadata service (IMDSv2)"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("imds-token"), "{error:?}");
}

#[tokio::test]
#[cfg(unix)]
async fn a_command_is_a_source_and_nothing_that_it_writes_is_shown() {
    let good = r#"[profile dev]
credential_process = echo '{"Version": 1, "AccessKeyId": "CMD", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2026-11-22T13:00:00Z"}'
"#;
    let home = Home::new(&[(".aws/config", good)]);
    let world = World::new(home.env(&[]), &canned(&[]));
    assert_eq!(
        world.keys(&Options::new().profile("dev")).await.unwrap(),
        pair("CMD", "t")
    );
    for (command, part) in [
        (
            "echo s3cret-out; echo s3cret-err >&2; exit 7",
            "exit status: 7",
        ),
        ("echo s3cret-out", "form that AWS documents"),
    ] {
        let config = format!("[profile dev]\ncredential_process = {command}\n");
        let home = Home::new(&[(".aws/config", &config)]);
        let world = World::new(home.env(&[]), &canned(&[]));
        let error = world
            .keys(&Options::new().profile("dev"))
            .await
            .unwrap_err();
        for part in [part, "`credential_process`", "profile \"dev\""] {
            assert!(error.message().contains(part), "{part}: {error}");
        }
        assert!(
            !format!("{error} {error:?}").contains("s3cret"),
            "{error:?}"
        );
    }
}

#[test]
fn keys_go_to_aws_config_and_back() {
    let keys = Keys::new("A", "s", Some("t".into())).expires_at(noon());
    let back = of_aws(&keys.to_aws());
    assert!(back.is_same(&keys));
    assert!(back.is_same(&keys));
    let expires = |keys: &Keys| Credential::Keys(keys.clone()).expires();
    assert!(expires(&back).is_some());
    assert_eq!(expires(&back), expires(&keys));
}
