//! What Llama answers: the same members whole and in each chunk of a stream.

use reqllm_core::{Error, FinishReason, Fold, Result, Usage};
use serde::Deserialize;

use crate::json::{self, Text};

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    generation: Option<Text<'a>>,
    /// Only in the first chunk of a stream.
    #[serde(default, deserialize_with = "json::count")]
    prompt_token_count: Option<u64>,
    /// All until now, not of this chunk.
    #[serde(default, deserialize_with = "json::count")]
    generation_token_count: Option<u64>,
    /// Null until the last chunk.
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
}

impl Answer<'_> {
    fn tell(self, fold: &mut Fold) {
        fold.text(0, self.generation.unwrap_or_default());
        let mut usage = Usage::default();
        usage.input_tokens = self.prompt_token_count;
        usage.output_tokens = self.generation_token_count;
        fold.usage(usage);
        if let Some(raw) = self.stop_reason {
            fold.stop(finish_reason(&raw), raw.into_string());
        }
    }
}

/// Source: AWS's user guide, "Meta Llama models", `stop_reason`.
fn finish_reason(raw: &str) -> FinishReason {
    match raw {
        "stop" => FinishReason::Stop,
        "length" => FinishReason::Length,
        _ => FinishReason::Unknown,
    }
}

/// A whole answer. One that a guardrail blocked has its text and nothing else.
pub(super) fn read(body: &[u8], fold: &mut Fold) -> Result<()> {
    let answer: Answer<'_> = json::read(body, "Llama's answer")?;
    if answer.generation.is_none() {
        return Err(Error::decode("Llama's answer has no `generation`").with_provider(crate::ID));
    }
    answer.tell(fold);
    Ok(())
}

/// Reads a chunk of a stream.
pub(super) fn chunk(json: &[u8], fold: &mut Fold) -> Result<()> {
    let answer: Answer<'_> = json::read(json, "a chunk of Llama's stream")?;
    answer.tell(fold);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::families::testing;
    use reqllm_core::{Identity, Response};

    fn whole(json: &str) -> Response {
        testing::whole(read, json)
    }

    fn streamed(chunks: &[&str]) -> (Response, Option<&'static str>) {
        testing::streamed(chunk, chunks)
    }

    #[test]
    fn whole_and_streamed_answers_are_the_same() {
        let whole = whole(
            r#"{"generation":"\n\nNorth \ud83d\ude42","prompt_token_count":9,"generation_token_count":3,"stop_reason":"stop"}"#,
        );
        let (streamed, missing) = streamed(&[
            r#"{"generation":"\n\n","prompt_token_count":9,"generation_token_count":1,"stop_reason":null}"#,
            r#"{"generation":"North","prompt_token_count":null,"generation_token_count":2,"stop_reason":null}"#,
            r#"{"generation":" \ud83d\ude42","prompt_token_count":null,"generation_token_count":3,"stop_reason":"stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":9,"outputTokenCount":3}}"#,
        ]);
        assert_eq!(whole, streamed);
        assert_eq!(missing, None);
        assert_eq!(whole.text(), "\n\nNorth 🙂");
        assert_eq!(whole.finish_reason(), FinishReason::Stop);
        assert_eq!(whole.raw_finish_reason.as_deref(), Some("stop"));
        assert_eq!(whole.usage().input_tokens, Some(9));
        assert_eq!(whole.usage().output_tokens, Some(3));
    }

    #[test]
    fn a_blocked_answer_has_neither_counts_nor_a_reason() {
        let body = r#"{"amazon-bedrock-guardrailAction":"INTERVENED","generation":"Blocked."}"#;
        let whole = whole(body);
        assert_eq!(whole.text(), "Blocked.");
        assert_eq!(whole.usage().output_tokens, None);
        assert_eq!(whole, streamed(&[body]).0);
    }

    #[test]
    fn a_stream_without_a_reason_to_stop_is_not_complete() {
        let (_, missing) = streamed(&[r#"{"generation":"a","stop_reason":null}"#]);
        assert!(missing.is_some());
    }

    #[test]
    fn other_words_for_the_reason_are_kept() {
        let length = whole(r#"{"generation":"a","stop_reason":"length"}"#);
        assert_eq!(length.finish_reason(), FinishReason::Length);
        let odd = whole(r#"{"generation":"a","stop_reason":"tired","new":1}"#);
        assert_eq!(odd.finish_reason(), FinishReason::Unknown);
        assert_eq!(odd.raw_finish_reason.as_deref(), Some("tired"));
    }

    #[test]
    fn what_is_no_answer_is_an_error() {
        let mut fold = Fold::new(Identity::default());
        for body in [r#"{"message":"no"}"#, r#"{"generation":7}"#, "[]", ""] {
            assert!(read(body.as_bytes(), &mut fold).is_err(), "{body}");
        }
    }
}
