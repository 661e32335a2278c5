//! How a provider is announced, and what it is built from.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{Environment, KeyRing, KeySource, Provider, Random, Result, RoundTrip};

/// What a provider is built from.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ProviderContext {
    /// Where its environment variables come from.
    pub env: Environment,
    /// Addresses to talk to instead of the providers' own, by the provider's id.
    pub endpoints: BTreeMap<String, String>,
    /// For what has to be asked before a call can be authorised. Without it a provider has only what it is told.
    pub round_trip: Option<Arc<dyn RoundTrip>>,
    /// Where chance comes from.
    pub random: Random,
    /// The keys that were set while the program runs.
    pub keys: KeyRing,
    /// The program's own source of keys.
    pub key_source: Option<Arc<dyn KeySource>>,
    /// What the registry knows of the provider that is to be built.
    pub facts: Option<ProviderFacts>,
}

/// What a registry knows of a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderFacts {
    /// The id by which models name it.
    pub id: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// Where it is.
    pub base_url: Option<String>,
    /// Whether somebody gave that address, rather than the catalogue: it is that of all models then, also of those that have
    /// one of their own in the catalogue.
    pub moved: bool,
    /// The environment variables that it is set up by: those of its keys, and of whatever its address has in it.
    pub env: Vec<String>,
    /// How it is spoken to.
    pub dialect: Option<String>,
}

impl ProviderFacts {
    /// The variables that hold keys: those that neither its address has in it, nor say by their names that they hold something
    /// else.
    ///
    /// ```
    /// use reqllm_core::ProviderFacts;
    ///
    /// let mut facts = ProviderFacts::new("acme");
    /// facts.base_url = Some("https://${ACME_TENANT}.example".to_owned());
    /// facts.env = ["ACME_TENANT", "ACME_REGION", "ACME_TOKEN"].map(str::to_owned).to_vec();
    /// assert_eq!(facts.key_variables().collect::<Vec<_>>(), ["ACME_TOKEN"]);
    /// ```
    pub fn key_variables(&self) -> impl Iterator<Item = &str> {
        const OTHERS: &[&str] = &[
            "_REGION",
            "_HOST",
            "_ENDPOINT",
            "_URL",
            "_NAME",
            "_PROJECT",
            "_LOCATION",
            "_ACCOUNT_ID",
            // A file that keys are made of, as Google's clients read it.
            "_CREDENTIALS",
        ];
        let url = self.base_url.as_deref().unwrap_or_default();
        let is_key = move |name: &&str| {
            !OTHERS.iter().any(|other| name.ends_with(other))
                && !url.contains(&format!("${{{name}}}"))
        };
        self.env.iter().map(String::as_str).filter(is_key)
    }

    /// A provider of which nothing more is known.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }
}

impl ProviderContext {
    /// A context with this environment.
    pub fn new(env: Environment) -> Self {
        Self {
            env,
            ..Self::default()
        }
    }
}

/// Announces a provider, so that it is found by name.
///
/// ```
/// use reqllm_core::{Provider, ProviderContext, ProviderDescriptor, Result};
/// use std::sync::Arc;
///
/// # fn build(_: &ProviderContext) -> Result<Arc<dyn Provider>> { unimplemented!() }
/// static DESCRIPTOR: ProviderDescriptor = ProviderDescriptor::new("acme", build)
///     .aliases(&["acme-ai"])
///     .env(&["ACME_API_KEY"])
///     .base_url("https://api.acme.example/v1")
///     .url_env("ACME_BASE_URL");
///
/// reqllm_core::inventory::submit! { &DESCRIPTOR }
/// ```
#[derive(Debug)]
pub struct ProviderDescriptor {
    id: &'static str,
    aliases: &'static [&'static str],
    dialects: &'static [&'static str],
    env: &'static [&'static str],
    base_url: Option<&'static str>,
    url_env: Option<&'static str>,
    build: fn(&ProviderContext) -> Result<Arc<dyn Provider>>,
}

impl ProviderDescriptor {
    /// A provider by this name, built by `build`.
    pub const fn new(
        id: &'static str,
        build: fn(&ProviderContext) -> Result<Arc<dyn Provider>>,
    ) -> Self {
        Self {
            id,
            aliases: &[],
            dialects: &[],
            env: &[],
            base_url: None,
            url_env: None,
            build,
        }
    }

    /// Other names of it.
    #[must_use]
    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// Dialects that it speaks for others, too. A provider that the registry knows, that speaks one of these and that nobody
    /// else has registered, is built by this descriptor, with its [facts](ProviderContext::facts); it has to say their id as
    /// its own.
    #[must_use]
    pub const fn dialects(mut self, dialects: &'static [&'static str]) -> Self {
        self.dialects = dialects;
        self
    }

    /// The environment variables that its keys may be in, for people who ask. What is not said the registry may know.
    #[must_use]
    pub const fn env(mut self, variables: &'static [&'static str]) -> Self {
        self.env = variables;
        self
    }

    /// Where it is unless a client is told otherwise, for people who ask. What is not said the registry may know.
    #[must_use]
    pub const fn base_url(mut self, url: &'static str) -> Self {
        self.base_url = Some(url);
        self
    }

    /// The environment variable that may say another address, for people who ask. A client that is given one goes by that.
    #[must_use]
    pub const fn url_env(mut self, variable: &'static str) -> Self {
        self.url_env = Some(variable);
        self
    }

    /// Whether it speaks a dialect for others.
    pub fn speaks(&self, dialect: &str) -> bool {
        self.dialects.contains(&dialect)
    }

    /// The name.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// The environment variables that its keys may be in, if it says so.
    pub fn key_variables(&self) -> &'static [&'static str] {
        self.env
    }

    /// Where it is unless a client is told otherwise, if it says so.
    pub fn default_url(&self) -> Option<&'static str> {
        self.base_url
    }

    /// The environment variable that may say another address, if it says so.
    pub fn url_variable(&self) -> Option<&'static str> {
        self.url_env
    }

    /// Every name: the one above, then the others.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.id).chain(self.aliases.iter().copied())
    }

    /// Builds the provider.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the context does not do.
    pub fn build(&self, context: &ProviderContext) -> Result<Arc<dyn Provider>> {
        (self.build)(context)
    }
}

inventory::collect!(&'static ProviderDescriptor);
