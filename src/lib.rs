//! Talk to any language model by a `provider:model` string.
//!
//! ```no_run
//! # async fn run() -> reqllm::Result<()> {
//! let r = reqllm::generate_text("bedrock:openai.gpt-oss-120b-1:0", "Why is the sky blue?").await?;
//! println!("{r}");
//! println!("{:?} {:?}", r.finish_reason(), r.usage());
//! # Ok(())
//! # }
//! ```
//!
//! A model is resolved once and is cheap to clone; a call is a builder that is awaited, or streamed:
//!
//! ```no_run
//! use reqllm::{Event, system, user};
//!
//! # async fn run() -> reqllm::Result<()> {
//! let model = reqllm::model("bedrock:us.meta.llama3-3-70b-instruct-v1:0")?;
//! let r = model.chat([system("Be brief."), user("Hi")]).temperature(0.2).max_tokens(400).await?;
//!
//! let mut s = model.chat("Tell a story").stream().await?;
//! while let Some(event) = s.try_next().await? {
//!     if let Event::Text(t) = event {
//!         print!("{t}");
//!     }
//! }
//! let r = s.finish().await?;
//! # Ok(())
//! # }
//! ```
//!
//! Tools run in a loop ([`Chat::run`]), an answer can be a value of a type ([`Chat::object`]), and files go with what is said
//! ([`attach()`]):
//!
//! ```no_run
//! use reqllm::schemars::{self, JsonSchema};
//! use reqllm::{Tool, attach, user};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize, JsonSchema)]
//! struct Weather {
//!     /// City name
//!     city: String,
//! }
//!
//! # async fn run() -> reqllm::Result<()> {
//! let model = reqllm::model("bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0")?;
//! let weather = Tool::new("weather", "Current weather", |w: Weather| async move {
//!     format!("It rains in {}.", w.city)
//! });
//! let run = model.chat("Weather in Lyon?").tools([weather]).run().max_steps(5).await?;
//! println!("{run}");
//!
//! let place: Weather = model.chat("I live in Lyon.").object().await?;
//! let r = model.chat(user([attach("garden.jpg")?, "Which flowers are these?".into()])).await?;
//! # Ok(())
//! # }
//! ```
//!
//! A model may have others behind it, and a call deadlines of its own:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! # async fn run() -> reqllm::Result<()> {
//! let model = reqllm::model("bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0")?
//!     .or("bedrock:amazon.nova-lite-v1:0")?;
//! let r = model.chat("Why is the sky blue?").idle_timeout(Duration::from_secs(120)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Vectors, ranks and token counts are builders of the same kind:
//!
//! ```no_run
//! use reqllm::EmbedPurpose;
//!
//! # async fn run() -> reqllm::Result<()> {
//! let model = reqllm::model("bedrock:cohere.embed-v4:0")?;
//! let documents = model.embed(["Lyon lies on the Rhone.", "Figs ripen late."]).await?;
//! let query = model.embed("Where is Lyon?").purpose(EmbedPurpose::Query).await?;
//! for vector in &documents.embeddings {
//!     println!("{:?}", reqllm::cosine_similarity(vector, &query.embeddings[0]));
//! }
//!
//! let ranker = reqllm::model("bedrock:cohere.rerank-v3-5:0")?;
//! let best = ranker.rerank("Where is Lyon?", ["On the Rhone.", "In autumn."]).top_n(1).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Nothing but the string decides who is asked: Bedrock, OpenAI, Anthropic, or any provider that the registry knows to speak as
//! one of them. Keys come from the environment, from the options of a call, or from the program:
//!
//! ```
//! reqllm::keys().set("openai", "sk-…");
//! reqllm::keys().set("bedrock", [("access_key_id", "AKIDEXAMPLE"), ("secret_access_key", "…"), ("region", "eu-west-1")]);
//! # for provider in ["openai", "bedrock"] { reqllm::keys().remove(provider) }
//! ```
//!
//! The free functions use one client with everything at its default. A [`Client`] of your own has its own registry,
//! providers, HTTP client, addresses and environment.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `bedrock` | yes | the provider `bedrock:` |
//! | `openai` | yes | the provider `openai:`, and every provider that the registry knows to speak OpenAI's form: `groq:`, `openrouter:`, `ollama:`, … |
//! | `anthropic` | yes | the provider `anthropic:`, and others who speak its Messages form |
//! | `aws-config` | yes | AWS's own credential chain for it |
//! | `fetch` | yes | fetching media at URLs that a provider does not take itself |
//! | `http2` | yes | HTTP/2 where a server offers it, a hundred calls on a connection; without it each call has its own, in HTTP/1.1 |
//! | `validate` | yes | objects of models are held to their JSON Schema; without it only the type that they become decides |
//! | `snapshot` | yes | the catalogue that is built in; without it models work as those that nobody knows |
//! | `ring` | yes | TLS that calculates with ring; without it and `aws-lc-rs` nothing goes to `https:` but by an HTTP client of your own |
//! | `aws-lc-rs` | no | TLS that calculates with aws-lc-rs, whether `ring` is there or not |
//! | `metrics` | no | counting tokens, cost, time and retries with OpenTelemetry |
//! | `reqwest` | no | a `reqwest::Client` as the HTTP client |
//! | `refresh` | no | fetching a newer catalogue of models, when asked |

