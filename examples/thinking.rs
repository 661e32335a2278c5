//! One setting says how much a model thinks before it answers; each model gets it in its own terms. Its thoughts are signed,
//! and go back with the next question as they came.
//!
//! `cargo run --example thinking`

mod support;

use reqllm::{Reasoning, ReasoningEffort, user};

#[tokio::main]
async fn main() -> reqllm::Result<()> {
    let (client, _emulator) = support::client().await?;
    let model = client.model("bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0")?;

    let mut history = Vec::new();
    for question in ["Is 1,001 a prime number?", "And 1,009?"] {
        history.push(user(question));
        let response = model
            .chat(&history)
            .reasoning(Reasoning::Effort(ReasoningEffort::Low)) // or Reasoning::Budget(2048)
            .await?;

        println!("> {question}");
        for thought in response.reasoning() {
            println!("(it thinks: {})", thought.text);
            if let Some(signature) = &thought.signature {
                println!(
                    "(signed: {}…)",
                    signature.chars().take(24).collect::<String>()
                );
            }
        }
        println!("{response}");
        println!(
            "{:?} tokens of output, thoughts included\n",
            response.usage().output_tokens
        );
        history.push(response.message);
    }
    Ok(())
}
