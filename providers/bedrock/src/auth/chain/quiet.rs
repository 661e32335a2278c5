//! What aws-config is told to do, without its own logs, and within bounds.
//!
//! Its crates trace whole answers of STS and of metadata services, which are credentials; the headers of requests to SSO; and
//! what a `credential_process` writes, at the level of warnings. None of it reaches the subscriber of the program. What went
//! wrong is in the error.

use std::time::Duration;

use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::{AsyncSleep as _, default_async_sleep};
use reqllm_core::{Error, ErrorKind, Result};
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;

/// How long credentials may be looked for. A `credential_process` may ask for a second factor, and has no limit of its own.
const LIMIT: Duration = Duration::from_secs(60);

/// Does it without a word.
pub(super) async fn quietly<T>(work: impl Future<Output = T>) -> T {
    work.with_subscriber(NoSubscriber::default()).await
}

/// Does it without a word, unless it takes too long.
pub(super) async fn in_time<T>(work: impl Future<Output = T>) -> Result<T> {
    let work = quietly(work);
    let Some(sleep) = default_async_sleep() else {
        return Ok(work.await);
    };
    Timeout::new(work, sleep.sleep(LIMIT)).await.map_err(|_| {
        Error::new(
            ErrorKind::Timeout,
            format!("no credentials came within {LIMIT:?}; if the profile has a `credential_process`, run it by hand to see why"),
        )
        .with_provider(crate::ID)
    })
}
