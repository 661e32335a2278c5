//! One question, with genai.

use std::error::Error;

use genai::Client;
use genai::chat::{ChatMessage, ChatRequest};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let model = "bedrock_sigv4::us.anthropic.claude-haiku-4-5-20251001-v1:0";
    let request = ChatRequest::new(vec![ChatMessage::user("Why is the sky blue?")]);
    let answer = Client::builder()
        .build()?
        .exec_chat(model, request, None)
        .await?;
    println!("{:?}", answer.first_text());
    Ok(())
}
