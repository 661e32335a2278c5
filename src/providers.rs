//! The providers that a client can reach.

mod info;
mod unspoken;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use reqllm_core::{
    Error, ErrorKind, Model, Provider, ProviderContext, ProviderDescriptor, ProviderFacts,
    Resolution, Result, inventory,
};
use reqllm_registry::Registry;

pub use self::info::{KeyVariable, ProviderDialect, ProviderInfo, ProviderOrigin};

/// A feature that brings a provider.
struct Feature {
    name: &'static str,
    on: bool,
    /// What it speaks for others.
    dialects: &'static [&'static str],
}

/// Crates of this project that have a provider of the feature's name.
const FEATURES: &[Feature] = &[
    Feature {
        name: "bedrock",
        on: cfg!(feature = "bedrock"),
        dialects: &[],
    },
    Feature {
        name: "openai",
        on: cfg!(feature = "openai"),
        dialects: &["openai", "openai-compatible"],
    },
    Feature {
        name: "anthropic",
        on: cfg!(feature = "anthropic"),
        dialects: &["anthropic"],
    },
];

impl Feature {
    /// Whether a provider would be there with it that is not.
    fn serves(&self, id: &str, dialect: Option<&str>) -> bool {
        let speaks = dialect.is_some_and(|dialect| self.dialects.contains(&dialect));
        !self.on && (self.name == id || speaks)
    }
}

/// Providers by id.
pub(crate) struct Providers {
    context: ProviderContext,
    entries: BTreeMap<String, Entry>,
    /// Providers that the registry knows, spoken to by a registered one that speaks their dialect.
    spoken_to: RwLock<BTreeMap<String, ByDialect>>,
}

/// One provider, by the dialect of a model; that is empty for models that have none of their own.
type ByDialect = BTreeMap<String, Arc<dyn Provider>>;

enum Entry {
    /// Handed over by the caller.
    Given(Arc<dyn Provider>),
    /// Registered; built when it is first needed.
    Registered(&'static ProviderDescriptor, OnceLock<Arc<dyn Provider>>),
}

impl Providers {
    /// The providers that were handed over, and those that are registered. A provider that was handed over takes the
    /// place of a registered one of its id.
    pub(crate) fn new(given: Vec<Arc<dyn Provider>>, context: ProviderContext) -> Result<Self> {
        let mut entries = BTreeMap::new();
        for descriptor in registered() {
            let entry = Entry::Registered(descriptor, OnceLock::new());
            if entries.insert(descriptor.id().to_owned(), entry).is_some() {
                return Err(Error::config(format!(
                    "two providers are registered as {:?}; leave one of the crates out, or hand one over to the client",
                    descriptor.id()
                )));
            }
        }
        let mut handed_over = BTreeMap::new();
        for provider in given {
            provider.attach(&context);
            let id = provider.id().to_owned();
            if handed_over
                .insert(id.clone(), Entry::Given(provider))
                .is_some()
            {
                return Err(Error::config(format!(
                    "two providers were handed over as {id:?}"
                )));
            }
        }
        entries.extend(handed_over);
        Ok(Self {
            context,
            entries,
            spoken_to: RwLock::default(),
        })
    }

    /// Where a provider is reached. One that was handed over has been built, and nothing reaches it.
    pub(crate) fn set_endpoint(
        &mut self,
        id: &str,
        url: String,
        registry: &Registry,
    ) -> Result<()> {
        match self.entries.get(id) {
            Some(Entry::Registered(..)) => {
                self.context.endpoints.insert(id.to_owned(), url);
                Ok(())
            }
            None if self.speaks_to(id, registry) => {
                self.context.endpoints.insert(id.to_owned(), url);
                Ok(())
            }
            Some(Entry::Given(_)) => Err(Error::config(format!(
                "an endpoint was given for provider {id:?}, which was handed over ready-made; give it the endpoint when it is built"
            ))),
            None => Err(self.missing(id, None, None)),
        }
    }

    /// Ids and other names, for the registry.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, Vec<&'static str>)> {
        self.entries.iter().map(|(id, entry)| match entry {
            Entry::Given(_) => (id.as_str(), Vec::new()),
            Entry::Registered(descriptor, _) => (id.as_str(), descriptor.names().collect()),
        })
    }

    /// The provider of a model: the one of its provider's id that was handed over or registered, which decides by itself how the
    /// model is spoken to; else one that speaks the dialect which the model has, or its provider by the registry.
    pub(crate) fn of(&self, model: &Model, registry: &Registry) -> Result<Arc<dyn Provider>> {
        let dialect = model.wire.dialect.as_deref();
        if !self.entries.contains_key(&model.provider) {
            return self.get_spoken_to(model, registry);
        }
        if let (Some(Entry::Registered(descriptor, _)), Some(dialect), Resolution::Explicit) =
            (self.entries.get(&model.provider), dialect, model.resolution)
            && !descriptor.speaks(dialect)
        {
            return Err(Error::new(
                ErrorKind::InvalidSpec,
                format!(
                    "`dialect` of the model is {dialect:?}, which provider {:?} does not speak; leave it out, or name another provider",
                    model.provider
                ),
            ));
        }
        self.get(&model.provider, registry)
    }

