//! OpenAI for reqllm, and every server that speaks its form: Responses, Chat Completions, embeddings, the list of
//! models.
//!
//! ```
//! use reqllm_core::{Call, Delivery, Environment, Model, Provider as _, ProviderContext};
//! use reqllm_openai::{OpenAi, Options};
//!
//! # fn main() -> reqllm_core::Result<()> {
//! let provider = OpenAi::new(&ProviderContext::new(Environment::empty()));
//! let mut call = Call::new("hello");
//! call.options = Options::new().base_url("http://127.0.0.1:8000/v1").into();
//! let exchange = provider.prepare(&Model::new("openai", "qwen3"), &call, Delivery::Whole)?;
//! assert_eq!(exchange.request.uri(), "http://127.0.0.1:8000/v1/chat/completions");
//! # Ok(())
//! # }
//! ```
//!
//! | room | holds |
//! | --- | --- |
//! | `provider` | from a call to an exchange |
//! | `quirks`, `row` | what each server does in its own way, in one table |
//! | `place` | where it is |
//! | `options` | what only this provider understands |
//! | `route` | which of the APIs a call takes |
//! | `chat`, `responses` | Chat Completions, Responses |
//! | `embed`, `account` | embeddings, the list of models |

mod account;
mod answer;
mod chat;
mod embed;
mod options;
mod place;
mod provider;
mod quirks;
mod responses;
mod route;
mod row;
mod settings;

pub use self::options::{Options, SECRET_OPTIONS};
pub use self::provider::{DESCRIPTOR, OpenAi, register};

/// The name of the provider, as in `openai:model`.
pub const ID: &str = "openai";
