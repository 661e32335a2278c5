//! One question, with the official SDK and nothing else of AWS.

use std::error::Error;

use aws_sdk_bedrockruntime::config::{Credentials, Region};
use aws_sdk_bedrockruntime::types::{ContentBlock, ConversationRole, Message};
use aws_sdk_bedrockruntime::{Client, Config};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let key = std::env::var("AWS_ACCESS_KEY_ID")?;
    let secret = std::env::var("AWS_SECRET_ACCESS_KEY")?;
    let config = Config::builder()
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(key, secret, None, None, "environment"))
        .build();
    let question = Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text("Why is the sky blue?".into()))
        .build()?;
    let answer = Client::from_conf(config)
        .converse()
        .model_id("us.anthropic.claude-haiku-4-5-20251001-v1:0")
        .messages(question)
        .send()
        .await?;
    println!("{:?}", answer.output());
    Ok(())
}
