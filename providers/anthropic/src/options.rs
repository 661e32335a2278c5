//! What only this provider understands.

mod read;

use std::collections::BTreeMap;

use reqllm_core::{ProviderOptions, Ttl};
use serde::Deserialize;
use serde_json::{Map, Value};

pub(crate) use self::read::Read;

/// Options of a call to Anthropic, or to somebody who speaks as it does.
///
/// The same names serve in JSON and on the command line (`-o service_tier=auto`); a name that is none is an error with the nearest
/// one. What a setter gives wins over the client's settings, and these over the environment.
///
/// | name | default | environment | example |
/// | --- | --- | --- | --- |
/// | `api_key` | | `ANTHROPIC_API_KEY`; of others, as the registry says | `"sk-ant-api…"` |
/// | `auth_token` | | `ANTHROPIC_AUTH_TOKEN` | `"sk-ant-oat…"` |
/// | `base_url` | the model's, the client's, the registry's, Anthropic's | `ANTHROPIC_BASE_URL` | `"https://gateway.example.com"` |
/// | `allow_http` | `false` | | `true` |
/// | `anthropic_version` | `"2023-06-01"` | | |
/// | `anthropic_beta` | `[]` | | `["context-1m-2025-08-07"]`, `"a,b"` |
/// | `prompt_cache` (or `anthropic_prompt_cache`) | `false` | | `true` |
/// | `prompt_cache_ttl` (or `anthropic_prompt_cache_ttl`) | `"5m"` | | `"1h"` |
/// | `cache_messages` (or `anthropic_cache_messages`) | what `prompt_cache` says | | `true`, `-2` |
/// | `stream_inside` | whether the answer is likely to be long | | `false` |
/// | `service_tier` | `"auto"` | | `"standard_only"` |
/// | `user_id` | | | `"13803d75-b4b5"` |
/// | `disable_parallel_tool_use` | `false` | | `true` |
/// | `container` | | | `"container_01…"`, `{"skills": […]}` |
/// | `inference_geo` | the workspace's | | `"us"` |
/// | `speed` | `"standard"` | | `"fast"` |
/// | `extra_body` | `{}` | | `{"context_management": {…}}` |
/// | `extra_headers` | `{}` | | `{"x-tenant": "a"}` |
///
/// ```
/// use reqllm_anthropic::{Options, ServiceTier};
///
/// let options = Options::new().service_tier(ServiceTier::StandardOnly).user_id("u-1");
/// # let _: reqllm_core::ProviderOptions = options.into();
/// ```
#[derive(Clone, Default, Debug)]
pub struct Options(ProviderOptions);

/// Options whose values are secrets.
pub const SECRET_OPTIONS: &[&str] = &["api_key", "auth_token"];

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(self, value: $type) -> Self {
            self.put(stringify!($name), value)
        }
    )*};
}

