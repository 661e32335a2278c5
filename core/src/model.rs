//! What is known of a model.

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::{Capabilities, Error, ErrorKind, ModalitySet, Pricing, Quality, Result};

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

/// How the registry came to a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Resolution {
    /// It was written out by the caller.
    #[default]
    Explicit,
    /// It stands in the catalogue.
    Exact,
    /// It stands in the catalogue under another name.
    Alias,
    /// It is an inference profile or a variant of a model in the catalogue.
    Inherited,
    /// The provider is known and the model is not.
    Unregistered,
}

/// Limits in tokens, from 1. An absent one is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Limits {
    /// Input and output together.
    pub context: Option<u64>,
    /// Input.
    pub input: Option<u64>,
    /// Output.
    pub output: Option<u64>,
}

impl Limits {
    /// A context window and a limit of output.
    pub const fn new(context: u64, output: u64) -> Self {
        Self {
            context: Some(context),
            input: None,
            output: Some(output),
        }
    }
}

/// What kinds of content a model takes and gives. Empty means not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Modalities {
    /// What it takes.
    pub input: ModalitySet,
    /// What it gives.
    pub output: ModalitySet,
}

impl Modalities {
    /// These kinds in, and those out.
    pub const fn new(input: ModalitySet, output: ModalitySet) -> Self {
        Self { input, output }
    }
}

/// How the model can be made to think more or less.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ReasoningControls {
    /// It can be switched on and off.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub toggle: bool,
    /// The levels that it takes, in the provider's words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effort: Vec<String>,
    /// It takes a budget of tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
}

impl ReasoningControls {
    /// Whether nothing is known of them.
    pub fn is_empty(&self) -> bool {
        !self.toggle && self.effort.is_empty() && self.budget.is_none()
    }
}

/// A budget of tokens for thinking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Budget {
    /// The least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u64>,
    /// The most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
}

/// Where a model stands between its release and its end. Dates are `YYYY-MM-DD` or `YYYY-MM`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Lifecycle {
    /// The stage; none if it is not known to be any but the usual one.
    pub status: Option<Status>,
    /// When it came out.
    pub released: Option<String>,
    /// When it was last changed.
    pub updated: Option<String>,
    /// Until when it knows the world.
    pub knowledge: Option<String>,
    /// When it goes away.
    pub retires: Option<String>,
    /// What to use instead.
    pub replacement: Option<String>,
}

/// A stage of a model's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// Being tried out.
    Beta,
    /// In use.
    Active,
    /// Still there, and on its way out.
    Deprecated,
    /// Gone.
    Retired,
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
    /// [`ErrorKind::InvalidSpec`], naming the field.
    pub fn from_json(json: &str) -> Result<Self> {
        serde_json::from_str(json).map_err(|error| full_spec_error("JSON", &error.to_string()))
    }

    /// Reads a full spec from TOML.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSpec`], naming the field.
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

    /// Checks a model that was put together by hand.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSpec`], naming the field.
    pub fn check(&self) -> Result<()> {
        let refuse = |field: &str, given: &str, wanted: &str| {
            Err(Error::new(
                ErrorKind::InvalidSpec,
                format!("`{field}` of the full spec is {given:?}; {wanted}"),
            ))
        };
        let texts = [
            ("provider", Some(&self.provider)),
            ("id", Some(&self.id)),
            ("wire_id", self.wire_id.as_ref()),
            ("base_model", self.base_model.as_ref()),
            ("base_url", self.base_url.as_ref()),
            ("family", self.family.as_ref()),
        ];
        for (field, text) in texts {
            let Some(text) = text else { continue };
            if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
                return refuse(
                    field,
                    text,
                    "a text without white space or control characters would do",
                );
            }
        }
        crate::spec::check_provider(&self.provider)?;
        if let Some(url) = &self.base_url {
            let scheme = url.parse::<http::Uri>().ok().and_then(|uri| {
                uri.host()?;
                uri.scheme_str().map(str::to_owned)
            });
            if !matches!(scheme.as_deref(), Some("http" | "https")) {
                return refuse("base_url", url, "an http: or https: URL would do");
            }
        }
        for (field, limit) in [
            ("limits.context", self.limits.context),
            ("limits.input", self.limits.input),
            ("limits.output", self.limits.output),
        ] {
            if limit == Some(0) {
                return refuse(field, "0", "leave it out if it is not known");
            }
        }
        if let Some(cost) = &self.cost {
            let own = [
                ("input", cost.input),
                ("output", cost.output),
                ("cache_read", cost.cache_read),
                ("cache_write", cost.cache_write),
                ("cache_write_1h", cost.cache_write_1h),
                ("reasoning", cost.reasoning),
                ("input_audio", cost.input_audio),
                ("output_audio", cost.output_audio),
            ];
            let tiers = cost.tiers.iter().flat_map(|tier| {
                [
                    ("tiers.input", tier.input),
                    ("tiers.output", tier.output),
                    ("tiers.cache_read", tier.cache_read),
                    ("tiers.cache_write", tier.cache_write),
                ]
            });
            let factors = cost.service_tiers.values();
            let factors = factors.map(|factor| ("service_tiers", Some(*factor)));
            for (field, price) in own.into_iter().chain(tiers).chain(factors) {
                if let Some(price) = price.filter(|price| price.is_sign_negative()) {
                    return refuse(
                        &format!("cost.{field}"),
                        &price.to_string(),
                        "a price from 0, in USD per 1,000,000 tokens, would do",
                    );
                }
            }
        }
        Ok(())
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
        map.serialize_entry("base_url", &self.base_url)?;
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

