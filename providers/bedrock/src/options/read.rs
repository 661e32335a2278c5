//! Options by name, read and checked.

use std::collections::BTreeMap;

use reqllm_core::{
    Error, ExposeSecret as _, Model, ProviderOptions, Result, SecretString, Ttl, nearest,
};
use reqllm_dialects::shape::CacheMessages;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::operations;

use super::{
    Api, Endpoint, GuardrailStreamMode, GuardrailTrace, Latency, SECRET_OPTIONS, ServiceTier,
};

/// The options of one call, read and checked.
#[derive(Default)]
pub(crate) struct Read {
    pub(crate) api_key: Option<SecretString>,
    pub(crate) access_key_id: Option<String>,
    pub(crate) secret_access_key: Option<SecretString>,
    pub(crate) session_token: Option<SecretString>,
    pub(crate) profile: Option<String>,
    pub(crate) role_arn: Option<String>,
    pub(crate) role_session_name: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) endpoint_url: Option<String>,
    pub(crate) use_fips: Option<bool>,
    pub(crate) use_dualstack: Option<bool>,
    pub(crate) use_converse: Option<bool>,
    pub(crate) stream_inside: Option<bool>,
    pub(crate) additional_model_request_fields: Map<String, Value>,
    pub(crate) additional_model_response_field_paths: Vec<String>,
    pub(crate) anthropic_beta: Vec<String>,
    pub(crate) prompt_cache: Option<bool>,
    pub(crate) prompt_cache_ttl: Option<Ttl>,
    pub(crate) cache_messages: Option<CacheMessages>,
    pub(crate) guardrail_identifier: Option<String>,
    pub(crate) guardrail_version: Option<String>,
    pub(crate) guardrail_trace: Option<GuardrailTrace>,
    pub(crate) guardrail_stream_mode: Option<GuardrailStreamMode>,
    pub(crate) service_tier: Option<ServiceTier>,
    pub(crate) performance_latency: Option<Latency>,
    pub(crate) request_metadata: BTreeMap<String, String>,
    pub(crate) prompt_variables: BTreeMap<String, String>,
    pub(crate) inference_profile_arn: Option<String>,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) api: Option<Api>,
    pub(crate) project: Option<String>,
    pub(crate) mantle_base_path: Option<String>,
    pub(crate) store: Option<bool>,
}

/// Options that are text. A number or a flag that was given for one is its text, and a blank text is none.
const TEXTS: &[&str] = &[
    "api_key",
    "access_key_id",
    "secret_access_key",
    "session_token",
    "profile",
    "role_arn",
    "role_session_name",
    "external_id",
    "region",
    "endpoint_url",
    "guardrail_identifier",
    "guardrail_version",
    "inference_profile_arn",
    "project",
    "mantle_base_path",
];

/// The names, for the error that suggests the nearest one.
pub(crate) const NAMES: &[&str] = &[
    "api_key",
    "access_key_id",
    "secret_access_key",
    "session_token",
    "profile",
    "role_arn",
    "role_session_name",
    "external_id",
    "region",
    "endpoint_url",
    "use_fips",
    "use_dualstack",
    "use_converse",
    "stream_inside",
    "additional_model_request_fields",
    "additional_model_response_field_paths",
    "anthropic_beta",
    "prompt_cache",
    "prompt_cache_ttl",
    "cache_messages",
    "guardrail_identifier",
    "guardrail_version",
    "guardrail_trace",
    "guardrail_stream_mode",
    "service_tier",
    "performance_latency",
    "request_metadata",
    "prompt_variables",
    "inference_profile_arn",
    "endpoint",
    "api",
    "project",
    "mantle_base_path",
    "store",
];

/// Other names of some, which ReqLLM uses.
const ALIASES: &[(&str, &str)] = &[
    ("anthropic_prompt_cache", "prompt_cache"),
    ("anthropic_prompt_cache_ttl", "prompt_cache_ttl"),
    ("anthropic_cache_messages", "cache_messages"),
];

impl Read {
    /// Reads options by name.
    pub(crate) fn of(options: &ProviderOptions) -> Result<Self> {
        if options.is_empty() {
            return Ok(Self::default());
        }
        let mut read = Self::default();
        for (given, value) in options.as_map() {
            let name = canonical(given);
            if name != given && options.get(name).is_some() {
                return Err(Error::invalid_request(format!(
                    "options `{given}` and `{name}` of bedrock are the same; give one of them"
                )));
            }
            if !NAMES.contains(&name) {
                if let Some(operation) = operations::options::of(name) {
                    return Err(Error::invalid_request(format!(
                        "option `{name}` of bedrock is for {operation}, not for a conversation; leave it out"
                    )));
                }
                let hint = match nearest(name, NAMES.iter().copied()) {
                    Some(near) => format!("did you mean {near:?}?"),
                    None => format!("the options are {}", NAMES.join(", ")),
                };
                return Err(Error::invalid_request(format!(
                    "bedrock has no option {name:?}; {hint}"
                )));
            }
            read.take(name, value)?;
        }
        read.check()?;
        Ok(read)
    }

