//! The events of one answer, as they arrive.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use http_body::Body as _;
use reqllm_core::{Answer, Delivery, Error, Event, Fold, Reader, Response, Result};

use crate::Observation;
use crate::calling::{Calling, Opened, broken};
use crate::limits::Watch;

/// A stream of events, the last of which carries the whole response.
///
/// No task and no channel stand behind it: bytes are read when it is polled. Dropping it closes the connection and
/// cancels the request.
pub struct EventStream {
    calling: Option<Box<Calling>>,
    answer: Arc<dyn Answer>,
    delivery: Delivery,
    body: reqwest::Body,
    reader: Box<dyn Reader>,
    /// Whether the reader has given what it held back.
    abandoned: bool,
    fold: Fold,
    watch: Watch,
    state: State,
    check: Option<Check>,
    observation: Observation,
    /// An error that is told once the events that came before it have been taken.
    error: Option<Error>,
}

/// Has the last word on a whole answer.
type Check = Box<dyn FnOnce(&mut Response) -> Result<()> + Send>;

enum State {
    Reading,
    /// The answer failed before it said anything, and is asked for once more.
    Again(Pin<Box<Reopening>>),
    /// The body has been read to its end.
    Complete(Arc<Response>),
    Failed,
}

type Reopening = dyn Future<Output = (Box<Calling>, Result<Opened>)> + Send;

