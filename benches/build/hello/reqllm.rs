//! One question, with this library.

#[tokio::main(flavor = "current_thread")]
async fn main() -> reqllm::Result<()> {
    let spec = "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0";
    println!(
        "{}",
        reqllm::generate_text(spec, "Why is the sky blue?").await?
    );
    Ok(())
}
