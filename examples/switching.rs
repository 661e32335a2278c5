//! One function for every model: the string decides whom it asks, and what the registry knows of the model decides how.
//! What a model cannot do is not asked of it.
//!
//! `cargo run --example switching`

mod support;

use reqllm::{Capability, Client, Modality, Reasoning, ReasoningEffort, Response, attach, user};

const MODELS: [&str; 4] = [
    "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0",
    "bedrock:openai.gpt-oss-120b-1:0",
    "bedrock:us.amazon.nova-lite-v1:0",
    "bedrock:us.meta.llama3-3-70b-instruct-v1:0",
];

async fn whose_flag(client: &Client, spec: &str) -> reqllm::Result<Response> {
    let model = client.model(spec)?;
    let info = model.info();

    let flag = match info.modalities.input.contains(Modality::Image) {
        true => attach::bytes(support::flag(), Some("flag.png"))?,
        false => "A flag of three upright stripes: blue, white and red.".into(),
    };
    let question = user([flag, "Whose flag is this?".into()]);

    let mut chat = model.chat(question).max_tokens(2000);
    if info.capabilities.get(Capability::Reasoning) == Some(true) {
        chat = chat.reasoning(Reasoning::Effort(ReasoningEffort::Low));
    } else {
        chat = chat.temperature(0.2);
    }
    chat.await
}

#[tokio::main]
async fn main() -> reqllm::Result<()> {
    let (client, _emulator) = support::client().await?;
    for spec in MODELS {
        let response = whose_flag(&client, spec).await?;
        println!("{spec}");
        println!("  thoughts: {}", response.reasoning().count());
        println!("  tokens:   {:?}", response.usage().total_tokens);
        match response.cost() {
            Some(cost) => println!("  cost:     {} {}", cost.total, cost.currency),
            None => println!("  cost:     not known"),
        }
        println!("{response}\n");
    }
    Ok(())
}
