//! What ends a native stream, and what a guardrail has to do with it.

use super::*;
use reqllm_core::{Identity, Response};

const LLAMA: &str = "meta.llama3-8b-instruct-v1:0";
const TITAN: &str = "amazon.titan-text-lite-v1";
const NOVA: &str = "amazon.nova-pro-v1:0";
const GPT_OSS: &str = "openai.gpt-oss-120b-1:0";
const CLAUDE: &str = "anthropic.claude-haiku-4-5-20251001-v1:0";

const ACTION: &str = r#""amazon-bedrock-guardrailAction":"INTERVENED""#;
const TRACE: &str = r#""amazon-bedrock-trace":{"guardrail":{}}"#;
const METRICS: &str = r#""amazon-bedrock-invocationMetrics":{"inputTokenCount":1}"#;

/// What is missing of a stream of these chunks of this family, and why it ended.
fn end(id: &str, chunks: &[String]) -> (Option<&'static str>, FinishReason) {
    let (missing, response) = read(id, chunks);
    (missing, response.finish_reason())
}

fn read(id: &str, chunks: &[String]) -> (Option<&'static str>, Response) {
    let families = crate::family::Families::new(&[]);
    let (family, _) = families.of(&Model::new("bedrock", id));
    let mut events = InvokeEvents::new(family.codec().unwrap().stream());
    let mut fold = Fold::new(Identity::default());
    for json in chunks {
        let payload = json!({ "bytes": STANDARD.encode(json) }).to_string();
        let event = events.event("chunk", payload.as_bytes(), &mut fold);
        event.unwrap();
    }
    (events.end(&mut fold), fold.finish())
}

#[test]
fn a_stream_that_a_guardrail_blocked_need_not_say_why_it_stopped() {
    for (id, text) in [
        (LLAMA, r#""generation":"No.""#),
        (TITAN, r#""outputText":"No.""#),
        ("cohere.command-text-v14", r#""text":"No.""#),
        (
            "cohere.command-r-v1:0",
            r#""event_type":"text-generation","text":"No.""#,
        ),
        (
            NOVA,
            r#""contentBlockDelta":{"delta":{"text":"No."},"contentBlockIndex":0}"#,
        ),
    ] {
        let blocked = format!("{{{text},{ACTION},{TRACE}}}");
        assert_eq!(
            end(id, &[blocked]),
            (None, FinishReason::ContentFilter),
            "{id}"
        );
        let passed = format!(r#"{{{text},"amazon-bedrock-guardrailAction":"NONE",{TRACE}}}"#);
        assert!(end(id, &[passed]).0.is_some(), "{id}");
    }
}

/// The word that ends streams of this form elsewhere ends one here too, but it is no reason.
#[test]
fn a_whole_stream_that_does_not_say_why_it_ended_warns() {
    let text = |reason: &str| {
        format!(r#"{{"choices":[{{"delta":{{"content":"Hi"}}{reason}}}],{METRICS}}}"#)
    };
    let done = "[DONE]".to_owned();
    let (missing, response) = read(GPT_OSS, &[text(""), done.clone()]);
    assert_eq!(missing, None);
    let codes: Vec<&str> = response.warnings.iter().map(|it| &*it.code).collect();
    assert_eq!(codes, ["no_stop_reason"]);
    let (missing, response) = read(GPT_OSS, &[text(r#","finish_reason":"stop""#), done]);
    assert_eq!((missing, response.warnings.len()), (None, 0));
}

/// A mask is told of in every chunk that it is in.
#[test]
fn a_stream_that_a_guardrail_masked_and_that_broke_off_is_not_complete() {
    let titan = [
        format!(r#"{{"outputText":"Call {{PHONE}}","index":0.0,{ACTION}}}"#),
        format!(r#"{{"outputText":" now.","index":0.0,{ACTION}}}"#),
        format!(
            r#"{{"outputText":" Bye.","completionReason":"FINISH",{ACTION},{TRACE},{METRICS}}}"#
        ),
    ];
    let nova = [
        r#"{"messageStart":{"role":"assistant"}}"#.to_owned(),
        format!(
            r#"{{"contentBlockDelta":{{"delta":{{"text":"{{NAME}}"}},"contentBlockIndex":0}},{ACTION}}}"#
        ),
        r#"{"messageStop":{"stopReason":"end_turn"}}"#.to_owned(),
        format!(r#"{{"metadata":{{"usage":{{"inputTokens":3}}}},{METRICS},{ACTION},{TRACE}}}"#),
    ];
    for (id, chunks) in [(TITAN, &titan[..]), (NOVA, &nova[..])] {
        for cut in 1..chunks.len() {
            assert!(end(id, &chunks[..cut]).0.is_some(), "{id}, {cut} chunks");
        }
        let whole = end(id, chunks);
        assert_eq!(whole, (None, FinishReason::ContentFilter), "{id}");
    }
}

/// Claude's form ends a blocked answer like any other, so that it needs no trace.
#[test]
fn a_blocked_stream_of_claude_ends_with_the_chunk_that_says_so() {
    let chunks = [
        r#"{"type":"message_start","message":{"id":"bedrock-guardrails-1"}}"#.to_owned(),
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"No."}}"#
            .to_owned(),
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#.to_owned(),
        format!(r#"{{"type":"message_stop",{ACTION}}}"#),
    ];
    for cut in 0..chunks.len() {
        assert!(end(CLAUDE, &chunks[..cut]).0.is_some(), "{cut} chunks");
    }
    assert_eq!(end(CLAUDE, &chunks), (None, FinishReason::ContentFilter));
}

#[test]
fn a_guarded_stream_asks_for_the_trace_that_ends_it_unless_told_otherwise() {
    let trace = |options: Read, delivery| {
        let mut map = HeaderMap::new();
        headers(&options, delivery, &mut map).unwrap();
        let value = map.remove("x-amzn-bedrock-trace")?;
        Some(value.to_str().unwrap().to_owned())
    };
    let guarded = |trace| Read {
        guardrail_identifier: Some("gr".to_owned()),
        guardrail_version: Some("1".to_owned()),
        guardrail_trace: trace,
        ..Read::default()
    };
    let enabled = Some("ENABLED".to_owned());
    assert_eq!(trace(guarded(None), Delivery::Stream), enabled);
    assert_eq!(trace(guarded(None), Delivery::Whole), None);
    assert_eq!(trace(Read::default(), Delivery::Stream), None);
    let told = guarded(Some(GuardrailTrace::Disabled));
    assert_eq!(trace(told, Delivery::Stream), Some("DISABLED".to_owned()));
}

#[test]
fn the_room_of_a_long_chunk_is_given_back() {
    let families = crate::family::Families::new(&[]);
    let (family, _) = families.of(&Model::new("bedrock", LLAMA));
    let mut events = InvokeEvents::new(family.codec().unwrap().stream());
    let mut fold = Fold::new(Identity::default());
    for (length, kept) in [(1000, true), (2 * KEPT, false), (1000, true)] {
        let json = json!({ "generation": "a".repeat(length) }).to_string();
        let payload = json!({ "bytes": STANDARD.encode(json) }).to_string();
        let event = events.event("chunk", payload.as_bytes(), &mut fold);
        event.unwrap();
        let room = events.json.capacity();
        assert_eq!(room > 0, kept, "{room} bytes behind {length}");
    }
}
