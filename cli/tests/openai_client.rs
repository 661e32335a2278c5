//! OpenAI's own client for Python agrees with the emulator that `reqllm emulate` serves.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy does not see"
)]

mod common;

use common::python;

#[test]
fn openais_client_checks_the_emulator_unless_there_is_no_python_to_do_it() {
    python::check("openai_client");
}
