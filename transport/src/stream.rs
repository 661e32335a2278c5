//! The events of one answer, as they arrive.

mod reading;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use reqllm_core::{Answer, Delivery, Event, Fold, Response, Result};

use self::reading::Reading;
use crate::calling::Calling;

/// A stream of events, the last of which carries the whole response.
///
/// No task and no channel stand behind it: bytes are read when it is polled. Dropping it closes the connection and
/// cancels the request.
pub struct EventStream {
    /// Boxed, so that whoever keeps it, or moves it, keeps and moves a pointer.
    reading: Box<Reading>,
}

impl EventStream {
    /// A stream of which nothing has been asked.
    #[inline]
    pub(crate) fn new(
        calling: Calling,
        answer: Arc<dyn Answer>,
        delivery: Delivery,
        fold: Fold,
    ) -> Self {
        Self {
            reading: Box::new(Reading::new(calling, answer, delivery, fold)),
        }
    }

    /// Attempts until an answer has begun.
    pub(crate) async fn open(&mut self) -> Result<()> {
        std::future::poll_fn(|context| self.reading.poll_open(context)).await
    }

    /// Has `check` look at the response before the last event tells of it. It may change it; if it refuses it, its error is
    /// the end of the stream, with the response.
    #[must_use]
    pub fn checked(
        mut self,
        check: impl FnOnce(&mut Response) -> Result<()> + Send + 'static,
    ) -> Self {
        self.reading.check_by(Box::new(check));
        self
    }

    /// The next event; none after the last one.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports. The error carries what had arrived, and nothing comes after it.
    pub async fn try_next(&mut self) -> Result<Option<Event>> {
        std::future::poll_fn(|context| self.reading.poll_event(context))
            .await
            .transpose()
    }

    /// Whether the text of the block of this index, of which an event told, is that of the object that was asked for; see
    /// [`Fold::holds_object`].
    pub fn holds_object(&self, index: u32) -> bool {
        self.reading.fold().holds_object(index)
    }

    /// Reads to the end and gives the whole response, whatever of it was taken as events before.
    ///
    /// # Errors
    ///
    /// As [`EventStream::try_next`].
    pub async fn finish(mut self) -> Result<Response> {
        while self.read_on().await? {
            self.reading.pass_over_events();
        }
        Ok(self.into_response())
    }

    /// Gives up: the connection is closed, and what had arrived is given as the partial response that it is.
    pub fn abandon(self) -> Response {
        self.reading.abandon()
    }

    /// Waits until something of the answer is there, and takes nothing of it. Until then the request may be repeated. If it
    /// fails the stream is over, and its error was this one.
    ///
    /// # Errors
    ///
    /// As [`EventStream::try_next`].
    pub async fn ready(&mut self) -> Result<()> {
        while !self.reading.fold().has_content() && self.read_on().await? {}
        Ok(())
    }

    /// Reads one more piece of the body; false at its end.
    pub(crate) async fn read_on(&mut self) -> Result<bool> {
        std::future::poll_fn(|context| self.reading.poll_read(context)).await
    }

    /// The response of a stream that has been read to its end.
    pub(crate) fn into_response(self) -> Response {
        self.reading.into_response()
    }
}

impl Stream for EventStream {
    type Item = Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.reading.poll_event(context)
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").finish_non_exhaustive()
    }
}

const _: () = {
    const fn send<T: Send>() {}
    send::<EventStream>();
};
