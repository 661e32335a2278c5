//! Where the examples run: against AWS if this machine has credentials for it, else against the built-in emulator.

#![allow(
    dead_code,
    unused_imports,
    reason = "each example uses its own part of it"
)]

mod picture;

use reqllm::{Client, ClientBuilder, Environment, Error, Result};
use reqllm_emulator::{Emulator, Fault};

pub(crate) use self::picture::flag;

/// A client, and the emulator behind it, which serves until it is dropped.
pub(crate) async fn client() -> Result<(Client, Option<Emulator>)> {
    let env = Environment::process();
    let keys = ["AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID"];
    if keys.iter().any(|name| env.get(name).is_some()) {
        return Ok((Client::new()?, None));
    }
    eprintln!("no AWS credentials here: the emulator answers");
    let (client, emulator) = emulated().await?;
    Ok((client, Some(emulator)))
}

/// A client for several providers: this machine's keys if it has one for each, else those of the emulator, which is all of them.
pub(crate) async fn everybody() -> Result<(Client, Option<Emulator>)> {
    let env = Environment::process();
    let keys = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GROQ_API_KEY"];
    if keys.iter().all(|name| env.get(name).is_some()) {
        return client().await;
    }
    eprintln!("no keys here for all of them: the emulator answers");
    let (client, emulator) = emulated().await?;
    Ok((client, Some(emulator)))
}

/// A client of an emulator that gives this answer, whatever it is asked.
pub(crate) async fn told(answer: &str) -> Result<(Client, Emulator)> {
    let (client, emulator) = emulated().await?;
    emulator.inject(Fault::replay(
        200,
        [("content-type", "application/json")],
        answer,
    ));
    Ok((client, emulator))
}

async fn emulated() -> Result<(Client, Emulator)> {
    let (builder, emulator) = builder().await?;
    Ok((builder.build()?, emulator))
}

/// What becomes a client of an emulator.
pub(crate) async fn builder() -> Result<(ClientBuilder, Emulator)> {
    let emulator = Emulator::start()
        .await
        .map_err(|error| Error::config("the emulator does not start").with_source(error))?;
    let mut variables = emulator.variables();
    variables.push(("GROQ_API_KEY", "any".to_owned()));
    let builder = Client::builder()
        .environment(Environment::of(variables))
        .endpoint_url("groq", format!("{}/v1", emulator.endpoint()));
    Ok((builder, emulator))
}
