//! Options by name, read and checked.

use std::collections::BTreeMap;

use reqllm_core::{Error, ProviderOptions, Result, SecretString};
use reqllm_dialects::door::OptionNames;
use serde::Deserialize;
use serde_json::{Map, Number, Value};

use crate::route::Choice;

use super::SECRET_OPTIONS;

reqllm_dialects::options! {
    /// The options of one call, read and checked.
    pub(crate) struct Read, NAMES {
        api_key: Option<SecretString>,
        base_url: Option<String>,
        allow_http: Option<bool>,
        organization: Option<String>,
        project: Option<String>,
        api: Option<Choice>,
        service_tier: Option<String>,
        user: Option<String>,
        safety_identifier: Option<String>,
        prompt_cache_key: Option<String>,
        prompt_cache_retention: Option<String>,
        parallel_tool_calls: Option<bool>,
        logprobs: Option<bool>,
        top_logprobs: Option<u32>,
        verbosity: Option<String>,
        reasoning_summary: Option<String>,
        previous_response_id: Option<String>,
        truncation: Option<String>,
        metadata: Map<String, Value>,
        store: Option<bool>,
        logit_bias: Map<String, Value>,
        frequency_penalty: Option<Number>,
        presence_penalty: Option<Number>,
        http_referer: Option<String>,
        x_title: Option<String>,
        extra_body: Map<String, Value>,
        extra_headers: BTreeMap<String, String>,
    }
}

/// Options that are text.
const TEXTS: &[&str] = &[
    "api_key",
    "base_url",
    "organization",
    "project",
    "service_tier",
    "user",
    "safety_identifier",
    "prompt_cache_key",
    "prompt_cache_retention",
    "verbosity",
    "reasoning_summary",
    "previous_response_id",
    "truncation",
    "http_referer",
    "x_title",
];

const OPTIONS: OptionNames<'_> = OptionNames::new("openai", NAMES)
    .texts(TEXTS)
    .secrets(SECRET_OPTIONS)
    .otherwise("what they do not name, `extra_body` can say");

/// The most pairs of `metadata`. Source: OpenAI's API reference, "Create chat completion".
const MOST_PAIRS: usize = 16;

impl Read {
    /// Reads options by name. Errors name the provider.
    pub(crate) fn of(provider: &str, options: &ProviderOptions) -> Result<Self> {
        if options.is_empty() {
            return Ok(Self::default());
        }
        let mut read = Self::default();
        OPTIONS
            .asked_of(provider)
            .read(options, |names, name, value| read.take(names, name, value))?;
        read.check(provider)?;
        Ok(read)
    }

    fn check(&self, provider: &str) -> Result<()> {
        let refuse = |name: &str, why: String| {
            Err(Error::invalid_request(format!(
                "option `{name}` of {provider} {why}"
            )))
        };
        for (name, value) in [
            ("frequency_penalty", &self.frequency_penalty),
            ("presence_penalty", &self.presence_penalty),
        ] {
            let number = value.as_ref().and_then(Number::as_f64);
            if let Some(number) = number.filter(|number| !(-2.0..=2.0).contains(number)) {
                return refuse(name, format!("is {number}; -2 to 2 would do"));
            }
        }
        match self.top_logprobs {
            Some(most) if most > 20 => {
                return refuse("top_logprobs", format!("is {most}; 0 to 20 would do"));
            }
            Some(_) if self.logprobs != Some(true) => {
                return refuse("top_logprobs", "needs `logprobs` to be true".to_owned());
            }
            _ => {}
        }
        if self.metadata.len() > MOST_PAIRS {
            let pairs = self.metadata.len();
            return refuse(
                "metadata",
                format!("has {pairs} pairs; at most {MOST_PAIRS} would do"),
            );
        }
        if let Some((key, _)) = self.metadata.iter().find(|(_, value)| !value.is_string()) {
            return refuse(
                "metadata",
                format!("has a pair {key:?} whose value is no text"),
            );
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Choice {
    fn deserialize<D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> std::result::Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::parse(&word).ok_or_else(|| {
            serde::de::Error::custom(format!("{word:?} is no API; {} would do", Self::WORDS))
        })
    }
}
