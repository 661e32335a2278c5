//! What the registry knows that helps with an error.
//!
//! Providers know what their service means and no registry. Here is the one place that knows both: errors of calls go through
//! it on their way to the caller.

use std::collections::BTreeSet;

use reqllm_core::{Capability, Error, ErrorKind, Model, ProviderOptions, Remedy, Resolution};
use reqllm_registry::{InferenceProfile, Registry};

use crate::{LanguageModel, addressed};

impl LanguageModel {
    /// An error of a call of this model that asked for `asked` with these options: named after it, and with what the registry
    /// knows.
    pub(crate) fn advise(
        &self,
        asked: Capability,
        options: &ProviderOptions,
        error: Error,
    ) -> Error {
        let model = &*self.model;
        let error = self.identity.name(error);
        let region = error.remedy().and_then(|_| {
            let options = addressed::options(&*self.provider, options);
            self.provider.region(model, &options)
        });
        advise(
            error,
            self.client.registry(),
            model,
            asked,
            region.as_deref(),
        )
    }
}

fn advise(
    error: Error,
    registry: &Registry,
    model: &Model,
    asked: Capability,
    region: Option<&str>,
) -> Error {
    match error.remedy() {
        // What is served at an address of the caller's own nobody knows but the caller.
        Some(_) if model.resolution == Resolution::Explicit && model.base_url.is_some() => error,
        Some(Remedy::OtherId) => other_id(error, registry, model, region),
        Some(Remedy::IdOrPlace) => id_or_place(error, registry, model, asked, region),
        _ if error.kind() == ErrorKind::ContextWindow => match model.limits.context {
            Some(tokens) => {
                let advice = format!("{} holds {tokens} tokens, answer included", model.id);
                error.with_advice(&advice)
            }
            None => error,
        },
        _ => error,
    }
}

/// The model is there, and is called by one of its profiles.
fn other_id(error: Error, registry: &Registry, model: &Model, region: Option<&str>) -> Error {
    let profiles = others(registry, model, region);
    let best = if profiles.iter().any(|profile| profile.fits) {
        &mut profiles.iter().filter(|profile| profile.fits) as &mut dyn Iterator<Item = _>
    } else {
        &mut profiles.iter()
    };
    let specs: Vec<String> = best.map(|profile| spec(model, profile)).collect();
    let advice = told(&profiles, region);
    error.with_advice(&advice).with_suggestions(specs)
}

/// The id is wrong, or the region.
fn id_or_place(
    error: Error,
    registry: &Registry,
    model: &Model,
    asked: Capability,
    region: Option<&str>,
) -> Error {
    let profiles = others(registry, model, region);
    let mut suggestions: Vec<String> = profiles
        .iter()
        .filter(|profile| profile.fits)
        .map(|profile| spec(model, profile))
        .collect();
    if profiles.is_empty() {
        suggestions = registry.near_models(&model.provider, &model.id, asked);
    }
    let asked = region.map(|region| format!("{region} was asked"));
    let told = told(&profiles, region);
    let advice = match (asked, told.as_str()) {
        (Some(asked), "") => asked,
        (_, told) => told.to_owned(),
    };
    error.with_advice(&advice).with_suggestions(suggestions)
}

/// The profiles of the model, without the one that was called.
fn others(registry: &Registry, model: &Model, region: Option<&str>) -> Vec<InferenceProfile> {
    let mut profiles = registry.inference_profiles(&model.id, region);
    profiles.retain(|profile| profile.id != model.id);
    profiles
}

fn spec(model: &Model, profile: &InferenceProfile) -> String {
    format!("{}:{}", model.provider, profile.id)
}

