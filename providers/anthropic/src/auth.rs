//! Who sends a request: an API key, or a token that stands for somebody who has logged in.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqllm_core::{
    Authorize, Clock, Environment, Error, ErrorKind, ExposeSecret as _, ProviderKey, Result,
    SecretString,
};
use reqllm_dialects::door::KeyFinder;

use crate::betas;

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// The variable from which Anthropic's own clients take a token.
pub(crate) const TOKEN_VARIABLE: &str = "ANTHROPIC_AUTH_TOKEN";
/// What OAuth tokens of Anthropic begin with. They are no API keys, whatever name they are given under.
const OAUTH: &str = "sk-ant-oat";

/// What opens the service.
#[derive(Clone)]
pub(crate) enum Key {
    /// Goes in `x-api-key`.
    ApiKey(SecretString),
    /// Goes in `authorization`.
    Token(SecretString),
}

impl Key {
    /// A key that was given as an API key.
    pub(crate) fn of(key: SecretString) -> Self {
        match is_oauth(&key) {
            true => Self::Token(key),
            false => Self::ApiKey(key),
        }
    }

    fn is_token(&self) -> bool {
        matches!(self, Self::Token(_))
    }

    fn secret(&self) -> &SecretString {
        match self {
            Self::ApiKey(secret) | Self::Token(secret) => secret,
        }
    }
}

fn is_oauth(key: &SecretString) -> bool {
    key.expose_secret().trim().starts_with(OAUTH)
}

/// Where keys are looked for, but for the options of a call, which win.
#[derive(Clone, Debug)]
pub(crate) struct Finder {
    /// Looks for API keys.
    pub(crate) keys: KeyFinder,
    /// The variable with a token.
    pub(crate) token_variable: Option<&'static str>,
    pub(crate) env: Environment,
}

impl Finder {
    async fn find(&self) -> Result<Option<Key>> {
        match self.keys.set().await? {
            Some(key) => self.key(&key).map(Some),
            None => Ok(self.in_environment()),
        }
    }

    fn in_environment(&self) -> Option<Key> {
        let token = || self.env.get(self.token_variable?);
        let key = self.keys.in_environment().map(Key::of);
        key.or_else(|| token().map(|token| Key::Token(token.into())))
    }

    fn key(&self, key: &ProviderKey) -> Result<Key> {
        let is_blank = |secret: &&SecretString| secret.expose_secret().trim().is_empty();
        let token = key.get("auth_token").filter(|it| !is_blank(it));
        match (key.api_key().filter(|it| !is_blank(it)), token) {
            (Some(key), None) => Ok(Key::of(key.clone())),
            (None, Some(token)) => Ok(Key::Token(token.clone())),
            _ => {
                let names: Vec<&str> = key.names().collect();
                Err(Error::config(format!(
                    "the key that was set for provider {:?} has {}; either `api_key` or `auth_token` is needed",
                    self.keys.provider(),
                    names.join(", ")
                )))
            }
        }
    }
}

/// Puts the key into a request.
pub(crate) struct Auth {
    pub(crate) finder: Arc<Finder>,
    /// The one that the call gives.
    pub(crate) given: Option<Key>,
    /// Whether it may go without, as to a server on this machine.
    pub(crate) optional: bool,
}

impl Auth {
    /// Whether a token will be sent, as far as can be told without asking the source.
    fn expects_token(&self) -> bool {
        let found = || self.finder.in_environment();
        let key = self.given.clone().or_else(|| {
            let kept = self.finder.keys.in_ring();
            kept.and_then(|key| self.finder.key(&key).ok())
        });
        key.or_else(found).is_some_and(|key| key.is_token())
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("finder", &self.finder)
            .field("given", &self.given.is_some())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Authorize for Auth {
    async fn authorize(&self, request: &mut http::Request<Bytes>, _clock: &Clock) -> Result<()> {
        let provider = self.finder.keys.provider();
        let found = match &self.given {
            Some(_) => None,
            None => self.finder.find().await?,
        };
        let Some(key) = self.given.as_ref().or(found.as_ref()) else {
            if self.optional {
                return Ok(());
            }
            return Err(Error::new(
                ErrorKind::Authentication,
                format!(
                    "there is no API key for provider {provider:?}; {}",
                    self.finder.keys.places_with(self.finder.token_variable)
                ),
            ));
        };
        let secret = key.secret().expose_secret().trim();
        let (name, value) = match key {
            Key::ApiKey(_) => (API_KEY, HeaderValue::try_from(secret)),
            Key::Token(_) => (
                AUTHORIZATION,
                HeaderValue::try_from(format!("Bearer {secret}")),
            ),
        };
        let mut value = value.map_err(|_| {
            Error::new(
                ErrorKind::Authentication,
                format!("the key for provider {provider:?} has characters that no header can carry; it may have been copied with something else"),
            )
        })?;
        value.set_sensitive(true);
        if is_oauth(key.secret()) {
            betas::add(request.headers_mut(), betas::OAUTH);
        }
        request.headers_mut().insert(name, value);
        Ok(())
    }

    fn scheme(&self) -> Option<&'static str> {
        self.expects_token().then_some("Bearer")
    }

    fn key_header(&self) -> Option<HeaderName> {
        (!self.expects_token()).then_some(API_KEY)
    }
}

#[cfg(test)]
mod tests;
