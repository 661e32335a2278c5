//! Answers that come in one piece.

use bytes::Bytes;
use http::header::HeaderName;
use http::response::Parts;
use reqllm_core::{Fold, Reader, Result, Usage};
use reqllm_dialects::answer::{Gathered, check_encoding};
use serde_json::json;

use crate::head::Head;

/// Reads a whole body.
struct WholeReader<F> {
    body: Gathered,
    decode: F,
    head: Head,
    measured: Measured,
}

/// What InvokeModel measured, as it puts it into headers.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) usage: Usage,
    latency: Option<u64>,
}

/// A reader that gathers the body and then decodes it; an error if it is encoded.
pub(crate) fn open<F>(head: &Parts, decode: F) -> Result<Box<dyn Reader>>
where
    F: Fn(&[u8], &mut Fold) -> Result<()> + Send + 'static,
{
    check_encoding(head)?;
    Ok(Box::new(WholeReader {
        body: Gathered::default(),
        decode,
        head: Head::of(head),
        measured: Measured::of(head),
    }))
}

/// What Invoke counts beside the body.
static INPUT_TOKENS: HeaderName = HeaderName::from_static("x-amzn-bedrock-input-token-count");
static OUTPUT_TOKENS: HeaderName = HeaderName::from_static("x-amzn-bedrock-output-token-count");
static CACHE_READ_TOKENS: HeaderName =
    HeaderName::from_static("x-amzn-bedrock-cache-read-input-token-count");
static CACHE_WRITE_TOKENS: HeaderName =
    HeaderName::from_static("x-amzn-bedrock-cache-write-input-token-count");
static LATENCY: HeaderName = HeaderName::from_static("x-amzn-bedrock-invocation-latency");

impl Measured {
    pub(crate) fn of(head: &Parts) -> Self {
        let count = |name| -> Option<u64> { head.headers.get(name)?.to_str().ok()?.parse().ok() };
        let mut usage = Usage::default();
        usage.input_tokens = count(&INPUT_TOKENS);
        usage.output_tokens = count(&OUTPUT_TOKENS);
        usage.cache_read_tokens = count(&CACHE_READ_TOKENS);
        usage.cache_write_tokens = count(&CACHE_WRITE_TOKENS);
        Self {
            usage,
            latency: count(&LATENCY),
        }
    }
}

impl<F: Fn(&[u8], &mut Fold) -> Result<()> + Send> Reader for WholeReader<F> {
    fn read(&mut self, chunk: Bytes, _fold: &mut Fold) -> Result<()> {
        self.body.push(chunk)
    }

    fn end(&mut self, fold: &mut Fold) -> Result<()> {
        self.head.tell(fold);
        // What the body says of the same counts is finer.
        fold.usage_if_absent(self.measured.usage);
        if let Some(latency) = self.measured.latency {
            fold.metadata("metrics", json!({ "latencyMs": latency }));
        }
        (self.decode)(self.body.bytes(), fold).map_err(|error| self.head.name(error))
    }
}
