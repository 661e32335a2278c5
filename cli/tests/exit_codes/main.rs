//! How a command ends: the exit status, and one line for people or one JSON value for programs.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy does not see"
)]

#[path = "../common/mod.rs"]
mod common;

mod authentication;
mod broken;
mod files;
mod refused;
mod unavailable;
mod usage;

use common::{NOVA, Server, reqllm};

/// A call that is not repeated.
const ONCE: [&str; 5] = ["generate", NOVA, "Hi", "--max-retries", "0"];

/// The same with more flags.
fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ONCE.iter().chain(more).copied().collect()
}

#[test]
fn a_call_that_goes_well_ends_with_0() {
    Server::start().reqllm(ONCE).run().ok();
    reqllm(["--version"]).run().ok();
    reqllm(["generate", "--help"]).run().ok();
}
