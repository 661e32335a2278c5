//! genai, with its signing adapter. It blocks inside, which needs a runtime of worker threads.

use std::process::ExitCode;

use driver::{OnText, Peer, Prompt, Result, Runtime, Unsupported, Wire};
use futures_util::StreamExt as _;
use genai::adapter::AdapterKind;
use genai::chat::{ChatMessage, ChatOptions, ChatRequest, ChatStreamEvent};
use genai::resolver::{AuthData, Endpoint, ServiceTargetResolver};
use genai::{Client, ModelIden, ServiceTarget};

struct Genai(Client);

impl Peer for Genai {
    type Model = String;

    async fn new(endpoint: &str) -> Result<Self> {
        let endpoint = format!("{endpoint}/");
        let resolver = ServiceTargetResolver::from_resolver_fn(
            move |target: ServiceTarget| -> std::result::Result<_, genai::resolver::Error> {
                Ok(ServiceTarget {
                    endpoint: Endpoint::from_owned(endpoint.clone()),
                    auth: AuthData::None,
                    model: ModelIden::new(AdapterKind::BedrockSigv4, target.model.model_name),
                })
            },
        );
        let client = Client::builder()
            .with_service_target_resolver(resolver)
            .build()?;
        Ok(Self(client))
    }

    fn model(&self, id: &str) -> Result<String> {
        Ok(format!("bedrock_sigv4::{id}"))
    }

    async fn call(&self, model: &String, prompt: &Prompt, wire: Wire) -> Result<usize> {
        if wire == Wire::Native {
            return Err(Unsupported.into());
        }
        let (request, options) = request(prompt);
        let answer = self.0.exec_chat(model, request, Some(&options)).await?;
        Ok(answer.first_text().map_or(0, str::len))
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
        let (request, options) = request(prompt);
        let mut stream = self
            .0
            .exec_chat_stream(model, request, Some(&options))
            .await?
            .stream;
        while let Some(event) = stream.next().await {
            if let ChatStreamEvent::Chunk(chunk) = event? {
                text(&chunk.content);
            }
        }
        Ok(())
    }
}

fn request(prompt: &Prompt) -> (ChatRequest, ChatOptions) {
    let request = ChatRequest::default()
        .with_system(prompt.system.clone())
        .append_message(ChatMessage::user(prompt.user.clone()));
    let options = ChatOptions::default()
        .with_max_tokens(prompt.max_tokens)
        .with_temperature(prompt.temperature);
    (request, options)
}

fn main() -> ExitCode {
    driver::run::<Genai>(Runtime::Worker)
}
