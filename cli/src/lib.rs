//! The reqllm command line, for programs that want it with providers of their own.
//!
//! A program that names a crate with a provider in it, and calls [`main`], is the command line with that provider:
//!
//! ```no_run
//! // use acme as _;
//!
//! fn main() -> std::process::ExitCode {
//!     reqllm_cli::main()
//! }
//! ```

mod args;
mod bedrock;
mod error;
mod find;
mod generate;
mod input;
mod interrupt;
mod models;
mod operations;
mod patience;
mod providers;
mod reach;
mod refresh;
mod registry;
mod settle;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use reqllm_emulator::Emulator;

use crate::args::{Args, Command, Emulate};
use crate::error::Failure;
use crate::interrupt::Interrupt;

/// Does what the arguments of the process say, and gives the status that it ends with. Every provider that is registered in the
/// program can be reached.
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) if error.use_stderr() => {
            // What was meant by arguments that do not parse can only be guessed at.
            let json = std::env::args_os().any(|argument| argument == "--json");
            return end(&Failure::flags(&error), json);
        }
        // Help and version.
        Err(error) => error.exit(),
    };
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("REQLLM_LOG"))
        .with_writer(std::io::stderr)
        .without_time()
        .init();
    let json = args.json();
    match start(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => end(&failure, json),
    }
}

fn end(failure: &Failure, json: bool) -> ExitCode {
    failure.tell(json);
    ExitCode::from(failure.status())
}

fn start(args: Args) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(async {
        let interrupt = Interrupt::listen()?;
        run(args, &interrupt).await
    });
    // Whatever still reads or writes must not hold the end up.
    runtime.shutdown_background();
    outcome
}

async fn run(args: Args, interrupt: &Interrupt) -> Result<(), Failure> {
    match args.command {
        Command::Generate(args) => generate::run(*args, interrupt).await,
        Command::Embed(args) => interrupt.or(operations::embed(*args)).await,
        Command::Rerank(args) => interrupt.or(operations::rerank(*args)).await,
        Command::CountTokens(args) => interrupt.or(operations::count_tokens(*args)).await,
        Command::Models { command } => interrupt.or(models::run(command)).await,
        Command::Providers(args) => interrupt.or(providers::run(args)).await,
        Command::Bedrock { command } => interrupt.or(bedrock::run(command)).await,
        Command::Emulate(args) => interrupt.or(emulate(args)).await,
    }
}

async fn emulate(args: Emulate) -> Result<(), Failure> {
    let emulator = Emulator::builder()
        .port(args.port)
        .pace(std::time::Duration::from_millis(args.pace))
        .start()
        .await?;
    let endpoint = emulator.endpoint();
    let mut out = std::io::stdout().lock();
    writeln!(out, "listening on {endpoint}")?;
    for (name, value) in emulator.variables() {
        writeln!(out, "{name}={value}")?;
    }
    out.flush()?;
    drop(out);
    emulator.serve_forever().await;
    Ok(())
}