/// A full spec as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FullSpec {
    provider: String,
    #[serde(alias = "model")]
    id: String,
    #[serde(alias = "provider_model_id")]
    wire_id: Option<String>,
    base_model: Option<String>,
    base_url: Option<String>,
    family: Option<String>,
    name: Option<String>,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    modalities: Modalities,
    #[serde(default)]
    capabilities: Capabilities,
    #[serde(default)]
    reasoning: ReasoningControls,
    #[serde(default)]
    lifecycle: Lifecycle,
    cost: Option<Pricing>,
}

impl TryFrom<FullSpec> for Model {
    type Error = Error;

    fn try_from(spec: FullSpec) -> Result<Self> {
        let model = Self {
            provider: spec.provider,
            id: spec.id,
            wire_id: spec.wire_id,
            base_model: spec.base_model,
            base_url: spec.base_url,
            family: spec.family,
            name: spec.name,
            limits: spec.limits,
            modalities: spec.modalities,
            capabilities: spec.capabilities,
            reasoning: spec.reasoning,
            lifecycle: spec.lifecycle,
            cost: spec.cost,
            resolution: Resolution::Explicit,
        };
        model.check()?;
        Ok(model)
    }
}

fn full_spec_error(format: &str, reason: &str) -> Error {
    Error::new(
        ErrorKind::InvalidSpec,
        format!(
            "this is no full model spec in {format}: {reason}; \
             {{\"provider\": \"bedrock\", \"id\": \"…\"}} is the least that would do"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Capability;

    #[test]
    fn json_and_toml_say_the_same() {
        let json = r#"{"provider":"bedrock","model":"m","provider_model_id":"arn:x","family":"claude",
            "limits":{"context":200000,"output":8192},"capabilities":{"tools":true,"reasoning":false},
            "modalities":{"input":["text"]},"cost":{"input":"0.25","output":1.25}}"#;
        let toml = r#"
            provider = "bedrock"
            id = "m"
            wire_id = "arn:x"
            family = "claude"
            limits = { context = 200000, output = 8192 }
            capabilities = { tools = true, reasoning = false }
            modalities = { input = ["text"] }
            cost = { input = "0.25", output = "1.25" }
        "#;
        let model = Model::from_json(json).unwrap();
        assert_eq!(model, Model::from_toml(toml).unwrap());
        assert_eq!(
            model.capabilities.get(Capability::StructuredOutput),
            None,
            "unknown is a value"
        );
        assert_eq!(model.sent_id(), "arn:x");
    }

    #[test]
    fn bad_full_specs_name_the_field() {
        for (json, part) in [
            (r#"{"provider":"bedrock"}"#, "missing field `id`"),
            (r#"{"provider":"","id":"x"}"#, "`provider`"),
            (
                r#"{"provider":"b","id":"a b"}"#,
                "`id` of the full spec is \"a b\"",
            ),
            (
                r#"{"provider":"b","id":"x","famly":"y"}"#,
                "unknown field `famly`",
            ),
            (
                r#"{"provider":"b","id":"x","base_url":"ftp://y"}"#,
                "`base_url`",
            ),
            (
                r#"{"provider":"b","id":"x","limits":{"context":0}}"#,
                "`limits.context`",
            ),
            (
                r#"{"provider":"b","id":"x","limits":{"window":1}}"#,
                "unknown field `window`",
            ),
            (
                r#"{"provider":"b","id":"x","cost":{"input":-1}}"#,
                "`cost.input`",
            ),
            ("[]", "full model spec"),
        ] {
            let error = Model::from_json(json).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidSpec);
            assert!(error.message().contains(part), "{json}: {error}");
        }
    }
}
