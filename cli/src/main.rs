//! The command line of reqllm.

mod args;
mod error;
mod generate;
mod models;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use reqllm_emulator::Emulator;

use crate::args::{Args, Command, Emulate};
use crate::error::Failure;

fn main() -> ExitCode {
    let args = Args::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("REQLLM_LOG"))
        .with_writer(std::io::stderr)
        .without_time()
        .init();
    let json = args.json();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(run(args)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell(json);
            ExitCode::from(failure.status())
        }
    }
}

async fn run(args: Args) -> Result<(), Failure> {
    let work = async {
        match args.command {
            Command::Generate(args) => generate::run(*args).await,
            Command::Models { command } => models::run(command),
            Command::Emulate(args) => emulate(args).await,
        }
    };
    // Whatever is under way is dropped, which closes its connection.
    tokio::select! {
        outcome = work => outcome,
        interrupt = tokio::signal::ctrl_c() => Err(interrupt.map_or_else(Failure::from, |()| Failure::cancelled())),
    }
}

async fn emulate(args: Emulate) -> Result<(), Failure> {
    let emulator = Emulator::builder()
        .port(args.port)
        .pace(std::time::Duration::from_millis(args.pace))
        .start()
        .await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "listening on {}", emulator.endpoint())?;
    writeln!(
        out,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME={}",
        emulator.endpoint()
    )?;
    writeln!(out, "AWS_ACCESS_KEY_ID={}", reqllm_emulator::ACCESS_KEY_ID)?;
    writeln!(
        out,
        "AWS_SECRET_ACCESS_KEY={}",
        reqllm_emulator::SECRET_ACCESS_KEY
    )?;
    out.flush()?;
    drop(out);
    emulator.serve_forever().await;
    Ok(())
}
