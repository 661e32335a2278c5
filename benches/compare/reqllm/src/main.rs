//! This library, as its README tells users to write it. It is compiled twice: with default features, and without the
//! credential chain.

use std::process::ExitCode;

use driver::{OnText, Peer, Prompt, Result, Runtime, Wire};
use reqllm::{Chat, Client, Event, LanguageModel, Model};

struct Reqllm(Client);

/// One model for each form of request: which form a call takes, the model decides.
#[derive(Clone)]
struct Models {
    converse: LanguageModel,
    native: LanguageModel,
}

impl Peer for Reqllm {
    type Model = Models;

    async fn new(endpoint: &str) -> Result<Self> {
        let client = Client::builder()
            .endpoint_url("bedrock", endpoint)
            .build()?;
        Ok(Self(client))
    }

    /// With all that is known of a model of the registry, under the id by which the server knows what to send.
    fn model(&self, id: &str) -> Result<Models> {
        let like = |base| self.0.model(Model::new("bedrock", id).base_model(base));
        Ok(Models {
            converse: like("amazon.nova-lite-v1:0")?,
            native: like("anthropic.claude-haiku-4-5-20251001-v1:0")?,
        })
    }

    async fn call(&self, models: &Models, prompt: &Prompt, wire: Wire) -> Result<usize> {
        Ok(ask(models, prompt, wire).await?.text().len())
    }

    async fn stream(
        &self,
        models: &Models,
        prompt: &Prompt,
        wire: Wire,
        text: OnText<'_>,
    ) -> Result<()> {
        let mut stream = ask(models, prompt, wire).stream().await?;
        while let Some(event) = stream.try_next().await? {
            if let Event::Text(delta) = event {
                text(&delta.text);
            }
        }
        Ok(())
    }
}

fn ask(models: &Models, prompt: &Prompt, wire: Wire) -> Chat {
    let model = match wire {
        Wire::Converse => &models.converse,
        Wire::Native => &models.native,
    };
    model
        .chat(prompt.user.as_str())
        .system(&prompt.system)
        .max_tokens(prompt.max_tokens)
        .temperature(prompt.temperature)
}

fn main() -> ExitCode {
    driver::run::<Reqllm>(Runtime::Current)
}
