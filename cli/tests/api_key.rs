//! Short-term API keys: made by the command line, checked by the emulator.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy does not see"
)]

mod common;

use std::time::Duration;

use common::{NOVA, Outcome, Run, Server, keys, reqllm};
use reqllm_emulator::{ACCESS_KEY_ID, Authentication, SECRET_ACCESS_KEY, SESSION_TOKEN};

const HOUR: Duration = Duration::from_secs(3600);

/// `reqllm bedrock api-key` with the keys that every emulator takes.
fn make(args: &[&str]) -> Run {
    reqllm(["bedrock", "api-key"].iter().chain(args))
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
}

/// The key alone in a line.
fn key(made: Run) -> String {
    let text = made.run().ok();
    let key = text.strip_suffix('\n').unwrap();
    assert!(key.starts_with("bedrock-api-key-") && !key.contains(char::is_whitespace));
    key.to_owned()
}

fn call(server: &Server, key: &str) -> Outcome {
    server
        .stranger(["generate", NOVA, "hi", "--json", "--max-retries", "0"])
        .env("AWS_BEARER_TOKEN_BEDROCK", key)
        .run()
}

#[test]
fn a_key_opens_bedrock_until_it_ends() {
    let server = Server::start();
    let key = key(make(&["--hours", "2", "--region", "eu-west-1"]));
    assert!(!key.contains(SECRET_ACCESS_KEY));
    call(&server, &key).json();
    let requests = server.requests();
    assert!(
        matches!(
            &requests[0].authentication,
            Authentication::ShortTermApiKey { access_key, region, .. }
                if access_key == ACCESS_KEY_ID && region == "eu-west-1"
        ),
        "{requests:?}"
    );
    assert_eq!(
        requests[0].header("authorization"),
        Some(&*format!("Bearer {key}"))
    );
    server.emulator().advance(HOUR);
    call(&server, &key).json();
    server.emulator().advance(HOUR);
    let out = call(&server, &key);
    assert_ne!(out.status, Some(0), "{out:?}");
    assert!(out.stdout.contains("Bearer Token has expired"), "{out:?}");
    assert!(!out.stdout.contains(&key), "{out:?}");
}

#[test]
fn a_key_of_temporary_keys_has_their_session_token_in_it() {
    let server = Server::start();
    let key = key(make(&[]).env("AWS_SESSION_TOKEN", SESSION_TOKEN));
    call(&server, &key).json();
    // A letter in the middle of the Base64 text is another one.
    let (begin, end) = key.split_at(key.len() / 2);
    let other = if end.starts_with('A') { "B" } else { "A" };
    let out = call(&server, &format!("{begin}{other}{}", &end[1..]));
    assert_ne!(out.status, Some(0), "{out:?}");
    assert!(
        out.stdout.contains("make sure your API Key is valid"),
        "{out:?}"
    );
}

#[test]
fn as_json_it_says_when_it_ends() {
    let server = Server::start();
    let made = make(&["--json", "--hours", "1", "-o", "region=us-west-2"])
        .run()
        .json();
    assert_eq!(keys(&made), ["api_key", "region", "expires_at"]);
    assert_eq!(made["region"], "us-west-2");
    let ends = made["expires_at"].as_str().unwrap();
    assert!(ends.len() == 20 && ends.ends_with('Z'), "{ends}");
    call(&server, made["api_key"].as_str().unwrap()).json();
}

#[test]
fn an_older_key_in_the_environment_is_passed_over() {
    let server = Server::start();
    let key = key(make(&[]).env("AWS_BEARER_TOKEN_BEDROCK", "an older key"));
    call(&server, &key).json();
}

#[test]
fn what_is_wrong_is_said_and_no_key_is_made() {
    for (args, status, kind, part) in [
        (&["--hours", "13"][..], 2, "invalid_request", "13 hours"),
        (&["--hours", "0"], 2, "invalid_request", "from 1 to 12"),
        (&["--region", "Ireland"], 2, "config", "\"Ireland\""),
        (&["-o", "regoin=x"], 2, "invalid_request", "\"region\""),
        (
            &["-o", "access_key_id=X"],
            3,
            "authentication",
            "`secret_access_key`",
        ),
    ] {
        let error = make(&[args, &["--json"]].concat())
            .run()
            .error(status, kind);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(part), "{message}");
    }
    let bearer = reqllm(["bedrock", "api-key"]).env("AWS_BEARER_TOKEN_BEDROCK", "a key");
    // Nothing of this machine may help out.
    let nothing = bearer
        .env("HOME", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true");
    let line = nothing.run().line(3);
    assert!(line.contains("no credentials"), "{line}");
    let line = make(&["--hours", "soon"]).run().line(2);
    assert!(line.contains("--hours"), "{line}");
}
