//! What only Bedrock understands.

mod read;
mod words;

use std::collections::BTreeMap;

use reqllm_core::{ProviderOptions, Ttl};
use serde_json::{Map, Value};

pub(crate) use self::read::{NAMES, Read};
pub use self::words::{Api, Endpoint, GuardrailStreamMode, GuardrailTrace, Latency, ServiceTier};

/// Options of a call to Bedrock.
///
/// The same names serve in JSON and on the command line (`-o region=eu-west-1`); a name that is none is an error with the
/// nearest one. What a setter gives wins over the client's settings, and these over the environment.
///
/// | name | default | environment | example |
/// | --- | --- | --- | --- |
/// | `api_key` | | `AWS_BEARER_TOKEN_BEDROCK` | `"bedrock-api-key-…"` |
/// | `access_key_id`, `secret_access_key` | | `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` | `"AKIA…"`, `"…"` |
/// | `session_token` | | `AWS_SESSION_TOKEN`, with keys of the environment | `"IQoJ…"` |
/// | `profile` | `default` | `AWS_PROFILE` | `"dev"` |
/// | `role_arn`, `external_id` | no role | | `"arn:aws:iam::123456789012:role/name"`, `"…"` |
/// | `role_session_name` | `reqllm` | | `"search"` |
/// | `region` | that of the model's ARN, else the profile's, else `us-east-1` | `AWS_REGION`, `AWS_DEFAULT_REGION` | `"eu-west-1"` |
/// | `endpoint_url` | the profile's, else the region's own | `AWS_ENDPOINT_URL_BEDROCK_RUNTIME` or `AWS_ENDPOINT_URL_BEDROCK_MANTLE`, `AWS_ENDPOINT_URL` | `"https://vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com"` |
/// | `use_fips`, `use_dualstack` | `false` | `AWS_USE_FIPS_ENDPOINT`, `AWS_USE_DUALSTACK_ENDPOINT` | `true` |
/// | `use_converse` | what the call needs | | `true` |
/// | `stream_inside` | whether the answer is likely to be long | | `false` |
/// | `endpoint` | `"runtime"`, but `"mantle"` for models that are nowhere else | | `"mantle"` |
/// | `api` | Converse or Invoke on `bedrock-runtime`, what the model has on `bedrock-mantle` | | `"chat"`, `"responses"`, `"messages"` |
/// | `project` | the account's own | | `"proj_1"` |
/// | `mantle_base_path` | that of the model | | `"/v1"`, `"/openai/v1"` |
/// | `store` | `false` | | `true` |
/// | `inference_profile_arn` | the model's id | | `"arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc"` |
/// | `additional_model_request_fields` | `{}` | | `{"top_k": 5}` |
/// | `additional_model_response_field_paths` | `[]` | | `["/stop_sequence"]` |
/// | `anthropic_beta` | `[]` | | `["interleaved-thinking-2025-05-14"]` |
/// | `prompt_cache` (or `anthropic_prompt_cache`) | `false` | | `true` |
/// | `prompt_cache_ttl` (or `anthropic_prompt_cache_ttl`) | `"5m"` | | `"1h"` |
/// | `cache_messages` (or `anthropic_cache_messages`) | what `prompt_cache` says | | `true`, `-2` |
/// | `guardrail_identifier`, `guardrail_version` | no guardrail | | `"gr-1"`, `"DRAFT"` |
/// | `guardrail_trace` | `"disabled"` | | `"enabled"`, `"enabled_full"` |
/// | `guardrail_stream_mode` | `"sync"` | | `"async"` |
/// | `service_tier` | the account's | | `"priority"`, `"default"`, `"flex"`, `"reserved"` |
/// | `performance_latency` | `"standard"` | | `"optimized"` |
/// | `request_metadata` | `{}` | | `{"team": "search"}` |
/// | `prompt_variables` | `{}` | | `{"city": "Lyon"}` |
///
/// Embeddings take `input_type`, `embedding_types`, `embedding_purpose`, `truncate` and `normalize` besides, and the list of
/// the account's models `control_endpoint_url`.
///
/// ```
/// use reqllm_bedrock::Options;
///
/// let options = Options::new().region("eu-west-1").use_converse(true);
/// # let _: reqllm_core::ProviderOptions = options.into();
/// ```
#[derive(Clone, Default, Debug)]
pub struct Options(ProviderOptions);

