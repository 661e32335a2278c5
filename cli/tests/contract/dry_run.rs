//! `--dry-run` shows what would be sent, redacted, and sends nothing.

use reqllm_emulator::{ACCESS_KEY_ID, API_KEY, SECRET_ACCESS_KEY, SESSION_TOKEN};
use serde_json::{Value, json};

use crate::common::{CLAUDE, NOVA, Server, keys, reqllm};

fn check_shape(shown: &Value) {
    assert_eq!(keys(shown)[..4], ["method", "url", "headers", "body"]);
    assert_eq!(shown["method"], "POST");
    for (name, value) in shown["headers"].as_object().unwrap() {
        assert!(value.is_string(), "{name} in {shown}");
        assert_eq!(*name, name.to_lowercase());
    }
    assert_eq!(shown["headers"]["content-type"], "application/json");
    assert!(shown["body"].is_object(), "{shown}");
}

#[test]
fn it_shows_method_url_headers_and_body_without_credentials() {
    let shown = reqllm(["generate", NOVA, "Hi", "--dry-run"]).run().json();
    check_shape(&shown);
    assert_eq!(
        shown["url"],
        "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-lite-v1%3A0/converse"
    );
    let body = json!({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]});
    assert_eq!(shown["body"], body);
    assert!(shown["headers"].get("authorization").is_none(), "{shown}");
}

#[test]
fn what_it_shows_is_what_is_sent() {
    for (spec, more) in [
        (NOVA, ""),
        (CLAUDE, ""),
        (NOVA, "--stream"),
        (CLAUDE, "--stream"),
    ] {
        let server = Server::start();
        let args = ["generate", spec, "Hi", "--max-tokens", "99", "--json"];
        let args = args.into_iter().chain((!more.is_empty()).then_some(more));
        let shown = server
            .reqllm(args.clone().chain(["--dry-run"]))
            .run()
            .json();
        check_shape(&shown);
        assert!(server.requests().is_empty(), "a dry run sent something");
        let out = server.reqllm(args).run();
        assert_eq!(out.status, Some(0), "{out:?}");
        let sent = &server.requests()[0];
        assert_eq!(sent.method, shown["method"]);
        assert_eq!(server.endpoint() + &sent.path, shown["url"]);
        assert_eq!(sent.body, shown["body"].to_string());
        for (name, value) in shown["headers"].as_object().unwrap() {
            if name != "authorization" {
                assert_eq!(sent.header(name), value.as_str(), "{name}");
            }
        }
    }
}

