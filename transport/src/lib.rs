//! The engine that sends an exchange: authorise, send, retry, read.
//!
//! It also fetches media that a provider does not fetch itself; see [`Fetcher`].
//!
//! It knows HTTP and no provider. An [`Exchange`](reqllm_core::Exchange) comes in; a
//! [`Response`](reqllm_core::Response), or an [`EventStream`], goes out. A [`Task`](reqllm_core::Task), whose answer is no
//! conversation, takes the same road, alone or beside others.
//!
//! The policy, in one place:
//!
//! - Every attempt is authorised afresh, immediately before it is sent.
//! - An attempt is repeated while nothing of an answer has been read and its error says that it may pass. A stream that has
//!   begun and said nothing has not been read.
//! - It is not repeated after its request was sent and no answer came, in time or at all, nor after an answer that comes in one
//!   piece broke off: somebody has worked on it, and will want to be paid.
//! - Whoever authorised a request that was refused may do so once more if it has learnt something from the refusal.
//! - Whoever watches ([`Observer`]) is told of every attempt and of the end of every call; a [`Cassette`] keeps exchanges, and
//!   answers in their place.
//! - Dropping a future or a stream closes the connection, which cancels the request.

mod calling;
mod cassette;
mod client;
mod fetch;
mod heavy;
mod limits;
mod observe;
mod policy;
mod retry;
mod round_trip;
mod send;
mod shown;
mod stream;
mod task;

pub use cassette::Cassette;
pub use client::{Body, HttpClient, HttpError, HttpFuture, HyperClient, HyperClientBuilder};
pub use fetch::{FetchPolicy, Fetched, Fetcher};
pub use heavy::{HEAVY, apart};
pub use observe::{
    AnswerHead, Attempt, CallInfo, Failure, Observation, Observer, Outcome, Summary, Told,
};
pub use policy::{Policy, Retries};
pub use send::Transport;
pub use shown::shown_url;
pub use stream::EventStream;
pub use tokio_util::sync::CancellationToken;
