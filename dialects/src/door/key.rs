//! API keys: where they are looked for, and the header that carries them.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqllm_core::{
    Authorize, Clock, Environment, Error, ErrorKind, ExposeSecret as _, KeyRing, KeySource,
    ProviderContext, ProviderKey, Result, SecretString,
};

/// The header that carries a key.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum KeyHeader {
    /// `authorization: Bearer …`.
    Bearer,
    /// The key alone, in this header.
    Named(HeaderName),
}

/// Where the keys of a provider are looked for: the options of the call, the [`KeyRing`], the program's own
/// [`KeySource`], environment variables.
#[derive(Clone)]
pub struct KeyFinder {
    provider: String,
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
            variables: variables.into_iter().map(Into::into).collect(),
            env: context.env.clone(),
            keys: context.keys.clone(),
            source: context.key_source.clone(),
        }
    }

    /// Where a key would be looked for, for messages to people.
    pub fn places(&self) -> String {
        let provider = &self.provider;
        let variables = match self.variables.join(" or ") {
            names if names.is_empty() => String::new(),
            names => format!("set {names}, "),
        };
        format!("{variables}give option `api_key`, or call `keys().set({provider:?}, …)`")
    }

    /// The key, unless the call gives one.
    ///
    /// # Errors
    ///
    /// What the source reports, and [`ErrorKind::Config`] for a composite key without `api_key`.
    pub async fn find(&self) -> Result<Option<SecretString>> {
        if let Some(key) = self.keys.get(&self.provider) {
            return self.api_key(&key).map(Some);
        }
        if let Some(source) = &self.source
            && let Some(key) = source.key(&self.provider).await?
        {
            return self.api_key(&key).map(Some);
        }
        let mut variables = self.variables.iter();
        Ok(variables
            .find_map(|name| self.env.get(name))
            .map(Into::into))
    }

    fn api_key(&self, key: &ProviderKey) -> Result<SecretString> {
        key.api_key().cloned().ok_or_else(|| {
            let names: Vec<&str> = key.names().collect();
            Error::config(format!(
                "the key that was set for provider {:?} has {}; `api_key` is needed",
                self.provider,
                names.join(", ")
            ))
        })
    }
}

impl fmt::Debug for KeyFinder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFinder")
            .field("provider", &self.provider)
            .field("variables", &self.variables)
            .finish_non_exhaustive()
    }
}

/// Authorises by an API key.
#[derive(Debug)]
pub struct KeyAuth {
    finder: KeyFinder,
    header: KeyHeader,
    given: Option<SecretString>,
    required: bool,
}

impl KeyAuth {
    /// Looks for a key in each attempt, and puts it into the header.
    pub fn new(finder: KeyFinder, header: KeyHeader) -> Self {
        Self {
            finder,
            header,
            given: None,
            required: true,
        }
    }

    /// The key that the call gives; it wins.
    #[must_use]
    pub fn given(mut self, key: Option<SecretString>) -> Self {
        self.given = key;
        self
    }

    /// Goes without a key where there is none, as to a server on this machine.
    #[must_use]
    pub fn optional(mut self, optional: bool) -> Self {
        self.required = !optional;
        self
    }
}

#[async_trait]
impl Authorize for KeyAuth {
    async fn authorize(&self, request: &mut http::Request<Bytes>, _clock: &Clock) -> Result<()> {
        let found = match &self.given {
            Some(_) => None,
            None => self.finder.find().await?,
        };
        let Some(key) = self.given.as_ref().or(found.as_ref()) else {
            if !self.required {
                return Ok(());
            }
            return Err(Error::new(
                ErrorKind::Authentication,
                format!(
                    "there is no API key for provider {:?}; {}",
                    self.finder.provider,
                    self.finder.places()
                ),
            ));
        };
        let (name, value) = match &self.header {
            KeyHeader::Bearer => (
                AUTHORIZATION,
                HeaderValue::try_from(format!("Bearer {}", key.expose_secret().trim())),
            ),
            KeyHeader::Named(name) => (
                name.clone(),
                HeaderValue::try_from(key.expose_secret().trim()),
            ),
        };
        let mut value = value.map_err(|_| {
            Error::new(
                ErrorKind::Authentication,
                format!(
                    "the API key for provider {:?} has characters that no header can carry; it may have been copied with something else",
                    self.finder.provider
                ),
            )
        })?;
        value.set_sensitive(true);
        request.headers_mut().insert(name, value);
        Ok(())
    }

    fn scheme(&self) -> Option<&'static str> {
        match self.header {
            KeyHeader::Bearer => Some("Bearer"),
            KeyHeader::Named(_) => None,
        }
    }

    fn key_header(&self) -> Option<HeaderName> {
        match &self.header {
            KeyHeader::Bearer => None,
            KeyHeader::Named(name) => Some(name.clone()),
        }
    }
}
