//! Ctrl-C, and readers that have seen enough.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy does not see"
)]
#![cfg(unix)]

mod common;

use std::io::{Read as _, Write as _};
use std::time::Duration;

use common::{NOVA, Server, reqllm, text_of};
use reqllm_emulator::Fault;
use serde_json::{Value, json};

/// As shells have it: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

#[test]
fn text_is_visible_as_it_arrives_and_an_interrupt_ends_the_stream() {
    let server = Server::with(Fault::stall(3));
    let mut running = server.reqllm(["generate", NOVA, "Hi", "--stream"]).spawn();
    // The stream never goes on: were the text held back, this would not return.
    running.read_until("You asked");
    running.interrupt();
    running.outcome().line(INTERRUPTED);
}

#[test]
fn events_are_visible_as_they_arrive_and_an_interrupt_is_the_last_of_them() {
    let server = Server::with(Fault::stall(3));
    let args = ["generate", NOVA, "Hi", "--stream", "--json"];
    let mut running = server.reqllm(args).spawn();
    running.read_until("This\"}\n");
    running.interrupt();
    let out = running.outcome();
    let event = out.error_event(INTERRUPTED, "cancelled");
    // What arrived is not lost.
    let partial = text_of(&event["partial"]);
    assert!(partial.starts_with("You asked"), "{event}");
}

#[test]
fn an_interrupt_ends_the_wait_for_an_answer() {
    let server = Server::with(Fault::delay(Duration::from_secs(3600)).times(2));
    let running = server.reqllm(["generate", NOVA, "Hi", "--json"]).spawn();
    server.await_requests(1);
    running.interrupt();
    running.outcome().error(INTERRUPTED, "cancelled");
    let running = server.reqllm(["generate", NOVA, "Hi"]).spawn();
    server.await_requests(2);
    running.interrupt();
    running.outcome().line(INTERRUPTED);
}

#[test]
fn an_interrupt_ends_the_wait_for_another_attempt() {
    let busy = Fault::error(503, "ServiceUnavailableException", "Busy");
    let server = Server::with(busy.header("retry-after", "59"));
    let running = server.reqllm(["generate", NOVA, "Hi", "--json"]).spawn();
    server.await_requests(1);
    running.interrupt();
    running.outcome().error(INTERRUPTED, "cancelled");
    assert_eq!(server.requests().len(), 1);
}

/// More than a pipe holds: whoever got rid of it was read, or whoever has it cannot be.
const MORE_THAN_A_PIPE: usize = 1 << 20;

/// The prompt has been written, but its end has not come.
#[test]
fn an_interrupt_ends_the_wait_for_standard_input() {
    for _ in 0..4 {
        let mut running = reqllm(["generate", NOVA, "--dry-run"]).spawn();
        let mut stdin = running.0.stdin.take().unwrap();
        stdin.write_all(&[b'a'; MORE_THAN_A_PIPE]).unwrap();
        running.interrupt();
        let out = running.outcome();
        drop(stdin);
        out.line(INTERRUPTED);
    }
}

/// A pager shows its first page, and waits.
#[test]
fn an_interrupt_ends_the_wait_for_a_slow_reader() {
    let answer = json!({
        "output": {"message": {"role": "assistant", "content": [{"text": "a".repeat(MORE_THAN_A_PIPE)}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
        "metrics": {"latencyMs": 1},
    });
    let answer = Fault::replay(
        200,
        [("content-type", "application/json")],
        answer.to_string(),
    );
    let server = Server::with(answer);
    let mut running = server.reqllm(["generate", NOVA, "Hi"]).spawn();
    let mut stdout = running.0.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    running.interrupt();
    let status = running.wait();
    drop(stdout);
    assert_eq!(status.code(), Some(INTERRUPTED));
}

#[test]
fn an_interrupt_ends_the_emulator() {
    let mut running = reqllm(["emulate", "--port", "0"]).spawn();
    let said = running.read_until("ANTHROPIC_API_KEY=");
    assert!(said.starts_with("listening on http://127.0.0.1:"), "{said}");
    for variable in [
        "AWS_SECRET_ACCESS_KEY=",
        "OPENAI_BASE_URL=http://127.0.0.1:",
    ] {
        assert!(said.contains(variable), "{said}");
    }
    running.interrupt();
    let status = running.wait();
    assert_eq!(status.code(), Some(INTERRUPTED));
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_stream_quietly() {
    let server = Server::with(Fault::pace(Duration::from_millis(5)));
    let args = ["generate", NOVA, "Hi", "--stream"];
    let mut running = server.reqllm(args).spawn();
    let mut stdout = running.0.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    drop(stdout);
    assert_eq!(running.outcome().ok(), "");
}

#[test]
fn a_reader_that_was_never_there_is_no_error() {
    let server = Server::start();
    let call = |more: &[&'static str]| {
        ["generate", NOVA, "Hi"]
            .iter()
            .chain(more)
            .copied()
            .collect()
    };
    let calls: [Vec<&str>; 8] = [
        call(&[]),
        call(&["--json"]),
        call(&["--stream"]),
        call(&["--stream", "--json"]),
        call(&["--dry-run"]),
        vec!["models", "list"],
        vec!["models", "list", "--json"],
        vec!["models", "show", NOVA],
    ];
    for args in calls {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let out = server
            .reqllm(&args)
            .stdout_to(writer)
            .spawn_as_it_is()
            .outcome();
        assert_eq!((out.status, out.stderr.as_str()), (Some(0), ""), "{args:?}");
    }
}

/// That nobody reads does not make a failure a success.
#[test]
fn an_error_that_nobody_reads_keeps_its_status() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let run = reqllm(["generate", NOVA, "Hi", "--json"]).stdout_to(writer);
    let out = run.spawn_as_it_is().outcome();
    assert_eq!(out.status, Some(3), "{out:?}");
}

/// A warning that cannot be written is not worth a crash.
#[test]
fn standard_error_may_be_closed() {
    let server = Server::start();
    let spec = "bedrock:amazon.nova-of-tomorrow-v9:0";
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let run = server.reqllm(["generate", spec, "Hi", "--json"]);
    let out = run.stderr_to(writer).spawn_as_it_is().outcome();
    assert_eq!(out.status, Some(0), "{out:?}");
    let response: Value = serde_json::from_str(&out.stdout).unwrap();
    assert_eq!(response["warnings"][0]["code"], "unregistered_model");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let run = server.reqllm(["generate", spec, "Hi"]);
    let out = run.stderr_to(writer).spawn_as_it_is().outcome();
    assert_eq!(out.status, Some(0), "{out:?}");
    assert!(out.stdout.starts_with("You asked"), "{out:?}");
}