use std::sync::LazyLock;

mod account;
mod addressed;
mod advice;
mod apart;
pub mod attach;
mod chat;
mod client;
mod dry_run;
mod embed;
mod fallback;
mod guardrail;
mod knobs;
mod media;
#[cfg(feature = "metrics")]
pub mod metrics;
mod model;
mod object;
mod providers;
#[cfg(feature = "refresh")]
pub mod refresh;
mod rerank;
mod run;
mod tokens;
mod total;
mod watch;

pub use account::AccountCall;
pub use attach::attach;
pub use chat::Chat;
pub use client::{Client, ClientBuilder};
pub use dry_run::DryRun;
pub use embed::EmbedCall;
pub use guardrail::{GuardCall, Guardrail};
pub use model::{IntoSpec, LanguageModel, Spec};
pub use object::{Object, ObjectCall, ObjectStream};
pub use providers::{KeyVariable, ProviderDialect, ProviderInfo, ProviderOrigin};
pub use reqllm_core::*;
pub use reqllm_registry::{
    Catalogue, InferenceProfile, Origin, Overlay, Packed, Provenance, ProviderRecord, Query,
    Registry, Resolved, Sort,
};
pub use reqllm_transport::{
    AnswerHead, Attempt, Body, CallInfo, CancellationToken, Cassette, EventStream, Failure,
    HttpClient, HttpError, HttpFuture, HyperClient, HyperClientBuilder, Observer, Outcome, Retries,
    Summary,
};
pub use rerank::RerankCall;
pub use run::{Approval, Run, RunEvent, RunFailure, RunStream, Stopped, Transcript};
pub use tokens::CountCall;

/// Amazon Bedrock: its options, credentials and families.
#[cfg(feature = "bedrock")]
pub use reqllm_bedrock as bedrock;

/// OpenAI, and every server that speaks its form.
#[cfg(feature = "openai")]
pub use reqllm_openai as openai;

/// Anthropic, and others who speak its Messages form.
#[cfg(feature = "anthropic")]
pub use reqllm_anthropic as anthropic;

/// The model of a spec, by the client that has everything at its default.
///
/// # Errors
///
/// A spec that does not parse or resolve, or [`ErrorKind::Config`] if the client cannot be set up.
pub fn model(spec: impl IntoSpec) -> Result<LanguageModel> {
    Client::global()?.model(spec)
}

/// The keys of providers, for the client that has everything at its default.
///
/// A key is set by the id of its provider: a text, or several that belong together, by the names of the provider's options.
/// One that a call gives in its options comes before it; environment variables come after it.
///
/// ```
/// reqllm::keys().set("groq", "gsk_…");
/// assert!(reqllm::keys().get("groq").is_some());
/// # reqllm::keys().remove("groq");
/// ```
pub fn keys() -> &'static KeyRing {
    static KEYS: LazyLock<KeyRing> = LazyLock::new(KeyRing::new);
    &KEYS
}

/// Asks a model and waits for the whole answer.
///
/// # Errors
///
/// As [`model`], and whatever the provider or the network reports.
pub async fn generate_text(spec: impl IntoSpec, messages: impl IntoMessages) -> Result<Response> {
    model(spec)?.chat(messages).await
}

/// Asks a model and gives the events of its answer as they arrive.
///
/// # Errors
///
/// As [`model`], and whatever the provider or the network reports before the answer begins.
pub async fn stream_text(spec: impl IntoSpec, messages: impl IntoMessages) -> Result<EventStream> {
    model(spec)?.chat(messages).stream().await
}

/// Makes a vector of each input, in their order.
///
/// ```no_run
/// # async fn run() -> reqllm::Result<()> {
/// let answer = reqllm::embed("bedrock:amazon.titan-embed-text-v2:0", ["a", "b"]).await?;
/// assert_eq!(answer.embeddings.len(), 2);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As [`model`], and whatever the provider or the network reports.
pub async fn embed(spec: impl IntoSpec, inputs: impl IntoInputs) -> Result<Embeddings> {
    model(spec)?.embed(inputs).await
}

/// Ranks documents by how well they answer a query, the best first.
///
/// # Errors
///
/// As [`model`], and whatever the provider or the network reports.
pub async fn rerank<D: Into<String>>(
    spec: impl IntoSpec,
    query: impl Into<String>,
    documents: impl IntoIterator<Item = D>,
) -> Result<Reranked> {
    model(spec)?.rerank(query, documents).await
}
