//! API keys: where they are looked for, and the header that carries them.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqllm_core::{
    Authorize, Call, Clock, Environment, Error, ErrorKind, ExposeSecret as _, KeyRing, KeySource,
    ProviderContext, ProviderKey, Result, SecretString,
};
use serde_json::Value;

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
    /// What the source reports, and [`ErrorKind::Config`] for a composite key with anything but `api_key`.
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

    /// The key that the program set, in the ring or by its source, in all its members.
    ///
    /// # Errors
    ///
    /// What the source reports.
    pub async fn set(&self) -> Result<Option<ProviderKey>> {
        match (self.in_ring(), &self.source) {
            (None, Some(source)) => source.key(&self.provider).await,
            (key, _) => Ok(key),
        }
    }

    /// The key of the ring, under the provider's id or an alias.
    pub fn in_ring(&self) -> Option<ProviderKey> {
        let mut names = std::iter::once(&self.provider).chain(&self.aliases);
        names.find_map(|name| self.keys.get(name))
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
        let given = key.api_key();
        let is_there = |key: &&SecretString| !key.expose_secret().trim().is_empty();
        Ok(given.filter(is_there).cloned())
    }

    /// Whether there may be a key, as far as can be told without asking the source.
    fn may_find(&self) -> bool {
        self.source.is_some() || self.in_ring().is_some() || self.in_environment().is_some()
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

    /// The same for one call of a provider that has no options but `api_key`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] for any other option, and for a key that is no text or blank.
    pub fn of_call(finder: KeyFinder, header: KeyHeader, call: &Call) -> Result<Self> {
        let mut given = None;
        for (name, value) in call.options.as_map() {
            let wrong = match (name.as_str(), value) {
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

#[cfg(test)]
mod tests {
    use futures_executor::block_on;
    use reqllm_core::ProviderFacts;

    use super::*;

    #[derive(Debug)]
    struct Vault;

    #[async_trait]
    impl KeySource for Vault {
        async fn key(&self, provider: &str) -> Result<Option<ProviderKey>> {
            Ok((provider == "acme").then(|| "of-the-vault".into()))
        }
    }

    fn context() -> ProviderContext {
        let env = Environment::of([("ACME_API_KEY", "of-the-environment"), ("OTHER", "other")]);
        let mut context = ProviderContext::new(env);
        let mut facts = ProviderFacts::new("acme");
        facts.aliases = vec!["acme-ai".to_owned()];
        context.facts = Some(facts);
        context
    }

    /// The value of the header that authorises.
    fn sent(auth: &KeyAuth) -> Result<Option<String>> {
        let mut request = http::Request::new(Bytes::new());
        block_on(auth.authorize(&mut request, &Clock::system()))?;
        let mut values = request.headers().values();
        let value = values.next();
        assert!(value.is_none_or(HeaderValue::is_sensitive));
        Ok(value.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()))
    }

    fn auth(context: &ProviderContext) -> KeyAuth {
        let finder = KeyFinder::new(context, "acme", ["ACME_TOKEN", "ACME_API_KEY"]);
        KeyAuth::new(finder, KeyHeader::Bearer)
    }

    #[test]
    fn a_key_is_looked_for_from_the_nearest_place_to_the_farthest() {
        let mut context = context();
        let found = |context: &ProviderContext| sent(&auth(context)).unwrap().unwrap();
        assert_eq!(found(&context), "Bearer of-the-environment");
        context.key_source = Some(Arc::new(Vault));
        assert_eq!(found(&context), "Bearer of-the-vault");
        context.keys.set("acme-ai", "of-the-alias");
        assert_eq!(found(&context), "Bearer of-the-alias");
        context.keys.set("acme", [("api_key", "of-the-ring")]);
        assert_eq!(found(&context), "Bearer of-the-ring");
        let given = auth(&context).given(Some(" given\n".into()));
        assert_eq!(sent(&given).unwrap().unwrap(), "Bearer given");
        context.keys.remove("acme");
        context.keys.remove("acme-ai");
        assert_eq!(found(&context), "Bearer of-the-vault");
        context.keys.set("acme", "  ");
        assert_eq!(found(&context), "Bearer of-the-vault");
    }

    #[test]
    fn without_a_key_it_is_said_where_one_would_be_found() {
        let context = ProviderContext::new(Environment::empty());
        let error = sent(&auth(&context)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        for place in [
            "ACME_TOKEN or ACME_API_KEY",
            "`api_key`",
            "keys().set(\"acme\"",
        ] {
            assert!(error.message().contains(place), "{error}");
        }
        let keyless = auth(&context).optional(true);
        assert_eq!(sent(&keyless).unwrap(), None);
        assert_eq!(
            (keyless.scheme(), auth(&context).scheme()),
            (None, Some("Bearer"))
        );
    }

    #[test]
    fn a_key_that_does_not_do_is_told_without_showing_it() {
        let context = context();
        context
            .keys
            .set("acme", [("access_key_id", "secret"), ("region", "secret")]);
        let error = sent(&auth(&context)).unwrap_err();
        assert!(error.message().contains("\"access_key_id\""), "{error}");
        let error = sent(&auth(&context).given(Some("sec\nret".into()))).unwrap_err();
        assert!(error.message().contains("no header can carry"), "{error}");
        assert!(
            !format!("{error:?}{context:?}").contains("sec"),
            "{error:?}"
        );
    }

    #[test]
    fn a_key_may_have_a_header_of_its_own() {
        let finder = KeyFinder::new(&context(), "acme", ["ACME_API_KEY"]);
        let name = HeaderName::from_static("x-api-key");
        let auth = KeyAuth::new(finder, KeyHeader::Named(name.clone()));
        assert_eq!(sent(&auth).unwrap().unwrap(), "of-the-environment");
        assert_eq!((auth.scheme(), auth.key_header()), (None, Some(name)));
    }

    fn auth_of(options: &[(&str, Value)]) -> Result<KeyAuth> {
        let context = ProviderContext::new(Environment::empty());
        let finder = KeyFinder::new(&context, "acme", ["ACME_API_KEY"]);
        let mut call = Call::new("Hi");
        for (name, value) in options {
            call.options.set(*name, value.clone());
        }
        KeyAuth::of_call(finder, KeyHeader::Bearer, &call)
    }

    #[test]
    fn a_call_gives_its_key_and_no_other_option() {
        assert!(auth_of(&[]).unwrap().given.is_none());
        let given = auth_of(&[("api_key", "k3y".into())]).unwrap();
        assert_eq!(given.given.as_ref().unwrap().expose_secret(), "k3y");
        assert!(!format!("{given:?}").contains("k3y"));
        for (name, value, says) in [
            ("apikey", Value::from("k3y"), "unknown option \"apikey\""),
            ("api_key", Value::from(7), "is no text, or blank"),
            ("api_key", Value::from("  "), "is no text, or blank"),
        ] {
            let error = auth_of(&[(name, value)]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            assert!(error.message().contains(says), "{error}");
            assert!(error.message().contains("\"acme\" has `api_key`"));
            assert!(!error.message().contains("k3y"), "{error}");
        }
    }
}
