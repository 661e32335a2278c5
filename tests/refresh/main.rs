//! A newer catalogue: what is kept and what is refused. No network but loopback.

#![cfg(feature = "refresh")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up should fail loudly"
)]

mod asked;
mod cache;
mod kept;
mod server;
