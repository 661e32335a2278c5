//! `reqllm bedrock`: what only Bedrock has.

use std::io::Write as _;

use reqllm::bedrock::{ApiKey, Bedrock};
use reqllm::{Client, Clock, Environment, ExposeSecret as _, ProviderOptions};
use serde::Serialize;

use crate::args::{Bedrock as Command, MakeApiKey};
use crate::error::{Failure, warn};
use crate::input;

pub(crate) async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::ApiKey(args) => api_key(args).await,
    }
}

/// A key alone on standard output, so that `$(…)` takes it.
async fn api_key(args: MakeApiKey) -> Result<(), Failure> {
    let mut options = ProviderOptions::new();
    for option in &args.options {
        let (name, value) = input::option(option)?;
        options.set(name, value);
    }
    if let Some(region) = args.region {
        options.set("region", region);
    }
    let bedrock = Bedrock::builder()
        .environment(Environment::process())
        .build();
    // Credentials may have to be asked for; a client has the way there.
    let _client = Client::builder().provider(bedrock.clone()).build()?;
    let now = Clock::system().now();
    let made: ApiKey = bedrock
        .short_term_api_key(&options, args.hours, now)
        .await?;
    for warning in &made.warnings {
        warn(&warning.message);
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        let shown = Shown {
            api_key: made.key.expose_secret(),
            region: &made.region,
            expires_at: made.expires()?,
        };
        serde_json::to_writer(&mut out, &shown)?;
        return Ok(writeln!(out)?);
    }
    Ok(writeln!(out, "{}", made.key.expose_secret())?)
}

#[derive(Serialize)]
struct Shown<'a> {
    api_key: &'a str,
    region: &'a str,
    expires_at: String,
}
