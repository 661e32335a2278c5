//! What takes a thread so long that other calls would notice: it is done where threads may be busy.

use std::sync::Arc;

use bytes::Bytes;
use reqllm_core::Authorize;

/// From here on a body is heavy, in bytes. Hashing half a megabyte takes a quarter of a millisecond where the processor
/// knows SHA-256 and some milliseconds where it does not; to hand it over takes some hundredths of one.
const HEAVY: usize = 512 * 1024;

/// Lets the authorizer read a heavy body before it authorises the request that has it.
pub(crate) async fn read_ahead(authorizer: &Arc<dyn Authorize>, body: &Bytes) {
    if body.len() < HEAVY {
        return;
    }
    let (authorizer, body) = (Arc::clone(authorizer), body.clone());
    let read = tokio::task::spawn_blocking(move || authorizer.read_ahead(&body));
    // What was not done ahead is done in its time.
    let _ = read.await;
}
