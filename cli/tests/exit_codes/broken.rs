//! 6: the network, the clock, or a stream that broke.

use std::time::Duration;

use reqllm_emulator::Fault;

use crate::common::{CLAUDE, NOVA, Server, reqllm, text_of};
use crate::{ONCE, with};

#[test]
fn nobody_listening_ends_with_6() {
    // Port 1 is nobody's.
    let url = "http://127.0.0.1:1";
    let call = |more: &[&str]| {
        let args = with(&["--endpoint-url", url]);
        let run = reqllm(args.iter().chain(more).copied());
        run.env("AWS_BEARER_TOKEN_BEDROCK", "k").run()
    };
    let error = call(&["--json"]).error(6, "transport");
    // No connection came about: nobody worked on it.
    assert_eq!(error["retryable"], true, "{error}");
    call(&["--json", "--stream"]).error_event(6, "transport");
    call(&[]).line(6);
}

/// After four events the beginning of the text has arrived.
#[test]
fn a_stream_that_breaks_ends_with_6_and_carries_what_arrived() {
    for (name, fault, kind) in [
        ("truncated", Fault::truncate_events(4), "stream"),
        ("message crc", Fault::corrupt_message(4), "stream"),
        ("prelude crc", Fault::corrupt_prelude(4), "stream"),
        (
            "error frame",
            Fault::error_frame(4, "InternalError", "oops"),
            "stream",
        ),
        (
            "exception",
            Fault::exception(4, "throttlingException", "slow"),
            "rate_limited",
        ),
        (
            "exception",
            Fault::exception(4, "internalServerException", "oh"),
            "server",
        ),
        (
            "exception",
            Fault::exception(4, "modelStreamErrorException", "oh"),
            "model",
        ),
        (
            "exception",
            Fault::exception(4, "validationException", "bad"),
            "invalid_request",
        ),
        (
            "exception",
            Fault::exception(4, "newestException", "what"),
            "stream",
        ),
        ("stall", Fault::stall(4), "timeout"),
    ] {
        let timeout: &[&str] = if name == "stall" {
            &["--timeout", "1"]
        } else {
            &[]
        };
        for spec in [NOVA, CLAUDE] {
            let call = ["generate", spec, "Hi", "--max-tokens", "99", "--stream"];
            let run = |more: &[&str]| {
                let server = Server::with(fault.clone());
                let args = call.iter().chain(timeout).chain(more);
                let out = server.reqllm(args.copied()).run();
                assert_eq!(server.requests().len(), 1, "{name}: no second attempt");
                out
            };
            let out = run(&["--json"]);
            let event = out.error_event(6, kind);
            let partial = text_of(&event["partial"]);
            assert!(partial.starts_with("You asked"), "{name} {event}");
            let events = out.events();
            let texts = events.iter().filter(|event| event["type"] == "text");
            let text: String = texts.map(|event| event["text"].as_str().unwrap()).collect();
            assert_eq!(text, partial, "{name}: what was shown is what is told");
            assert!(!events.iter().any(|event| event["type"] == "finish"));
            // For people: what arrived stands, the error goes to the other channel.
            let out = run(&[]);
            assert_eq!(out.stdout.trim_end(), partial.trim_end(), "{name}");
            out.line(6);
        }
    }
}

#[test]
fn a_connection_that_breaks_ends_with_6() {
    for fault in [
        Fault::reset_before_head(),
        Fault::reset_after_head(),
        Fault::reset_after_bytes(100),
    ] {
        for spec in [NOVA, CLAUDE] {
            let args = ["generate", spec, "Hi", "--json", "--max-retries", "0"];
            let args: Vec<&str> = args.into_iter().chain(["--max-tokens", "99"]).collect();
            let server = Server::with(fault.clone());
            let error = server.reqllm(&args).run().error(6, "transport");
            assert_eq!(error["provider"], "bedrock", "{error}");
            server.inject(fault.clone());
            let stream = args.iter().copied().chain(["--stream"]);
            server.reqllm(stream).run().error_event(6, "transport");
        }
    }
    let server = Server::with(Fault::truncate_bytes(30));
    server.reqllm(with(&["--json"])).run().error(6, "transport");
}

#[test]
fn an_answer_that_does_not_come_in_time_ends_with_6() {
    let hour = Duration::from_secs(3600);
    let server = Server::with(Fault::delay(hour).times(3));
    let args = with(&["--timeout", "0.2", "--json"]);
    server.reqllm(&args).run().error(6, "timeout");
    let stream = args.iter().copied().chain(["--stream"]);
    let event = server.reqllm(stream).run().error_event(6, "timeout");
    assert!(event["partial"].is_null(), "{event}");
    let line = server.reqllm(with(&["--timeout", "0.2"])).run().line(6);
    assert!(line.contains("200ms"), "{line}");
}

#[test]
fn an_answer_of_another_kind_ends_with_6() {
    let page = || Fault::replay(200, [("content-type", "text/html")], "<html>Log in</html>");
    let server = Server::with(page().times(3));
    let args = with(&["--json"]);
    server.reqllm(&args).run().error(6, "decode");
    let stream = args.iter().copied().chain(["--stream"]);
    let event = server.reqllm(stream).run().error_event(6, "decode");
    let message = event["error"]["message"].as_str().unwrap();
    assert!(message.contains("text/html"), "{event}");
    server.reqllm(ONCE).run().line(6);
}
