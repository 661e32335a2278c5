//! Resolution of specs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use reqllm_core::{Error, ErrorKind, Model, ModelSpec, Resolution, Result, Warning, nearest};

use crate::{Catalogue, Packed};

/// At most so many suggestions go into an error.
const MAX_SUGGESTIONS: usize = 3;

/// Finds models by spec. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Registry {
    catalogue: Arc<dyn Catalogue>,
    /// Models that were given by hand, by provider and id. They win over the catalogue.
    explicit: BTreeMap<(String, String), Arc<Model>>,
    /// Canonical ids of providers by folded name.
    providers: BTreeMap<String, String>,
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
    /// The registry that comes with this crate.
    pub fn embedded() -> Self {
        Self::new(Arc::new(Packed::embedded()))
    }

    /// A registry over a catalogue.
    pub fn new(catalogue: Arc<dyn Catalogue>) -> Self {
        let mut registry = Self {
            explicit: BTreeMap::new(),
            providers: BTreeMap::new(),
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

    /// Every model, ordered by provider and id.
    pub fn models(&self) -> Vec<Arc<Model>> {
        let mut models: BTreeMap<(String, String), Arc<Model>> = self
            .catalogue
            .records()
            .map(|record| record.to_model())
            .map(|model| ((model.provider.clone(), model.id.clone()), Arc::new(model)))
            .collect();
        models.extend(self.explicit.clone());
        models.into_values().collect()
    }

    /// Parses a spec with the providers of this registry at hand.
    ///
    /// # Errors
    ///
    /// As [`ModelSpec::from_str`](std::str::FromStr::from_str).
    pub fn parse(&self, text: &str) -> Result<ModelSpec> {
        ModelSpec::parse_known(text, |name| self.provider(name).is_some())
    }

    /// Finds the model of a spec.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownProvider`]; for a bare id [`ErrorKind::UnknownModel`] or [`ErrorKind::AmbiguousModel`], with
    /// the specs that would do.
    pub fn resolve(&self, spec: &ModelSpec) -> Result<Resolved> {
        let Some(name) = spec.provider() else {
            return self.bare(spec.model());
        };
        let Some(provider) = self.provider(name) else {
            // An id with a colon in it, written without its provider, is read as the colon form.
            let bare = self
                .models()
                .into_iter()
                .find(|model| model.id == spec.as_str())
                .map(|model| model.spec());
            let near = self
                .near(name)
                .map(|provider| format!("{provider}:{}", spec.model()));
            return Err(self
                .unknown_provider(name)
                .with_suggestions(bare.into_iter().chain(near)));
        };
        if let Some(model) = self.exact(provider, spec.model()) {
            return Ok(Resolved::plain(model));
        }
        if let Some(model) = self.profile(provider, spec.model()) {
            return Ok(Resolved::plain(Arc::new(model)));
        }
        let mut model = Model::new(provider, spec.model());
        model.resolution = Resolution::Unregistered;
        let warning = Warning::new(
            "unregistered_model",
            format!("{spec} is not in the registry: its limits, abilities and price are not known"),
        );
        Ok(Resolved {
            model: Arc::new(model),
            warnings: vec![warning],
        })
    }

    /// Takes a full spec as it is, under the provider's own id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSpec`], naming the field.
    pub fn adopt(&self, mut model: Model) -> Result<Resolved> {
        model.check()?;
        if let Some(id) = self.provider(&model.provider) {
            model.provider = id.to_owned();
        }
        Ok(Resolved::plain(Arc::new(model)))
    }

    fn exact(&self, provider: &str, id: &str) -> Option<Arc<Model>> {
        let key = (provider.to_owned(), id.to_owned());
        self.explicit.get(&key).cloned().or_else(|| {
            let record = self.catalogue.find(provider, id)?;
            Some(Arc::new(record.to_model()))
        })
    }

    /// An inference profile of a model that is known: the model's id behind a geography, alone or in an ARN. The
    /// geography is known by its place; there is no list of them. The id on the wire stays as it was written.
    fn profile(&self, provider: &str, id: &str) -> Option<Model> {
        let named = match id.strip_prefix("arn:") {
            Some(arn) => {
                arn.split_once("inference-profile/")
                    .or_else(|| arn.split_once("foundation-model/"))
                    .filter(|(before, _)| !before.ends_with("application-"))?
                    .1
            }
            None => id,
        };
        let base = self
            .exact(provider, named)
            .or_else(|| self.exact(provider, named.split_once('.')?.1))?;
        if base.id == id {
            return None;
        }
        let mut model = Model::clone(&base);
        model.id = id.to_owned();
        // A base that was given by hand may have a wire id of its own; what was asked for is what is sent.
        model.wire_id = None;
        model.base_model = Some(base.id.clone());
        model.resolution = Resolution::Inherited;
        Some(model)
    }

    fn bare(&self, id: &str) -> Result<Resolved> {
        let models = self.models();
        let mut found = models.iter().filter(|model| model.id == id);
        match (found.next(), found.next()) {
            (Some(model), None) => Ok(Resolved::plain(Arc::clone(model))),
            (Some(_), Some(_)) => Err(Error::new(
                ErrorKind::AmbiguousModel,
                format!("more than one provider has a model {id:?}; name the provider"),
            )
            .with_model(id)
            .with_suggestions(
                models
                    .iter()
                    .filter(|model| model.id == id)
                    .map(|model| model.spec()),
            )),
            (None, _) => {
                let mut suggestions: Vec<String> = models
                    .iter()
                    .filter(|model| model.id.contains(id))
                    .map(|model| model.spec())
                    .take(MAX_SUGGESTIONS)
                    .collect();
                if suggestions.is_empty() {
                    suggestions.extend(
                        nearest(id, models.iter().map(|model| model.id.as_str()))
                            .and_then(|near| models.iter().find(|model| model.id == near))
                            .map(|model| model.spec()),
                    );
                }
                Err(Error::new(
                    ErrorKind::UnknownModel,
                    format!("no model {id:?} is in the registry; write provider:model for one that is not"),
                )
                .with_model(id)
                .with_suggestions(suggestions))
            }
        }
    }

    /// The known provider whose name is nearest.
    fn near(&self, name: &str) -> Option<String> {
        let near = nearest(&fold(name), self.providers.keys().map(String::as_str))?;
        self.provider(near).map(str::to_owned)
    }

    fn unknown_provider(&self, name: &str) -> Error {
        let known: BTreeSet<&str> = self.providers.values().map(String::as_str).collect();
        let known: Vec<&str> = known.into_iter().collect();
        Error::new(
            ErrorKind::UnknownProvider,
            format!(
                "no provider {name:?} is known; known are {}",
                known.join(", ")
            ),
        )
    }
}

impl Resolved {
    fn plain(model: Arc<Model>) -> Self {
        Self {
            model,
            warnings: Vec::new(),
        }
    }
}

/// Names of providers are the same whatever their case, and with `_` for `-`.
fn fold(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(spec: &str) -> Result<Resolved> {
        let registry = Registry::embedded();
        registry.resolve(&registry.parse(spec)?)
    }

    #[test]
    fn every_model_resolves_from_its_own_spec() {
        let registry = Registry::embedded();
        for model in registry.models() {
            let resolved = registry.resolve(&model.spec().parse().unwrap()).unwrap();
            assert_eq!(resolved.model, model);
            assert!(resolved.warnings.is_empty());
        }
    }

    #[test]
    fn provider_names_fold_and_forms_agree() {
        let id = "anthropic.claude-3-haiku-20240307-v1:0";
        for spec in [
            format!("bedrock:{id}"),
            format!("amazon-bedrock:{id}"),
            format!("Amazon_Bedrock:{id}"),
            format!("aws:{id}"),
            format!("{id}@bedrock"),
        ] {
            let model = resolve(&spec).unwrap().model;
            assert_eq!(
                (model.provider.as_str(), model.id.as_str()),
                ("bedrock", id),
                "{spec}"
            );
        }
    }

    #[test]
    fn a_profile_inherits_and_keeps_its_id() {
        for id in [
            "us.meta.llama3-3-70b-instruct-v1:0",
            "atlantis.meta.llama3-3-70b-instruct-v1:0",
            "arn:aws:bedrock:us-east-1:1:inference-profile/us.meta.llama3-3-70b-instruct-v1:0",
            "arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-3-70b-instruct-v1:0",
        ] {
            let model = resolve(&format!("bedrock:{id}")).unwrap().model;
            assert_eq!(model.resolution, Resolution::Inherited, "{id}");
            assert_eq!((model.sent_id(), model.id.as_str()), (id, id));
            assert_eq!(
                model.base_model.as_deref(),
                Some("meta.llama3-3-70b-instruct-v1:0")
            );
            assert_eq!(model.limits.output, Some(4096));
            assert_eq!(model.price_quality(), reqllm_core::Quality::Estimated);
        }
    }

    #[test]
    fn what_is_not_registered_still_works_and_says_so() {
        for id in [
            "acme.brand-new-v9:0",
            "arn:aws:bedrock:us-east-1:1:application-inference-profile/meta.llama3-3-70b-instruct-v1:0",
        ] {
            let resolved = resolve(&format!("bedrock:{id}")).unwrap();
            assert_eq!(resolved.model.resolution, Resolution::Unregistered);
            assert_eq!(
                resolved.model.capabilities,
                reqllm_core::Capabilities::new()
            );
            assert_eq!(resolved.warnings[0].code, "unregistered_model");
        }
    }

    #[test]
    fn explicit_models_win() {
        let mut registry = Registry::embedded();
        let model = Model::new("AWS", "openai.gpt-oss-20b-1:0").wire_id("mine");
        registry.insert(model).unwrap();
        let spec = "bedrock:openai.gpt-oss-20b-1:0".parse().unwrap();
        assert_eq!(registry.resolve(&spec).unwrap().model.sent_id(), "mine");
        registry.insert(Model::new("acme", "m")).unwrap();
        assert!(registry.resolve(&"acme:m".parse().unwrap()).is_ok());
        assert!(registry.insert(Model::new("acme", "")).is_err());
    }

    #[test]
    fn misses_suggest() {
        let error = resolve("bedrok:x").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownProvider);
        assert_eq!(error.suggestions(), ["bedrock:x"]);
        let error = resolve("openai.gpt-oss-20b-1:0").unwrap_err();
        assert_eq!(error.suggestions(), ["bedrock:openai.gpt-oss-20b-1:0"]);
        let error = resolve("claude-haiku").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownModel);
        assert_eq!(error.suggestions().len(), MAX_SUGGESTIONS);
        assert!(
            error
                .suggestions()
                .iter()
                .all(|it| it.contains("claude-haiku"))
        );
    }
}
