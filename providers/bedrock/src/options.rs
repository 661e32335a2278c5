//! What only Bedrock understands.

use std::collections::BTreeMap;

use reqllm_core::{Error, ProviderOptions, Result, nearest};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Options of a call to Bedrock.
///
/// The same names serve in JSON and on the command line (`-o region=eu-west-1`).
///
/// ```
/// use reqllm_bedrock::Options;
///
/// let options = Options::new().region("eu-west-1").use_converse(true);
/// # let _: reqllm_core::ProviderOptions = options.into();
/// ```
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Options {
    /// Bedrock API key, long-term or short-term. Else `AWS_BEARER_TOKEN_BEDROCK`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) api_key: Option<String>,
    /// IAM access key id; together with the secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) access_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) secret_access_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) endpoint_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) use_fips: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) use_dualstack: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) use_converse: Option<bool>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) additional_model_request_fields: Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) additional_model_response_field_paths: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) anthropic_beta: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) guardrail_identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) guardrail_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) guardrail_trace: Option<GuardrailTrace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) guardrail_stream_mode: Option<GuardrailStreamMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service_tier: Option<ServiceTier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) performance_latency: Option<Latency>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) request_metadata: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) prompt_variables: BTreeMap<String, String>,
}

/// The names, for the error that suggests the nearest one.
const NAMES: &[&str] = &[
    "api_key",
    "access_key_id",
    "secret_access_key",
    "session_token",
    "region",
    "endpoint_url",
    "use_fips",
    "use_dualstack",
    "use_converse",
    "additional_model_request_fields",
    "additional_model_response_field_paths",
    "anthropic_beta",
    "guardrail_identifier",
    "guardrail_version",
    "guardrail_trace",
    "guardrail_stream_mode",
    "service_tier",
    "performance_latency",
    "request_metadata",
    "prompt_variables",
];

/// How much a guardrail tells of what it saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GuardrailTrace {
    /// What it found.
    Enabled,
    /// Nothing.
    Disabled,
    /// Everything that it looked at.
    EnabledFull,
}

/// Whether a guardrail holds a stream back until it has looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GuardrailStreamMode {
    /// It does.
    Sync,
    /// It looks while the stream goes on.
    Async,
}

/// What a call may cost and how fast it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ServiceTier {
    /// Before all others, at a higher price.
    Priority,
    /// The usual.
    Default,
    /// When there is room, at a lower price.
    Flex,
    /// Of capacity that was reserved.
    Reserved,
}

/// Latency profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Latency {
    /// The usual.
    Standard,
    /// Faster, where the model and the region have it.
    Optimized,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty => |$value:ident| $set:expr;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $value: $type) -> Self {
            self.$name = $set;
            self
        }
    )*};
}

