//! Requests that are no conversation.

pub(crate) mod account;
pub(crate) mod count_tokens;

use std::fmt;

use http::response::Parts;
use reqllm_core::{Decode, Error, Result};
use reqllm_dialects::answer::{Head, check_encoding};
use reqllm_dialects::messages;

/// Reads an answer in one piece by a function of its body.
struct Decoder<F>(F);

impl<T, F> Decode<T> for Decoder<F>
where
    F: Fn(&Head, &[u8]) -> Result<T> + Send + Sync,
{
    fn decode(&self, head: &Parts, body: &[u8]) -> Result<T> {
        let of_request = Head::of(head);
        let read = check_encoding(head).and_then(|()| (self.0)(&of_request, body));
        read.map_err(|error| of_request.name(error))
    }

    fn refuse(&self, head: &Parts, body: &[u8]) -> Error {
        Head::of(head).name(messages::refusal(head, body))
    }
}

impl<F> fmt::Debug for Decoder<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").finish_non_exhaustive()
    }
}
