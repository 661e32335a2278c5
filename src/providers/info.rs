//! What there is to say of the providers that a client can reach.

use std::collections::{BTreeMap, BTreeSet};

use reqllm_core::ProviderDescriptor;
use reqllm_registry::Registry;
use reqllm_transport::shown_url;
use serde::Serialize;

use super::{Entry, FEATURES, Providers};

/// A provider that a client can reach.
///
/// ```
/// let client = reqllm::Client::new()?;
/// for provider in client.provider_infos() {
///     println!("{}: has a key: {}", provider.id, provider.env.iter().any(|variable| variable.set));
/// }
/// # Ok::<(), reqllm::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProviderInfo {
    /// The name by which models name it: the first half of `provider:model`.
    pub id: String,
    /// Other names that do as well, in alphabetical order.
    pub names: Vec<String>,
    /// How many of its models the registry has. Models that it has not work as those that nobody knows.
    pub models: usize,
    /// Where it is: the address that the client was given, else the one of its variable in the environment, such as
    /// `OPENAI_BASE_URL`, else the registry's, else the one of its own crate. It may hold
    /// variables, as `${AWS_REGION}`. None where it depends on the call, or nobody says.
    pub base_url: Option<String>,
    /// The environment variables that its keys may be in.
    pub env: Vec<KeyVariable>,
    /// How it came into the client.
    pub origin: ProviderOrigin,
    /// In which dialects its models are spoken to, by name. None of one that decides this on its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dialects: Vec<ProviderDialect>,
}

/// A dialect in which models of a provider are spoken to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProviderDialect {
    /// Its name.
    pub name: String,
    /// How many models of the registry it is of.
    pub models: usize,
    /// The id of the provider here that speaks it; none if nobody does, so that these models cannot be reached.
    pub by: Option<String>,
}

/// An environment variable of a provider's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KeyVariable {
    /// Its name.
    pub name: String,
    /// Whether it is set, and not blank. The value is nobody's business here.
    pub set: bool,
}

/// How a provider came into a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProviderOrigin {
    /// By a feature of this crate.
    Feature {
        /// The name of the feature.
        name: &'static str,
    },
    /// By a crate that registers it.
    Registered,
    /// Handed over to the [`ClientBuilder`](crate::ClientBuilder).
    HandedOver,
    /// By another provider that speaks its dialect, as the registry says.
    Spoken {
        /// The id of the one that speaks.
        by: String,
        /// What it speaks.
        dialect: String,
    },
}

impl Providers {
    /// Those that were handed over or registered, by id.
    pub(crate) fn infos(&self, registry: &Registry) -> Vec<ProviderInfo> {
        let models = counts(registry);
        let entries = self.entries.iter().map(|(id, entry)| {
            let (descriptor, origin) = match entry {
                Entry::Given(_) => (None, ProviderOrigin::HandedOver),
                Entry::Registered(descriptor, _) => (Some(*descriptor), origin(descriptor)),
            };
            self.info(id, descriptor, registry, &models, origin)
        });
        entries.collect()
    }

    /// Those that the registry knows and that a registered one speaks to, by id.
    pub(crate) fn spoken_infos(&self, registry: &Registry) -> Vec<ProviderInfo> {
        let models = counts(registry);
        let mut dialects = dialects(registry);
        let known = registry.provider_ids().into_iter();
        let spoken = known.filter_map(|id| {
            if self.entries.contains_key(id) {
                return None;
            }
            let own = registry.provider_facts(id)?.dialect?;
            let origin = ProviderOrigin::Spoken {
                by: self.speaker(&own)?.id().to_owned(),
                dialect: own,
            };
            let mut info = self.info(id, None, registry, &models, origin);
            let of_models = dialects.remove(id).unwrap_or_default();
            let told = |(name, models): (String, usize)| ProviderDialect {
                by: self.speaker(&name).map(|it| it.id().to_owned()),
                name,
                models,
            };
            info.dialects = of_models.into_iter().map(told).collect();
            Some(info)
        });
        spoken.collect()
    }

