//! Whole answers that come as a stream and are put together here.
//!
//! Until a whole answer has its first byte, nothing tells a connection that works from a dead one, and networks drop idle ones after
//! minutes. Anthropic's documentation, "Errors", long requests: they are to be streamed, and its own clients refuse whole answers
//! that may take ten minutes. The caller sees no difference.

use reqllm_core::{Call, Capability, Delivery, Model};

use crate::options::Read;

/// An answer that may have more tokens is long: it takes minutes.
const LONG: u32 = 8_192;

/// How an answer travels, and why. `call` is the one that is sent.
pub(crate) fn settle(
    model: &Model,
    call: &Call,
    options: &Read,
    wanted: Delivery,
) -> (Delivery, &'static str) {
    const USUAL: &str = "conversations go through Messages";
    if wanted == Delivery::Stream {
        return (Delivery::Stream, USUAL);
    }
    let streams = model.capabilities.get(Capability::Streaming) != Some(false);
    let is_long = call.settings.max_tokens.is_some_and(|most| most > LONG);
    match options.stream_inside {
        Some(true) => (
            Delivery::Stream,
            "`stream_inside` is true, so the answer is streamed inside",
        ),
        None if is_long && streams => (
            Delivery::Stream,
            "`max_tokens` allows a long answer, so it is streamed inside",
        ),
        _ => (Delivery::Whole, USUAL),
    }
}
