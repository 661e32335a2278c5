//! Inference profiles of Bedrock: under which ids a model can be had, and which of them go with a region.

use reqllm_core::{Capability, Model};

use crate::Registry;
use crate::bedrock;
use crate::resolve::BEDROCK;

/// Geographies whose names are not the beginnings of their regions' names: what those begin with.
///
/// Source: AWS's user guide to Bedrock, "Supported Regions and models for inference profiles", November 2026.
const GEOGRAPHIES: &[(&str, &[&str])] = &[
    ("apac", &["ap-"]),
    ("au", &["ap-southeast-2", "ap-southeast-4"]),
    ("jp", &["ap-northeast-1", "ap-northeast-3"]),
    // Canada's regions call the profiles of the United States as well.
    ("us", &["us-east-", "us-west-", "ca-"]),
];

/// An inference profile that the registry knows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InferenceProfile {
    /// Its id, such as `eu.anthropic.claude-haiku-4-5-20251001-v1:0`.
    pub id: String,
    /// What stands in front of the model's own id, such as `eu` or `global`.
    pub geography: String,
    /// Whether it is of the geography of the region that was asked for, or global. True for all of them if none was.
    pub fits: bool,
}

impl Registry {
    /// The inference profiles of a model of Bedrock, or of the base of one of them, that the filter lets through: those of
    /// the region's own geography first, then the global one, then others.
    ///
    /// ```
    /// use reqllm_registry::Registry;
    ///
    /// let profiles = Registry::embedded().inference_profiles("anthropic.claude-haiku-4-5-20251001-v1:0", Some("eu-west-1"));
    /// assert_eq!(profiles[0].geography, "eu");
    /// ```
    pub fn inference_profiles(&self, id: &str, region: Option<&str>) -> Vec<InferenceProfile> {
        let mut profiles: Vec<(u8, InferenceProfile)> = self
            .profiles(id)
            .into_iter()
            .filter(|id| self.passes(BEDROCK, id))
            .filter_map(|id| {
                let geography = bedrock::geography(&id)?.0.to_owned();
                let rank = region.map_or(0, |region| rank(&geography, region));
                let fits = rank < FOREIGN;
                Some((
                    rank,
                    InferenceProfile {
                        id,
                        geography,
                        fits,
                    },
                ))
            })
            .collect();
        profiles.sort_by(|(a, one), (b, other)| (a, &one.id).cmp(&(b, &other.id)));
        profiles.into_iter().map(|(_, profile)| profile).collect()
    }

    /// Specs of models of a provider that somebody who wrote `id` may have meant, at most three, and never the id itself. None
    /// of them is known not to do what was asked for, or to be for something else.
    pub fn near_models(&self, provider: &str, id: &str, asked: Capability) -> Vec<String> {
        let does = |other: &str| {
            let model = self.exact(provider, other);
            other != id && model.is_some_and(|it| is_for(&it, asked) && self.filter.passes(&it))
        };
        self.similar_of(provider, id, does)
    }

    fn passes(&self, provider: &str, id: &str) -> bool {
        self.exact(provider, id)
            .is_some_and(|model| self.filter.passes(&model))
    }
}

/// What a model can be for.
const PURPOSES: &[Capability] = &[
    Capability::Chat,
    Capability::Embeddings,
    Capability::Rerank,
    Capability::ImageGeneration,
    Capability::Speech,
    Capability::Transcription,
];

/// Whether a model may be for `asked`: it is known to be, or nothing else is known of it.
fn is_for(model: &Model, asked: Capability) -> bool {
    let can = |purpose: Capability| model.capabilities.get(purpose);
    can(asked).unwrap_or_else(|| PURPOSES.iter().all(|purpose| can(*purpose) != Some(true)))
}

const OWN: u8 = 0;
const GLOBAL: u8 = 1;
const FOREIGN: u8 = 2;

