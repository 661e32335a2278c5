//! Requests whose answers come in one piece and are no conversation: embeddings, ranks, counts, lists.
//!
//! A [`Task`] is to them what an [`Exchange`](crate::Exchange) is to a call: one HTTP request and the decoder that fits
//! it. Both are pure, so that a dry run and a test need no socket.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::response::Parts;

use crate::{Authorize, Error, Result, Route, Warning};

/// A request, and everything that is needed to send it and to read its answer as a `T`.
#[derive(Debug)]
#[non_exhaustive]
pub struct Task<T> {
    /// The request, without credentials. What is sent is a copy of it that [`Task::authorizer`] has signed.
    pub request: http::Request<Bytes>,
    /// Which of the provider's operations was chosen, and why.
    pub route: Route,
    /// Proves who sends it, before every attempt.
    pub authorizer: Arc<dyn Authorize>,
    /// Reads the answer.
    pub decoder: Arc<dyn Decode<T>>,
    /// What was left out or replaced in the request.
    pub warnings: Vec<Warning>,
    /// Facts about the request for traces; see [`Exchange::attributes`](crate::Exchange::attributes).
    pub attributes: Vec<(&'static str, String)>,
}

impl<T> Task<T> {
    /// A task without warnings.
    pub fn new(
        request: http::Request<Bytes>,
        route: Route,
        authorizer: Arc<dyn Authorize>,
        decoder: Arc<dyn Decode<T>>,
    ) -> Self {
        Self {
            request,
            route,
            authorizer,
            decoder,
            warnings: Vec::new(),
            attributes: Vec::new(),
        }
    }
}

/// Reads the whole answer to one request.
pub trait Decode<T>: fmt::Debug + Send + Sync {
    /// What a successful answer says.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if it is not in the form that it should have.
    fn decode(&self, head: &Parts, body: &[u8]) -> Result<T>;

    /// The error that an unsuccessful answer stands for.
    fn refuse(&self, head: &Parts, body: &[u8]) -> Error;
}
