//! Options by name, read and checked.

use std::collections::BTreeMap;

use http::header::{HeaderName, HeaderValue};
use reqllm_core::{Error, ProviderOptions, Result, SecretString, Ttl, nearest};
use reqllm_dialects::shape::CacheMessages;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{SECRET_OPTIONS, ServiceTier, Speed};

/// The options of one call, read and checked.
#[derive(Default)]
pub(crate) struct Read {
    pub(crate) api_key: Option<SecretString>,
    pub(crate) auth_token: Option<SecretString>,
    pub(crate) base_url: Option<String>,
    pub(crate) allow_http: Option<bool>,
    pub(crate) anthropic_version: Option<String>,
    pub(crate) anthropic_beta: Betas,
    pub(crate) prompt_cache: Option<bool>,
    pub(crate) prompt_cache_ttl: Option<Ttl>,
    pub(crate) cache_messages: Option<CacheMessages>,
    pub(crate) stream_inside: Option<bool>,
    pub(crate) service_tier: Option<ServiceTier>,
    pub(crate) user_id: Option<String>,
    pub(crate) disable_parallel_tool_use: Option<bool>,
    pub(crate) container: Option<Value>,
    pub(crate) inference_geo: Option<String>,
    pub(crate) speed: Option<Speed>,
    pub(crate) extra_body: Map<String, Value>,
    pub(crate) extra_headers: BTreeMap<String, String>,
}

/// Options that are text. A number or a flag that was given for one is its text, and a blank text is none.
const TEXTS: &[&str] = &[
    "api_key",
    "auth_token",
    "base_url",
    "anthropic_version",
    "user_id",
    "inference_geo",
];

macro_rules! options {
    ($($name:ident)*) => {
        /// The names, for the error that suggests the nearest one.
        pub(super) const NAMES: &[&str] = &[$(stringify!($name)),*];

        impl Read {
            /// One option at a time, so that an error names it.
            fn put(&mut self, name: &str, value: &Value) -> Result<()> {
                match name { $(stringify!($name) => self.$name = value_of(name, value)?,)* _ => {} }
                Ok(())
            }
        }
    };
}

options!(api_key auth_token base_url allow_http anthropic_version anthropic_beta prompt_cache prompt_cache_ttl cache_messages
    stream_inside service_tier user_id disable_parallel_tool_use container inference_geo speed extra_body extra_headers);

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

impl Read {
    /// Reads options by name.
    pub(crate) fn of(options: &ProviderOptions) -> Result<Self> {
        let mut read = Self::default();
        for (given, value) in options.as_map() {
            let alias = ALIASES.iter().find(|(alias, _)| alias == given);
            let name = alias.map_or(given.as_str(), |(_, name)| name);
            if name != given && options.get(name).is_some() {
                return Err(Error::invalid_request(format!(
                    "options `{given}` and `{name}` of anthropic are the same; give one of them"
                )));
            }
            if !NAMES.contains(&name) {
                let hint = match nearest(name, NAMES.iter().copied()) {
                    Some(near) => format!("did you mean {near:?}?"),
                    None => format!("the options are {}", NAMES.join(", ")),
                };
                return Err(Error::invalid_request(format!(
                    "anthropic has no option {name:?}; {hint}"
                )));
            }
            read.take(name, value)?;
        }
        read.check()?;
        Ok(read)
    }

    fn take(&mut self, name: &str, value: &Value) -> Result<()> {
        match value {
            Value::String(text) if TEXTS.contains(&name) && text.trim().is_empty() => Ok(()),
            Value::Number(_) | Value::Bool(_) if TEXTS.contains(&name) => {
                self.put(name, &Value::String(value.to_string()))
            }
            value => self.put(name, value),
        }
    }

    fn check(&self) -> Result<()> {
        if self.api_key.is_some() && self.auth_token.is_some() {
            return Err(Error::invalid_request(
                "options `api_key` and `auth_token` of anthropic cannot both be sent; give one of them",
            ));
        }
        if let Some(container) = &self.container
            && !container.is_string()
            && !container.is_object()
        {
            return Err(Error::invalid_request(
                "option `container` of anthropic is neither the id of a container nor an object; one of them would do",
            ));
        }
        self.headers().map(|_| ())
    }

    /// The extra headers.
    pub(crate) fn headers(&self) -> Result<Vec<(HeaderName, HeaderValue)>> {
        let of = |(name, value): (&String, &String)| {
            let refuse = |why: &str| {
                Err(Error::invalid_request(format!(
                    "option `extra_headers` of anthropic has {name:?}: {why}"
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

/// The value of an option. It is not shown where it is a secret.
fn value_of<'a, T: Deserialize<'a>>(name: &str, value: &'a Value) -> Result<T> {
    T::deserialize(value).map_err(|error| {
        let why = match SECRET_OPTIONS.contains(&name) || name == "extra_headers" {
            true if name == "extra_headers" => "it must be an object of strings".to_owned(),
            true => "it must be a string".to_owned(),
            false => error.to_string(),
        };
        Error::invalid_request(format!("option `{name}` of anthropic: {why}"))
    })
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