    /// The id that is sent for a model.
    pub(crate) fn sent_id<'a>(&'a self, model: &'a Model) -> &'a str {
        let profile = self.inference_profile_arn.as_deref();
        profile.unwrap_or_else(|| model.sent_id())
    }

    /// Whether these say who makes the call.
    pub(crate) fn says_who(&self) -> bool {
        self.api_key.is_some()
            || self.access_key_id.is_some()
            || self.secret_access_key.is_some()
            || self.session_token.is_some()
            || self.role_arn.is_some()
            || self.role_session_name.is_some()
            || self.external_id.is_some()
    }

    /// Whether these options are the credentials of a call, or name a profile that has them: then no others are looked at.
    pub(crate) fn bring_credentials(&self) -> bool {
        let key = self.api_key.as_ref();
        key.is_some_and(|key| !key.expose_secret().trim().is_empty())
            || self.access_key_id.is_some()
            || self.secret_access_key.is_some()
            || self.session_token.is_some()
            || self.profile.is_some()
    }

    /// One option at a time, so that an error names it.
    fn take(&mut self, name: &str, value: &Value) -> Result<()> {
        let text;
        let value = match value {
            Value::String(text) if TEXTS.contains(&name) && text.trim().is_empty() => return Ok(()),
            Value::Number(_) | Value::Bool(_) if TEXTS.contains(&name) => {
                text = Value::String(value.to_string());
                &text
            }
            value => value,
        };
        macro_rules! take {
            ($($field:ident)*) => {
                match name { $(stringify!($field) => self.$field = value_of(name, value)?,)* _ => {} }
            };
        }
        take!(api_key access_key_id secret_access_key session_token profile role_arn role_session_name external_id region endpoint_url use_fips use_dualstack
            use_converse stream_inside additional_model_request_fields additional_model_response_field_paths anthropic_beta
            prompt_cache prompt_cache_ttl cache_messages guardrail_identifier guardrail_version guardrail_trace guardrail_stream_mode service_tier
            performance_latency request_metadata prompt_variables inference_profile_arn
            endpoint api project mantle_base_path store);
        Ok(())
    }

    /// Source: shapes RequestMetadata of the service model.
    fn check_metadata(&self) -> Result<()> {
        let legal = |c: char| {
            c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || ":_@$#=/+,-.".contains(c)
        };
        let fits = |text: &str, least: usize| {
            (least..=256).contains(&text.len()) && text.chars().all(legal)
        };
        let pairs = &self.request_metadata;
        let wrong = pairs
            .iter()
            .find(|(key, value)| !fits(key, 1) || !fits(value, 0));
        let why = match wrong {
            _ if pairs.len() > 16 => format!("has {} pairs; at most 16 would do", pairs.len()),
            Some((key, _)) => format!(
                "has a pair {key:?} that is too long or has other characters than letters, digits, white space and :_@$#=/+,-."
            ),
            None => return Ok(()),
        };
        Err(Error::invalid_request(format!(
            "option `request_metadata` of bedrock {why}"
        )))
    }

    fn check(&self) -> Result<()> {
        self.check_metadata()?;
        let missing = match (&self.guardrail_identifier, &self.guardrail_version) {
            (Some(_), None) => "guardrail_version",
            (None, Some(_)) => "guardrail_identifier",
            (None, None)
                if self.guardrail_trace.is_some() || self.guardrail_stream_mode.is_some() =>
            {
                "guardrail_identifier"
            }
            _ => return Ok(()),
        };
        Err(Error::invalid_request(format!(
            "a guardrail needs both `guardrail_identifier` and `guardrail_version`; `{missing}` is missing"
        )))
    }
}

/// The value of an option. It is not shown where it is a secret.
fn value_of<'a, T: Deserialize<'a>>(name: &str, value: &'a Value) -> Result<T> {
    T::deserialize(value).map_err(|error| {
        let why = if SECRET_OPTIONS.contains(&name) {
            "it must be a string".to_owned()
        } else {
            error.to_string()
        };
        Error::invalid_request(format!("option `{name}` of bedrock: {why}"))
    })
}

/// The name that an alias stands for.
fn canonical(name: &str) -> &str {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    alias.map_or(name, |(_, name)| name)
}
