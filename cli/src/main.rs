//! The command line of reqllm.

use std::process::ExitCode;

fn main() -> ExitCode {
    reqllm_cli::main()
}
