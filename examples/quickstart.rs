//! One question, one answer.
//!
//! `cargo run --example quickstart`

mod support;

#[tokio::main]
async fn main() -> reqllm::Result<()> {
    let (client, _emulator) = support::client().await?;
    let model = client.model("bedrock:openai.gpt-oss-120b-1:0")?;

    let response = model
        .chat("Why is the sky blue?")
        .system("Answer in one sentence.")
        .max_tokens(400)
        .await?;

    println!("{response}");
    println!("finished: {:?}", response.finish_reason());
    println!("used:     {:?} tokens", response.usage().total_tokens);
    match response.cost() {
        Some(cost) => println!("cost:     {} {}", cost.total, cost.currency),
        None => println!("cost:     not known"),
    }
    Ok(())
}
