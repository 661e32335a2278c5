//! The registry itself: what it holds, and who may be found in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use reqllm_core::{Error, ErrorKind, Model, ModelSpec, ProviderFacts, Result, Warning, nearest};

use crate::filter::Filter;
use crate::overlay::ProviderPatch;
use crate::{Catalogue, Packed, Provenance, ProviderRecord, Query};

/// Finds models by spec. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Registry {
    pub(crate) catalogue: Arc<dyn Catalogue>,
    /// Models that were given by hand, by provider and id. They win over the catalogue.
    pub(crate) explicit: BTreeMap<(String, String), Arc<Model>>,
    /// Canonical ids of providers by folded name.
    pub(crate) providers: BTreeMap<String, String>,
    pub(crate) filter: Filter,
    /// Ids by provider and other name, from overlays.
    pub(crate) aliases: BTreeMap<(String, String), String>,
    /// What overlays say of providers, by id.
    pub(crate) declared: BTreeMap<String, ProviderPatch>,
    /// Where fields came from, by provider and id, for models that an overlay has touched.
    pub(crate) provenance: BTreeMap<(String, String), Provenance>,
}

/// A model, and what there is to say about how it was found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Resolved {
    /// The model.
    pub model: Arc<Model>,
    /// Such as that the model is not registered.
    pub warnings: Vec<Warning>,
}

impl Registry {
    /// The registry that comes with this crate. Without the feature `snapshot` it knows no provider and no model yet.
    pub fn embedded() -> Self {
        Self::new(Arc::new(Packed::embedded()))
    }

    /// A registry over a catalogue.
    pub fn new(catalogue: Arc<dyn Catalogue>) -> Self {
        let mut registry = Self {
            explicit: BTreeMap::new(),
            providers: BTreeMap::new(),
            filter: Filter::default(),
            aliases: BTreeMap::new(),
            provenance: BTreeMap::new(),
            declared: BTreeMap::new(),
            catalogue: Arc::clone(&catalogue),
        };
        // No alias may take the id of another provider.
        for provider in catalogue.providers() {
            registry.add_provider(provider.id(), []);
        }
        for provider in catalogue.providers() {
            registry.add_provider(provider.id(), provider.aliases());
        }
        registry
    }

    /// Makes a provider known by its id and other names. Models of it that are not in the catalogue then resolve as
    /// unregistered ones. A name that is taken stays with who has it.
    pub fn add_provider<'a>(&mut self, id: &'a str, aliases: impl IntoIterator<Item = &'a str>) {
        for name in std::iter::once(id).chain(aliases) {
            self.providers
                .entry(fold(name))
                .or_insert_with(|| id.to_owned());
        }
    }

    /// Adds a model by its full spec; it wins over the catalogue's.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSpec`], naming the field.
    pub fn insert(&mut self, mut model: Model) -> Result<()> {
        model.check()?;
        if let Some(id) = self.provider(&model.provider) {
            model.provider = id.to_owned();
        } else {
            self.add_provider(&model.provider.clone(), []);
        }
        let key = (model.provider.clone(), model.id.clone());
        self.explicit.insert(key, Arc::new(model));
        Ok(())
    }

    /// The id of the provider that goes by this name.
    pub fn provider(&self, name: &str) -> Option<&str> {
        self.providers.get(&fold(name)).map(String::as_str)
    }

    /// The id of the provider that goes by this name, or what there is instead.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownProvider`], with the known ones and the nearest.
    pub fn require_provider(&self, name: &str) -> Result<&str> {
        self.provider(name).ok_or_else(|| {
            self.unknown_provider(name)
                .with_suggestions(self.near(name))
        })
    }

    /// The records of a provider of the catalogue.
    pub fn provider_record(&self, id: &str) -> Option<ProviderRecord<'_>> {
        self.catalogue
            .providers()
            .find(|provider| provider.id() == id)
    }

    /// The records of all providers of the catalogue.
    pub fn provider_records(&self) -> impl Iterator<Item = ProviderRecord<'_>> {
        self.catalogue.providers()
    }

    /// What is known of a provider: the catalogue's record, under what overlays say. None if neither has it.
    pub fn provider_facts(&self, id: &str) -> Option<ProviderFacts> {
        let (record, said) = (self.provider_record(id), self.declared.get(id));
        if record.is_none() && said.is_none() {
            return None;
        }
        let mut facts = ProviderFacts::new(id);
        if let Some(record) = record {
            facts.aliases = record.aliases().map(str::to_owned).collect();
            facts.base_url = record.base_url().map(str::to_owned);
            facts.env = record.env().map(str::to_owned).collect();
            facts.dialect = record.dialect().map(str::to_owned);
        }
        if let Some(said) = said {
            said.clone().apply(&mut facts);
        }
        Some(facts)
    }

    /// The ids of all providers of which [`Registry::provider_facts`] knows something.
    pub fn provider_ids(&self) -> BTreeSet<&str> {
        let records = self.catalogue.providers().map(|record| record.id());
        records
            .chain(self.declared.keys().map(String::as_str))
            .collect()
    }

    /// Every model that the filter lets through, ordered by provider and id.
    pub fn models(&self) -> Vec<Arc<Model>> {
        self.query().accept_retired().find()
    }

    /// Asks for models by what they can do, take, and cost.
    pub fn query(&self) -> Query<'_> {
        Query::new(self)
    }

    /// Lets through only models that one of these patterns fits. `*` stands for anything; a pattern is held against
    /// `provider:id`, and against the same with the base model's id and the id on the wire.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if a pattern names a provider that nobody knows: a filter that silently fits nothing, or
    /// everything, is worse than none.
    pub fn allow<S: Into<String>>(&mut self, patterns: impl IntoIterator<Item = S>) -> Result<()> {
        let patterns = self.patterns(patterns)?;
        self.filter.allow.extend(patterns);
        Ok(())
    }

    /// Keeps out models that one of these patterns fits, whatever is allowed.
    ///
    /// # Errors
    ///
    /// As [`Registry::allow`].
    pub fn deny<S: Into<String>>(&mut self, patterns: impl IntoIterator<Item = S>) -> Result<()> {
        let patterns = self.patterns(patterns)?;
        self.filter.deny.extend(patterns);
        Ok(())
    }

    /// Patterns with the providers' own ids.
    fn patterns<S: Into<String>>(
        &self,
        patterns: impl IntoIterator<Item = S>,
    ) -> Result<Vec<String>> {
        let canonical = |pattern: String| {
            let Some((provider, id)) = pattern.split_once(':') else {
                return Err(Error::config(format!(
                    "{pattern:?} is no pattern of models; one such as bedrock:* or bedrock:us.anthropic.* would do"
                )));
            };
            if provider.contains('*') {
                return Ok(pattern);
            }
            match self.require_provider(provider) {
                Ok(provider) => Ok(format!("{provider}:{id}")),
                Err(error) => Err(Error::config(format!(
                    "pattern {pattern:?}: {}",
                    error.message()
                ))
                .with_suggestions(error.suggestions().iter().map(|it| format!("{it}:{id}")))),
            }
        };
        patterns
            .into_iter()
            .map(|it| canonical(it.into()))
            .collect()
    }

    /// Parses a spec with the providers of this registry at hand.
    ///
    /// # Errors
    ///
    /// As [`ModelSpec::from_str`](std::str::FromStr::from_str).
    pub fn parse(&self, text: &str) -> Result<ModelSpec> {
        ModelSpec::parse_known(text, |name| self.provider(name).is_some()).or_else(|error| {
            // Some ids hold the marks of a spec without being one: `@cf/…`, `deepseek/deepseek-r1:free`.
            match ModelSpec::bare(text) {
                Ok(bare) if !self.elsewhere(text).is_empty() => Ok(bare),
                _ => Err(error),
            }
        })
    }

    /// The known provider whose name is nearest.
    pub(crate) fn near(&self, name: &str) -> Option<String> {
        let near = nearest(&fold(name), self.providers.keys().map(String::as_str))?;
        self.provider(near).map(str::to_owned)
    }

    pub(crate) fn unknown_provider(&self, name: &str) -> Error {
        let known: BTreeSet<&str> = self.providers.values().map(String::as_str).collect();
        // Nearly two hundred names help nobody.
        let known = match known.len() {
            0..=20 => {
                let names: Vec<&str> = known.into_iter().collect();
                format!("known are {}", names.join(", "))
            }
            many => format!(
                "{many} are known, and `reqllm providers --all` shows those that can be reached"
            ),
        };
        Error::new(
            ErrorKind::UnknownProvider,
            format!("no provider {name:?} is known; {known}"),
        )
    }
}