impl EventStream {
    /// Attempts until an answer has begun.
    pub(crate) async fn open(
        mut calling: Calling,
        answer: Arc<dyn Answer>,
        delivery: Delivery,
        fold: Fold,
    ) -> Result<Self> {
        let refuse = |head: &_, body: &[u8]| answer.refuse(head, body);
        let observation = calling.observation().clone();
        let opened = calling.open(&refuse).await;
        let opened = opened.and_then(|opened| match answer.open(&opened.head) {
            Ok(reader) => Ok((opened, reader)),
            Err(error) => Err(calling.failed(error)),
        });
        let (opened, reader) = opened.map_err(|error| {
            let error = fold.identity().name(error);
            observation.broke(&error);
            error
        })?;
        Ok(Self {
            observation,
            watch: Watch::new(calling.limits(), calling.idle()),
            calling: Some(Box::new(calling)),
            answer,
            delivery,
            body: opened.body,
            reader,
            abandoned: false,
            fold,
            state: State::Reading,
            check: None,
            error: None,
        })
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
            _ => {
                self.abandon_reader();
                self.observation.dropped();
                self.fold.abandon()
            }
        }
    }

    /// Waits until something of the answer is there, and takes nothing of it. Until then the request may be repeated. If it
    /// fails the stream is over, and its error was this one.
    ///
    /// # Errors
    ///
    /// As [`EventStream::try_next`].
    pub async fn ready(&mut self) -> Result<()> {
        while !self.fold.has_content() && self.read_on().await? {}
        Ok(())
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
        loop {
            let read = match &mut self.state {
                State::Reading => ready!(self.poll_piece(context)),
                State::Again(reopening) => {
                    let (calling, opened) = ready!(reopening.as_mut().poll(context));
                    let attached = opened.and_then(|opened| {
                        self.attach(opened).map_err(|error| calling.failed(error))
                    });
                    self.calling = Some(calling);
                    match attached {
                        Ok(()) => {
                            self.state = State::Reading;
                            continue;
                        }
                        Err(error) => return Poll::Ready(Err(self.fail(error))),
                    }
                }
                State::Complete(_) => return Poll::Ready(Ok(false)),
                State::Failed => {
                    let error = self.error.take();
                    return Poll::Ready(Err(error.unwrap_or_else(|| {
                        Error::stream("the stream has failed before; the error was given then")
                    })));
                }
            };
            return Poll::Ready(match read {
                Ok(true) => {
                    self.let_go();
                    self.observation.heard(&self.fold);
                    Ok(true)
                }
                Ok(false) => self.complete().map(|()| false),
                Err(error) => match self.again(error) {
                    None => continue,
                    Some(error) => {
                        if let Some(calling) = &self.calling {
                            calling.observation().failed(calling.begun(), &error, None);
                        }
                        Err(self.fail(error))
                    }
                },
            });
        }
    }

    /// Reads one more piece of the body that is being read; false at its end.
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Result<bool>> {
        if let Poll::Ready(error) = self.watch.poll_over(context) {
            return Poll::Ready(Err(error));
        }
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
            return self.watch.poll_silence(context).map(Err);
        };
        self.watch.heard();
        let read = match frame {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => self.reader.read(data, &mut self.fold).map(|()| true),
                // Trailers say nothing that matters here.
                Err(_) => Ok(true),
            },
            Some(Err(error)) => Err(broken(&error)),
            None => self.reader.end(&mut self.fold).map(|()| false),
        };
        Poll::Ready(read.and_then(|more| self.fold.check_bounds().map(|()| more)))
    }

    /// What has said something is not asked for again.
    fn let_go(&mut self) {
        if let Some(calling) = &mut self.calling
            && self.fold.has_content()
        {
            calling.succeeded();
            calling.release();
        }
    }

    /// What the reader holds back goes into the fold, once.
    fn abandon_reader(&mut self) {
        if !std::mem::replace(&mut self.abandoned, true) {
            self.reader.abandon(&mut self.fold);
        }
    }

    /// Begins another attempt, if the answer is a stream that has said nothing yet; else gives the error back. What comes in
    /// one piece has been worked out by the time it comes, and would be paid for twice.
    fn again(&mut self, error: Error) -> Option<Error> {
        let streams = self.delivery == Delivery::Stream && error.retryable();
        if streams && !self.fold.has_content() {
            // What a reader holds back has arrived, too.
            self.abandon_reader();
        }
        let repeatable = streams && !self.fold.has_content();
        let Some(mut calling) = self.calling.take_if(|_| repeatable) else {
            return Some(error);
        };
        self.body = reqwest::Body::default();
        let answer = Arc::clone(&self.answer);
        self.state = State::Again(Box::pin(async move {
            let refuse = |head: &_, body: &[u8]| answer.refuse(head, body);
            let opened = calling.reopen(error, &refuse).await;
            (calling, opened)
        }));
        None
    }

    /// Goes on with the answer to another attempt.
    fn attach(&mut self, opened: Opened) -> Result<()> {
        self.reader = self.answer.open(&opened.head)?;
        self.abandoned = false;
        self.body = opened.body;
        self.fold.restart();
        self.watch.heard();
        Ok(())
    }

    fn complete(&mut self) -> Result<()> {
        let response = match self.check.take() {
            None => self.fold.finish_event(),
            Some(check) => match self.fold.finish_checked(check) {
                Ok(response) => response,
                Err(error) => {
                    self.state = State::Failed;
                    let error = self.named(error);
                    self.observation.broke(&error);
                    self.release();
                    return Err(error);
                }
            },
        };
        if let Some(calling) = &mut self.calling {
            calling.succeeded();
        }
        self.observation.responded(&response);
        self.release();
        self.state = State::Complete(response);
        Ok(())
    }

    /// The stream ends here, and its connection with it; what had arrived goes with the error.
    fn fail(&mut self, error: Error) -> Error {
        self.state = State::Failed;
        self.body = reqwest::Body::default();
        let mut error = self.named(error);
        if self.fold.started() {
            self.abandon_reader();
            error = error.with_partial(self.fold.abandon());
        }
        self.observation.broke(&error);
        self.release();
        error
    }

    /// Nothing more will be observed.
    fn release(&mut self) {
        self.observation = Observation::default();
        self.calling = None;
    }

    /// Says whose error it is, and after how many attempts.
    fn named(&self, error: Error) -> Error {
        let error = self.fold.identity().name(error);
        match &self.calling {
            Some(calling) => calling.counted(error),
            None => error,
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
            if matches!(self.state, State::Complete(_) | State::Failed) {
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

const _: () = {
    const fn send<T: Send>() {}
    send::<EventStream>();
};
