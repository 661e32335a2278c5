//! What only servers of this form understand.

mod body;
mod read;

use std::collections::BTreeMap;

use reqllm_core::ProviderOptions;
use serde_json::{Map, Value};

pub(crate) use self::read::Read;

/// Options of a call to OpenAI, or to a server that speaks its form.
///
/// The same names serve in JSON and on the command line (`-o service_tier=flex`); a name that is none is an error with the
/// nearest one. What a setter gives wins over the client's settings, and these over the environment.
///
/// | name | default | environment | example |
/// | --- | --- | --- | --- |
/// | `api_key` | | the provider's own, such as `OPENAI_API_KEY` | `"sk-…"` |
/// | `base_url` | the model's, the client's, the registry's | `OPENAI_BASE_URL`, for OpenAI | `"http://127.0.0.1:8000/v1"` |
/// | `allow_http` | `false`: `http:` is for this machine only | | `true` |
/// | `organization`, `project` | the key's own | `OPENAI_ORG_ID`, `OPENAI_PROJECT_ID`, at OpenAI's own address | `"org-…"`, `"proj_…"` |
/// | `api` | what the call needs; `"chat"` at other addresses than OpenAI's own | `REQLLM_OPENAI_API`, for OpenAI | `"chat"`, `"responses"`, `"auto"` |
/// | `service_tier` | the project's | | `"flex"`, `"priority"` |
/// | `user`, `safety_identifier` | | | `"u-17"` |
/// | `prompt_cache_key`, `prompt_cache_retention` | | | `"support"`, `"24h"` |
/// | `parallel_tool_calls` | `true`, with most | | `false` |
/// | `logprobs`, `top_logprobs` | `false`, 0 | | `true`, `5` |
/// | `verbosity` | `"medium"` | | `"low"`, `"high"` |
/// | `reasoning_summary` | none | | `"auto"`, `"concise"`, `"detailed"` |
/// | `previous_response_id`, `truncation` | none, `"disabled"` | | `"resp_…"`, `"auto"` |
/// | `metadata` | `{}` | | `{"team": "search"}` |
/// | `store` | `false` | | `true` |
/// | `logit_bias` | `{}` | | `{"50256": -100}` |
/// | `frequency_penalty`, `presence_penalty` | 0 | | `0.5` |
/// | `http_referer`, `x_title` | | | `"https://example.com"`, `"My program"` |
/// | `extra_body` | `{}` | | `{"top_a": 0.1}` |
/// | `extra_headers` | `{}` | | `{"x-tenant": "7"}` |
///
/// ```
/// use reqllm_openai::Options;
///
/// let options = Options::new().service_tier("flex").parallel_tool_calls(false);
/// # let _: reqllm_core::ProviderOptions = options.into();
/// ```
#[derive(Clone, Default, Debug)]
pub struct Options(ProviderOptions);

/// Options whose values are secrets.
pub const SECRET_OPTIONS: &[&str] = &["api_key"];

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(self, value: impl Into<String>) -> Self {
            self.put(stringify!($name), value.into())
        }
    )*};
}

macro_rules! values {
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

    texts! {
        /// API key. Default: the environment's, such as `OPENAI_API_KEY`.
        api_key;
        /// Address of the API, with its version and without the path of an operation: `http://127.0.0.1:8000/v1`.
        base_url;
        /// Organisation that is billed, by id. OpenAI only. Default: at its own address `OPENAI_ORG_ID`, else the key's.
        organization;
        /// Project that is billed, by id. OpenAI only. Default: at its own address `OPENAI_PROJECT_ID`, else the key's.
        project;
        /// API that is used: `chat`, `responses`, or `auto` for what the call needs, which is Responses, and Chat Completions where only
        /// that has what is asked for. Default: `REQLLM_OPENAI_API`, for OpenAI; else `auto` at OpenAI's own address, and `chat`
        /// everywhere else, because all servers of this form have that. A gateway that has both takes `auto`.
        api;
        /// Service tier: `auto`, `default`, `flex`, `priority`. Prices depend on it. Default: the project's.
        service_tier;
        /// Name of the end user, for the server.
        user;
        /// Name of the end user as OpenAI wants it for its safety checks: a hash will do.
        safety_identifier;
        /// Key under which equal beginnings of prompts are looked for in the cache.
        prompt_cache_key;
        /// How long prompts stay in the cache: `in_memory` or `24h`.
        prompt_cache_retention;
        /// How much the model says: `low`, `medium` or `high`.
        verbosity;
        /// Summary of the thoughts that is asked for: `auto`, `concise` or `detailed`. Responses only.
        reasoning_summary;
        /// Answer that the server has kept, by its id, and that the call goes on from. Responses only; it needs
        /// [`Options::store`] when that answer was asked for.
        previous_response_id;
        /// What happens to a conversation that is too long: `auto` leaves out its middle, `disabled` fails. Responses only.
        truncation;
        /// Address of the program, for OpenRouter's ranking.
        http_referer;
        /// Name of the program, for OpenRouter's ranking.
        x_title;
    }

    values! {
        /// Whether `http:` may be used elsewhere than on this machine. Keys and prompts go over it as they are. Default: no.
        allow_http: bool;
        /// Whether the model may call several tools at once. Default: it may.
        parallel_tool_calls: bool;
        /// Whether the probabilities of the tokens come, in the metadata as `logprobs`. Default: they do not.
        logprobs: bool;
        /// How many other tokens are told at each place, 0 to 20; it needs [`Options::logprobs`].
        top_logprobs: u32;
        /// Whether the server keeps the answer for its owner to look at. Default: no.
        store: bool;
        /// Less of what was said often, -2 to 2. Default: 0.
        frequency_penalty: f64;
        /// Less of what was said at all, -2 to 2. Default: 0.
        presence_penalty: f64;
        /// Members that are put over the body last. They win over what this library generates.
        extra_body: Map<String, Value>;
    }

    /// Tags of the call, at most 16 pairs.
    #[must_use]
    pub fn metadata(self, metadata: BTreeMap<String, String>) -> Self {
        self.put("metadata", object(metadata))
    }

    /// How much likelier tokens become, by their ids, -100 to 100.
    #[must_use]
    pub fn logit_bias(self, bias: BTreeMap<String, f64>) -> Self {
        self.put("logit_bias", object(bias))
    }

    /// Headers that the request gets beside its own.
    #[must_use]
    pub fn extra_headers(self, headers: BTreeMap<String, String>) -> Self {
        self.put("extra_headers", object(headers))
    }

    fn put(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.set(name, value);
        self
    }
}

fn object(map: BTreeMap<String, impl Into<Value>>) -> Value {
    let members = map.into_iter().map(|(name, value)| (name, value.into()));
    Value::Object(members.collect())
}

impl From<Options> for ProviderOptions {
    fn from(options: Options) -> Self {
        options.0.only_for(crate::ID)
    }
}

#[cfg(test)]
mod tests;
