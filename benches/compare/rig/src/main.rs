//! rig-bedrock, over a client of the official SDK.

use std::process::ExitCode;

use aws_config::BehaviorVersion;
use aws_sdk_bedrockruntime::Client;
use driver::{OnText, Peer, Prompt, Result, Runtime, Unsupported, Wire};
use futures_util::StreamExt as _;
use rig_bedrock::client::BedrockRuntime;
use rig_core::completion::CompletionRequest;
use rig_core::streaming::{Item, StreamEvent};

struct Rig(BedrockRuntime);

impl Peer for Rig {
    type Model = String;

    async fn new(endpoint: &str) -> Result<Self> {
        let config = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(endpoint)
            .load()
            .await;
        Ok(Self(BedrockRuntime::from(Client::new(&config))))
    }

    fn model(&self, id: &str) -> Result<String> {
        Ok(id.to_owned())
    }

    async fn call(&self, model: &String, prompt: &Prompt, wire: Wire) -> Result<usize> {
        if wire == Wire::Native {
            return Err(Unsupported.into());
        }
        let answer = self.0.completion(model).call(request(prompt)).await?;
        Ok(answer.text().len())
    }

    async fn stream(
        &self,
        model: &String,
        prompt: &Prompt,
        wire: Wire,
        text: OnText<'_>,
    ) -> Result<()> {
        if wire == Wire::Native {
            return Err(Unsupported.into());
        }
        let mut stream = self.0.completion(model).stream(request(prompt))?;
        while let Some(event) = stream.next().await {
            if let Item::Event(StreamEvent::Text { text: delta, .. }) = event? {
                text(&delta);
            }
        }
        Ok(())
    }
}

fn request(prompt: &Prompt) -> CompletionRequest {
    CompletionRequest::new(prompt.user.clone())
        .preamble(prompt.system.clone())
        .temperature(prompt.temperature)
        .max_tokens(u64::from(prompt.max_tokens))
}

fn main() -> ExitCode {
    driver::run::<Rig>(Runtime::Current)
}