    /// The provider of an id, whatever the model.
    pub(crate) fn get(&self, id: &str, registry: &Registry) -> Result<Arc<dyn Provider>> {
        match self.entries.get(id) {
            Some(Entry::Given(provider)) => Ok(Arc::clone(provider)),
            Some(Entry::Registered(descriptor, built)) => {
                if let Some(provider) = built.get() {
                    return Ok(Arc::clone(provider));
                }
                let mut facts = registry
                    .provider_facts(id)
                    .unwrap_or_else(|| ProviderFacts::new(id));
                let names = descriptor.names().filter(|name| *name != id);
                facts.aliases.extend(names.map(str::to_owned));
                let provider = self.build(descriptor, Some(facts))?;
                Ok(Arc::clone(built.get_or_init(|| provider)))
            }
            None => self.get_spoken_to(&Model::new(id, ""), registry),
        }
    }

    fn get_spoken_to(&self, model: &Model, registry: &Registry) -> Result<Arc<dyn Provider>> {
        let id = model.provider.as_str();
        let own = model.wire.dialect.as_deref();
        let kept = self
            .spoken_to
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let key = own.unwrap_or_default();
        if let Some(provider) = kept.get(id).and_then(|kept| kept.get(key)) {
            return Ok(Arc::clone(provider));
        }
        drop(kept);
        let known = registry.provider_facts(id);
        let of_provider = known.as_ref().and_then(|facts| facts.dialect.clone());
        let Some(dialect) = own.map(str::to_owned).or(of_provider) else {
            return Err(self.missing(id, None, None));
        };
        let Some(descriptor) = self.speaker(&dialect) else {
            return Err(self.missing(id, Some(&dialect), own.map(|_| model)));
        };
        let mut facts = known.unwrap_or_else(|| ProviderFacts::new(id));
        facts.dialect = Some(dialect);
        let provider = self.build(descriptor, Some(facts))?;
        let mut kept = self
            .spoken_to
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let kept = kept.entry(id.to_owned()).or_default();
        Ok(Arc::clone(kept.entry(key.to_owned()).or_insert(provider)))
    }

    /// Whether somebody speaks to a provider, or to some of its models.
    fn speaks_to(&self, id: &str, registry: &Registry) -> bool {
        let own = registry.provider_facts(id).and_then(|facts| facts.dialect);
        let models = registry.query().provider(id).accept_retired().find();
        let of_models = models.iter().filter_map(|it| it.wire.dialect.as_deref());
        let mut dialects = of_models.chain(own.as_deref());
        dialects.any(|dialect| self.speaker(dialect).is_some())
    }

    /// Who among the registered ones speaks a dialect.
    fn speaker(&self, dialect: &str) -> Option<&'static ProviderDescriptor> {
        let others = self.entries.values().filter_map(|entry| match entry {
            Entry::Registered(descriptor, _) => Some(*descriptor),
            Entry::Given(_) => None,
        });
        // Keys of many providers go through it: this project's own speaks first, whatever else is linked in.
        let is_here = |ours: &&'static ProviderDescriptor| matches!(self.entries.get(ours.id()), Some(Entry::Registered(here, _)) if std::ptr::eq(*here, *ours));
        let ours = named().into_iter().filter(is_here);
        ours.chain(others).find(|it| it.speaks(dialect))
    }

    fn build(
        &self,
        descriptor: &ProviderDescriptor,
        facts: Option<ProviderFacts>,
    ) -> Result<Arc<dyn Provider>> {
        let mut context = self.context.clone();
        context.facts = facts;
        descriptor.build(&context)
    }

    /// Nobody is there for a provider, or for a model of it that has a dialect of its own.
    fn missing(&self, id: &str, dialect: Option<&str>, model: Option<&Model>) -> Error {
        let known: Vec<&str> = self.entries.keys().map(String::as_str).collect();
        let known = match known.as_slice() {
            [] => "none is".to_owned(),
            known => format!("registered are {}", known.join(", ")),
        };
        let remedy = match FEATURES.iter().find(|feature| feature.serves(id, dialect)) {
            Some(Feature { name, .. }) => format!("turn on the feature `{name}` of reqllm"),
            None => {
                let dialect = dialect.map_or_else(String::new, |dialect| {
                    let who = match model {
                        Some(model) if model.resolution == Resolution::Explicit => {
                            "what was given of the model says that it"
                        }
                        Some(_) => "the registry says that the model",
                        None => "the registry says that it",
                    };
                    let needs = unspoken::needs(dialect);
                    let needs = needs.map_or_else(String::new, |needs| format!(": {needs}"));
                    format!("{who} speaks {dialect:?}, which none of these does{needs}; ")
                });
                format!(
                    "{dialect}add the crate that has it and name it in the program (`use the_crate as _;`), or, if it serves OpenAI's form, give a full spec with provider \"openai\" and its `base_url`"
                )
            }
        };
        let what = match model {
            Some(Model { id: model, .. }) => {
                format!("nobody can speak to model {model:?} of provider {id:?}")
            }
            None => format!("no provider {id:?} is registered"),
        };
        Error::new(
            ErrorKind::UnknownProvider,
            format!("{what} ({known}); {remedy}"),
        )
    }
}

/// The descriptors of this project, by their names: link-time registration alone is silently empty on some targets.
fn named() -> Vec<&'static ProviderDescriptor> {
    vec![
        #[cfg(feature = "bedrock")]
        reqllm_bedrock::register(),
        #[cfg(feature = "openai")]
        reqllm_openai::register(),
        #[cfg(feature = "anthropic")]
        reqllm_anthropic::register(),
    ]
}

/// Every descriptor, each once.
fn registered() -> Vec<&'static ProviderDescriptor> {
    let mut descriptors = named();
    for descriptor in inventory::iter::<&'static ProviderDescriptor> {
        if !descriptors
            .iter()
            .any(|known| std::ptr::eq(*known, *descriptor))
        {
            descriptors.push(descriptor);
        }
    }
    descriptors
}

impl fmt::Debug for Providers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.entries.keys()).finish()
    }
}
