//! InvokeModel and InvokeModelWithResponseStream: a family's native body in AWS's envelope.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use http::response::Parts;
use reqllm_core::{Answer, Delivery, Error, Fold, Reader, Result, Usage};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::eventstream::{self, Events};
use crate::family::{Family, StreamCodec};
use crate::json::{self, Text};
use crate::options::Options;
use crate::{error, whole};

/// The longest metadata header that the service takes.
const MAX_METADATA: usize = 8500;

/// Puts the options that Converse carries in its body into the headers that AWS names for Invoke.
///
/// Source: the service model, shape InvokeModelRequest.
pub(crate) fn headers(
    options: &Options,
    delivery: Delivery,
    headers: &mut HeaderMap,
) -> Result<()> {
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
    if let Some(trace) = options.guardrail_trace {
        put(
            "x-amzn-bedrock-trace",
            "guardrail_trace",
            &word(trace).to_uppercase(),
        )?;
    }
    if let Some(latency) = options.performance_latency {
        let name = "x-amzn-bedrock-performanceconfig-latency";
        put(name, "performance_latency", &word(latency))?;
    }
    if let Some(tier) = options.service_tier {
        put("x-amzn-bedrock-service-tier", "service_tier", &word(tier))?;
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

/// The word of an option that is one of a few.
fn word(option: impl Serialize) -> String {
    match serde_json::to_value(option) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
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
            let codec = codec.stream();
            return Ok(eventstream::open(head, InvokeEvents { codec }));
        }
        let family = self.family;
        Ok(whole::open(head, move |body: &[u8], fold: &mut Fold| {
            family
                .codec()
                .map_or(Ok(()), |codec| codec.answer(body, fold))
        }))
    }

    fn refuse(&self, head: &Parts, body: &[u8]) -> Error {
        error::refusal(head, body)
    }
}

struct InvokeEvents {
    codec: Box<dyn StreamCodec>,
}

/// Shape PayloadPart, with the padding that comes with it.
#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    bytes: Text<'a>,
}

impl Events for InvokeEvents {
    fn event(&mut self, event_type: &str, payload: &[u8], fold: &mut Fold) -> Result<()> {
        if event_type != "chunk" {
            fold.warn(reqllm_core::Warning::new(
                "unknown_event",
                format!("the stream has an event of type {event_type:?} that this version does not know; it was passed over"),
            ));
            return Ok(());
        }
        let chunk: Chunk<'_> = json::read(payload, "a chunk of the stream")?;
        let json = STANDARD.decode(chunk.bytes.as_bytes()).map_err(|error| {
            Error::decode(format!("a chunk of the stream is not base64: {error}"))
                .with_provider(crate::ID)
        })?;
        self.codec.chunk(&json, fold)
    }

    fn missing(&self, fold: &Fold) -> Option<&'static str> {
        self.codec.missing(fold)
    }
}

/// What Bedrock itself measured, in the last chunk of a native stream of any family.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metrics {
    input_token_count: Option<u64>,
    output_token_count: Option<u64>,
    cache_read_input_token_count: Option<u64>,
    cache_write_input_token_count: Option<u64>,
    invocation_latency: Option<u64>,
    first_byte_latency: Option<u64>,
}

impl Metrics {
    /// Tells of the latencies and gives the counts.
    pub(crate) fn tell(self, fold: &mut Fold) -> Usage {
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