impl Resolved {
    pub(crate) fn plain(model: Arc<Model>) -> Self {
        Self {
            model,
            warnings: Vec::new(),
        }
    }
}

/// Names of providers are the same whatever their case, and with `_` for `-`.
pub(crate) fn fold(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

#[cfg(all(test, not(feature = "snapshot")))]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "a test that cannot be set up should fail loudly"
    )]

    use reqllm_core::Resolution;

    use super::*;

    #[test]
    fn without_the_snapshot_nothing_is_known_and_everything_works() {
        let mut registry = Registry::embedded();
        assert!(registry.models().is_empty());
        assert_eq!(registry.catalogue.records().count(), 0);
        assert_eq!(Packed::embedded().source().date, None);
        let error = registry.resolve(&"bedrock:x".parse().unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownProvider);
        let error = registry
            .resolve(&ModelSpec::bare("x").unwrap())
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownModel);
        // As a client makes it known.
        registry.add_provider("bedrock", ["amazon-bedrock"]);
        for id in [
            "us.anthropic.claude-haiku-4-5-20251001-v1:0",
            "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0",
            "anthropic.claude-3-sonnet-20240229-v1:0:200k",
        ] {
            let spec = registry.parse(&format!("amazon_bedrock:{id}")).unwrap();
            let resolved = registry.resolve(&spec).unwrap();
            assert_eq!(resolved.model.id, id);
            assert_eq!(resolved.model.resolution, Resolution::Unregistered);
            assert_eq!(resolved.model.family.as_deref(), Some("claude"));
            assert_eq!(resolved.warnings[0].code, "unregistered_model");
        }
        let opaque = "bedrock:arn:aws:bedrock:us-east-1:123456789012:imported-model/abc";
        let resolved = registry.resolve(&registry.parse(opaque).unwrap()).unwrap();
        assert_eq!(resolved.model.family, None);
        assert_eq!(resolved.warnings[0].code, "unregistered_model");
        let mut full = Model::new("bedrock", "our-model");
        full.base_model = Some("anthropic.claude-x".to_owned());
        full.limits.context = Some(7);
        let adopted = registry.adopt(full.clone()).unwrap();
        assert_eq!(adopted.model.limits.context, Some(7));
        registry.insert(full).unwrap();
        assert_eq!(registry.models().len(), 1);
        assert!(registry.profiles("anthropic.claude-x").is_empty());
    }
}
