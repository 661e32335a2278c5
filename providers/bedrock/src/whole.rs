//! Answers that come in one piece.

use bytes::{Bytes, BytesMut};
use http::header::HeaderName;
use http::response::Parts;
use reqllm_core::{Error, Fold, Reader, Result, Usage};
use serde_json::json;

use crate::head::Head;

/// The most that is read of a body. InvokeModel's own limit is 25,000,000 bytes.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// Reads a whole body.
struct WholeReader<F> {
    body: Body,
    /// How many bytes have come.
    length: usize,
    decode: F,
    head: Head,
    measured: Measured,
}

/// A body that mostly comes in one piece, which is then not copied.
enum Body {
    Empty,
    One(Bytes),
    Many(BytesMut),
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
    Head::is_plain(head)?;
    Ok(Box::new(WholeReader {
        body: Body::Empty,
        length: 0,
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
        self.length = self.length.saturating_add(chunk.len());
        if self.length > MAX_BODY {
            self.body = Body::Empty;
            return Err(
                Error::decode(format!("the answer is longer than {MAX_BODY} bytes"))
                    .with_provider(crate::ID),
            );
        }
        self.body = match std::mem::replace(&mut self.body, Body::Empty) {
            Body::Empty => Body::One(chunk),
            Body::One(first) => {
                let mut many = BytesMut::with_capacity(2 * (first.len() + chunk.len()));
                many.extend_from_slice(&first);
                many.extend_from_slice(&chunk);
                Body::Many(many)
            }
            Body::Many(mut many) => {
                many.extend_from_slice(&chunk);
                Body::Many(many)
            }
        };
        Ok(())
    }

    fn end(&mut self, fold: &mut Fold) -> Result<()> {
        let body: &[u8] = match &self.body {
            Body::Empty => &[],
            Body::One(bytes) => bytes,
            Body::Many(bytes) => bytes,
        };
        self.head.tell(fold);
        // What the body says of the same counts is finer.
        fold.usage_if_absent(self.measured.usage);
        if let Some(latency) = self.measured.latency {
            fold.metadata("metrics", json!({ "latencyMs": latency }));
        }
        (self.decode)(body, fold).map_err(|error| self.head.name(error))
    }
}
