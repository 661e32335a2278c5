//! The model registry: from a spec to a model.
//!
//! A [`Registry`] answers from a [`Catalogue`] and from the models that it was given by hand. It knows ids, limits,
//! abilities and prices; it knows nothing of how a provider is spoken to.
//!
//! ```
//! use reqllm_registry::Registry;
//!
//! let registry = Registry::seed();
//! let resolved = registry.resolve(&"bedrock:us.openai.gpt-oss-120b-1:0".parse()?)?;
//! assert_eq!(resolved.model.base_model.as_deref(), Some("openai.gpt-oss-120b-1:0"));
//! assert_eq!(resolved.model.limits.context, Some(128_000));
//! # Ok::<(), reqllm_core::Error>(())
//! ```

mod catalogue;
mod registry;
mod seed;

pub use catalogue::Catalogue;
pub use registry::{Registry, Resolved};
