//! Answers in one piece of JSON that are no conversation.

use std::fmt;

use http::response::Parts;
use reqllm_core::{Decode, Error, Result};
use reqllm_dialects::answer::{Head, check_encoding};
use reqllm_dialects::chat_completions;

/// Reads an answer by a function of its head and its body.
pub(crate) struct Decoder<F>(pub(crate) F);

impl<T, F> Decode<T> for Decoder<F>
where
    F: Fn(&Parts, &[u8]) -> Result<T> + Send + Sync,
{
    fn decode(&self, head: &Parts, body: &[u8]) -> Result<T> {
        let read = check_encoding(head).and_then(|()| (self.0)(head, body));
        read.map_err(|error| Head::of(head).name(error))
    }

    fn refuse(&self, head: &Parts, body: &[u8]) -> Error {
        Head::of(head).name(chat_completions::refusal(head, body))
    }
}

impl<F> fmt::Debug for Decoder<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").finish_non_exhaustive()
    }
}
