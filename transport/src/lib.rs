//! The engine that sends an exchange: authorise, send, retry, read.
//!
//! It also fetches media that a provider does not fetch itself; see [`Fetcher`].
//!
//! It knows HTTP and no provider. An [`Exchange`](reqllm_core::Exchange) comes in; a
//! [`Response`](reqllm_core::Response), or an [`EventStream`], goes out. A [`Task`](reqllm_core::Task), whose answer is no
//! conversation, takes the same road, alone or beside others.
//!
//! The policy, in one place: every attempt is authorised afresh, immediately before it is sent. An attempt is
//! repeated while nothing of an answer has arrived and the error is one of load or of connecting; never after the
//! request was sent and its answer timed out, because that answer may have been paid for. Dropping a future or a
//! stream closes the connection, which cancels the request.

mod client;
mod fetch;
mod policy;
mod round_trip;
mod send;
mod stream;
mod task;

pub use client::http_client;
pub use fetch::{FetchPolicy, Fetched, Fetcher, shown_url};
pub use policy::Policy;
pub use send::Transport;
pub use stream::EventStream;
