//! Text as it arrives, and the whole response at the end.
//!
//! `cargo run --example streaming`

mod support;

use std::io::Write as _;

use reqllm::Event;

#[tokio::main]
async fn main() -> reqllm::Result<()> {
    let (client, _emulator) = support::client().await?;
    let model = client.model("bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0")?;

    let mut stream = model.chat("Tell a story.").max_tokens(400).stream().await?;
    while let Some(event) = stream.try_next().await? {
        if let Event::Text(text) = event {
            print!("{text}");
            std::io::stdout().flush().ok();
        }
    }

    let response = stream.finish().await?;
    println!(
        "\n{:?}, {:?} tokens",
        response.finish_reason(),
        response.usage().output_tokens
    );
    Ok(())
}
