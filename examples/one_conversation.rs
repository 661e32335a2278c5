//! One conversation with tools, four providers. Nothing but the string changes, and the conversation itself goes on from one to
//! the next.
//!
//! `cargo run --example one_conversation`

mod support;

use reqllm::schemars::{self, JsonSchema};
use reqllm::{Client, Message, Tool, system, user};
use serde::Deserialize;

const MODELS: [&str; 4] = [
    "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0",
    "anthropic:claude-haiku-4-5",
    "openai:gpt-5-mini",
    "groq:llama-3.3-70b-versatile",
];

#[derive(Deserialize, JsonSchema)]
struct Place {
    /// City name
    city: String,
}

/// Asks about the weather, with a tool that knows it; what was said before goes along.
async fn ask(client: &Client, spec: &str, history: &mut Vec<Message>) -> reqllm::Result<()> {
    let weather = Tool::new("weather", "The weather now", |place: Place| async move {
        format!("It rains in {}.", place.city)
    });
    if history.is_empty() {
        history.push(system("Answer in one sentence."));
    }
    history.push(user("How is the weather in Lyon?"));
    let run = client
        .model(spec)?
        .chat(&*history)
        .tools([weather])
        .max_tokens(1000)
        .run()
        .max_steps(3)
        .await?;

    println!("{spec}");
    for call in run.steps.iter().flat_map(|step| step.tool_calls()) {
        println!("  calls    {}({})", call.name, call.arguments);
    }
    println!("  says     {run}");
    println!("  used     {:?} tokens", run.usage.total_tokens);
    for warning in run.steps.iter().flat_map(|step| step.warnings()) {
        println!("  warning  {}: {}", warning.code, warning.message);
    }
    *history = run.messages;
    Ok(())
}

#[tokio::main]
async fn main() -> reqllm::Result<()> {
    let (client, _emulator) = support::everybody().await?;
    println!("Each alone:\n");
    for spec in MODELS {
        ask(&client, spec, &mut Vec::new()).await?;
    }
    println!("\nOne conversation that moves from each to the next:\n");
    let mut history = Vec::new();
    for spec in MODELS {
        ask(&client, spec, &mut history).await?;
    }
    println!("\n{} messages in all", history.len());
    Ok(())
}
