//! When a call must be over.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
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
    pub(crate) async fn hold<T>(&self, work: impl Future<Output = Result<T>> + Send) -> Result<T>
    where
        T: Send,
    {
        let Some(Deadline { at, timeout }) = self.deadline else {
            return self.hold_until_cancelled(work).await;
        };
        // Boxed, here and below: by default there is neither, and nobody is to have room for them.
        Box::pin(async move {
            tokio::time::timeout_at(at, self.hold_until_cancelled(work))
                .await
                .unwrap_or_else(|_| Err(timed_out(timeout)))
        })
        .await
    }

    async fn hold_until_cancelled<T>(
        &self,
        work: impl Future<Output = Result<T>> + Send,
    ) -> Result<T>
    where
        T: Send,
    {
        let Some(token) = &self.cancel else {
            return work.await;
        };
        let outcome = Box::pin(token.run_until_cancelled(work)).await;
        outcome.unwrap_or_else(|| Err(cancelled()))
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
    deadline: Option<Deadline>,
    /// Of the deadline, made when it is first asked: whoever begins a call need not be on a runtime yet.
    alarm: Option<Pin<Box<Sleep>>>,
    cancelled: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    idle: Option<Idle>,
}

/// The longest silence. There is no timer before there is silence, and it is not set again at every one of them: when it
/// fires, it is looked at how long this one has been.
struct Idle {
    limit: Duration,
    /// When this silence began, if there is one.
    since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
    /// When the timer fires, and whom it wakes then.
    armed: Option<(Instant, Waker)>,
}

impl Idle {
    /// Ready once there has been silence for so long.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let since = match self.since {
            Some(since) => since,
            None => {
                let now = Instant::now();
                self.since = Some(now);
                if self.is_armed(now, context) {
                    return Poll::Pending;
                }
                now
            }
        };
        let Some(end) = since.checked_add(self.limit) else {
            return Poll::Pending;
        };
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(end)));
        loop {
            if timer.as_mut().poll(context).is_pending() {
                self.armed = Some((timer.deadline(), context.waker().clone()));
                return Poll::Pending;
            }
            if timer.deadline() >= end {
                return Poll::Ready(());
            }
            timer.as_mut().reset(end);
        }
    }

    /// Whether the timer has yet to fire, and wakes this task then. It is not touched for that: of many streams that wait, its
    /// memory is cold at every event.
    fn is_armed(&self, now: Instant, context: &Context<'_>) -> bool {
        let armed = self.armed.as_ref();
        armed.is_some_and(|(at, waker)| *at > now && waker.will_wake(context.waker()))
    }
}

impl Watch {
    pub(crate) fn new(limits: &Limits, idle: Option<Duration>) -> Self {
        let idle = idle.map(|limit| Idle {
            limit,
            since: None,
            timer: None,
            armed: None,
        });
        Self {
            deadline: limits.deadline,
            alarm: None,
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
        if let Some(Deadline { at, timeout }) = self.deadline {
            let alarm = || Box::pin(tokio::time::sleep_until(at));
            let alarm = self.alarm.get_or_insert_with(alarm);
            if alarm.as_mut().poll(context).is_ready() {
                return Poll::Ready(timed_out(timeout));
            }
        }
        Poll::Pending
    }

    /// Something has arrived.
    pub(crate) fn heard(&mut self) {
        if let Some(idle) = &mut self.idle {
            idle.since = None;
        }
    }

    /// Nothing has arrived; the error once that has been so for too long.
    pub(crate) fn poll_silence(&mut self, context: &mut Context<'_>) -> Poll<Error> {
        match &mut self.idle {
            None => Poll::Pending,
            Some(idle) => idle.poll(context).map(|()| too_silent(idle.limit)),
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

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    fn watch(policy: Policy) -> Watch {
        Watch::new(&Limits::of(&policy), policy.idle)
    }

    #[tokio::test(start_paused = true)]
    async fn silence_counts_from_the_last_piece() {
        let limit = Duration::from_secs(10);
        let mut watch = watch(Policy {
            idle: Some(limit),
            ..Policy::default()
        });
        // Five times as long as the limit, and never silent for as long as that.
        for _ in 0..9 {
            let piece = tokio::time::sleep(limit * 6 / 10);
            let silence = poll_fn(|context| watch.poll_silence(context));
            tokio::select! {
                biased;
                error = silence => panic!("{error}"),
                () = piece => watch.heard(),
            }
        }
        let last = Instant::now();
        let error = poll_fn(|context| watch.poll_silence(context)).await;
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(last.elapsed(), limit);
    }

    /// The timer that is set wakes the task that waited first.
    #[tokio::test(start_paused = true)]
    async fn silence_ends_a_stream_that_another_task_reads_on() {
        let limit = Duration::from_secs(10);
        let mut watch = watch(Policy {
            idle: Some(limit),
            ..Policy::default()
        });
        let silence = poll_fn(|context| watch.poll_silence(context));
        let early = tokio::time::timeout(limit / 2, silence).await;
        assert!(early.is_err());
        watch.heard();
        let begun = Instant::now();
        let other =
            tokio::spawn(async move { poll_fn(|context| watch.poll_silence(context)).await });
        let outcome = tokio::time::timeout(limit * 3, other).await;
        assert_eq!(outcome.unwrap().unwrap().kind(), ErrorKind::Timeout);
        assert_eq!(begun.elapsed(), limit);
    }

    #[test]
    fn a_call_is_begun_before_there_is_a_runtime() {
        let mut watch = watch(Policy {
            timeout: Some(Duration::from_millis(20)),
            ..Policy::default()
        });
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().build().unwrap();
        let error = runtime.block_on(poll_fn(|context| watch.poll_over(context)));
        assert_eq!(error.kind(), ErrorKind::Timeout);
    }
}
