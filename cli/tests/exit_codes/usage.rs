//! 2: flags, specs and options that do not do.

use serde_json::json;

use crate::common::{Server, reqllm};
use crate::with;

#[test]
fn flags_that_are_not_known_or_not_well_formed_end_with_2() {
    for args in [
        with(&["--bogus"]),
        with(&["--max-tokens", "many"]),
        with(&["--max-tokens", "-1"]),
        with(&["--emulator", "--endpoint-url", "http://127.0.0.1:1"]),
        vec!["generate"],
        vec!["conjure"],
    ] {
        let out = reqllm(&args).run();
        assert_eq!(out.status, Some(2), "{args:?} {out:?}");
        assert_eq!(out.stdout, "");
        assert!(out.stderr.starts_with("error: "), "{out:?}");
    }
}

#[test]
fn a_bad_flag_is_told_in_one_line() {
    let line = reqllm(with(&["--bogus"])).run().line(2);
    assert!(line.contains("--bogus"), "{line}");
}

#[test]
fn a_bad_flag_is_told_in_json_where_json_was_asked_for() {
    let error = reqllm(with(&["--json", "--bogus"])).run();
    let error = error.error(2, "invalid_request");
    assert!(error["message"].as_str().unwrap().contains("--bogus"));
    let error = reqllm(with(&["--max-tokens", "many", "--json"])).run();
    error.error(2, "invalid_request");
}

#[test]
fn a_spec_that_does_not_do_ends_with_2() {
    for (spec, kind) in [
        ("", "empty_spec"),
        (":", "invalid_spec"),
        ("bedrock:", "invalid_spec"),
        ("bedrock: x", "invalid_spec"),
        ("{", "invalid_spec"),
        (r#"{"provider":"bedrock"}"#, "invalid_spec"),
        ("bdrock:x", "unknown_provider"),
        ("x@bdrock", "unknown_provider"),
    ] {
        let error = reqllm(["generate", spec, "Hi", "--json"]).run();
        error.error(2, kind);
        let line = reqllm(["generate", spec, "Hi"]).run().line(2);
        assert!(line.starts_with("error: "), "{line}");
    }
}

#[test]
fn an_unknown_provider_comes_with_the_nearest() {
    let error = reqllm(["generate", "bedrok:x", "Hi", "--json"]).run();
    let error = error.error(2, "unknown_provider");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("\"bedrok\""), "{error}");
    assert_eq!(error["suggestions"], json!(["bedrock:x"]));
}

#[test]
fn an_unknown_option_comes_with_the_nearest_name() {
    let error = reqllm(with(&["-o", "regoin=x", "--json"])).run();
    let error = error.error(2, "invalid_request");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("regoin") && message.contains("\"region\""),
        "{error}"
    );
}

#[test]
fn options_and_settings_that_do_not_do_are_named() {
    for (args, name) in [
        (["-o", "region=nowhere/else"], "nowhere/else"),
        (["-o", "use_converse=perhaps"], "use_converse"),
        (["-o", "no equals sign"], "-o"),
        (["-o", "guardrail_identifier=gr1"], "guardrail_version"),
        (["--temperature", "1.5"], "temperature"),
        (["--top-p", "NaN"], "top_p"),
        (["--max-tokens", "0"], "max_tokens"),
        (["--top-k", "0"], "top_k"),
        (["--stop", ""], "stop"),
        (["--timeout", "-1"], "--timeout"),
        (["--timeout", "NaN"], "--timeout"),
        (["--endpoint-url", "not a url"], "endpoint"),
        (["--endpoint-url", "ftp://127.0.0.1"], "endpoint"),
    ] {
        let joined = format!("{}={}", args[0], args[1]);
        // A value such as `-1` would be taken for a flag.
        let more: &[&str] = if args[0] == "-o" { &args } else { &[&joined] };
        let args = with(more);
        let line = reqllm(&args).run().line(2);
        assert!(line.contains(name), "{args:?}: {line}");
    }
}

#[test]
fn what_a_model_cannot_do_is_unsupported_unless_lossy() {
    let args = with(&["--seed", "7", "--json"]);
    let server = Server::start();
    let error = server.reqllm(&args).run().error(2, "unsupported");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("seed"), "{error}");
    assert_eq!(error["model"], "amazon.nova-lite-v1:0");
    assert!(server.requests().is_empty());
    let lossy = args.into_iter().chain(["--lossy"]);
    let response = server.reqllm(lossy).run().json();
    let warning = response["warnings"][0]["message"].as_str().unwrap();
    assert!(warning.contains("seed"), "{response}");
}
