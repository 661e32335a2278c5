//! Spans of calls, by OpenTelemetry's conventions.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are tests, which clippy does not see"
)]

#[path = "common/collector.rs"]
#[allow(dead_code, reason = "each test binary uses its own part of it")]
mod collector;
mod common;

use collector::{Collector, Told};
use common::{CLAUDE, KEYS, builder};
use reqllm::bedrock::Options;
use reqllm::{Client, Part, Retries, Source, Tool, assistant, system, tool_result, user};
use reqllm_emulator::{Emulator, Fault};
use serde_json::{Value, json};

const NOVA: &str = "bedrock:us.amazon.nova-lite-v1:0";
/// What nobody else would say.
const PROMPT: &str = "zanzibar-confidential";

/// An emulator, a client of it, and what is traced on this thread until the guard is dropped.
async fn traced(
    content: bool,
) -> (
    Emulator,
    Client,
    Collector,
    tracing::subscriber::DefaultGuard,
) {
    let emulator = Emulator::start().await.unwrap();
    let builder = builder(&emulator, KEYS).retries(Retries::at_most(1));
    let client = builder.trace_content(content).build().unwrap();
    let collector = Collector::default();
    let guard = tracing::subscriber::set_default(collector.clone());
    (emulator, client, collector, guard)
}

fn only(collector: &Collector) -> Told {
    let mut calls = collector.calls();
    assert_eq!(calls.len(), 1, "{calls:?}");
    let call = calls.pop().unwrap();
    assert!(call.closed, "{call:?}");
    call
}

fn check(span: &Told, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(span.field(name), Some(*value), "{name} of {span:?}");
    }
}

#[tokio::test]
async fn a_call_is_a_span_with_the_conventions_attributes() {
    let (emulator, client, collector, _guard) = traced(false).await;
    let chat = client
        .model(CLAUDE)
        .unwrap()
        .chat([system("Be brief."), user(PROMPT)]);
    let chat = chat
        .max_tokens(99)
        .temperature(0.5)
        .top_k(7)
        .stop(["never-stop"]);
    let response = chat.await.unwrap();
    let span = only(&collector);
    let usage = response.usage();
    let port = emulator.addr().port().to_string();
    check(
        &span,
        &[
            (
                "otel.name",
                "chat us.anthropic.claude-haiku-4-5-20251001-v1:0",
            ),
            ("otel.kind", "client"),
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.provider.name", "aws.bedrock"),
            (
                "gen_ai.request.model",
                "us.anthropic.claude-haiku-4-5-20251001-v1:0",
            ),
            ("gen_ai.request.max_tokens", "99"),
            ("gen_ai.request.temperature", "0.5"),
            ("gen_ai.request.top_k", "7"),
            ("gen_ai.response.id", &response.id),
            ("gen_ai.response.model", &response.model),
            ("gen_ai.response.finish_reasons", "[\"stop\"]"),
            (
                "gen_ai.usage.input_tokens",
                &usage.input_tokens.unwrap().to_string(),
            ),
            (
                "gen_ai.usage.output_tokens",
                &usage.output_tokens.unwrap().to_string(),
            ),
            ("server.address", "127.0.0.1"),
            ("server.port", &port),
            ("reqllm.route", "InvokeModel"),
            ("reqllm.attempts", "1"),
            ("reqllm.cost", &response.cost().unwrap().total.to_string()),
            ("reqllm.cost.currency", "USD"),
        ],
    );
    for absent in [
        "gen_ai.request.stream",
        "gen_ai.request.top_p",
        "gen_ai.response.time_to_first_chunk",
        "gen_ai.input.messages",
        "error.type",
        "otel.status_code",
        "aws.bedrock.guardrail.id",
    ] {
        assert_eq!(span.field(absent), None, "{span:?}");
    }
}

#[tokio::test]
async fn a_stream_tells_when_it_began_and_a_guardrail_which_it_is() {
    let (_emulator, client, collector, _guard) = traced(false).await;
    let chat = client.model(NOVA).unwrap().chat("Hi");
    let chat = chat.with(Options::new().guardrail("gr1", "1"));
    let stream = chat.stream().await.unwrap();
    stream.finish().await.unwrap();
    let span = only(&collector);
    check(
        &span,
        &[
            ("gen_ai.request.stream", "true"),
            ("aws.bedrock.guardrail.id", "gr1"),
            ("reqllm.route", "ConverseStream"),
        ],
    );
    let first = span.field("gen_ai.response.time_to_first_chunk").unwrap();
    assert!(first.parse::<f64>().unwrap() > 0.0, "{first}");
}

#[tokio::test]
async fn attempts_are_events_of_the_span_and_repeating_one_is_a_warning() {
    let (emulator, client, collector, _guard) = traced(false).await;
    emulator.inject(Fault::error(503, "ServiceUnavailableException", "Busy").times(2));
    client.model(CLAUDE).unwrap().chat("Hi").await.unwrap_err();
    let span = only(&collector);
    check(
        &span,
        &[
            ("error.type", "ServiceUnavailableException"),
            ("otel.status_code", "ERROR"),
            ("reqllm.attempts", "2"),
        ],
    );
    let mut events = collector.events();
    events.retain(|event| event.target.starts_with("reqllm_transport"));
    let told: Vec<_> = events
        .iter()
        .map(|it| (it.level.as_str(), it.field("message").unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("DEBUG", "sending"),
            ("DEBUG", "answered"),
            ("WARN", "attempt failed; trying again"),
            ("DEBUG", "sending"),
            ("DEBUG", "answered"),
        ]
    );
    for event in &events {
        assert_eq!(event.within, Some(span.id), "{event:?}");
    }
    assert_eq!(events[2].field("attempt"), Some("1"));
    assert!(events[2].field("wait").unwrap().ends_with('s'));
}

