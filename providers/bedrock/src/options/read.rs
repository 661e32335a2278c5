//! Options by name, read and checked.

use std::collections::BTreeMap;

use reqllm_core::{Error, ExposeSecret as _, Model, ProviderOptions, Result, SecretString, Ttl};
use reqllm_dialects::door::OptionNames;
use reqllm_dialects::shape::CacheMessages;
use serde_json::{Map, Value};

use crate::operations;

use super::{
    Api, Endpoint, GuardrailStreamMode, GuardrailTrace, Latency, SECRET_OPTIONS, ServiceTier,
};

reqllm_dialects::options! {
    /// The options of one call, read and checked.
    pub(crate) struct Read, NAMES {
        api_key: Option<SecretString>,
        access_key_id: Option<String>,
        secret_access_key: Option<SecretString>,
        session_token: Option<SecretString>,
        profile: Option<String>,
        role_arn: Option<String>,
        role_session_name: Option<String>,
        external_id: Option<String>,
        region: Option<String>,
        endpoint_url: Option<String>,
        use_fips: Option<bool>,
        use_dualstack: Option<bool>,
        use_converse: Option<bool>,
        stream_inside: Option<bool>,
        additional_model_request_fields: Map<String, Value>,
        additional_model_response_field_paths: Vec<String>,
        anthropic_beta: Vec<String>,
        prompt_cache: Option<bool>,
        prompt_cache_ttl: Option<Ttl>,
        cache_messages: Option<CacheMessages>,
        guardrail_identifier: Option<String>,
        guardrail_version: Option<String>,
        guardrail_trace: Option<GuardrailTrace>,
        guardrail_stream_mode: Option<GuardrailStreamMode>,
        service_tier: Option<ServiceTier>,
        performance_latency: Option<Latency>,
        request_metadata: BTreeMap<String, String>,
        prompt_variables: BTreeMap<String, String>,
        inference_profile_arn: Option<String>,
        endpoint: Option<Endpoint>,
        api: Option<Api>,
        project: Option<String>,
        mantle_base_path: Option<String>,
        store: Option<bool>,
    }
}

/// Options that are text.
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

/// Other names of some, which ReqLLM uses.
const ALIASES: &[(&str, &str)] = &[
    ("anthropic_prompt_cache", "prompt_cache"),
    ("anthropic_prompt_cache_ttl", "prompt_cache_ttl"),
    ("anthropic_cache_messages", "cache_messages"),
];

const OPTIONS: OptionNames<'_> = OptionNames::new("bedrock", NAMES)
    .aliases(ALIASES)
    .texts(TEXTS)
    .secrets(SECRET_OPTIONS)
    .elsewhere(operations::options::of);

impl Read {
    /// Reads options by name.
    pub(crate) fn of(options: &ProviderOptions) -> Result<Self> {
        if options.is_empty() {
            return Ok(Self::default());
        }
        let mut read = Self::default();
        OPTIONS.read(options, |names, name, value| read.take(names, name, value))?;
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
