//! A model that is written by hand: read, and checked.

use serde::Deserialize;

use super::{Lifecycle, Limits, Modalities, Model, ReasoningControls, Resolution};
use crate::{Capabilities, Error, ErrorKind, Pricing, Result, Wire};

/// A full spec as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FullSpec {
    provider: String,
    #[serde(alias = "model")]
    id: String,
    #[serde(alias = "provider_model_id")]
    wire_id: Option<String>,
    base_model: Option<String>,
    base_url: Option<String>,
    dialect: Option<String>,
    shape: Option<String>,
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
            wire: Wire {
                dialect: spec.dialect,
                shape: spec.shape,
                base_url: None,
            },
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

impl Model {
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
        self.wire.check()?;
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

/// Why a text is no full spec.
pub(super) fn full_spec_error(format: &str, reason: &str) -> Error {
    Error::new(
        ErrorKind::InvalidSpec,
        format!(
            "this is no full model spec in {format}: {reason}; \
             {{\"provider\": \"…\", \"id\": \"…\"}} is the least that would do"
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
