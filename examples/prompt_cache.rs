//! A long system prompt that is cached: the first call writes it, the next ones read it at a tenth of the price.
//! The usage tells the two apart, and the cost has a line for each.
//!
//! `cargo run --example prompt_cache`

mod support;

use reqllm::bedrock::Options;

#[tokio::main]
async fn main() -> reqllm::Result<()> {
    let (client, _emulator) = support::client().await?;
    let model = client.model("bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0")?;

    // Models cache nothing below about a thousand tokens.
    let rules: String = (1..=300)
        .map(|n| format!("Rule {n}: whoever has read rule {n} goes on to the next one.\n"))
        .collect();

    for question in ["What does rule 7 say?", "And rule 8?"] {
        let response = model
            .chat(question)
            .system(&rules)
            .max_tokens(100)
            .with(Options::new().prompt_cache(true).cache_messages(false))
            .await?;

        let usage = response.usage();
        println!("{question}");
        println!(
            "  written to the cache {}",
            usage.cache_write_tokens.unwrap_or_default()
        );
        println!(
            "  read from the cache  {}",
            usage.cache_read_tokens.unwrap_or_default()
        );
        println!(
            "  neither              {}",
            usage.input_tokens.unwrap_or_default()
        );
        for line in response.cost().iter().flat_map(|cost| &cost.lines) {
            println!(
                "  {:>12} {:>6} tokens at {} a million: {}",
                line.meter.as_str(),
                line.tokens,
                line.price,
                line.amount
            );
        }
    }
    Ok(())
}