impl Options {
    /// No options: everything comes from the environment or from defaults.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// Bedrock API key. Default: `AWS_BEARER_TOKEN_BEDROCK`.
        api_key: impl Into<String> => |key| Some(key.into());
        /// Region, such as `eu-west-1`. Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, the region of the model's ARN, `us-east-1`.
        region: impl Into<String> => |region| Some(region.into());
        /// Address to talk to instead of the region's own. Default: `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`, `AWS_ENDPOINT_URL`.
        endpoint_url: impl Into<String> => |url| Some(url.into());
        /// Use the FIPS endpoint. Default: `AWS_USE_FIPS_ENDPOINT`, else no.
        use_fips: bool => |yes| Some(yes);
        /// Use the dual-stack (IPv4 and IPv6) endpoint. Default: `AWS_USE_DUALSTACK_ENDPOINT`, else no.
        use_dualstack: bool => |yes| Some(yes);
        /// Converse if true, the family's native Invoke body if false. Default: what the call needs.
        use_converse: bool => |yes| Some(yes);
        /// Fields that go to the model beside what Converse defines; on Invoke they are merged into the body. They win over
        /// what this library generates.
        additional_model_request_fields: Map<String, Value> => |fields| fields;
        /// JSON Pointers into the model's native answer, at most 10; found in the metadata. Converse only.
        additional_model_response_field_paths: Vec<String> => |paths| paths;
        /// Beta features of Claude, by name.
        anthropic_beta: Vec<String> => |betas| betas;
        /// How much the guardrail tells. Default: nothing.
        guardrail_trace: GuardrailTrace => |trace| Some(trace);
        /// Whether the guardrail holds a stream back. Default: it does.
        guardrail_stream_mode: GuardrailStreamMode => |mode| Some(mode);
        /// Service tier. Default: the account's.
        service_tier: ServiceTier => |tier| Some(tier);
        /// Latency profile. Default: standard.
        performance_latency: Latency => |latency| Some(latency);
        /// Tags of the call in the invocation log, 1 to 16 pairs.
        request_metadata: BTreeMap<String, String> => |metadata| metadata;
        /// Values of the variables of a managed prompt. Converse only.
        prompt_variables: BTreeMap<String, String> => |variables| variables;
    }

    /// IAM keys. Default: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, with `AWS_SESSION_TOKEN`.
    #[must_use]
    pub fn access_key(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.access_key_id = Some(id.into());
        self.secret_access_key = Some(secret.into());
        self
    }

    /// Session token of temporary IAM keys; it belongs to [`Options::access_key`].
    #[must_use]
    pub fn session_token(mut self, token: impl Into<String>) -> Self {
        self.session_token = Some(token.into());
        self
    }

    /// Guardrail, by id or ARN, and its version (a number, or `DRAFT`).
    #[must_use]
    pub fn guardrail(mut self, identifier: impl Into<String>, version: impl Into<String>) -> Self {
        self.guardrail_identifier = Some(identifier.into());
        self.guardrail_version = Some(version.into());
        self
    }

    /// Reads options by name.
    pub(crate) fn read(options: &ProviderOptions) -> Result<Self> {
        if options.is_empty() {
            return Ok(Self::default());
        }
        for name in options.as_map().keys() {
            if !NAMES.contains(&name.as_str()) {
                let hint = match nearest(name, NAMES.iter().copied()) {
                    Some(near) => format!("did you mean {near:?}?"),
                    None => format!("the options are {}", NAMES.join(", ")),
                };
                return Err(Error::invalid_request(format!(
                    "bedrock has no option {name:?}; {hint}"
                )));
            }
        }
        let mut read = Self::default();
        for (name, value) in options.as_map() {
            read.set(name, value)?;
        }
        read.check()?;
        Ok(read)
    }

    /// One option at a time, so that an error names it. The value is not shown: it may be a secret.
    fn set(&mut self, name: &str, value: &Value) -> Result<()> {
        let mut one = Map::with_capacity(1);
        one.insert(name.to_owned(), value.clone());
        let one: Self = serde_json::from_value(Value::Object(one)).map_err(|error| {
            let secret = matches!(
                name,
                "api_key" | "access_key_id" | "secret_access_key" | "session_token"
            );
            let why = if secret {
                "it must be a string".to_owned()
            } else {
                error.to_string()
            };
            Error::invalid_request(format!("option `{name}` of bedrock: {why}"))
        })?;
        macro_rules! take {
            ($($field:ident)*) => {
                match name { $(stringify!($field) => self.$field = one.$field,)* _ => {} }
            };
        }
        take!(api_key access_key_id secret_access_key session_token region endpoint_url use_fips use_dualstack
            use_converse additional_model_request_fields additional_model_response_field_paths anthropic_beta
            guardrail_identifier guardrail_version guardrail_trace guardrail_stream_mode service_tier
            performance_latency request_metadata prompt_variables);
        Ok(())
    }

    fn check(&self) -> Result<()> {
        let missing = match (&self.guardrail_identifier, &self.guardrail_version) {
            (Some(_), None) => "guardrail_version",
            (None, Some(_)) => "guardrail_identifier",
            _ => return Ok(()),
        };
        Err(Error::invalid_request(format!(
            "a guardrail needs both `guardrail_identifier` and `guardrail_version`; `{missing}` is missing"
        )))
    }
}

impl From<Options> for ProviderOptions {
    fn from(options: Options) -> Self {
        match serde_json::to_value(options) {
            Ok(Value::Object(map)) => map.into(),
            _ => unreachable!("options are strings, flags and maps, which always serialise"),
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&ProviderOptions::from(self.clone()), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Result<Options> {
        let Value::Object(map) = value else {
            panic!("an object")
        };
        Options::read(&map.into())
    }

    #[test]
    fn typed_and_named_options_are_the_same() {
        let typed = Options::new()
            .region("eu-west-1")
            .guardrail("gr-1", "DRAFT")
            .service_tier(ServiceTier::Flex)
            .guardrail_trace(GuardrailTrace::EnabledFull);
        let named: ProviderOptions = typed.into();
        assert_eq!(
            named.as_map(),
            json!({"region": "eu-west-1", "guardrail_identifier": "gr-1", "guardrail_version": "DRAFT",
                "guardrail_trace": "enabled_full", "service_tier": "flex"})
            .as_object()
            .unwrap()
        );
        assert_eq!(
            Options::read(&named).unwrap().region.as_deref(),
            Some("eu-west-1")
        );
    }

    #[test]
    fn every_name_is_known_to_the_reader() {
        for name in NAMES {
            let error = read(json!({*name: {"nonsense": [1]}}));
            if let Err(error) = error {
                assert!(
                    error.message().contains(&format!("option `{name}`")),
                    "{error}"
                );
            } else {
                assert_eq!(*name, "additional_model_request_fields");
            }
        }
    }

    #[test]
    fn bad_options_are_named_and_secrets_are_not_shown() {
        let error = read(json!({"regoin": "x"})).unwrap_err();
        assert!(
            error.message().contains("did you mean \"region\""),
            "{error}"
        );
        let error = read(json!({"api_key": {"k": "s3cret"}})).unwrap_err();
        assert!(!format!("{error:?} {error}").contains("s3cret"));
        let error = read(json!({"service_tier": "cheap"})).unwrap_err();
        assert!(
            error.message().contains("`service_tier`") && error.message().contains("flex"),
            "{error}"
        );
        let error = read(json!({"guardrail_identifier": "x"})).unwrap_err();
        assert!(error.message().contains("`guardrail_version` is missing"));
        let debug = format!("{:?}", Options::new().api_key("s3cret").region("eu-west-1"));
        assert_eq!(debug, r#"{"api_key", "region"}"#);
    }
}