#[tokio::test]
async fn a_dropped_stream_ends_its_span_and_says_so() {
    let (_emulator, client, collector, _guard) = traced(false).await;
    let chat = client.model(CLAUDE).unwrap().chat("Hi");
    let mut stream = chat.stream().await.unwrap();
    stream.try_next().await.unwrap();
    assert!(!collector.calls()[0].closed);
    drop(stream);
    check(&only(&collector), &[("reqllm.dropped", "true")]);
}

#[tokio::test]
async fn other_operations_are_spans_of_their_names() {
    let (_emulator, client, collector, _guard) = traced(false).await;
    let titan = client
        .model("bedrock:amazon.titan-embed-text-v2:0")
        .unwrap();
    titan.embed(["a", "b"]).dimensions(256).await.unwrap();
    check(
        &only(&collector),
        &[
            ("otel.name", "embeddings amazon.titan-embed-text-v2:0"),
            ("gen_ai.operation.name", "embeddings"),
            ("gen_ai.embeddings.dimension.count", "256"),
            ("reqllm.attempts", "2"),
        ],
    );
    client.account_models("bedrock").await.unwrap();
    let calls = collector.calls();
    let list = calls.last().unwrap();
    check(
        list,
        &[
            ("otel.name", "list_models"),
            ("gen_ai.provider.name", "aws.bedrock"),
        ],
    );
    client
        .guardrail("bedrock", "gr1", "1")
        .input("Hi")
        .await
        .ok();
    let calls = collector.calls();
    check(
        calls.last().unwrap(),
        &[("aws.bedrock.guardrail.id", "gr1")],
    );
}

/// A conversation that has a secret in every place that a text can have.
fn confidential() -> Vec<reqllm::Message> {
    let image = Part::image("image/png", Source::Data(PROMPT.as_bytes().to_vec().into()));
    vec![
        system(PROMPT),
        user(vec![Part::text(PROMPT), image]),
        assistant(vec![Part::ToolCall(reqllm::ToolCallPart::new(
            "call-1",
            "look",
            json!({"at": PROMPT}),
        ))]),
        tool_result("call-1", PROMPT),
    ]
}

fn tool() -> Tool {
    Tool::from_schema(
        "look",
        json!({"type": "object", "properties": {"at": {"type": "string"}}}),
    )
}

#[tokio::test]
async fn nothing_that_is_said_is_traced_unless_one_asks_for_it() {
    let (emulator, client, collector, _guard) = traced(false).await;
    for n in 0..4 {
        if n > 1 {
            emulator.inject(Fault::truncate_events(2));
            emulator.inject(Fault::error(400, "ValidationException", "No"));
        }
        let chat = client
            .model(CLAUDE)
            .unwrap()
            .chat(confidential())
            .tools([tool()]);
        let chat = chat.stop([PROMPT]).with(Options::new().use_converse(true));
        chat.clone().await.ok();
        if let Ok(stream) = chat.stream().await {
            stream.finish().await.ok();
        }
    }
    let titan = client
        .model("bedrock:amazon.titan-embed-text-v2:0")
        .unwrap();
    titan.embed(PROMPT).await.unwrap();
    client
        .model(CLAUDE)
        .unwrap()
        .count_tokens(PROMPT)
        .await
        .unwrap();
    assert!(collector.calls().len() >= 10);
    let ours = |told: &Told| told.target.starts_with("reqllm");
    for told in collector.spans().iter().chain(&collector.events()) {
        assert!(
            !ours(told) || !format!("{told:?}").contains(PROMPT),
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn what_is_said_is_traced_in_the_conventions_form_if_one_asks_for_it() {
    let (_emulator, client, collector, _guard) = traced(true).await;
    let chat = client
        .model(CLAUDE)
        .unwrap()
        .chat(confidential())
        .tools([tool()]);
    let response = chat.with(Options::new().use_converse(true)).await.unwrap();
    let span = only(&collector);
    let json = |name: &str| -> Value { serde_json::from_str(span.field(name).unwrap()).unwrap() };
    assert_eq!(
        json("gen_ai.system_instructions"),
        json!([{"type": "text", "content": PROMPT}])
    );
    assert_eq!(
        json("gen_ai.input.messages"),
        json!([
            {"role": "user", "parts": [
                {"type": "text", "content": PROMPT},
                {"type": "image", "mime_type": "image/png", "bytes": PROMPT.len()},
            ]},
            {"role": "assistant", "parts": [
                {"type": "tool_call", "id": "call-1", "name": "look", "arguments": {"at": PROMPT}},
            ]},
            {"role": "tool", "parts": [
                {"type": "tool_call_response", "id": "call-1", "result": PROMPT},
            ]},
        ])
    );
    assert_eq!(
        json("gen_ai.output.messages"),
        json!([{
            "role": "assistant",
            "parts": [{"type": "text", "content": response.text()}],
            "finish_reason": "stop",
        }])
    );
}