/// How well a geography goes with a region.
fn rank(geography: &str, region: &str) -> u8 {
    // Partitions of their own reach nothing outside, and nobody reaches them.
    let apart = ["us-gov-", "cn-", "us-iso", "eu-iso", "eusc-"]
        .into_iter()
        .find(|prefix| region.starts_with(prefix));
    if let Some(prefix) = apart {
        return match prefix.trim_end_matches('-') == geography {
            true => OWN,
            false => FOREIGN,
        };
    }
    if geography == "global" {
        return GLOBAL;
    }
    let listed = GEOGRAPHIES.iter().find(|(name, _)| *name == geography);
    let own = match listed {
        Some((_, regions)) => regions.iter().any(|prefix| region.starts_with(prefix)),
        None => region
            .strip_prefix(geography)
            .is_some_and(|rest| rest.starts_with('-')),
    };
    if own { OWN } else { FOREIGN }
}

#[cfg(test)]
#[cfg(feature = "snapshot")]
mod tests {
    use super::*;

    #[test]
    fn a_geography_fits_its_regions() {
        for (geography, region, expected) in [
            ("us", "us-east-1", OWN),
            ("us", "ca-central-1", OWN),
            ("us", "us-gov-west-1", FOREIGN),
            ("us-gov", "us-gov-west-1", OWN),
            ("us-gov", "us-east-1", FOREIGN),
            ("eu", "eu-west-1", OWN),
            ("eu", "eusc-de-east-1", FOREIGN),
            ("apac", "ap-south-1", OWN),
            ("jp", "ap-northeast-1", OWN),
            ("jp", "ap-northeast-2", FOREIGN),
            ("au", "ap-southeast-2", OWN),
            ("global", "sa-east-1", GLOBAL),
            ("global", "us-gov-west-1", FOREIGN),
            ("global", "cn-north-1", FOREIGN),
            // A geography that nobody has heard of is the beginning of its regions' names.
            ("sa", "sa-east-1", OWN),
            ("ca", "ca-west-1", OWN),
        ] {
            assert_eq!(rank(geography, region), expected, "{geography} {region}");
        }
    }

    #[test]
    fn profiles_of_the_region_come_first() {
        let mut registry = Registry::embedded();
        let id = "eu.anthropic.claude-haiku-4-5-20251001-v1:0";
        let of = |registry: &Registry, region| -> Vec<(String, bool)> {
            let profiles = registry.inference_profiles(id, Some(region));
            let pair = |it: InferenceProfile| (it.geography, it.fits);
            profiles.into_iter().map(pair).collect()
        };
        let in_the_us = of(&registry, "us-west-2");
        assert_eq!(
            in_the_us[..2],
            [("us".into(), true), ("global".into(), true)]
        );
        assert!(in_the_us[2..].iter().all(|(_, fits)| !fits));
        assert_eq!(of(&registry, "eu-west-1")[0], ("eu".into(), true));
        assert!(
            registry
                .inference_profiles("acme.unheard-of", None)
                .is_empty()
        );
        registry.deny(["bedrock:us.*"]).unwrap();
        assert_eq!(of(&registry, "us-west-2")[0], ("global".into(), true));
    }

    #[test]
    fn near_models_are_others() {
        let registry = Registry::embedded();
        let near = registry.near_models(BEDROCK, "amazon.nova-micro-v1:O", Capability::Chat);
        assert_eq!(near, ["bedrock:amazon.nova-micro-v1:0"]);
        let id = "amazon.nova-micro-v1:0";
        let near = registry.near_models(BEDROCK, id, Capability::Chat);
        assert!(!near.contains(&format!("bedrock:{id}")), "{near:?}");
        // Who wants to talk is not sent to a model that makes vectors, and the other way round.
        let near = |asked| registry.near_models("openai", "text-embeding-3-smal", asked);
        assert_eq!(
            near(Capability::Embeddings),
            ["openai:text-embedding-3-small"]
        );
        let embeds = |spec: &String| spec.contains("embed");
        assert!(!near(Capability::Chat).iter().any(embeds));
    }
}
