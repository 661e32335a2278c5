//! What takes a thread so long that other calls would notice: it is done where threads may be busy.

use std::panic::resume_unwind;
use std::sync::Arc;

use bytes::Bytes;
use reqllm_core::{Authorize, Error, ErrorKind, Result};
use tokio::runtime::Handle;
use tracing::Span;

/// From here on a body is heavy, in bytes. Hashing half a megabyte takes a quarter of a millisecond where the processor
/// knows SHA-256 and some milliseconds where it does not; to hand it over takes some hundredths of one.
pub const HEAVY: usize = 512 * 1024;

/// Does something heavy on a thread of the runtime that may be busy; where no runtime is, here. Who stops waiting for it gives it
/// up, and it comes to its end for nobody. A panic of it is the caller's.
///
/// ```
/// # async fn run() -> reqllm_core::Result<()> {
/// let sum: u64 = reqllm_transport::apart(|| (0..1_000_000).sum()).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`ErrorKind::Cancelled`] if the runtime ends before it has begun.
pub async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let Ok(runtime) = Handle::try_current() else {
        return Ok(work());
    };
    let span = Span::current();
    let done = runtime.spawn_blocking(move || span.in_scope(work)).await;
    done.map_err(|error| match error.try_into_panic() {
        Ok(panic) => resume_unwind(panic),
        Err(_) => Error::new(
            ErrorKind::Cancelled,
            "the runtime ends, and makes no request",
        ),
    })
}

/// Lets the authorizer read a heavy body before it authorises the request that has it, if it wants to.
pub(crate) async fn read_ahead(authorizer: &Arc<dyn Authorize>, body: &Bytes) {
    if body.len() < HEAVY || !authorizer.reads_ahead(body) {
        return;
    }
    let (authorizer, body) = (Arc::clone(authorizer), body.clone());
    let read = tokio::task::spawn_blocking(move || authorizer.read_ahead(&body));
    // What was not done ahead is done in its time.
    let _ = read.await;
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::thread::{self, ThreadId};

    use async_trait::async_trait;
    use reqllm_core::Clock;

    use super::*;

    /// Notes how long a body was, and on which thread it was read. It wants none that begins with a 1.
    #[derive(Debug, Default)]
    struct Noting(Mutex<Vec<(usize, ThreadId)>>);

    #[async_trait]
    impl Authorize for Noting {
        async fn authorize(&self, _: &mut http::Request<Bytes>, _: &Clock) -> Result<()> {
            Ok(())
        }

        fn reads_ahead(&self, body: &Bytes) -> bool {
            body.first() != Some(&1)
        }

        fn read_ahead(&self, body: &Bytes) {
            let mut noted = self.0.lock().unwrap();
            noted.push((body.len(), thread::current().id()));
            drop(noted);
            assert!(body.len() < HEAVY + 1, "a panic is no failure of the call");
        }

        fn scheme(&self) -> Option<&'static str> {
            None
        }
    }

    #[tokio::test]
    async fn heavy_bodies_are_read_on_another_thread_if_they_are_to_be_and_others_are_not() {
        let noting = Arc::new(Noting::default());
        let authorizer: Arc<dyn Authorize> = noting.clone();
        for len in [0, HEAVY - 1, HEAVY, HEAVY + 1] {
            read_ahead(&authorizer, &Bytes::from(vec![0; len])).await;
            read_ahead(&authorizer, &Bytes::from(vec![1; len])).await;
        }
        let noted = noting.0.lock().unwrap();
        let lengths: Vec<usize> = noted.iter().map(|(len, _)| *len).collect();
        assert_eq!(lengths, [HEAVY, HEAVY + 1]);
        assert!(noted.iter().all(|(_, on)| *on != thread::current().id()));
    }
}
