//! The official SDK, set up as its documentation says.

use std::borrow::Cow;
use std::process::ExitCode;

use aws_config::BehaviorVersion;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::primitives::Blob;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ConversationRole, ConverseOutput, ConverseStreamOutput,
    InferenceConfiguration, Message, ResponseStream, SystemContentBlock,
};
use driver::{OnText, Peer, Prompt, Result, Runtime, Wire};
use serde::{Deserialize, Serialize};

struct Sdk(Client);

impl Peer for Sdk {
    type Model = String;

    async fn new(endpoint: &str) -> Result<Self> {
        let config = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(endpoint)
            .load()
            .await;
        Ok(Self(Client::new(&config)))
    }

    fn model(&self, id: &str) -> Result<String> {
        Ok(id.to_owned())
    }

    async fn call(&self, model: &String, prompt: &Prompt, wire: Wire) -> Result<usize> {
        match wire {
            Wire::Converse => self.converse(model, prompt).await,
            Wire::Native => self.invoke(model, prompt).await,
        }
    }

    async fn stream(
        &self,
        model: &String,
        prompt: &Prompt,
        wire: Wire,
        text: OnText<'_>,
    ) -> Result<()> {
        match wire {
            Wire::Converse => self.converse_stream(model, prompt, text).await,
            Wire::Native => self.invoke_stream(model, prompt, text).await,
        }
    }
}

impl Sdk {
    async fn converse(&self, model: &str, prompt: &Prompt) -> Result<usize> {
        let answer = self
            .0
            .converse()
            .model_id(model)
            .system(SystemContentBlock::Text(prompt.system.clone()))
            .messages(message(prompt)?)
            .inference_config(inference(prompt))
            .send()
            .await?;
        let Some(ConverseOutput::Message(message)) = answer.output else {
            return Err("the answer has no message".into());
        };
        let texts = message.content.iter().filter_map(|it| it.as_text().ok());
        Ok(texts.map(String::len).sum())
    }

    async fn converse_stream(&self, model: &str, prompt: &Prompt, text: OnText<'_>) -> Result<()> {
        let mut answer = self
            .0
            .converse_stream()
            .model_id(model)
            .system(SystemContentBlock::Text(prompt.system.clone()))
            .messages(message(prompt)?)
            .inference_config(inference(prompt))
            .send()
            .await?;
        while let Some(event) = answer.stream.recv().await? {
            if let ConverseStreamOutput::ContentBlockDelta(event) = event
                && let Some(ContentBlockDelta::Text(delta)) = &event.delta
            {
                text(delta);
            }
        }
        Ok(())
    }

    async fn invoke(&self, model: &str, prompt: &Prompt) -> Result<usize> {
        let answer = self
            .0
            .invoke_model()
            .model_id(model)
            .content_type("application/json")
            .body(Blob::new(claude_body(prompt)?))
            .send()
            .await?;
        let answer: ClaudeAnswer<'_> = serde_json::from_slice(answer.body.as_ref())?;
        let texts = answer.content.iter().filter_map(|it| it.text.as_ref());
        Ok(texts.map(|text| text.0.len()).sum())
    }

    async fn invoke_stream(&self, model: &str, prompt: &Prompt, text: OnText<'_>) -> Result<()> {
        let mut answer = self
            .0
            .invoke_model_with_response_stream()
            .model_id(model)
            .content_type("application/json")
            .body(Blob::new(claude_body(prompt)?))
            .send()
            .await?;
        while let Some(event) = answer.body.recv().await? {
            if let ResponseStream::Chunk(chunk) = event
                && let Some(bytes) = &chunk.bytes
            {
                let event: ClaudeEvent<'_> = serde_json::from_slice(bytes.as_ref())?;
                if event.r#type == "content_block_delta"
                    && let Some(Texts { text: Some(delta) }) = event.delta
                {
                    text(&delta.0);
                }
            }
        }
        Ok(())
    }
}

fn message(prompt: &Prompt) -> Result<Message> {
    Ok(Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text(prompt.user.clone()))
        .build()?)
}

fn inference(prompt: &Prompt) -> InferenceConfiguration {
    InferenceConfiguration::builder()
        .max_tokens(prompt.max_tokens as i32)
        .temperature(prompt.temperature as f32)
        .build()
}

/// Claude's body, which the SDK leaves to its users.
#[derive(Serialize)]
struct ClaudeRequest<'a> {
    anthropic_version: &'a str,
    max_tokens: u32,
    temperature: f64,
    system: &'a str,
    messages: [ClaudeMessage<'a>; 1],
}

#[derive(Serialize)]
struct ClaudeMessage<'a> {
    role: &'a str,
    content: &'a str,
}

fn claude_body(prompt: &Prompt) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(&ClaudeRequest {
        anthropic_version: "bedrock-2023-05-31",
        max_tokens: prompt.max_tokens,
        temperature: prompt.temperature,
        system: &prompt.system,
        messages: [ClaudeMessage {
            role: "user",
            content: &prompt.user,
        }],
    })?)
}

// What comes back is read into flat structs that borrow, as the floors and this library do. An enum by `type` reads each object
// twice and would be counted against the SDK.

#[derive(Deserialize)]
struct ClaudeAnswer<'a> {
    #[serde(borrow)]
    content: Vec<Texts<'a>>,
}

#[derive(Deserialize)]
struct ClaudeEvent<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow)]
    delta: Option<Texts<'a>>,
}

/// A block of an answer, or a delta of a stream, that may be of text.
#[derive(Deserialize)]
struct Texts<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
}

/// Borrowed where it has no escape. A type of its own, because serde always copies an `Option<Cow<str>>`.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

fn main() -> ExitCode {
    driver::run::<Sdk>(Runtime::Current)
}
