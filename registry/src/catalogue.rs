//! Where a registry's knowledge comes from.

use std::fmt;

use crate::{Packed, Providers, Record, Records};

/// A collection of models that are known beforehand.
pub trait Catalogue: fmt::Debug + Send + Sync {
    /// The providers, ordered by id.
    fn providers(&self) -> Providers<'_>;

    /// A model by the id of its provider and its own. Both are taken as they are.
    fn find(&self, provider: &str, id: &str) -> Option<Record<'_>>;

    /// All models, ordered by provider and id.
    fn records(&self) -> Records<'_>;

    /// What a model costs in a geography, as a factor of its list price; none if no rule is known for it.
    fn geo_factor(
        &self,
        provider: &str,
        base_model: &str,
        geography: &str,
    ) -> Option<reqllm_core::Decimal>;
}

impl Catalogue for Packed {
    fn providers(&self) -> Providers<'_> {
        Self::providers(self)
    }

    fn find(&self, provider: &str, id: &str) -> Option<Record<'_>> {
        Self::find(self, provider, id)
    }

    fn records(&self) -> Records<'_> {
        Self::records(self)
    }

    fn geo_factor(
        &self,
        provider: &str,
        base_model: &str,
        geography: &str,
    ) -> Option<reqllm_core::Decimal> {
        Self::geo_factor(self, provider, base_model, geography)
    }
}
