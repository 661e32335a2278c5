//! What Titan answers.

use reqllm_core::{FinishReason, Fold, Result, Usage};
use serde::Deserialize;

use crate::json::{self, Text};

/// Under a guardrail all of its numbers are floats.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(default, deserialize_with = "json::count")]
    input_text_token_count: Option<u64>,
    /// One.
    #[serde(borrow)]
    results: Vec<Outcome<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    #[serde(borrow)]
    output_text: Option<Text<'a>>,
    #[serde(default, deserialize_with = "json::count")]
    token_count: Option<u64>,
    #[serde(borrow)]
    completion_reason: Option<Text<'a>>,
}

/// `index` is 0 throughout, though the user guide calls it that of the chunk; it is not read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk<'a> {
    #[serde(borrow)]
    output_text: Option<Text<'a>>,
    #[serde(default, deserialize_with = "json::count")]
    input_text_token_count: Option<u64>,
    #[serde(default, deserialize_with = "json::count")]
    total_output_text_token_count: Option<u64>,
    #[serde(borrow)]
    completion_reason: Option<Text<'a>>,
}

/// Source: AWS's user guide, "Amazon Titan Text models", `completionReason`. It says `FINISHED` where the service says
/// `FINISH`.
fn finish_reason(raw: &str) -> FinishReason {
    match raw {
        "FINISH" | "FINISHED" | "STOP_CRITERIA_MET" => FinishReason::Stop,
        "LENGTH" => FinishReason::Length,
        "CONTENT_FILTERED" => FinishReason::ContentFilter,
        "RAG_QUERY_WHEN_RAG_DISABLED" => FinishReason::Error,
        _ => FinishReason::Unknown,
    }
}

fn stop(raw: Option<Text<'_>>, fold: &mut Fold) {
    if let Some(raw) = raw {
        fold.stop(finish_reason(&raw), raw.into_string());
    }
}

fn count(input: Option<u64>, output: Option<u64>, fold: &mut Fold) {
    let mut usage = Usage::default();
    usage.input_tokens = input;
    usage.output_tokens = output;
    fold.usage(usage);
}

pub(super) fn read(body: &[u8], fold: &mut Fold) -> Result<()> {
    let answer: Answer<'_> = json::read(body, "Titan's answer")?;
    fold.start();
    count(answer.input_text_token_count, None, fold);
    for (index, outcome) in (0..).zip(answer.results) {
        fold.text(index, outcome.output_text.unwrap_or_default());
        count(None, outcome.token_count, fold);
        stop(outcome.completion_reason, fold);
    }
    Ok(())
}

/// Reads a chunk of a stream.
pub(super) fn chunk(json: &[u8], fold: &mut Fold) -> Result<()> {
    let chunk: Chunk<'_> = json::read(json, "a chunk of Titan's stream")?;
    fold.text(0, chunk.output_text.unwrap_or_default());
    count(
        chunk.input_text_token_count,
        chunk.total_output_text_token_count,
        fold,
    );
    stop(chunk.completion_reason, fold);
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
            r#"{"inputTextTokenCount":8,"results":[{"tokenCount":5,"outputText":"\nNorth, s\u00fcd","completionReason":"FINISH"}]}"#,
        );
        let (streamed, missing) = streamed(&[
            r#"{"outputText":"\nNorth,","index":0,"totalOutputTextTokenCount":null,"completionReason":null,"inputTextTokenCount":8}"#,
            r#"{"outputText":" s\u00fcd","index":0,"totalOutputTextTokenCount":5,"completionReason":"FINISH","inputTextTokenCount":null,"amazon-bedrock-invocationMetrics":{"inputTokenCount":8}}"#,
        ]);
        assert_eq!(whole, streamed);
        assert_eq!(missing, None);
        assert_eq!(whole.text(), "\nNorth, süd");
        assert_eq!(whole.finish_reason(), FinishReason::Stop);
        assert_eq!(whole.raw_finish_reason.as_deref(), Some("FINISH"));
        assert_eq!(whole.usage().input_tokens, Some(8));
        assert_eq!(whole.usage().output_tokens, Some(5));
    }

    #[test]
    fn under_a_guardrail_counts_are_floats() {
        let whole = whole(
            r#"{"inputTextTokenCount":28.0,"results":[{"tokenCount":197.0,"outputText":"x","completionReason":"FINISH"}],"amazon-bedrock-guardrailAction":"INTERVENED"}"#,
        );
        assert_eq!(whole.usage().total_tokens, Some(225));
        let (blocked, _) = streamed(&[
            r#"{"outputText":"Blocked","index":0.0,"totalOutputTextTokenCount":3.0,"inputTextTokenCount":6.0,"amazon-bedrock-guardrailAction":"INTERVENED"}"#,
        ]);
        assert_eq!(blocked.raw_finish_reason, None);
        assert_eq!(blocked.usage().output_tokens, Some(3));
    }

    #[test]
    fn reasons_are_known_or_kept() {
        for (raw, reason) in [
            ("FINISHED", FinishReason::Stop),
            ("STOP_CRITERIA_MET", FinishReason::Stop),
            ("LENGTH", FinishReason::Length),
            ("CONTENT_FILTERED", FinishReason::ContentFilter),
            ("RAG_QUERY_WHEN_RAG_DISABLED", FinishReason::Error),
            ("ODD", FinishReason::Unknown),
        ] {
            let whole = whole(&format!(
                r#"{{"results":[{{"outputText":"x","completionReason":"{raw}"}}]}}"#
            ));
            assert_eq!(whole.finish_reason(), reason);
            assert_eq!(whole.raw_finish_reason.as_deref(), Some(raw));
        }
    }

    #[test]
    fn a_stream_without_a_reason_to_stop_is_not_complete() {
        let (_, missing) = streamed(&[r#"{"outputText":"a","index":0,"completionReason":null}"#]);
        assert!(missing.is_some());
    }

    #[test]
    fn what_is_no_answer_is_an_error() {
        let mut fold = Fold::new(Identity::default());
        for body in [r#"{"message":"no"}"#, r#"{"results":7}"#, "[]", ""] {
            assert!(read(body.as_bytes(), &mut fold).is_err(), "{body}");
        }
    }
}
