//! One question, with the official SDK.

use std::error::Error;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::types::{ContentBlock, ConversationRole, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::new(&aws_config::load_from_env().await);
    let question = Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text("Why is the sky blue?".into()))
        .build()?;
    let answer = client
        .converse()
        .model_id("us.anthropic.claude-haiku-4-5-20251001-v1:0")
        .messages(question)
        .send()
        .await?;
    println!("{:?}", answer.output());
    Ok(())
}
