//! The span of a call, by OpenTelemetry's semantic conventions for generative AI.
//!
//! Names and meanings are those of the pages "Semantic conventions for generative client AI spans" and "… for AWS Bedrock
//! operations" of open-telemetry/semantic-conventions-genai. `otel.*` are the fields by which the bridge from `tracing` to
//! OpenTelemetry takes a span's name, kind and status.

use std::time::Duration;

use reqllm_core::{FinishReason, Response, Usage};
use tracing::field::Empty;
use tracing::{Level, Span};

use super::{CallInfo, Outcome, Summary};

/// Whether anybody collects spans of calls.
pub(crate) fn wanted() -> bool {
    tracing::span_enabled!(target: "reqllm", Level::INFO)
}

/// The span of a call that begins now.
pub(crate) fn of(info: &CallInfo) -> Span {
    let model = info.wire_id.as_deref().or(info.model.as_deref());
    let name = match model {
        Some(model) => format!("{} {model}", info.operation),
        None => info.operation.to_owned(),
    };
    let settings = &info.settings;
    let span = tracing::info_span!(
        target: "reqllm",
        "call",
        otel.name = name,
        otel.kind = "client",
        otel.status_code = Empty,
        gen_ai.operation.name = info.operation,
        gen_ai.provider.name = info.provider_name,
        gen_ai.request.model = model,
        gen_ai.request.stream = info.streaming.then_some(true),
        gen_ai.request.max_tokens = settings.max_tokens,
        gen_ai.request.temperature = settings.temperature,
        gen_ai.request.top_p = settings.top_p,
        gen_ai.request.top_k = settings.top_k,
        gen_ai.request.seed = settings.seed,
        gen_ai.output.r#type = info.object.then_some("json"),
        gen_ai.embeddings.dimension.count = info.dimensions,
        server.address = info.server.as_deref(),
        server.port = info.port,
        error.r#type = Empty,
        gen_ai.response.id = Empty,
        gen_ai.response.model = Empty,
        gen_ai.response.finish_reasons = Empty,
        gen_ai.response.time_to_first_chunk = Empty,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        gen_ai.usage.cache_read.input_tokens = Empty,
        gen_ai.usage.cache_creation.input_tokens = Empty,
        gen_ai.usage.reasoning.output_tokens = Empty,
        gen_ai.system_instructions = Empty,
        gen_ai.input.messages = Empty,
        gen_ai.output.messages = Empty,
        // Names of single providers have to stand here, because the fields of a span are fixed. Their values come from the
        // provider, and one that is not listed is left out.
        aws.bedrock.guardrail.id = Empty,
        aws.bedrock.knowledge_base.id = Empty,
        // What the conventions have no name for.
        reqllm.route = info.route,
        reqllm.attempts = Empty,
        reqllm.cost = Empty,
        reqllm.cost.currency = Empty,
        reqllm.dropped = Empty,
    );
    for (name, value) in &info.attributes {
        span.record(*name, value.as_str());
    }
    span
}

/// What is known at the end.
pub(crate) fn record(span: &Span, summary: &Summary<'_>) {
    span.record("reqllm.attempts", summary.attempts);
    let first = summary.first_event.as_ref().map(Duration::as_secs_f64);
    span.record("gen_ai.response.time_to_first_chunk", first);
    if let Some(usage) = summary.usage {
        record_usage(span, usage);
    }
    if let Some(cost) = summary.cost {
        span.record("reqllm.cost", tracing::field::display(&cost.total));
        span.record("reqllm.cost.currency", &*cost.currency);
    }
    match summary.outcome {
        Outcome::Response(response) => record_response(span, response),
        Outcome::Done => {}
        Outcome::Failed(error) => {
            span.record("otel.status_code", "ERROR");
            span.record("error.type", summary.error_type());
            if let Some(partial) = error.partial() {
                record_response(span, partial);
            }
        }
        Outcome::Dropped => {
            span.record("reqllm.dropped", true);
        }
    }
}

fn record_response(span: &Span, response: &Response) {
    let id = Some(response.id.as_str()).filter(|id| !id.is_empty());
    span.record("gen_ai.response.id", id);
    span.record("gen_ai.response.model", response.model.as_str());
    let reasons = format!("[\"{}\"]", finish_reason(response.finish_reason));
    span.record("gen_ai.response.finish_reasons", reasons);
}

fn record_usage(span: &Span, usage: &Usage) {
    // In the conventions it has what was cached in it; in `Usage` it does not.
    span.record("gen_ai.usage.input_tokens", usage.all_input_tokens());
    span.record("gen_ai.usage.output_tokens", usage.output_tokens);
    span.record(
        "gen_ai.usage.cache_read.input_tokens",
        usage.cache_read_tokens,
    );
    span.record(
        "gen_ai.usage.cache_creation.input_tokens",
        usage.cache_write_tokens,
    );
    span.record(
        "gen_ai.usage.reasoning.output_tokens",
        usage.reasoning_tokens,
    );
}

/// The conventions' words for why a model stopped, and our own where they have none.
pub(crate) fn finish_reason(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::ToolCalls => "tool_call",
        FinishReason::ContentFilter => "content_filter",
        FinishReason::ContextWindow => "context_window",
        FinishReason::Error => "error",
        _ => "unknown",
    }
}
