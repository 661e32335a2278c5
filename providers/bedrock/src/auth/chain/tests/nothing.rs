//! Nothing found, and nobody to ask.

use super::*;

#[tokio::test]
async fn nothing_found_lists_every_place() {
    let net = canned(&[]);
    let world = World::new(Environment::empty(), &net);
    let error = world.keys(&Options::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    for part in [
        "`api_key`",
        "`access_key_id`",
        "AWS_BEARER_TOKEN_BEDROCK",
        "AWS_SECRET_ACCESS_KEY",
        "profile \"default\"",
        "~/.aws/config and ~/.aws/credentials",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "did not answer",
    ] {
        assert!(error.message().contains(part), "{part}: {error}");
    }
    assert!(
        !net.asked.lock().unwrap().is_empty(),
        "the instance was asked"
    );
    let net = canned(&[]);
    let off = [
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/nowhere/config"),
    ];
    let error = World::new(Environment::of(off), &net)
        .keys(&Options::new())
        .await
        .unwrap_err();
    assert!(
        error
            .message()
            .contains("switched off by AWS_EC2_METADATA_DISABLED"),
        "{error}"
    );
    assert!(error.message().contains("/nowhere/config"), "{error}");
    assert!(net.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn without_a_way_to_the_network_it_says_so() {
    let keeper = Arc::new(Keeper::new(None, Random::fixed(0.0)));
    let env = Environment::of([("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "s")]);
    let world = World {
        env,
        keeper,
        region: "eu-west-1",
    };
    let error = world
        .keys(&Options::new().role_arn("arn:aws:iam::1:role/x"))
        .await
        .unwrap_err();
    assert!(error.message().contains("no way to the network"), "{error}");
}