/// What the registry knows of where the model is.
fn told(profiles: &[InferenceProfile], region: Option<&str>) -> String {
    let names: BTreeSet<&str> = profiles.iter().map(|it| it.geography.as_str()).collect();
    if names.is_empty() {
        return String::new();
    }
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    match region {
        Some(region) if profiles.iter().all(|profile| !profile.fits) => format!(
            "{region} was asked, and the registry knows profiles of other geographies only: {names}"
        ),
        Some(region) => {
            format!(
                "{region} was asked, and the registry knows profiles of these geographies: {names}"
            )
        }
        None => format!("the registry knows profiles of these geographies: {names}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HAIKU: &str = "anthropic.claude-haiku-4-5-20251001-v1:0";

    fn advised(remedy: Remedy, id: &str, region: &str) -> Error {
        let registry = Registry::embedded();
        let model = registry.resolve(&registry.parse(&format!("bedrock:{id}")).unwrap());
        let error = Error::invalid_request("no").with_remedy(remedy);
        advise(
            error,
            &registry,
            &model.unwrap().model,
            Capability::Chat,
            Some(region),
        )
    }

    #[test]
    fn a_model_that_needs_a_profile_names_those_of_the_region_first() {
        for (region, first) in [
            ("us-west-2", "us"),
            ("eu-west-3", "eu"),
            ("sa-east-1", "global"),
        ] {
            let error = advised(Remedy::OtherId, HAIKU, region);
            assert_eq!(error.suggestions()[0], format!("bedrock:{first}.{HAIKU}"));
            assert_eq!(
                error.suggestions().last().unwrap(),
                &format!("bedrock:global.{HAIKU}")
            );
            assert!(
                error.message().contains("au, eu, global, jp, us"),
                "{error}"
            );
        }
        // Nothing goes there; what there is, is told all the same.
        let error = advised(Remedy::OtherId, HAIKU, "us-gov-west-1");
        assert!(error.suggestions().len() >= 5, "{error}");
        assert!(
            error.message().contains("other geographies only"),
            "{error}"
        );
    }

    #[test]
    fn a_profile_of_another_geography_is_told_from_a_wrong_name() {
        let error = advised(Remedy::IdOrPlace, &format!("us.{HAIKU}"), "eu-west-1");
        assert_eq!(error.suggestions()[0], format!("bedrock:eu.{HAIKU}"));
        assert!(error.message().contains("eu-west-1 was asked"), "{error}");
        let error = advised(Remedy::IdOrPlace, "amazon.nova-micro-v1:O", "eu-west-1");
        assert_eq!(error.suggestions(), ["bedrock:amazon.nova-micro-v1:0"]);
        let error = advised(
            Remedy::IdOrPlace,
            "acme.nobody-knows-it-at-all-v1:0",
            "eu-west-1",
        );
        assert!(error.suggestions().is_empty(), "{error}");
        assert_eq!(error.message(), "no — eu-west-1 was asked");
    }

    #[test]
    fn models_of_the_catalogue_are_no_advice_for_a_server_of_ones_own() {
        let registry = Registry::embedded();
        let advised = |base_url: Option<&str>| {
            let mut model = Model::new("openai", "gpt-5-minni");
            model.base_url = base_url.map(str::to_owned);
            let error = Error::new(ErrorKind::NotFound, "no").with_remedy(Remedy::IdOrPlace);
            advise(error, &registry, &model, Capability::Chat, None)
        };
        assert_eq!(advised(None).suggestions(), ["openai:gpt-5-mini"]);
        let own = advised(Some("http://127.0.0.1:8000/v1"));
        assert!(own.suggestions().is_empty(), "{own}");
    }

    #[test]
    fn an_overflow_names_the_limit() {
        let registry = Registry::embedded();
        let model = registry.resolve(&registry.parse(&format!("bedrock:us.{HAIKU}")).unwrap());
        let error = Error::new(ErrorKind::ContextWindow, "too long");
        let error = advise(
            error,
            &registry,
            &model.unwrap().model,
            Capability::Chat,
            None,
        );
        assert!(error.message().contains("holds 200000 tokens"), "{error}");
    }
}
