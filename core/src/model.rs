//! What is known of a model.

mod facts;
mod full_spec;

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

pub use self::facts::{
    Budget, Lifecycle, Limits, Modalities, ReasoningControls, Resolution, Status,
};
use self::full_spec::{FullSpec, full_spec_error};
use crate::{Capabilities, Pricing, Quality, Result, Wire};

/// A model: which provider has it, by which id it goes on the wire, and what is known of it.
///
/// The registry hands these out. One that is written by hand is a *full explicit spec*: provider and id are
/// all it needs, everything else is optional, and it works for models that no registry has heard of. It can be
/// a struct, JSON or TOML:
///
/// ```
/// use reqllm_core::Model;
///
/// let model = Model::new("bedrock", "my-tuned-claude")
///     .wire_id("arn:aws:bedrock:eu-west-1:123456789012:custom-model-deployment/abc")
///     .base_model("anthropic.claude-3-haiku-20240307-v1:0");
/// let same = Model::from_json(r#"{
///     "provider": "bedrock",
///     "id": "my-tuned-claude",
///     "wire_id": "arn:aws:bedrock:eu-west-1:123456789012:custom-model-deployment/abc",
///     "base_model": "anthropic.claude-3-haiku-20240307-v1:0"
/// }"#)?;
/// assert_eq!(model, same);
/// # Ok::<(), reqllm_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "FullSpec")]
#[non_exhaustive]
pub struct Model {
    /// The provider's name.
    pub provider: String,
    /// The id in the registry.
    pub id: String,
    /// The id on the wire, where it differs. It is never rewritten.
    pub wire_id: Option<String>,
    /// The model that this one is made of or leads to, as for an inference profile.
    pub base_model: Option<String>,
    /// Where the model is served, if not at the provider's own address.
    pub base_url: Option<String>,
    /// How it is spoken to, if not as its provider is.
    pub wire: Wire,
    /// The family, such as `claude`; it decides how the model is spoken to.
    pub family: Option<String>,
    /// A name for people.
    pub name: Option<String>,
    /// How much it takes and gives.
    pub limits: Limits,
    /// What kinds of content it takes and gives.
    pub modalities: Modalities,
    /// What it can do.
    pub capabilities: Capabilities,
    /// How it can be made to think more or less.
    pub reasoning: ReasoningControls,
    /// Where it stands between its release and its end.
    pub lifecycle: Lifecycle,
    /// What it costs.
    pub cost: Option<Pricing>,
    /// How the registry came to it.
    pub resolution: Resolution,
}

impl Model {
    /// A model of which nothing more is known.
    pub fn new(provider: impl Into<String>, id: impl Into<String>) -> Self {
        Self {
            provider: provider.into(),
            id: id.into(),
            wire_id: None,
            base_model: None,
            base_url: None,
            wire: Wire::default(),
            family: None,
            name: None,
            limits: Limits::default(),
            modalities: Modalities::default(),
            capabilities: Capabilities::default(),
            reasoning: ReasoningControls::default(),
            lifecycle: Lifecycle::default(),
            cost: None,
            resolution: Resolution::Explicit,
        }
    }

    /// Reads a full spec from JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSpec`](crate::ErrorKind::InvalidSpec), naming the field.
    pub fn from_json(json: &str) -> Result<Self> {
        serde_json::from_str(json).map_err(|error| full_spec_error("JSON", &error.to_string()))
    }

    /// Reads a full spec from TOML.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSpec`](crate::ErrorKind::InvalidSpec), naming the field.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| full_spec_error("TOML", error.message()))
    }

    /// Sets the id on the wire.
    #[must_use]
    pub fn wire_id(mut self, id: impl Into<String>) -> Self {
        self.wire_id = Some(id.into());
        self
    }

    /// Names the model that this one is made of or leads to.
    #[must_use]
    pub fn base_model(mut self, id: impl Into<String>) -> Self {
        self.base_model = Some(id.into());
        self
    }

    /// Says where the model is served.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Says in which dialect the model is spoken to, if not in its provider's.
    #[must_use]
    pub fn dialect(mut self, dialect: impl Into<String>) -> Self {
        self.wire.dialect = Some(dialect.into());
        self
    }

    /// Says which of a dialect's APIs the model has: one of [`Wire::SHAPES`].
    #[must_use]
    pub fn shape(mut self, shape: impl Into<String>) -> Self {
        self.wire.shape = Some(shape.into());
        self
    }

    /// Names the family.
    #[must_use]
    pub fn family(mut self, family: impl Into<String>) -> Self {
        self.family = Some(family.into());
        self
    }

    /// The id that is sent: the wire id, else the id.
    pub fn sent_id(&self) -> &str {
        self.wire_id.as_deref().unwrap_or(&self.id)
    }

    /// `provider:id`.
    pub fn spec(&self) -> String {
        format!("{}:{}", self.provider, self.id)
    }

    /// How far the price of this model can be trusted.
    pub fn price_quality(&self) -> Quality {
        match &self.cost {
            Some(pricing) if pricing.estimated => Quality::Estimated,
            _ => Quality::Exact,
        }
    }
}

/// The shape of `reqllm models show --json`.
impl Serialize for Model {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Cost<'a> {
            #[serde(flatten)]
            pricing: &'a Pricing,
            quality: Quality,
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("provider", &self.provider)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("wire_id", self.sent_id())?;
        map.serialize_entry("resolution", &self.resolution)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("family", &self.family)?;
        map.serialize_entry("base_model", &self.base_model)?;
        map.serialize_entry("dialect", &self.wire.dialect)?;
        map.serialize_entry("shape", &self.wire.shape)?;
        let base_url = self.base_url.as_ref().or(self.wire.base_url.as_ref());
        map.serialize_entry("base_url", &base_url)?;
        map.serialize_entry("limits", &self.limits)?;
        map.serialize_entry("modalities", &self.modalities)?;
        map.serialize_entry("capabilities", &self.capabilities)?;
        map.serialize_entry("reasoning", &self.reasoning)?;
        let cost = self.cost.as_ref().map(|pricing| Cost {
            pricing,
            quality: self.price_quality(),
        });
        map.serialize_entry("cost", &cost)?;
        map.serialize_entry("lifecycle", &self.lifecycle)?;
        map.end()
    }
}
