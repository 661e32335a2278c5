//! Whose answer something is.

use crate::{Cost, Error, Model, Pricing, Quality, Usage};

/// Whose answer it is.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Identity {
    /// The provider.
    pub provider: String,
    /// The model's id in the registry.
    pub model: String,
    /// The id that was sent.
    pub wire_id: String,
    /// The model's prices.
    pub pricing: Option<Pricing>,
    /// How far they can be trusted.
    pub quality: Option<Quality>,
}

impl From<&Model> for Identity {
    fn from(model: &Model) -> Self {
        Self {
            provider: model.provider.clone(),
            model: model.id.clone(),
            wire_id: model.sent_id().to_owned(),
            pricing: model.cost.clone(),
            quality: Some(model.price_quality()),
        }
    }
}

impl Identity {
    /// What `usage` cost, in the service tier that the provider served it in.
    ///
    /// # Errors
    ///
    /// Why that is not known, in words.
    pub fn cost(&self, usage: &Usage, service_tier: Option<&str>) -> Result<Cost, String> {
        let Some(pricing) = &self.pricing else {
            return Err("the price of the model is not known".to_owned());
        };
        let quality = self.quality.unwrap_or(Quality::Exact);
        pricing
            .cost(usage, service_tier, quality)
            .map_err(|reason| reason.to_string())
    }

    /// Says whose error it is, where that is not said.
    pub fn name(&self, mut error: Error) -> Error {
        if error.provider().is_none() {
            error = error.with_provider(&self.provider);
        }
        if error.model().is_none() {
            error = error.with_model(&self.model);
        }
        error
    }
}