impl Options {
    /// No options: everything comes from the environment or from defaults.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// Whether plain `http:` may be spoken to other machines than this one. Default: no.
        allow_http: bool;
        /// Beta features, by name; they go into the header `anthropic-beta`. Those that a call needs for what it asks (thoughts
        /// between tool calls, fast mode) are added.
        anthropic_beta: Vec<String>;
        /// Caches the prompt: a cache point after the tools, one after the system prompt, and one after the last message.
        /// Default: only where messages and tools say so themselves.
        prompt_cache: bool;
        /// After which message the point goes: 0 is the first, -1 the last; system prompts do not count. Default: the last
        /// if [`Options::prompt_cache`] is set.
        cache_message: i64;
        /// Whether there is a point after the last message. Default: what [`Options::prompt_cache`] says.
        cache_messages: bool;
        /// Whether an answer that is wanted whole is fetched as a stream and put together here, so that nothing in between takes
        /// the connection for dead. The response is the same. Default: where `max_tokens` is above 8,192.
        stream_inside: bool;
        /// Whether the model may call one tool at a time only. Default: it may call several.
        disable_parallel_tool_use: bool;
        /// Members that are merged over the body, last of all.
        extra_body: Map<String, Value>;
    }

    /// API key. Default: the key ring, the program's own source, `ANTHROPIC_API_KEY`.
    #[must_use]
    pub fn api_key(self, key: impl Into<String>) -> Self {
        self.put("api_key", key.into())
    }

    /// Token that goes in `authorization`, as gateways and OAuth want it. Not beside an API key. Default:
    /// `ANTHROPIC_AUTH_TOKEN`, if there is no API key.
    #[must_use]
    pub fn auth_token(self, token: impl Into<String>) -> Self {
        self.put("auth_token", token.into())
    }

    /// Address to talk to, with or without `/v1`. Default: the model's, the client's, `ANTHROPIC_BASE_URL`, the registry's,
    /// `https://api.anthropic.com`.
    #[must_use]
    pub fn base_url(self, url: impl Into<String>) -> Self {
        self.put("base_url", url.into())
    }

    /// Version of the API, in the header `anthropic-version`. Default: `2023-06-01`. From `2026-10-21` on there is no
    /// `temperature`, `top_p` nor `top_k`; a call that sets one is an error.
    #[must_use]
    pub fn anthropic_version(self, version: impl Into<String>) -> Self {
        self.put("anthropic_version", version.into())
    }

    /// How long the points of [`Options::prompt_cache`] last. Default: five minutes. An hour is for Claude from 4.5 on.
    #[must_use]
    pub fn prompt_cache_ttl(self, ttl: Ttl) -> Self {
        self.put("prompt_cache_ttl", ttl.as_str())
    }

    /// Whether capacity that the organisation has reserved may be used. Default: it may.
    #[must_use]
    pub fn service_tier(self, tier: ServiceTier) -> Self {
        self.put("service_tier", tier.as_str())
    }

    /// Who the end user is, as an opaque id; no name, no address.
    #[must_use]
    pub fn user_id(self, id: impl Into<String>) -> Self {
        self.put("user_id", id.into())
    }

    /// The container in which code runs: an id of an earlier answer, or an object that says which skills it has.
    #[must_use]
    pub fn container(self, container: impl Into<Value>) -> Self {
        self.put("container", container)
    }

    /// Where the model runs: `us`, or `global`. Default: the workspace's.
    #[must_use]
    pub fn inference_geo(self, geo: impl Into<String>) -> Self {
        self.put("inference_geo", geo.into())
    }

    /// How fast the model writes; fast costs more and is not for every model. Default: standard.
    #[must_use]
    pub fn speed(self, speed: Speed) -> Self {
        self.put("speed", speed.as_str())
    }

    /// Headers beside those of the service, such as a gateway wants. They are not shown in a dry run.
    #[must_use]
    pub fn extra_headers(self, headers: BTreeMap<String, String>) -> Self {
        let headers = headers.into_iter();
        let headers = headers.map(|(name, value)| (name, Value::String(value)));
        self.put("extra_headers", headers.collect::<Map<_, _>>())
    }

    fn put(mut self, name: &str, value: impl Into<Value>) -> Self {
        // Which message is a number under the name that says whether.
        let name = match name {
            "cache_message" => "cache_messages",
            name => name,
        };
        self.0.set(name, value);
        self
    }
}

impl From<Options> for ProviderOptions {
    fn from(options: Options) -> Self {
        options.0.only_for(crate::ID)
    }
}

/// Whether reserved capacity may be used. Source: Anthropic's documentation, "Service tiers".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ServiceTier {
    /// It may.
    Auto,
    /// It may not.
    StandardOnly,
}

impl ServiceTier {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::StandardOnly => "standard_only",
        }
    }
}

/// How fast a model writes. Source: Anthropic's documentation, "Fast mode".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Speed {
    /// As it always does.
    Standard,
    /// Faster, for more money.
    Fast,
}

impl Speed {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Fast => "fast",
        }
    }
}

#[cfg(test)]
mod tests;
