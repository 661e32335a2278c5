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
//! The free functions use one client with everything at its default. A [`Client`] of your own has its own registry,
//! providers, HTTP client, addresses and environment.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `bedrock` | yes | the provider `bedrock:` |
//! | `refresh` | no | fetching a newer catalogue of models, when asked |

mod chat;
mod client;
mod model;
mod providers;
#[cfg(feature = "refresh")]
pub mod refresh;

pub use chat::{Chat, DryRun};
pub use client::{Client, ClientBuilder};
pub use model::{IntoSpec, LanguageModel, Spec};
pub use reqllm_core::*;
pub use reqllm_registry::{
    Catalogue, Origin, Overlay, Packed, Provenance, Query, Registry, Resolved, Sort,
};
pub use reqllm_transport::{EventStream, http_client};

/// Amazon Bedrock: its options, credentials and families.
#[cfg(feature = "bedrock")]
pub use reqllm_bedrock as bedrock;

/// The model of a spec, by the client that has everything at its default.
///
/// # Errors
///
/// A spec that does not parse or resolve, or [`ErrorKind::Config`] if the client cannot be set up.
pub fn model(spec: impl IntoSpec) -> Result<LanguageModel> {
    Client::global()?.model(spec)
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
