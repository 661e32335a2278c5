//! One question, with rig-bedrock.

use std::error::Error;

use rig_bedrock::client::BedrockRuntime;
use rig_core::completion::CompletionRequest;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let model =
        BedrockRuntime::from_env().completion("us.anthropic.claude-haiku-4-5-20251001-v1:0");
    let answer = model
        .call(CompletionRequest::new("Why is the sky blue?"))
        .await?;
    println!("{}", answer.text());
    Ok(())
}
