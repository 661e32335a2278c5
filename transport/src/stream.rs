//! The events of one answer, as they arrive.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use http_body::Body as _;
use reqllm_core::{Error, ErrorKind, Event, Fold, Reader, Response, Result};
use tokio::time::Sleep;

use crate::send::{Deadline, Opened, describe, timed_out};

/// A stream of events, the last of which carries the whole response.
///
/// No task and no channel stand behind it: bytes are read when it is polled. Dropping it closes the connection and
/// cancels the request.
pub struct EventStream {
    body: reqwest::Body,
    reader: Box<dyn Reader>,
    fold: Fold,
    deadline: Option<(Pin<Box<Sleep>>, Duration)>,
    attempts: u32,
    state: State,
    check: Option<Check>,
    /// An error that is told once the events that came before it have been taken.
    error: Option<Error>,
}

/// Has the last word on a whole answer.
type Check = Box<dyn FnOnce(&mut Response) -> Result<()> + Send>;

enum State {
    Reading,
    /// The body has been read to its end.
    Complete(Arc<Response>),
    Failed,
}

impl EventStream {
    pub(crate) fn new(
        opened: Opened,
        reader: Box<dyn Reader>,
        fold: Fold,
        deadline: Option<Deadline>,
    ) -> Self {
        let deadline = deadline.map(|Deadline { at, timeout }| {
            let sleep = Box::pin(tokio::time::sleep_until(at));
            (sleep, timeout)
        });
        Self {
            body: opened.body,
            reader,
            fold,
            deadline,
            attempts: opened.attempts,
            state: State::Reading,
            check: None,
            error: None,
        }
    }

    /// Has `check` look at the response before the last event tells of it. It may change it; if it refuses it, its error is
    /// the end of the stream, with the response.
    #[must_use]
    pub fn checked(
        mut self,
        check: impl FnOnce(&mut Response) -> Result<()> + Send + 'static,
    ) -> Self {
        self.check = Some(Box::new(check));
        self
    }

    /// The next event; none after the last one.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports. The error carries what had arrived, and nothing comes after it.
    pub async fn try_next(&mut self) -> Result<Option<Event>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context))
            .await
            .transpose()
    }

    /// Whether the text of the block of this index, of which an event told, is that of the object that was asked for; see
    /// [`Fold::holds_object`].
    pub fn holds_object(&self, index: u32) -> bool {
        self.fold.holds_object(index)
    }

    /// Reads to the end and gives the whole response, whatever of it was taken as events before.
    ///
    /// # Errors
    ///
    /// As [`EventStream::try_next`].
    pub async fn finish(mut self) -> Result<Response> {
        while self.read_on().await? {
            while self.fold.next_event().is_some() {}
        }
        Ok(self.into_response())
    }

    /// Gives up: the connection is closed, and what had arrived is given as the partial response that it is.
    pub fn abandon(mut self) -> Response {
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Complete(response) => Arc::unwrap_or_clone(response),
            _ => self.fold.abandon(),
        }
    }

    /// Reads one more piece of the body; false at its end.
    pub(crate) async fn read_on(&mut self) -> Result<bool> {
        std::future::poll_fn(|context| self.poll_read(context)).await
    }

    /// The response of a stream that has been read to its end.
    pub(crate) fn into_response(mut self) -> Response {
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Complete(response) => Arc::unwrap_or_clone(response),
            _ => self.fold.finish(),
        }
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<Result<bool>> {
        match self.state {
            State::Reading => {}
            State::Complete(_) => return Poll::Ready(Ok(false)),
            State::Failed => {
                let error = self.error.take();
                return Poll::Ready(Err(error.unwrap_or_else(|| {
                    Error::stream("the stream has failed before; the error was given then")
                })));
            }
        }
        if let Some((sleep, timeout)) = &mut self.deadline
            && sleep.as_mut().poll(context).is_ready()
        {
            let error = timed_out(*timeout);
            return Poll::Ready(Err(self.fail(error)));
        }
        let read = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => self.reader.read(data, &mut self.fold).map(|()| true),
                // Trailers say nothing that matters here.
                Err(_) => Ok(true),
            },
            Some(Err(error)) => Err(broken(&error)),
            None => self.reader.end(&mut self.fold).map(|()| false),
        };
        Poll::Ready(match read {
            Ok(true) => Ok(true),
            Ok(false) => self.complete().map(|()| false),
            Err(error) => Err(self.fail(error)),
        })
    }

    fn complete(&mut self) -> Result<()> {
        let Some(check) = self.check.take() else {
            self.state = State::Complete(self.fold.finish_event());
            return Ok(());
        };
        match self.fold.finish_checked(check) {
            Ok(response) => self.state = State::Complete(response),
            Err(error) => {
                self.state = State::Failed;
                let error = self.fold.identity().name(error);
                return Err(error.with_attempts(self.attempts));
            }
        }
        Ok(())
    }

    /// The stream ends here; what had arrived goes with the error.
    fn fail(&mut self, error: Error) -> Error {
        self.state = State::Failed;
        let error = self
            .fold
            .identity()
            .name(error)
            .with_attempts(self.attempts);
        if self.fold.started() {
            error.with_partial(self.fold.abandon())
        } else {
            error
        }
    }
}

impl Stream for EventStream {
    type Item = Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(event) = self.fold.next_event() {
                return Poll::Ready(Some(Ok(event)));
            }
            if !matches!(self.state, State::Reading) {
                return Poll::Ready(self.error.take().map(Err));
            }
            if let Err(error) = ready!(self.poll_read(context)) {
                self.error = Some(error);
            }
        }
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").finish_non_exhaustive()
    }
}

pub(crate) fn broken(error: &reqwest::Error) -> Error {
    let kind = match error.is_timeout() {
        true => ErrorKind::Timeout,
        false => ErrorKind::Transport,
    };
    Error::new(
        kind,
        describe("the connection broke while the answer arrived", error),
    )
    .set_retryable(true)
}

const _: () = {
    const fn send<T: Send>() {}
    send::<EventStream>();
};
