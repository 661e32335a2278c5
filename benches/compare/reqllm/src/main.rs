//! This library, as its README tells users to write it. It is compiled twice: with default features, and without the
//! credential chain.

use std::process::ExitCode;

use driver::{OnText, Peer, Prompt, Result, Runtime, Wire};
use reqllm::bedrock::Options;
use reqllm::{Chat, Client, Event, LanguageModel, Model};

struct Reqllm(Client);

impl Peer for Reqllm {
    type Model = LanguageModel;

    async fn new(endpoint: &str) -> Result<Self> {
        let client = Client::builder()
            .endpoint_url("bedrock", endpoint)
            .build()?;
        Ok(Self(client))
    }

    /// With all that is known of a model of the registry, under the id by which the server knows what to send.
    fn model(&self, id: &str) -> Result<LanguageModel> {
        let model =
            Model::new("bedrock", id).base_model("anthropic.claude-haiku-4-5-20251001-v1:0");
        Ok(self.0.model(model)?)
    }

    async fn call(&self, model: &LanguageModel, prompt: &Prompt, wire: Wire) -> Result<usize> {
        Ok(ask(model, prompt, wire).await?.text().len())
    }

    async fn stream(
        &self,
        model: &LanguageModel,
        prompt: &Prompt,
        wire: Wire,
        text: OnText<'_>,
    ) -> Result<()> {
        let mut stream = ask(model, prompt, wire).stream().await?;
        while let Some(event) = stream.try_next().await? {
            if let Event::Text(delta) = event {
                text(&delta.text);
            }
        }
        Ok(())
    }
}

fn ask(model: &LanguageModel, prompt: &Prompt, wire: Wire) -> Chat {
    model
        .chat(prompt.user.as_str())
        .system(&prompt.system)
        .max_tokens(prompt.max_tokens)
        .temperature(prompt.temperature)
        .with(Options::new().use_converse(wire == Wire::Converse))
}

fn main() -> ExitCode {
    driver::run::<Reqllm>(Runtime::Current)
}
