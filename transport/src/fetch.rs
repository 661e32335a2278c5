//! Fetches what the caller names by URL, and nothing that only this machine can reach.
//!
//! A URL in a message may come from anybody, and what it leads to is handed on to a model. So a name is resolved here, every
//! address that it has is looked at, and the connection goes to one of the addresses that were looked at, whatever the
//! name means a moment later. Redirects are followed by hand, and each is looked at in the same way. No proxy is asked,
//! because it would look the name up for itself.
//!
//! Without the feature `fetch` nothing is fetched, and an error says so.

#[cfg(not(feature = "fetch"))]
mod absent;
#[cfg(feature = "fetch")]
mod address;
#[cfg(feature = "fetch")]
mod fetcher;
#[cfg(feature = "fetch")]
mod gate;

use std::time::Duration;

use bytes::Bytes;

#[cfg(not(feature = "fetch"))]
pub use self::absent::Fetcher;
#[cfg(feature = "fetch")]
pub use self::fetcher::Fetcher;

/// What may be fetched, and how long it may take.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FetchPolicy {
    /// The most bytes that are fetched from one URL, and a fifth of what is fetched together. Default: 20 MiB.
    pub max_bytes: usize,
    /// How long it may take, redirects and everything that is fetched together included. Default: 30 seconds.
    pub timeout: Duration,
    /// Whether addresses of private networks and of this machine will do, and `http:`. Default: no.
    pub allow_private: bool,
}

impl Default for FetchPolicy {
    fn default() -> Self {
        Self {
            max_bytes: 20 << 20,
            timeout: Duration::from_secs(30),
            allow_private: false,
        }
    }
}

/// What was found at a URL.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fetched {
    /// The bytes.
    pub bytes: Bytes,
    /// What the server says that it is, without parameters.
    pub media_type: Option<String>,
}
