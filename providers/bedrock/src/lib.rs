//! Amazon Bedrock for reqllm.
//!
//! Two forms of request, Converse for every model and a family's native body where the family has a codec; two ways to
//! prove who calls, API keys and IAM keys; binary event streams. The rooms:
//!
//! | room | decides |
//! | --- | --- |
//! | `region`, `endpoint`, `place` | where a call goes |
//! | `auth` | who makes it |
//! | `route` | which operation it takes, and why |
//! | `family`, `profile`, `families` | what is true of a model, and how to speak to it natively |
//! | `shape` | what has to be mended in a call before it is sent |
//! | `converse`, `invoke` | what is sent and how the answer is read |
//! | `door` | what other vendors' clients speak, here and on `bedrock-mantle` |
//! | `operations` | what is no conversation: embeddings, ranks, token counts, guardrails, the account's models |
//! | `eventstream`, `whole` | the bytes around it |
//! | `error` | what AWS means when it refuses |
//!
//! ```
//! use reqllm_bedrock::{Bedrock, Options};
//! use reqllm_core::{Call, Delivery, Environment, Model, Provider};
//!
//! let bedrock = Bedrock::builder().environment(Environment::empty()).build();
//! let mut call = Call::new("Why is the sky blue?");
//! call.options = Options::new().region("eu-west-1").into();
//! let model = Model::new("bedrock", "openai.gpt-oss-120b-1:0");
//! let exchange = bedrock.prepare(&model, &call, Delivery::Whole)?;
//! assert_eq!(
//!     exchange.request.uri(),
//!     "https://bedrock-runtime.eu-west-1.amazonaws.com/model/openai.gpt-oss-120b-1%3A0/invoke"
//! );
//! assert_eq!(exchange.route.reason, "nothing asks for Converse, and family gpt-oss has a native codec");
//! # Ok::<(), reqllm_core::Error>(())
//! ```

mod auth;
mod converse;
mod door;
mod endpoint;
mod error;
pub mod eventstream;
mod families;
mod family;
mod head;
mod invoke;
mod model_id;
mod operations;
mod options;
mod place;
mod provider;
mod region;
mod route;
mod settings;
mod shape;
mod whole;

use reqllm_dialects::{json, media, merge, profile, redacted};

pub use auth::{ApiKey, Cached, Credential, CredentialSource, Keys, short_term_api_key, sigv4};
pub use family::{Codec, Family, FamilyEntry};
pub use options::{
    Api, Endpoint, GuardrailStreamMode, GuardrailTrace, Latency, Options, SECRET_OPTIONS,
    ServiceTier,
};
pub use provider::{Bedrock, Builder, DESCRIPTOR, register};
#[doc(hidden)]
pub use reqllm_core::inventory;
pub use reqllm_dialects::StreamCodec;
pub use reqllm_dialects::profile::{
    CachePlaces, Kinds, Profile, ReasoningField, ReasoningWord, Replay, ToolChoices, ToolIds,
    ToolNames,
};

/// The name of the provider, as in `bedrock:model`.
pub const ID: &str = "bedrock";

/// Its other names.
const ALIASES: &[&str] = &["amazon-bedrock", "amazon_bedrock", "aws"];
