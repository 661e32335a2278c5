//! What the tests of bodies that are one text share: reading an answer, whole and in chunks.

use reqllm_core::{Fold, Identity, Response, Result};
use reqllm_dialects::StreamCodec;

/// What a reader makes of bytes.
pub(super) type Read = fn(&[u8], &mut Fold) -> Result<()>;

/// A whole answer.
pub(super) fn whole(read: Read, json: &str) -> Response {
    let mut fold = Fold::new(Identity::default());
    read(json.as_bytes(), &mut fold).unwrap();
    fold.finish()
}

/// A stream of these chunks, and what is missing at its end.
pub(super) fn streamed(mut read: Read, chunks: &[&str]) -> (Response, Option<&'static str>) {
    let mut fold = Fold::new(Identity::default());
    for chunk in chunks {
        read.chunk(chunk.as_bytes(), &mut fold).unwrap();
    }
    let missing = read.missing(&fold);
    (fold.finish(), missing)
}
