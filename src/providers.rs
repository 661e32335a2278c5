//! The providers that a client can reach.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use reqllm_core::{
    Error, ErrorKind, Provider, ProviderContext, ProviderDescriptor, Result, inventory,
};

/// Crates of this project that have a provider, and the feature that brings it.
const FEATURES: &[(&str, &str, bool)] = &[("bedrock", "bedrock", cfg!(feature = "bedrock"))];

/// Providers by id.
pub(crate) struct Providers {
    context: ProviderContext,
    entries: BTreeMap<String, Entry>,
}

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
        Ok(Self { context, entries })
    }

    /// Where a registered provider is reached. One that was handed over has been built, and nothing reaches it.
    pub(crate) fn set_endpoint(&mut self, id: &str, url: String) -> Result<()> {
        match self.entries.get(id) {
            Some(Entry::Registered(..)) => {
                self.context.endpoints.insert(id.to_owned(), url);
                Ok(())
            }
            Some(Entry::Given(_)) => Err(Error::config(format!(
                "an endpoint was given for provider {id:?}, which was handed over ready-made; give it the endpoint when it is built"
            ))),
            None => Err(self.missing(id)),
        }
    }

    /// Ids and other names, for the registry.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, Vec<&'static str>)> {
        self.entries.iter().map(|(id, entry)| match entry {
            Entry::Given(_) => (id.as_str(), Vec::new()),
            Entry::Registered(descriptor, _) => (id.as_str(), descriptor.names().collect()),
        })
    }

    pub(crate) fn get(&self, id: &str) -> Result<Arc<dyn Provider>> {
        match self.entries.get(id) {
            Some(Entry::Given(provider)) => Ok(Arc::clone(provider)),
            Some(Entry::Registered(descriptor, built)) => {
                if let Some(provider) = built.get() {
                    return Ok(Arc::clone(provider));
                }
                let provider = descriptor.build(&self.context)?;
                Ok(Arc::clone(built.get_or_init(|| provider)))
            }
            None => Err(self.missing(id)),
        }
    }

    fn missing(&self, id: &str) -> Error {
        let known: Vec<&str> = self.entries.keys().map(String::as_str).collect();
        let known = match known.as_slice() {
            [] => "none is".to_owned(),
            known => format!("registered are {}", known.join(", ")),
        };
        let remedy = match FEATURES.iter().find(|(provider, ..)| *provider == id) {
            Some((_, feature, false)) => format!("turn on the feature `{feature}` of reqllm"),
            _ => "add the crate that has it and name it in the program (`use the_crate as _;`)"
                .to_owned(),
        };
        Error::new(
            ErrorKind::UnknownProvider,
            format!("no provider {id:?} is registered ({known}); {remedy}"),
        )
    }
}

/// Every descriptor, each once. Those of this project are named, because link-time registration alone is silently
/// empty on some targets.
fn registered() -> Vec<&'static ProviderDescriptor> {
    let mut descriptors: Vec<&'static ProviderDescriptor> = vec![
        #[cfg(feature = "bedrock")]
        reqllm_bedrock::register(),
    ];
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
