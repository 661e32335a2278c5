//! The reqllm command line, with Acme's parrots in it.

use std::process::ExitCode;

// A crate that nobody names is not linked, and what is not linked is not registered.
use acme as _;

fn main() -> ExitCode {
    reqllm_cli::main()
}
