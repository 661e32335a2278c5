//! A test without a network: exchanges are recorded once, and replayed from a file.
//!
//! `cargo run --example cassette`
//!
//! Nothing of the credentials is in the file, and none are needed to replay it.

mod support;

use reqllm::{Cassette, Client, Environment, Result};

const MODEL: &str = "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("reqllm-example-{}", std::process::id()));
    let file = folder.join("greeting.json");

    // Once, with credentials. In a test `Cassette::auto` does both: it records if there is no file yet.
    let (builder, _emulator) = support::builder().await?;
    let recording = builder.cassette(Cassette::record(&file)).build()?;
    let first = ask(&recording).await?;
    println!("recorded: {first}");
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    println!(
        "the key is in the file: {}",
        text.contains(reqllm_emulator::SECRET_ACCESS_KEY)
    );

    // From then on without any, and with nobody to ask.
    let replaying = Client::builder()
        .environment(Environment::empty())
        .endpoint_url("bedrock", "http://127.0.0.1:9")
        .cassette(Cassette::replay(&file))
        .build()?;
    println!("replayed: {}", ask(&replaying).await?);

    // What was not recorded is an error that says what differs.
    let error = replaying.model(MODEL)?.chat("Good evening!").await;
    if let Err(error) = error {
        println!("not recorded: {}", error.message());
    }
    std::fs::remove_dir_all(folder).ok();
    Ok(())
}

async fn ask(client: &Client) -> Result<String> {
    let stream = client.model(MODEL)?.chat("Good morning!").stream().await?;
    Ok(stream.finish().await?.text())
}
