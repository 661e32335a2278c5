//! API keys: where they are looked for, and the header that carries them.

mod finder;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqllm_core::{
    Authorize, Call, Clock, Error, ErrorKind, ExposeSecret as _, Result, SecretString,
};
use serde_json::Value;

pub use self::finder::KeyFinder;

/// The header that carries a key.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum KeyHeader {
    /// `authorization: Bearer …`.
    Bearer,
    /// The key alone, in this header.
    Named(HeaderName),
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

    /// The same for one call of a provider that has no options but `api_key`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] for any other option, and for a key that is no text or blank.
    pub fn of_call(finder: KeyFinder, header: KeyHeader, call: &Call) -> Result<Self> {
        let mut given = None;
        for (name, value) in call.options.iter() {
            let wrong = match (name, value) {
                ("api_key", Value::String(key)) if !key.trim().is_empty() => {
                    given = Some(key.as_str().into());
                    continue;
                }
                ("api_key", _) => "option `api_key` is no text, or blank".to_owned(),
                _ => format!("unknown option {name:?}"),
            };
            return Err(Error::invalid_request(format!(
                "{wrong}; provider {:?} has `api_key`, a text, and no others",
                finder.provider
            )));
        }
        Ok(Self::new(finder, header).given(given))
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

impl KeyAuth {
    /// Whether a key will be sent, as far as can be told beforehand.
    fn carries_one(&self) -> bool {
        self.required || self.given.is_some() || self.finder.may_find()
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
            KeyHeader::Bearer if !self.carries_one() => None,
            KeyHeader::Bearer => Some("Bearer"),
            KeyHeader::Named(_) => None,
        }
    }

    fn key_header(&self) -> Option<HeaderName> {
        match &self.header {
            KeyHeader::Named(_) if !self.carries_one() => None,
            KeyHeader::Bearer => None,
            KeyHeader::Named(name) => Some(name.clone()),
        }
    }
}