    fn info(
        &self,
        id: &str,
        descriptor: Option<&ProviderDescriptor>,
        registry: &Registry,
        models: &BTreeMap<String, usize>,
        origin: ProviderOrigin,
    ) -> ProviderInfo {
        let facts = registry.provider_facts(id);
        let mut names: BTreeSet<&str> = descriptor.into_iter().flat_map(|it| it.names()).collect();
        names.extend(
            facts
                .iter()
                .flat_map(|it| it.aliases.iter().map(String::as_str)),
        );
        // A name that is taken leads to who has it.
        names.retain(|name| *name != id && registry.provider(name) == Some(id));
        let given = self.context.endpoints.get(id).map(String::as_str);
        let variable = descriptor.and_then(ProviderDescriptor::url_variable);
        let set = variable.and_then(|name| self.context.env.get(name));
        let base_url = given
            .or_else(|| set.as_deref().map(str::trim).filter(|url| !url.is_empty()))
            .or_else(|| facts.as_ref().and_then(|it| it.base_url.as_deref()))
            .or_else(|| descriptor.and_then(ProviderDescriptor::default_url));
        ProviderInfo {
            id: id.to_owned(),
            names: names.into_iter().map(str::to_owned).collect(),
            models: models.get(id).copied().unwrap_or_default(),
            base_url: base_url.map(shown),
            env: self.variables(id, descriptor, registry),
            origin,
            dialects: Vec::new(),
        }
    }

    /// What the crate says of its variables holds; the registry knows of those that say nothing.
    fn variables(
        &self,
        id: &str,
        descriptor: Option<&ProviderDescriptor>,
        registry: &Registry,
    ) -> Vec<KeyVariable> {
        let own = descriptor.map_or(&[][..], ProviderDescriptor::key_variables);
        let facts = registry.provider_facts(id).filter(|_| own.is_empty());
        let known = facts.iter().flat_map(|facts| facts.key_variables());
        own.iter()
            .copied()
            .chain(known)
            .map(|name| KeyVariable {
                name: name.to_owned(),
                set: self.context.env.get(name).is_some(),
            })
            .collect()
    }
}

/// A provider of this project's comes by a feature; one of its id from elsewhere does not.
fn origin(descriptor: &'static ProviderDescriptor) -> ProviderOrigin {
    let named = super::named();
    let ours = named.iter().any(|ours| std::ptr::eq(*ours, descriptor));
    let feature = FEATURES
        .iter()
        .find(|feature| ours && feature.name == descriptor.id());
    match feature {
        Some(feature) => ProviderOrigin::Feature { name: feature.name },
        None => ProviderOrigin::Registered,
    }
}

/// An address without what may be secret in it. One that is a template, with variables in it, has nothing of the kind.
fn shown(url: &str) -> String {
    shown_url(url).unwrap_or_else(|_| match url.contains('@') {
        true => "an address that is none".to_owned(),
        false => url.split(['?', '#']).next().unwrap_or_default().to_owned(),
    })
}

/// How many models the registry has of each provider.
fn counts(registry: &Registry) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for model in registry.models() {
        *counts.entry(model.provider.clone()).or_default() += 1;
    }
    counts
}

/// How many models the registry has of each provider in each dialect.
fn dialects(registry: &Registry) -> BTreeMap<String, BTreeMap<String, usize>> {
    let own = |id| Some((id, registry.provider_facts(id)?.dialect?));
    let own: BTreeMap<&str, String> = registry
        .provider_ids()
        .into_iter()
        .filter_map(own)
        .collect();
    let mut counts: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for model in registry.models() {
        let of_model = model.wire.dialect.as_deref();
        if let Some(dialect) =
            of_model.or_else(|| own.get(model.provider.as_str()).map(String::as_str))
        {
            let of_provider = counts.entry(model.provider.clone()).or_default();
            *of_provider.entry(dialect.to_owned()).or_default() += 1;
        }
    }
    counts
}
