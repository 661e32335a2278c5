//! No output of any run shows a secret, and no error shows a prompt, however much is logged.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy does not see"
)]

mod common;

use common::{CLAUDE, Files, NOVA, Outcome, Run, Server, reqllm};
use reqllm_emulator::{ACCESS_KEY_ID, API_KEY, Fault, SECRET_ACCESS_KEY, SESSION_TOKEN};
use serde_json::json;

const SECRETS: [&str; 6] = [
    API_KEY,
    SECRET_ACCESS_KEY,
    SESSION_TOKEN,
    WRONG_SECRET,
    WRONG_KEY,
    WRONG_TOKEN,
];
const WRONG_SECRET: &str = "wrong-secret-5e1f";
const WRONG_KEY: &str = "wrong-api-key-77aa";
const WRONG_TOKEN: &str = "wrong-token-90cd";
/// A prompt that nobody else would write.
const PROMPT: &str = "zanzibar-confidential";

fn check(out: &Outcome) {
    for secret in SECRETS {
        assert!(!out.stdout.contains(secret), "{secret}: {out:?}");
        assert!(!out.stderr.contains(secret), "{secret}: {out:?}");
    }
}

/// Whatever is said beside the answer.
fn check_error(out: &Outcome) {
    check(out);
    assert_ne!(out.status, Some(0), "{out:?}");
    assert!(!out.stderr.contains(PROMPT), "{out:?}");
    assert!(!out.stdout.contains(PROMPT), "{out:?}");
}

/// The ways to hand over credentials.
fn credentials(server: &Server, args: &[&str]) -> Vec<Run> {
    let bare = || server.stranger(args.iter().copied());
    let options = |options: &[String]| {
        let options = options.iter().flat_map(|option| ["-o", option]);
        server.stranger(args.iter().copied().chain(options))
    };
    let id = ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID);
    vec![
        server.reqllm(args),
        server.reqllm(args).env("AWS_SESSION_TOKEN", SESSION_TOKEN),
        server.reqllm(args).env("AWS_SESSION_TOKEN", WRONG_TOKEN),
        bare().env("AWS_BEARER_TOKEN_BEDROCK", API_KEY),
        bare().env("AWS_BEARER_TOKEN_BEDROCK", WRONG_KEY),
        bare().env("AWS_BEARER_TOKEN_BEDROCK", &format!("{WRONG_KEY}\nx")),
        bare()
            .env(id.0, id.1)
            .env("AWS_SECRET_ACCESS_KEY", WRONG_SECRET),
        bare().env("AWS_SECRET_ACCESS_KEY", WRONG_SECRET),
        options(&[format!("api_key={API_KEY}")]),
        options(&[format!("api_key=[\"{WRONG_KEY}\"]")]),
        options(&[format!("api_kye={WRONG_KEY}")]),
        options(&[format!("secret_access_key={WRONG_SECRET}")]),
        options(&[
            format!("access_key_id={ACCESS_KEY_ID}"),
            format!("secret_access_key={SECRET_ACCESS_KEY}"),
            format!("session_token={SESSION_TOKEN}"),
        ]),
        options(&[WRONG_KEY.to_owned()]),
    ]
}

#[test]
fn no_secret_is_shown_however_it_is_given_and_however_much_is_logged() {
    let server = Server::start();
    for more in [
        &[][..],
        &["--json"],
        &["--stream"],
        &["--stream", "--json"],
        &["--dry-run"],
    ] {
        for spec in [NOVA, CLAUDE] {
            let args = ["generate", spec, "Hi", "--max-tokens", "99"];
            let args: Vec<&str> = args.iter().chain(more).copied().collect();
            for run in credentials(&server, &args) {
                check(&run.env("REQLLM_LOG", "trace").run());
            }
        }
    }
}

#[test]
fn the_log_is_there_to_be_looked_through() {
    let server = Server::start();
    let run = server.reqllm(["generate", NOVA, "Hi"]);
    let out = run.env("REQLLM_LOG", "trace").run();
    assert!(out.stderr.contains("sending"), "{out:?}");
    assert!(out.stderr.lines().count() > 3, "{out:?}");
}

#[test]
fn no_error_shows_the_prompt() {
    for fault in [
        Fault::error(400, "ValidationException", "No"),
        Fault::error(429, "ThrottlingException", "No"),
        Fault::truncate_events(1),
        Fault::corrupt_message(0),
        Fault::corrupt_prelude(0),
        Fault::reset_before_head(),
        Fault::replay(200, [("content-type", "text/html")], "<html>"),
    ] {
        for more in [&["--json"][..], &[], &["--stream"], &["--stream", "--json"]] {
            let whole = !more.contains(&"--stream");
            // What fails before anything of an answer came is tried again, once.
            let server = Server::with(fault.clone().times(2));
            let args = [
                "generate",
                NOVA,
                PROMPT,
                "--system",
                PROMPT,
                "--max-retries",
                "1",
            ];
            let run = server.reqllm(args.iter().chain(more).copied());
            let out = run.env("REQLLM_LOG", "trace").run();
            // Faults of streams do nothing to a whole answer.
            if !(whole && out.status == Some(0)) {
                check_error(&out);
            }
        }
    }
}

#[test]
fn a_call_that_cannot_be_made_does_not_repeat_the_prompt() {
    for more in [
        &["-o", "regoin=x"][..],
        &["--temperature", "9"],
        &["--seed", "7"],
        &["--stop", ""],
        &["-o", "region=a b"],
    ] {
        let args = ["generate", NOVA, PROMPT, "--system", PROMPT];
        for json in [None, Some("--json")] {
            let all = args.iter().chain(more).copied().chain(json);
            check_error(&reqllm(all).env("REQLLM_LOG", "trace").run());
        }
    }
}

#[test]
fn a_bad_messages_file_is_told_without_the_prompt_in_it() {
    let files = Files::new();
    for messages in [
        json!([PROMPT]),
        json!(PROMPT),
        json!([{"role": "user", "content": [PROMPT]}]),
        json!([{"role": "user", "content": {"text": PROMPT}}]),
        json!([{"role": "user", "content": [{"type": "text", "text": PROMPT}, {"type": "text", "text": 7}]}]),
        json!([{"role": "user", "content": [{"type": "text", "text": "x", "cache": PROMPT}]}]),
        json!([{"role": "user", "content": [{"type": "image", "media_type": "image/png", "data": PROMPT}]}]),
        json!([{"role": "user", "content": [{"type": "tool_result", "id": "x", "content": "x", "is_error": PROMPT}]}]),
    ] {
        let path = files.json("messages.json", &messages);
        let run = reqllm(["generate", NOVA, "--messages", &path]);
        check_error(&run.run());
    }
}

/// AWS's refusal of a signature shows the canonical request, in which the session token stands.
#[test]
fn a_secret_that_the_provider_repeats_is_not_passed_on() {
    let message = format!(
        "The request signature we calculated does not match the signature you provided. The Canonical String for this \
         request should have been 'POST\nx-amz-security-token:{SESSION_TOKEN}\n'"
    );
    for more in [&[][..], &["--json"], &["--stream", "--json"]] {
        let fault = Fault::error(403, "InvalidSignatureException", &message);
        let server = Server::with(fault);
        let args = ["generate", NOVA, PROMPT].iter().chain(more);
        let run = server.reqllm(args.copied());
        let out = run.env("AWS_SESSION_TOKEN", SESSION_TOKEN).run();
        assert_eq!(out.status, Some(3), "{out:?}");
        check_error(&out);
    }
}