/// Options whose values are secrets.
pub const SECRET_OPTIONS: &[&str] = &["api_key", "secret_access_key", "session_token"];

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(self, value: $type) -> Self {
            self.set(stringify!($name), value)
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
        api_key: impl Into<String>;
        /// Profile of AWS's configuration files, by name. It wins over the environment and over the client's own source of
        /// credentials. Needs the feature `aws-config`. Default: `AWS_PROFILE`, else `default`.
        profile: impl Into<String>;
        /// Role to assume with the credentials that there are, by ARN. Needs the feature `aws-config`. Default: none.
        role_arn: impl Into<String>;
        /// Name of the role's session, 2 to 64 letters, digits and `+=,.@-_`; the role's account sees it. Default: `reqllm`.
        role_session_name: impl Into<String>;
        /// External id that the role asks for, 2 to 1224 characters. Default: none.
        external_id: impl Into<String>;
        /// Region, such as `eu-west-1`. Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, the region of the model's ARN, the
        /// profile's, `us-east-1`.
        region: impl Into<String>;
        /// Address to talk to instead of the region's own. Default: `AWS_ENDPOINT_URL_BEDROCK_RUNTIME` or, for that host,
        /// `AWS_ENDPOINT_URL_BEDROCK_MANTLE`; `AWS_ENDPOINT_URL`; the profile's. With [`Options::api`], or on `bedrock-mantle`, it
        /// may end in `/v1`, as other vendors' clients are given it; then no path is put before the form's own.
        endpoint_url: impl Into<String>;
        /// Id of an IAM key; it belongs to [`Options::secret_access_key`]. Default: `AWS_ACCESS_KEY_ID`.
        access_key_id: impl Into<String>;
        /// Secret of an IAM key. Default: `AWS_SECRET_ACCESS_KEY`.
        secret_access_key: impl Into<String>;
        /// Session token of temporary IAM keys; it belongs to [`Options::access_key`].
        session_token: impl Into<String>;
        /// Guardrail, by id or ARN; it needs [`Options::guardrail_version`].
        guardrail_identifier: impl Into<String>;
        /// Version of the guardrail: a number, or `DRAFT`.
        guardrail_version: impl Into<String>;
    }

    /// The host that serves the call. Bedrock's two hosts have quotas of their own, and do not know the same models by the same ids.
    /// Default: `bedrock-runtime`, but `bedrock-mantle` for models that are nowhere else. With `use_converse` it is
    /// `bedrock-runtime`.
    ///
    /// ```
    /// use reqllm_bedrock::{Api, Endpoint, Options};
    ///
    /// let options = Options::new().endpoint(Endpoint::Mantle).api(Api::Chat);
    /// # let _: reqllm_core::ProviderOptions = options.into();
    /// ```
    #[must_use]
    pub fn endpoint(self, endpoint: Endpoint) -> Self {
        self.put("endpoint", endpoint.as_str())
    }

    /// Speak to the model in a form of another vendor's: on `bedrock-runtime` below `/openai/v1` and `/anthropic/v1`, on
    /// `bedrock-mantle` where the model is served. Default: Converse or Invoke on `bedrock-runtime`; on `bedrock-mantle` what the
    /// model has.
    #[must_use]
    pub fn api(self, api: Api) -> Self {
        self.put("api", api.as_str())
    }

    /// The project that the call belongs to, of OpenAI's kind; the workspace for Claude. Only `bedrock-mantle` has several.
    /// Default: the account's own.
    #[must_use]
    pub fn project(self, id: impl Into<String>) -> Self {
        self.set("project", id)
    }

    /// Where on `bedrock-mantle` the model is served: `/v1` or `/openai/v1`. Default: what is known of the model.
    #[must_use]
    pub fn mantle_base_path(self, path: impl Into<String>) -> Self {
        self.set("mantle_base_path", path)
    }

    /// Whether Bedrock keeps the answer, for 30 days. Responses only. Default: it does not.
    #[must_use]
    pub fn store(self, yes: bool) -> Self {
        self.put("store", yes)
    }

    /// IAM keys. Default: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, with `AWS_SESSION_TOKEN`.
    #[must_use]
    pub fn access_key(self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.set("access_key_id", id)
            .set("secret_access_key", secret)
    }

    /// Use the FIPS endpoint. Default: `AWS_USE_FIPS_ENDPOINT`, else no.
    #[must_use]
    pub fn use_fips(self, yes: bool) -> Self {
        self.put("use_fips", yes)
    }

    /// Use the dual-stack (IPv4 and IPv6) endpoint. Default: `AWS_USE_DUALSTACK_ENDPOINT`, else no.
    #[must_use]
    pub fn use_dualstack(self, yes: bool) -> Self {
        self.put("use_dualstack", yes)
    }

    /// Converse if true, the family's native Invoke body if false. Default: what the call needs.
    #[must_use]
    pub fn use_converse(self, yes: bool) -> Self {
        self.put("use_converse", yes)
    }

    /// Whether an answer that is wanted whole is fetched as a stream and put together here, so that its first bytes come early
    /// and nothing between here and AWS takes the connection for dead. The [`Response`](reqllm_core::Response) is the same.
    ///
    /// Default: where a long answer is likely, because `max_tokens` is above 8,192, or the model is to think without a limit
    /// and may give more; not where a stream would tell something else, as with a guardrail or
    /// [`Options::additional_model_response_field_paths`]. Streams need the IAM action `bedrock:InvokeModelWithResponseStream`.
    ///
    /// ```
    /// use reqllm_bedrock::Options;
    ///
    /// let options = Options::new().stream_inside(false);
    /// # let _: reqllm_core::ProviderOptions = options.into();
    /// ```
    #[must_use]
    pub fn stream_inside(self, yes: bool) -> Self {
        self.put("stream_inside", yes)
    }

    /// Fields that go to the model beside what Converse defines; on Invoke they are merged into the body. They win over
    /// what this library generates.
    #[must_use]
    pub fn additional_model_request_fields(self, fields: Map<String, Value>) -> Self {
        self.put("additional_model_request_fields", fields)
    }

    /// JSON Pointers into the model's native answer, at most 10; found in the metadata. Converse only.
    #[must_use]
    pub fn additional_model_response_field_paths(self, paths: Vec<String>) -> Self {
        self.put("additional_model_response_field_paths", paths)
    }

    /// Beta features of Claude, by name.
    #[must_use]
    pub fn anthropic_beta(self, betas: Vec<String>) -> Self {
        self.put("anthropic_beta", betas)
    }

    /// Caches the prompt: a cache point after the tools, one after the system prompt, and one after the last message,
    /// wherever the model takes them. Default: only where messages and tools say so themselves.
    ///
    /// ```
    /// use reqllm_bedrock::Options;
    /// use reqllm_core::Ttl;
    ///
    /// let options = Options::new().prompt_cache(true).prompt_cache_ttl(Ttl::OneHour);
    /// ```
    #[must_use]
    pub fn prompt_cache(self, yes: bool) -> Self {
        self.put("prompt_cache", yes)
    }

    /// How long these points last. Default: five minutes. An hour is for Claude from 4.5 on.
    #[must_use]
    pub fn prompt_cache_ttl(self, ttl: Ttl) -> Self {
        self.put("prompt_cache_ttl", ttl.as_str())
    }

    /// After which message the point goes: 0 is the first, -1 the last; system prompts do not count. Default: the last
    /// if [`Options::prompt_cache`] is set.
    #[must_use]
    pub fn cache_message(self, which: i64) -> Self {
        self.put("cache_messages", which)
    }

    /// Whether there is a point after the last message. Default: what [`Options::prompt_cache`] says.
    #[must_use]
    pub fn cache_messages(self, yes: bool) -> Self {
        self.put("cache_messages", yes)
    }

    /// ARN of an inference profile to call instead of the model's id; the model says the rest. Default: the id.
    #[must_use]
    pub fn inference_profile_arn(self, arn: impl Into<String>) -> Self {
        self.set("inference_profile_arn", arn)
    }

    /// Guardrail, by id or ARN, and its version (a number, or `DRAFT`). It guards Converse, Invoke, and Chat Completions on
    /// `bedrock-runtime`; elsewhere it is refused.
    #[must_use]
    pub fn guardrail(self, identifier: impl Into<String>, version: impl Into<String>) -> Self {
        self.set("guardrail_identifier", identifier)
            .set("guardrail_version", version)
    }

    /// How much the guardrail tells. Default: nothing.
    #[must_use]
    pub fn guardrail_trace(self, trace: GuardrailTrace) -> Self {
        self.put("guardrail_trace", trace.as_str())
    }

    /// Whether the guardrail holds a stream back. Default: it does.
    #[must_use]
    pub fn guardrail_stream_mode(self, mode: GuardrailStreamMode) -> Self {
        self.put("guardrail_stream_mode", mode.as_str())
    }

    /// Service tier. Default: the account's.
    #[must_use]
    pub fn service_tier(self, tier: ServiceTier) -> Self {
        self.put("service_tier", tier.as_str())
    }

    /// Latency profile. Default: standard.
    #[must_use]
    pub fn performance_latency(self, latency: Latency) -> Self {
        self.put("performance_latency", latency.as_str())
    }

    /// Tags of the call in the invocation log, 1 to 16 pairs.
    #[must_use]
    pub fn request_metadata(self, metadata: BTreeMap<String, String>) -> Self {
        self.put("request_metadata", object(metadata))
    }

    /// What embeddings are for, in Cohere's word: `search_document`, `search_query`, `classification`, `clustering`.
    /// Embeddings of Cohere only; wins over the purpose. Default: `search_document`.
    #[must_use]
    pub fn input_type(self, input_type: impl Into<String>) -> Self {
        self.set("input_type", input_type)
    }

    /// Types of numbers in the vectors: `float`, `int8`, `uint8`, `binary`, `ubinary`. Embeddings of Cohere and Titan v2
    /// only. Default: `float`.
    #[must_use]
    pub fn embedding_types(self, types: Vec<String>) -> Self {
        self.put("embedding_types", types)
    }

    /// What embeddings are for, in Nova's word, such as `GENERIC_INDEX` or `IMAGE_RETRIEVAL`. Embeddings of Nova only; wins
    /// over the purpose. Default: `GENERIC_INDEX`.
    #[must_use]
    pub fn embedding_purpose(self, purpose: impl Into<String>) -> Self {
        self.set("embedding_purpose", purpose)
    }

    /// Whether vectors have length 1. Embeddings of Titan v2 only. Default: they have.
    #[must_use]
    pub fn normalize(self, yes: bool) -> Self {
        self.put("normalize", yes)
    }

    /// Address of the control plane, for the models of the account. Default: `endpoint_url` and the client's endpoint if
    /// they are on loopback, `AWS_ENDPOINT_URL_BEDROCK`, `AWS_ENDPOINT_URL_BEDROCK_RUNTIME` if it is on loopback,
    /// `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn control_endpoint_url(self, url: impl Into<String>) -> Self {
        self.set("control_endpoint_url", url)
    }

    /// Values of the variables of a managed prompt. Converse only.
    #[must_use]
    pub fn prompt_variables(self, variables: BTreeMap<String, String>) -> Self {
        self.put("prompt_variables", object(variables))
    }

    fn set(self, name: &str, text: impl Into<String>) -> Self {
        self.put(name, text.into())
    }

    fn put(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.set(name, value);
        self
    }
}

fn object(map: BTreeMap<String, String>) -> Value {
    map.into_iter()
        .map(|(name, value)| (name, Value::String(value)))
        .collect()
}

impl From<Options> for ProviderOptions {
    fn from(options: Options) -> Self {
        options.0.only_for(crate::ID)
    }
}

#[cfg(test)]
mod tests;
