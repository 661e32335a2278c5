//! 3: no credentials, or some that are refused.

use reqllm_emulator::{ACCESS_KEY_ID, SECRET_ACCESS_KEY};

use crate::common::{Server, reqllm};
use crate::{ONCE, with};

#[test]
fn no_credentials_ends_with_3_and_lists_every_source() {
    let server = Server::start();
    let error = server.stranger(with(&["--json"])).run();
    let error = error.error(3, "authentication");
    for source in [
        "api_key",
        "access_key_id",
        "secret_access_key",
        "AWS_BEARER_TOKEN_BEDROCK",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
    ] {
        assert!(
            error["message"].as_str().unwrap().contains(source),
            "{error}"
        );
    }
    server.stranger(ONCE).run().line(3);
    let blank = server.stranger(ONCE).env("AWS_BEARER_TOKEN_BEDROCK", " ");
    blank.run().line(3);
    assert!(server.requests().is_empty());
}

#[test]
fn half_a_pair_ends_with_3_and_names_the_missing_half() {
    for (given, value, missing) in [
        (
            "AWS_ACCESS_KEY_ID",
            ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY is missing",
        ),
        (
            "AWS_SECRET_ACCESS_KEY",
            SECRET_ACCESS_KEY,
            "AWS_ACCESS_KEY_ID is missing",
        ),
    ] {
        let line = reqllm(ONCE).env(given, value).run().line(3);
        assert!(line.contains(missing), "{line}");
    }
    let option = format!("access_key_id={ACCESS_KEY_ID}");
    let line = reqllm(with(&["-o", &option])).run().line(3);
    assert!(line.contains("`secret_access_key` is missing"), "{line}");
}

#[test]
fn keys_that_are_refused_end_with_3() {
    for (name, value) in [
        ("AWS_SECRET_ACCESS_KEY", "not-the-secret"),
        ("AWS_ACCESS_KEY_ID", "AKIDUNKNOWN"),
        ("AWS_SESSION_TOKEN", "not-the-token"),
        ("AWS_BEARER_TOKEN_BEDROCK", "not-the-key"),
    ] {
        let server = Server::start();
        let error = server.reqllm(with(&["--json"])).env(name, value).run();
        let error = error.error(3, "authentication");
        assert_eq!(error["status"], 403, "{name}");
        assert!(error["request_id"].is_string(), "{error}");
        assert_eq!(error["attempts"], 1, "{error}");
        server.reqllm(ONCE).env(name, value).run().line(3);
    }
}
