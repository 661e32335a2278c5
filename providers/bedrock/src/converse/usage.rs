//! Token counts, as Converse gives them whole and in streams.

use reqllm_core::{FinishReason, Fold, Result, Usage};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::json;

/// Shape TokenUsage. Two spellings of the cache counts are seen on the wire, with equal values.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct TokenUsage {
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    total_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    cache_read_input_token_count: Option<u64>,
    cache_write_input_tokens: Option<u64>,
    cache_write_input_token_count: Option<u64>,
    /// What was written, by time to live.
    cache_details: Option<Vec<CacheDetail>>,
}

/// Shape CacheDetail.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct CacheDetail {
    #[serde(default)]
    ttl: String,
    #[serde(default)]
    input_tokens: u64,
}

impl TokenUsage {
    /// Tells the counts. Some models count what was read from a cache as input too, when they stream.
    pub(super) fn tell(self, counts_cache_twice: bool, fold: &mut Fold) {
        let mut usage = Usage::default();
        usage.input_tokens = self.input_tokens;
        usage.output_tokens = self.output_tokens;
        usage.total_tokens = self.total_tokens;
        usage.cache_read_tokens = self
            .cache_read_input_tokens
            .or(self.cache_read_input_token_count);
        usage.cache_write_tokens = self
            .cache_write_input_tokens
            .or(self.cache_write_input_token_count);
        if let (true, Some(input), Some(read)) = (
            counts_cache_twice,
            usage.input_tokens,
            usage.cache_read_tokens,
        ) {
            usage.input_tokens = Some(input.saturating_sub(read));
            usage.total_tokens = None;
        }
        if let Some(details) = self.cache_details {
            let an_hour = details.iter().filter(|detail| detail.ttl == "1h");
            let an_hour = an_hour.map(|detail| detail.input_tokens);
            usage.cache_write_1h_tokens = Some(an_hour.fold(0, u64::saturating_add));
            fold.metadata("cache_details", json!(details));
        }
        fold.usage(usage);
    }
}

/// Why the model stopped. Source: enum StopReason of the service model.
pub(super) fn finish_reason(raw: &str) -> FinishReason {
    match raw {
        "end_turn" | "stop_sequence" => FinishReason::Stop,
        "tool_use" => FinishReason::ToolCalls,
        "max_tokens" => FinishReason::Length,
        "guardrail_intervened" | "content_filtered" => FinishReason::ContentFilter,
        "malformed_model_output" | "malformed_tool_use" => FinishReason::Error,
        "model_context_window_exceeded" => FinishReason::ContextWindow,
        _ => FinishReason::Unknown,
    }
}

/// Members beside the answer itself that are passed on as they come.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Extras<'a> {
    #[serde(borrow)]
    pub(super) metrics: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) trace: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) performance_config: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) service_tier: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) additional_model_response_fields: Option<&'a RawValue>,
}

impl Extras<'_> {
    /// Tells of them. An error names the member, because it counts lines and columns from where that begins.
    pub(super) fn tell(self, fold: &mut Fold) -> Result<()> {
        for (key, raw, what) in [
            ("metrics", self.metrics, "member `metrics` of the answer"),
            ("trace", self.trace, "member `trace` of the answer"),
            (
                "performance_config",
                self.performance_config,
                "member `performanceConfig` of the answer",
            ),
            (
                "service_tier",
                self.service_tier,
                "member `serviceTier` of the answer",
            ),
            (
                "additional_model_response_fields",
                self.additional_model_response_fields,
                "member `additionalModelResponseFields` of the answer",
            ),
        ] {
            let Some(raw) = raw else { continue };
            let value: Value = json::read(raw.get().as_bytes(), what)?;
            if key == "service_tier"
                && let Some(tier) = value.get("type").and_then(Value::as_str)
            {
                fold.service_tier(tier);
            }
            // Nova's native streams have an empty trace where there is none.
            if !value.as_object().is_some_and(serde_json::Map::is_empty) {
                fold.metadata(key, value);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use reqllm_core::Identity;

    use super::*;

    #[test]
    fn counts_that_no_counter_holds_do_not_overflow() {
        let usage: TokenUsage = serde_json::from_value(json!({
            "inputTokens": u64::MAX, "outputTokens": u64::MAX, "cacheReadInputTokens": u64::MAX,
            "cacheDetails": [{"ttl": "1h", "inputTokens": u64::MAX}, {"ttl": "1h", "inputTokens": 1}],
        }))
        .unwrap();
        let mut fold = Fold::new(Identity::default());
        usage.tell(false, &mut fold);
        let response = fold.finish();
        assert_eq!(response.usage.total_tokens, Some(u64::MAX));
        assert_eq!(response.usage.cache_write_1h_tokens, Some(u64::MAX));
    }

    #[test]
    fn an_error_names_the_member_that_it_is_in() {
        for member in [
            "metrics",
            "trace",
            "performanceConfig",
            "serviceTier",
            "additionalModelResponseFields",
        ] {
            let body = format!(
                r#"{{"padding":"{}","{member}":{{"n":1e999}}}}"#,
                "a".repeat(100)
            );
            let extras: Extras<'_> = json::read(body.as_bytes(), "it").unwrap();
            let mut fold = Fold::new(Identity::default());
            let error = extras.tell(&mut fold).unwrap_err();
            let begin = format!("member `{member}` of the answer is not in the form");
            assert!(error.message().starts_with(&begin), "{error}");
        }
    }
}
