//! One request, one whole answer: what a provider needs beside its calls.
//!
//! Providers open no socket. Some have to ask somebody all the same before they can authorise a call: a metadata service for
//! credentials, a token endpoint. They are handed a [`RoundTrip`] for it, and whoever runs the calls supplies it.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::Result;

/// Sends small requests and gives whole answers.
#[async_trait]
pub trait RoundTrip: fmt::Debug + Send + Sync {
    /// Sends `request` once, and gives the answer whatever its status. Redirects are not followed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Transport`](crate::ErrorKind::Transport) if no answer came,
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if it did not come in time,
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if it is longer than `limits` allow.
    async fn round_trip(
        &self,
        request: http::Request<Bytes>,
        limits: RoundTripLimits,
    ) -> Result<http::Response<Bytes>>;
}

/// What one round trip may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoundTripLimits {
    /// How long in all, connecting included.
    pub timeout: Duration,
    /// The most bytes that the body of the answer may have.
    pub max_bytes: usize,
}

impl RoundTripLimits {
    /// This much time, and an answer of at most a mebibyte.
    pub fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            max_bytes: 1024 * 1024,
        }
    }
}

impl Default for RoundTripLimits {
    /// Thirty seconds.
    fn default() -> Self {
        Self::new(Duration::from_secs(30))
    }
}
