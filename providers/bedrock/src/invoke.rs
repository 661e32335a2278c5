//! InvokeModel and InvokeModelWithResponseStream: a family's native body in AWS's envelope.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use http::response::Parts;
use memchr::memchr_iter;
use reqllm_core::{
    Answer, Call, Delivery, Error, FinishReason, Fold, Model, Reader, Result, Usage, Warning,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::eventstream::{self, Events};
use reqllm_dialects::StreamCodec;
use reqllm_dialects::answer::warn_if_unstopped;

use crate::family::{Codec, Family};
use crate::json::{self, Plain, Text};
use crate::options::{GuardrailTrace, Read};
use crate::{error, whole};

/// The longest metadata header that the service takes.
const MAX_METADATA: usize = 8500;

/// What is kept of the room for chunks after a long one, in bytes.
const KEPT: usize = 64 * 1024;

/// The family's body, with the fields of its own and what the caller puts over it.
pub(crate) fn encode(
    codec: &dyn Codec,
    model: &Model,
    call: &Call,
    options: &Read,
    fields: &Map<String, Value>,
    delivery: Delivery,
    warnings: &mut Vec<Warning>,
) -> Result<Bytes> {
    let over = [fields, &options.additional_model_request_fields];
    codec.write(model, call, &over, delivery == Delivery::Stream, warnings)
}

/// Puts the options that Converse carries in its body into the headers that AWS names for Invoke.
///
/// Source: the service model, shape InvokeModelRequest.
pub(crate) fn headers(options: &Read, delivery: Delivery, headers: &mut HeaderMap) -> Result<()> {
    let mut put = |name: &'static str, option: &str, value: &str| {
        let value = HeaderValue::try_from(value).map_err(|_| {
            Error::invalid_request(format!(
                "option `{option}` of bedrock is {value:?}, which no header can carry; ASCII would do"
            ))
        })?;
        headers.insert(HeaderName::from_static(name), value);
        Ok::<_, Error>(())
    };
    if let (Some(id), Some(version)) = (&options.guardrail_identifier, &options.guardrail_version) {
        put(
            "x-amzn-bedrock-guardrailidentifier",
            "guardrail_identifier",
            id,
        )?;
        put(
            "x-amzn-bedrock-guardrailversion",
            "guardrail_version",
            version,
        )?;
    }
    if let Some(trace) = guardrail_trace(options, delivery) {
        put(
            "x-amzn-bedrock-trace",
            "guardrail_trace",
            &trace.as_str().to_uppercase(),
        )?;
    }
    if let Some(latency) = options.performance_latency {
        let name = "x-amzn-bedrock-performanceconfig-latency";
        put(name, "performance_latency", latency.as_str())?;
    }
    if let Some(tier) = options.service_tier {
        put("x-amzn-bedrock-service-tier", "service_tier", tier.as_str())?;
    }
    if !options.request_metadata.is_empty() {
        let json = json!(options.request_metadata).to_string();
        if json.len() > MAX_METADATA {
            return Err(Error::invalid_request(format!(
                "option `request_metadata` of bedrock has {} bytes; at most {MAX_METADATA} would do",
                json.len()
            )));
        }
        put("x-amzn-bedrock-request-metadata", "request_metadata", &json)?;
    }
    // What the stream is wrapped around; the stream itself is always an event stream.
    let accept = match delivery {
        Delivery::Stream => "x-amzn-bedrock-accept",
        _ => "accept",
    };
    headers.insert(
        HeaderName::from_static(accept),
        HeaderValue::from_static("application/json"),
    );
    Ok(())
}

/// What is asked of the trace: what the caller says, and where nothing is said a stream under a guardrail asks for it. It
/// comes in the last chunk, and is the one mark by which a blocked stream shows that it is over; see [`Envelope::missing`].
fn guardrail_trace(options: &Read, delivery: Delivery) -> Option<GuardrailTrace> {
    let streams_guarded = delivery == Delivery::Stream && options.guardrail_identifier.is_some();
    let by_default = streams_guarded.then_some(GuardrailTrace::Enabled);
    options.guardrail_trace.or(by_default)
}

