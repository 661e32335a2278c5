//! The model registry: from a spec to a model.
//!
//! A [`Registry`] answers from a [`Catalogue`] and from the models that it was given by hand. It knows ids, limits,
//! abilities and prices; it knows nothing of how a provider is spoken to.
//!
//! ```
//! use reqllm_registry::Registry;
//!
//! let registry = Registry::embedded();
//! let resolved = registry.resolve(&"bedrock:us.openai.gpt-oss-120b-1:0".parse()?)?;
//! assert_eq!(resolved.model.base_model.as_deref(), Some("openai.gpt-oss-120b-1:0"));
//! assert_eq!(resolved.model.limits.context, Some(128_000));
//! # Ok::<(), reqllm_core::Error>(())
//! ```

mod bedrock;
mod catalogue;
mod filter;
#[cfg(any(test, feature = "import"))]
pub mod import;
mod layers;
// Without `import` nothing is packed here, and what only the packer knows is not used.
#[cfg_attr(not(any(test, feature = "import")), allow(dead_code))]
mod layout;
mod mantle;
mod overlay;
#[cfg(any(test, feature = "import"))]
mod pack;
mod packed;
mod profiles;
mod query;
mod registry;
mod relatives;
mod resolve;
mod suggest;

pub use catalogue::Catalogue;
pub use overlay::{Origin, Overlay, Provenance};
pub use packed::{Date, Packed, ProviderRecord, Providers, Record, Records, Source};
pub use profiles::InferenceProfile;
pub use query::{Query, Sort};
pub use registry::{Registry, Resolved};

/// What is laid over every catalogue.
#[cfg(any(test, feature = "import"))]
const PATCH: &str = include_str!("../data/patch.toml");