#[test]
fn the_same_call_gives_the_same_bytes() {
    let run = |more: &[&str]| {
        let args = ["generate", CLAUDE, "Hi", "--dry-run", "--max-tokens", "9"];
        let options = ["-o", r#"additional_model_request_fields={"b":1,"a":2}"#];
        reqllm(args.iter().chain(&options).chain(more).copied())
            .env("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID)
            .env("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
            .run()
            .ok()
    };
    for more in [&[][..], &["--stream"], &["-o", "use_converse=true"]] {
        assert_eq!(run(more), run(more));
    }
}

/// The emulator's port is not the call's: a dry run has no need of one.
#[test]
fn the_same_call_to_the_built_in_emulator_gives_the_same_bytes() {
    let run = || {
        reqllm(["generate", NOVA, "Hi", "--dry-run", "--emulator"])
            .run()
            .ok()
    };
    assert_eq!(run(), run());
}

#[test]
fn a_model_goes_to_its_own_dialect_and_not_its_provider_s() {
    for (spec, path, key) in [
        ("opencode:claude-opus-4-7", "/v1/messages", "x-api-key"),
        ("opencode:gpt-5.5", "/v1/responses", "authorization"),
        ("opencode:glm-4.6", "/v1/chat/completions", "authorization"),
    ] {
        let shown = reqllm(["generate", spec, "Hi", "--dry-run"]).run().json();
        assert_eq!(shown["url"], format!("https://opencode.ai/zen{path}"));
        assert!(shown["headers"][key].as_str().unwrap().contains("****"));
        // So they are asked of the emulator, which is strict about forms and keys, whole and streamed.
        let emulated = reqllm(["generate", spec, "Hi", "--emulator"]).run().ok();
        assert!(emulated.contains("Hi"), "{spec}: {emulated}");
        let streamed = reqllm(["generate", spec, "Hi", "--emulator", "--stream"]);
        assert_eq!(streamed.run().ok(), emulated, "{spec}");
    }
    // Wherever the catalogue has it, an address that is given is nearer.
    let run = reqllm([
        "generate",
        "zenmux:anthropic/claude-opus-4.8",
        "Hi",
        "--dry-run",
    ]);
    assert_eq!(
        run.run().json()["url"],
        "https://zenmux.ai/api/anthropic/v1/messages"
    );
    let args = [
        "generate",
        "zenmux:anthropic/claude-opus-4.8",
        "Hi",
        "--dry-run",
        "--endpoint-url",
        "http://127.0.0.1:9",
    ];
    assert_eq!(
        reqllm(args).run().json()["url"],
        "http://127.0.0.1:9/v1/messages"
    );
}

#[test]
fn credentials_are_shown_as_redacted_whatever_they_are() {
    let session = |name: &'static str| {
        vec![
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID),
            (name, SECRET_ACCESS_KEY),
            ("AWS_SESSION_TOKEN", SESSION_TOKEN),
        ]
    };
    for (env, args) in [
        (vec![("AWS_BEARER_TOKEN_BEDROCK", API_KEY)], vec![]),
        (session("AWS_SECRET_ACCESS_KEY"), vec![]),
        (vec![], vec![format!("api_key={API_KEY}")]),
        (
            vec![],
            vec![
                format!("access_key_id={ACCESS_KEY_ID}"),
                format!("secret_access_key={SECRET_ACCESS_KEY}"),
                format!("session_token={SESSION_TOKEN}"),
            ],
        ),
    ] {
        let options = args.iter().flat_map(|option| ["-o", option]);
        let mut run = reqllm(
            ["generate", NOVA, "Hi", "--dry-run"]
                .into_iter()
                .chain(options),
        );
        for (name, value) in env {
            run = run.env(name, value);
        }
        let out = run.run();
        assert_eq!(out.status, Some(0), "{out:?}");
        let shown: Value = serde_json::from_str(&out.stdout).unwrap();
        check_shape(&shown);
        let header = shown["headers"]["authorization"].as_str().unwrap();
        assert!(header.ends_with(" ****"), "{header}");
        for secret in [API_KEY, SECRET_ACCESS_KEY, SESSION_TOKEN] {
            assert!(!format!("{out:?}").contains(secret), "{out:?}");
        }
    }
}

#[test]
fn the_route_and_its_reason_are_visible() {
    let route = |args: &[&str]| {
        let all = ["generate", "Hi", "--dry-run"];
        let run = reqllm(
            [all[0], args[0]]
                .iter()
                .chain(&all[1..])
                .chain(&args[1..])
                .copied(),
        );
        let route = run.run().json()["route"].take();
        assert!(!route["reason"].as_str().unwrap().is_empty());
        route["operation"].as_str().unwrap().to_owned()
    };
    assert_eq!(route(&[NOVA]), "Converse");
    assert_eq!(route(&[NOVA, "--stream"]), "ConverseStream");
    assert_eq!(route(&[CLAUDE]), "InvokeModel");
    assert_eq!(
        route(&[CLAUDE, "--stream"]),
        "InvokeModelWithResponseStream"
    );
    assert_eq!(route(&[CLAUDE, "-o", "use_converse=true"]), "Converse");
}

#[test]
fn a_call_that_cannot_be_made_is_refused_in_a_dry_run_too() {
    let args = ["generate", NOVA, "Hi", "--dry-run", "--temperature", "7"];
    let line = reqllm(args).run().line(2);
    assert!(line.contains("`temperature` is 7"), "{line}");
}