/// Reads the answer in the form of the family.
#[derive(Debug)]
pub(crate) struct InvokeAnswer {
    pub(crate) family: &'static dyn Family,
    pub(crate) delivery: Delivery,
}

impl Answer for InvokeAnswer {
    fn open(&self, head: &Parts) -> Result<Box<dyn Reader>> {
        let Some(codec) = self.family.codec() else {
            return Err(Error::decode(format!(
                "family {} has no native form",
                self.family.name()
            )));
        };
        if self.delivery == Delivery::Stream {
            return eventstream::open(head, InvokeEvents::new(codec.stream()));
        }
        let family = self.family;
        whole::open(head, move |body: &[u8], fold: &mut Fold| {
            if let Some(codec) = family.codec() {
                codec.answer(body, fold)?;
            }
            let mut envelope = Envelope::default();
            envelope.read(body, fold)?;
            envelope.end(fold);
            envelope.check_stop(fold);
            Ok(())
        })
    }

    fn refuse(&self, head: &Parts, body: &[u8]) -> Error {
        error::refusal(head, body)
    }
}

struct InvokeEvents {
    codec: Box<dyn StreamCodec>,
    envelope: Envelope,
    /// The chunk that is read, out of its base64. Its memory serves the next one, unless it is more than [`KEPT`].
    json: Vec<u8>,
}

impl InvokeEvents {
    fn new(codec: Box<dyn StreamCodec>) -> Self {
        Self {
            codec,
            envelope: Envelope::default(),
            json: Vec::new(),
        }
    }
}

/// What Bedrock itself adds to the native bodies of every family: what it measured, in the last chunk of a stream, and
/// what a guardrail did.
#[derive(Default)]
pub(crate) struct Envelope {
    measured: bool,
    intervened: bool,
    /// Whether the last chunk says that a guardrail stepped in, and whether it says what the guardrail found.
    last: LastChunk,
}

#[derive(Clone, Copy, Default)]
struct LastChunk {
    intervened: bool,
    traced: bool,
}

/// Whether there is a member that Bedrock adds. Every one begins with `"amazon-bedrock-`, and hyphens are rare otherwise.
fn has_own_member(json: &[u8]) -> bool {
    memchr_iter(b'-', json).any(|at| {
        let (before, behind) = json.split_at(at);
        before.ends_with(b"\"amazon") && behind.starts_with(b"-bedrock-")
    })
}

#[derive(Deserialize)]
struct Members {
    #[serde(rename = "amazon-bedrock-invocationMetrics")]
    metrics: Option<Metrics>,
    #[serde(rename = "amazon-bedrock-guardrailAction")]
    action: Option<String>,
    #[serde(rename = "amazon-bedrock-trace")]
    trace: Option<Value>,
}

impl Envelope {
    /// Reads what is Bedrock's own in a body or chunk; most have nothing.
    pub(crate) fn read(&mut self, json: &[u8], fold: &mut Fold) -> Result<()> {
        self.last = LastChunk::default();
        if !has_own_member(json) {
            return Ok(());
        }
        let members: Members = json::read(json, "what Bedrock adds to an answer")?;
        if let Some(metrics) = members.metrics {
            self.measured = true;
            let measured = metrics.tell(fold);
            fold.usage_if_absent(measured);
        }
        self.last.traced = members.trace.is_some();
        if let Some(trace) = members.trace {
            fold.metadata("trace", trace);
        }
        self.last.intervened = members.action.as_deref() == Some("INTERVENED");
        self.intervened |= self.last.intervened;
        Ok(())
    }

