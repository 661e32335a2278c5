//! Counts.

use reqllm_core::Usage;
use serde::Deserialize;

use crate::json;

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct Counts {
    #[serde(deserialize_with = "json::count")]
    input_tokens: Option<u64>,
    #[serde(deserialize_with = "json::if_fits")]
    input_tokens_details: Option<InputDetails>,
    #[serde(deserialize_with = "json::count")]
    output_tokens: Option<u64>,
    #[serde(deserialize_with = "json::if_fits")]
    output_tokens_details: Option<OutputDetails>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct InputDetails {
    #[serde(deserialize_with = "json::count")]
    cached_tokens: Option<u64>,
    /// Bedrock's GPT-5.6 has it: seen in recorded answers.
    #[serde(deserialize_with = "json::count")]
    cache_write_tokens: Option<u64>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct OutputDetails {
    #[serde(deserialize_with = "json::count")]
    reasoning_tokens: Option<u64>,
}

impl Counts {
    /// `input_tokens` counts those read from a cache and written to one, too; ours does not.
    pub(super) fn usage(self) -> Usage {
        let details = self.input_tokens_details.unwrap_or_default();
        let read = details.cached_tokens.unwrap_or(0);
        let written = details.cache_write_tokens.unwrap_or(0);
        let mut usage = Usage::default();
        usage.input_tokens = self
            .input_tokens
            .map(|all| all.saturating_sub(read).saturating_sub(written));
        usage.output_tokens = self.output_tokens;
        usage.cache_read_tokens = details.cached_tokens;
        usage.cache_write_tokens = details.cache_write_tokens;
        usage.reasoning_tokens = self
            .output_tokens_details
            .and_then(|it| it.reasoning_tokens);
        usage
    }
}
