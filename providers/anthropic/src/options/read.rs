//! Options by name, read and checked.

use std::collections::BTreeMap;

use http::header::{HeaderName, HeaderValue};
use reqllm_core::{Error, ProviderOptions, Result, SecretString, Ttl};
use reqllm_dialects::door::OptionNames;
use reqllm_dialects::shape::CacheMessages;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{SECRET_OPTIONS, ServiceTier, Speed};

reqllm_dialects::options! {
    /// The options of one call, read and checked.
    pub(crate) struct Read, NAMES {
        api_key: Option<SecretString>,
        auth_token: Option<SecretString>,
        base_url: Option<String>,
        allow_http: Option<bool>,
        anthropic_version: Option<String>,
        anthropic_beta: Betas,
        prompt_cache: Option<bool>,
        prompt_cache_ttl: Option<Ttl>,
        cache_messages: Option<CacheMessages>,
        stream_inside: Option<bool>,
        service_tier: Option<ServiceTier>,
        user_id: Option<String>,
        disable_parallel_tool_use: Option<bool>,
        container: Option<Value>,
        inference_geo: Option<String>,
        speed: Option<Speed>,
        extra_body: Map<String, Value>,
        extra_headers: BTreeMap<String, String>,
    }
}

/// Options that are text.
const TEXTS: &[&str] = &[
    "api_key",
    "auth_token",
    "base_url",
    "anthropic_version",
    "user_id",
    "inference_geo",
];

/// Other names of some, which ReqLLM uses.
const ALIASES: &[(&str, &str)] = &[
    ("anthropic_prompt_cache", "prompt_cache"),
    ("anthropic_prompt_cache_ttl", "prompt_cache_ttl"),
    ("anthropic_cache_messages", "cache_messages"),
];

/// Headers that others set: by options of their own, or none but HTTP.
const NOT_EXTRA: &[(&str, &str)] = &[
    ("x-api-key", "option `api_key` gives it"),
    ("authorization", "option `auth_token` gives it"),
    ("anthropic-version", "option `anthropic_version` gives it"),
    ("anthropic-beta", "option `anthropic_beta` gives it"),
    ("host", "it follows from the address"),
    ("content-length", "it follows from the body"),
    ("content-type", "the body is JSON"),
    ("transfer-encoding", "it follows from the body"),
];

const OPTIONS: OptionNames<'_> = OptionNames::new("anthropic", NAMES)
    .aliases(ALIASES)
    .texts(TEXTS)
    .secrets(SECRET_OPTIONS);

impl Read {
    /// Reads options by name. Errors name the provider.
    pub(crate) fn of(provider: &str, options: &ProviderOptions) -> Result<Self> {
        let mut read = Self::default();
        OPTIONS
            .asked_of(provider)
            .read(options, |names, name, value| read.take(names, name, value))?;
        read.check(provider)?;
        Ok(read)
    }

    fn check(&self, provider: &str) -> Result<()> {
        if self.api_key.is_some() && self.auth_token.is_some() {
            return Err(Error::invalid_request(format!(
                "options `api_key` and `auth_token` of {provider} cannot both be sent; give one of them"
            )));
        }
        if let Some(container) = &self.container
            && !container.is_string()
            && !container.is_object()
        {
            return Err(Error::invalid_request(format!(
                "option `container` of {provider} is neither the id of a container nor an object; one of them would do"
            )));
        }
        self.headers(provider).map(|_| ())
    }

    /// The extra headers.
    pub(crate) fn headers(&self, provider: &str) -> Result<Vec<(HeaderName, HeaderValue)>> {
        let of = |(name, value): (&String, &String)| {
            let refuse = |why: &str| {
                Err(Error::invalid_request(format!(
                    "option `extra_headers` of {provider} has {name:?}: {why}"
                )))
            };
            let lower = name.to_ascii_lowercase();
            if let Some((_, why)) = NOT_EXTRA.iter().find(|(other, _)| *other == lower) {
                return refuse(why);
            }
            let Ok(header) = HeaderName::try_from(lower) else {
                return refuse("no header can have this name");
            };
            let Ok(mut value) = HeaderValue::try_from(value) else {
                return refuse("its value has characters that no header can carry");
            };
            // What gateways want is mostly a key.
            value.set_sensitive(true);
            Ok((header, value))
        };
        self.extra_headers.iter().map(of).collect()
    }
}

/// Names of betas: a list, or a text with commas, as the header has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "BetasForm")]
pub(crate) struct Betas(Vec<String>);

impl std::ops::Deref for Betas {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.0
    }
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a list of names, or a text with commas, would do"
)]
enum BetasForm {
    List(Vec<String>),
    Text(String),
}

impl From<BetasForm> for Betas {
    fn from(form: BetasForm) -> Self {
        let names = match form {
            BetasForm::List(names) => names,
            BetasForm::Text(text) => vec![text],
        };
        let each = names.iter().flat_map(|name| name.split(','));
        let each = each.map(str::trim).filter(|name| !name.is_empty());
        Self(each.map(str::to_owned).collect())
    }
}
