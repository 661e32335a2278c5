//! Where the keys of a provider are looked for.

use std::fmt;
use std::sync::Arc;

use reqllm_core::{
    Environment, Error, ExposeSecret as _, KeyRing, KeySource, ProviderContext, ProviderKey,
    Result, SecretString,
};

/// Where the keys of a provider are looked for: the options of the call, the [`KeyRing`], the program's own
/// [`KeySource`], environment variables.
#[derive(Clone)]
pub struct KeyFinder {
    pub(super) provider: String,
    aliases: Vec<String>,
    variables: Vec<String>,
    env: Environment,
    keys: KeyRing,
    source: Option<Arc<dyn KeySource>>,
}

impl KeyFinder {
    /// Looks for the keys of a provider as the context says, and in these environment variables, the first one first.
    pub fn new(
        context: &ProviderContext,
        provider: impl Into<String>,
        variables: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            provider: provider.into(),
            aliases: context
                .facts
                .iter()
                .flat_map(|facts| facts.aliases.clone())
                .collect(),
            variables: variables.into_iter().map(Into::into).collect(),
            env: context.env.clone(),
            keys: context.keys.clone(),
            source: context.key_source.clone(),
        }
    }

    /// Where a key would be looked for, for messages to people.
    pub fn places(&self) -> String {
        self.places_with(None)
    }

    /// The same, where one more variable is looked into.
    pub fn places_with(&self, variable: Option<&str>) -> String {
        let provider = &self.provider;
        let names: Vec<&str> = self
            .variables
            .iter()
            .map(String::as_str)
            .chain(variable)
            .collect();
        let variables = match names.join(" or ") {
            names if names.is_empty() => String::new(),
            names => format!("set {names}, "),
        };
        format!("{variables}give option `api_key`, or call `keys().set({provider:?}, …)`")
    }

    /// The key, unless the call gives one.
    ///
    /// # Errors
    ///
    /// What the source reports, and [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) for a composite key with anything but `api_key`.
    pub async fn find(&self) -> Result<Option<SecretString>> {
        if let Some(key) = self.in_ring()
            && let Some(key) = self.api_key(&key)?
        {
            return Ok(Some(key));
        }
        if let Some(source) = &self.source
            && let Some(key) = source.key(&self.provider).await?
            && let Some(key) = self.api_key(&key)?
        {
            return Ok(Some(key));
        }
        Ok(self.in_environment())
    }

    /// The key that the program set, in the ring or by its source, in all its members. One that is blank counts as absent.
    ///
    /// # Errors
    ///
    /// What the source reports.
    pub async fn set(&self) -> Result<Option<ProviderKey>> {
        match (self.in_ring(), &self.source) {
            (None, Some(source)) => Ok(source.key(&self.provider).await?.filter(is_there)),
            (key, _) => Ok(key),
        }
    }

    /// The key of the ring, under the provider's id or an alias. One that is blank counts as absent.
    pub fn in_ring(&self) -> Option<ProviderKey> {
        let mut names = std::iter::once(&self.provider).chain(&self.aliases);
        names.find_map(|name| self.keys.get(name).filter(is_there))
    }

    /// The first of the variables that is there.
    pub fn in_environment(&self) -> Option<SecretString> {
        let mut variables = self.variables.iter();
        let key = variables.find_map(|name| self.env.get(name));
        key.map(Into::into)
    }

    /// The id of the provider.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The key in what was set or given. A blank one counts as absent, as it does in the environment; what is not read is refused.
    fn api_key(&self, key: &ProviderKey) -> Result<Option<SecretString>> {
        let other = key.names().find(|name| *name != "api_key");
        if let Some(other) = other {
            return Err(Error::config(format!(
                "the key that was set for provider {:?} has {other:?}; `api_key` is all that it reads",
                self.provider
            )));
        }
        Ok(key.api_key().filter(|it| !is_blank(it)).cloned())
    }

    /// Whether there may be a key, as far as can be told without asking the source.
    pub(super) fn may_find(&self) -> bool {
        self.source.is_some() || self.in_ring().is_some() || self.in_environment().is_some()
    }
}

/// Whether any member of a key says something.
fn is_there(key: &ProviderKey) -> bool {
    let named = key.names().filter_map(|name| key.get(name));
    key.api_key()
        .into_iter()
        .chain(named)
        .any(|it| !is_blank(it))
}

fn is_blank(secret: &SecretString) -> bool {
    secret.expose_secret().trim().is_empty()
}

impl fmt::Debug for KeyFinder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFinder")
            .field("provider", &self.provider)
            .field("variables", &self.variables)
            .finish_non_exhaustive()
    }
}