    /// What a stream lacks, of which the family says that `missing` is.
    ///
    /// Recorded: a guardrail that masks says so in every chunk that it has changed, and the stream has its reason to stop
    /// and its measures in the end like any other. One that blocks answers in the model's place, says so in the last chunk,
    /// which is not measured, and gives a reason to stop in the words of Claude and none in those of Titan. So the action alone proves
    /// nothing: only a last chunk that ends the answer in the family's own words, or that has the trace, which is in no
    /// other chunk, shows that a stream without measures is whole.
    fn missing(&self, missing: Option<&'static str>) -> Option<&'static str> {
        if self.last.intervened && (self.last.traced || missing.is_none()) {
            return None;
        }
        missing.or_else(|| {
            (!self.measured).then_some("its last chunk, with what was measured, did not come")
        })
    }

    /// A guardrail that stepped in is the reason to stop, whatever the model's own word says.
    pub(crate) fn end(&self, fold: &mut Fold) {
        if self.intervened {
            fold.finish_as(FinishReason::ContentFilter);
        }
    }

    /// Of an answer that is whole by its form: whether it says why it ended.
    fn check_stop(&self, fold: &mut Fold) {
        if !self.intervened {
            warn_if_unstopped(fold);
        }
    }
}

/// Shape PayloadPart, with the padding that comes with it.
#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    bytes: Text<'a>,
}

/// The base64 of a chunk in the form in which Bedrock writes it; see [`Plain`].
fn plain_chunk(payload: &[u8]) -> Option<Cow<'_, str>> {
    let mut json = Plain::new(payload)?;
    json.skip(br#"{"bytes":""#)?;
    let bytes = json.text()?;
    json.end()?;
    Some(bytes)
}

impl Events for InvokeEvents {
    fn event(&mut self, event_type: &str, payload: &[u8], fold: &mut Fold) -> Result<()> {
        if event_type != "chunk" {
            fold.warn(Warning::new(
                "unknown_event",
                format!("the stream has an event of type {event_type:?} that this version does not know; it was passed over"),
            ));
            return Ok(());
        }
        let bytes = match plain_chunk(payload) {
            Some(bytes) => bytes,
            None => {
                let chunk: Chunk<'_> = json::read(payload, "a chunk of the stream")?;
                chunk.bytes.into()
            }
        };
        self.json.clear();
        STANDARD
            .decode_vec(&*bytes, &mut self.json)
            .map_err(|error| {
                Error::decode(format!("a chunk of the stream is not base64: {error}"))
                    .with_provider(crate::ID)
            })?;
        self.codec.chunk(&self.json, fold)?;
        self.envelope.read(&self.json, fold)?;
        if self.json.capacity() > KEPT {
            self.json = Vec::new();
        }
        Ok(())
    }

    fn end(&mut self, fold: &mut Fold) -> Option<&'static str> {
        self.envelope.end(fold);
        let missing = self.envelope.missing(self.codec.missing(fold));
        if missing.is_none() {
            self.envelope.check_stop(fold);
        }
        missing
    }

    fn abandon(&mut self, fold: &mut Fold) {
        self.codec.abandon(fold);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metrics {
    input_token_count: Option<u64>,
    output_token_count: Option<u64>,
    cache_read_input_token_count: Option<u64>,
    cache_write_input_token_count: Option<u64>,
    invocation_latency: Option<u64>,
    first_byte_latency: Option<u64>,
}

impl Metrics {
    /// Tells of the latencies and gives the counts.
    fn tell(self, fold: &mut Fold) -> Usage {
        fold.metadata(
            "metrics",
            json!({ "latencyMs": self.invocation_latency, "firstByteLatencyMs": self.first_byte_latency }),
        );
        let mut usage = Usage::default();
        usage.input_tokens = self.input_token_count;
        usage.output_tokens = self.output_token_count;
        usage.cache_read_tokens = self.cache_read_input_token_count;
        usage.cache_write_tokens = self.cache_write_input_token_count;
        usage
    }
}

#[cfg(test)]
mod tests;
