//! Where a registry's knowledge comes from.

use std::fmt;
use std::sync::Arc;

use reqllm_core::Model;

/// A collection of models that are known beforehand.
pub trait Catalogue: fmt::Debug + Send + Sync {
    /// The providers: the id under which models name each, and its other names.
    fn providers(&self) -> &[(&'static str, &'static [&'static str])];

    /// A model by the id of its provider and its own.
    fn model(&self, provider: &str, id: &str) -> Option<Arc<Model>>;

    /// All models, ordered by provider and id.
    fn models(&self) -> Vec<Arc<Model>>;
}
