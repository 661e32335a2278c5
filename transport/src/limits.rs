//! When a call must be over.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use reqllm_core::{Error, ErrorKind, Result};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::Policy;

/// What ends a call from outside: its timeout, and the token of the caller.
#[derive(Clone)]
pub(crate) struct Limits {
    deadline: Option<Deadline>,
    cancel: Option<CancellationToken>,
}

#[derive(Clone, Copy)]
struct Deadline {
    at: Instant,
    timeout: Duration,
}

impl Limits {
    /// Counts from now. A timeout that no clock can count is none.
    pub(crate) fn of(policy: &Policy) -> Self {
        let deadline = policy.timeout.and_then(|timeout| {
            let at = Instant::now().checked_add(timeout)?;
            Some(Deadline { at, timeout })
        });
        Self {
            deadline,
            cancel: policy.cancel.clone(),
        }
    }

    /// The outcome of `work`, unless it is cancelled or takes too long.
    pub(crate) async fn hold<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let work = async {
            match &self.cancel {
                None => work.await,
                Some(token) => token
                    .run_until_cancelled(work)
                    .await
                    .unwrap_or_else(|| Err(cancelled())),
            }
        };
        match self.deadline {
            None => work.await,
            Some(Deadline { at, timeout }) => tokio::time::timeout_at(at, work)
                .await
                .unwrap_or_else(|_| Err(timed_out(timeout))),
        }
    }

    /// Whether there is this much time left.
    pub(crate) fn allow(&self, wait: Duration) -> bool {
        let end = Instant::now().checked_add(wait);
        self.deadline
            .is_none_or(|deadline| end.is_some_and(|end| end < deadline.at))
    }
}

/// The limits of a body that is read by polling.
pub(crate) struct Watch {
    deadline: Option<(Pin<Box<Sleep>>, Duration)>,
    cancelled: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    idle: Option<Idle>,
}

/// The longest silence. The timer is only touched where there is silence: data that is there costs nothing.
struct Idle {
    sleep: Pin<Box<Sleep>>,
    limit: Duration,
    silent: bool,
}

impl Watch {
    pub(crate) fn new(limits: &Limits, idle: Option<Duration>) -> Self {
        let idle = idle.and_then(|limit| {
            let at = Instant::now().checked_add(limit)?;
            Some(Idle {
                sleep: Box::pin(tokio::time::sleep_until(at)),
                limit,
                silent: false,
            })
        });
        Self {
            deadline: limits.deadline.map(|Deadline { at, timeout }| {
                let sleep = Box::pin(tokio::time::sleep_until(at));
                (sleep, timeout)
            }),
            cancelled: limits
                .cancel
                .clone()
                .map(|token| Box::pin(token.cancelled_owned())),
            idle,
        }
    }

    /// The error of a limit that has been passed.
    pub(crate) fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<Error> {
        if let Some(cancel) = &mut self.cancelled
            && cancel.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(cancelled());
        }
        if let Some((sleep, timeout)) = &mut self.deadline
            && sleep.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(timed_out(*timeout));
        }
        Poll::Pending
    }

    /// Something has arrived.
    pub(crate) fn heard(&mut self) {
        if let Some(idle) = &mut self.idle {
            idle.silent = false;
        }
    }

    /// Nothing has arrived; the error once that has been so for too long.
    pub(crate) fn poll_silence(&mut self, context: &mut Context<'_>) -> Poll<Error> {
        let Some(idle) = &mut self.idle else {
            return Poll::Pending;
        };
        if !idle.silent {
            idle.silent = true;
            if let Some(at) = Instant::now().checked_add(idle.limit) {
                idle.sleep.as_mut().reset(at);
            }
        }
        match idle.sleep.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(too_silent(idle.limit)),
            Poll::Pending => Poll::Pending,
        }
    }
}

fn timed_out(timeout: Duration) -> Error {
    Error::new(
        ErrorKind::Timeout,
        format!("the call took longer than its timeout of {timeout:?}"),
    )
}

pub(crate) fn no_answer(limit: Duration) -> Error {
    Error::new(
        ErrorKind::Timeout,
        format!(
            "no answer began within {limit:?} (the first-byte timeout); it is not asked for again, because it may have to be paid for"
        ),
    )
}

pub(crate) fn too_silent(limit: Duration) -> Error {
    Error::new(
        ErrorKind::Timeout,
        format!("nothing more of the answer arrived within {limit:?} (the idle timeout)"),
    )
}

fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, "the call was cancelled")
}
