//! Answers in one piece of JSON.

use std::fmt;

use http::response::Parts;
use reqllm_core::{Decode, Error, Result, Usage};

use crate::error;
use crate::head::Head;
use crate::whole::Measured;

/// Reads an answer by a function of its head and its body.
pub(crate) struct Decoder<F>(pub(crate) F);

/// What the head of an answer says.
pub(crate) struct Facts {
    pub(crate) request_id: Option<String>,
    pub(crate) service_tier: Option<String>,
    /// What InvokeModel counted. For embeddings of Cohere and Nova this is the only place where it stands.
    pub(crate) usage: Usage,
}

impl<T, F> Decode<T> for Decoder<F>
where
    F: Fn(Facts, &[u8]) -> Result<T> + Send + Sync,
{
    fn decode(&self, head: &Parts, body: &[u8]) -> Result<T> {
        let of_request = Head::of(head);
        let facts = Facts {
            request_id: of_request.request_id.clone(),
            service_tier: of_request.service_tier.clone(),
            usage: Measured::of(head).usage,
        };
        (self.0)(facts, body).map_err(|error| of_request.name(error).with_provider(crate::ID))
    }

    fn refuse(&self, head: &Parts, body: &[u8]) -> Error {
        error::refusal(head, body)
    }
}

impl<F> fmt::Debug for Decoder<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").finish_non_exhaustive()
    }
}
