//! A conversation: each answer goes back with the next question.
//!
//! `cargo run --example chat_history`

mod support;

use reqllm::{system, user};

#[tokio::main]
async fn main() -> reqllm::Result<()> {
    let (client, _emulator) = support::client().await?;
    let model = client.model("bedrock:us.amazon.nova-lite-v1:0")?;

    let mut history = vec![system("You are a patient teacher.")];
    for question in ["What is a lifetime?", "And what is 'static?", "Thank you!"] {
        println!("> {question}");
        history.push(user(question));
        let response = model.chat(&history).max_tokens(300).await?;
        println!("{response}\n");
        history.push(response.message);
    }
    println!("{} messages in all", history.len());
    Ok(())
}
