//! One answer under way: from the first attempt to the response.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http_body::Body as _;
use reqllm_core::{
    Answer, Delivery, Error, ErrorKind, Event, Fold, Reader, Response, Result, Warning,
};

use crate::calling::{Calling, Opened, broken};
use crate::limits::Watch;
use crate::{Body, Observation};

/// What an [`EventStream`](super::EventStream) is made of.
pub(super) struct Reading {
    state: State,
    /// Absent while it makes attempts, and when there will be no more of them.
    calling: Option<Box<Calling>>,
    answer: Arc<dyn Answer>,
    delivery: Delivery,
    fold: Fold,
    watch: Watch,
    check: Option<Check>,
    observation: Observation,
    /// Whether the answer has content.
    said_something: bool,
    /// An error that is told once the events that came before it have been taken.
    error: Option<Error>,
}

/// Has the last word on a whole answer.
pub(super) type Check = Box<dyn FnOnce(&mut Response) -> Result<()> + Send>;

enum State {
    /// Attempts are made until an answer begins. What they need is gone when it has.
    Opening(Pin<Box<Opening>>),
    Arriving(Incoming),
    /// The body has been read to its end.
    Complete(Arc<Response>),
    Failed,
}

type Opening = dyn Future<Output = (Box<Calling>, Result<Opened>)> + Send;

/// An answer that has begun.
struct Incoming {
    body: Body,
    reader: Box<dyn Reader>,
    /// Whether the reader has given what it held back.
    abandoned: bool,
}

impl Incoming {
    /// The connection failed, or fell silent for too long. Behind the end of the answer that costs no more than what may have
    /// followed, and whoever asked has paid for what came.
    #[cold]
    fn broken(&mut self, error: Error, fold: &mut Fold) -> Result<bool> {
        if error.kind() == ErrorKind::Cancelled || !self.reader.is_whole(fold) {
            return Err(error);
        }
        fold.warn(Warning::new(
            "broken_behind_end",
            format!(
                "the answer had come when its connection failed: {}; what may have followed, such as counts of tokens, is missing",
                error.message()
            ),
        ));
        self.reader.end(fold).map(|()| false)
    }

    /// What the reader holds back goes into the fold, once.
    fn abandon(&mut self, fold: &mut Fold) {
        if !std::mem::replace(&mut self.abandoned, true) {
            self.reader.abandon(fold);
        }
    }
}

impl Reading {
    #[inline]
    pub(super) fn new(
        calling: Calling,
        answer: Arc<dyn Answer>,
        delivery: Delivery,
        fold: Fold,
    ) -> Self {
        let (watch, observation) = (calling.watch(), calling.observation().clone());
        Self {
            state: opening(Box::new(calling), None, &answer),
            calling: None,
            answer,
            delivery,
            fold,
            watch,
            check: None,
            observation,
            said_something: false,
            error: None,
        }
    }

    pub(super) fn fold(&self) -> &Fold {
        &self.fold
    }

    pub(super) fn check_by(&mut self, check: Check) {
        self.check = Some(check);
    }

    pub(super) fn pass_over_events(&mut self) {
        while self.fold.next_event().is_some() {}
    }

    /// The next event; none after the last one.
    pub(super) fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Event>>> {
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

    /// Makes attempts until an answer begins.
    pub(super) fn poll_open(&mut self, context: &mut Context<'_>) -> Poll<Result<()>> {
        let State::Opening(attempts) = &mut self.state else {
            return Poll::Ready(Ok(()));
        };
        let (calling, opened) = ready!(attempts.as_mut().poll(context));
        let incoming = opened.and_then(|Opened { head, body }| match self.answer.open(&head) {
            Ok(reader) => Ok(Incoming {
                body,
                reader,
                abandoned: false,
            }),
            Err(error) => Err(calling.failed(error)),
        });
        self.calling = Some(calling);
        Poll::Ready(match incoming {
            Ok(incoming) => {
                if self.fold.started() {
                    self.fold.restart();
                }
                self.state = State::Arriving(incoming);
                self.watch.heard();
                Ok(())
            }
            Err(error) => Err(self.fail(error)),
        })
    }

    /// Reads one more piece of the body; false at its end.
    pub(super) fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<Result<bool>> {
        loop {
            ready!(self.poll_open(context))?;
            let incoming = match &mut self.state {
                State::Arriving(incoming) => incoming,
                State::Opening(_) => continue,
                State::Complete(_) => return Poll::Ready(Ok(false)),
                State::Failed => {
                    let error = self.error.take();
                    return Poll::Ready(Err(error.unwrap_or_else(|| {
                        Error::stream("the stream has failed before; the error was given then")
                    })));
                }
            };
            let read = ready!(poll_piece(
                incoming,
                &mut self.watch,
                &mut self.fold,
                context
            ));
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

    pub(super) fn abandon(mut self) -> Response {
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Complete(response) => Arc::unwrap_or_clone(response),
            state => {
                if let State::Arriving(mut incoming) = state {
                    incoming.abandon(&mut self.fold);
                }
                self.observation.dropped();
                self.fold.abandon()
            }
        }
    }

    pub(super) fn into_response(mut self) -> Response {
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Complete(response) => Arc::unwrap_or_clone(response),
            _ => self.fold.finish(),
        }
    }

    /// What has said something is not asked for again. Looked at until it has: many streams that wait are cold, and to touch
    /// less of them is to be faster.
    fn let_go(&mut self) {
        if !self.said_something && self.fold.has_content() {
            self.said_something = true;
            if let Some(calling) = &mut self.calling {
                calling.succeeded();
                calling.release();
            }
        }
    }

    /// Begins another attempt, if the answer is a stream that has said nothing yet; else gives the error back. What comes in
    /// one piece has been worked out by the time it comes, and would be paid for twice.
    fn again(&mut self, error: Error) -> Option<Error> {
        let streams = self.delivery == Delivery::Stream && error.retryable();
        if streams
            && !self.fold.has_content()
            && let State::Arriving(incoming) = &mut self.state
        {
            // What a reader holds back has arrived, too.
            incoming.abandon(&mut self.fold);
        }
        let repeatable = streams && !self.fold.has_content();
        let Some(calling) = self.calling.take_if(|_| repeatable) else {
            return Some(error);
        };
        self.state = opening(calling, Some(error), &self.answer);
        None
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
        let state = std::mem::replace(&mut self.state, State::Failed);
        let mut error = self.named(error);
        if self.fold.started() {
            if let State::Arriving(mut incoming) = state {
                incoming.abandon(&mut self.fold);
            }
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

/// Attempts until an answer begins; after an error, if there was an answer before that failed with it.
#[inline]
fn opening(mut calling: Box<Calling>, after: Option<Error>, answer: &Arc<dyn Answer>) -> State {
    let answer = Arc::clone(answer);
    State::Opening(Box::pin(async move {
        let refuse = |head: &_, body: &[u8]| answer.refuse(head, body);
        let opened = calling.open(after, &refuse).await;
        (calling, opened)
    }))
}

/// Reads one more piece of the body that is being read; false at its end.
fn poll_piece(
    incoming: &mut Incoming,
    watch: &mut Watch,
    fold: &mut Fold,
    context: &mut Context<'_>,
) -> Poll<Result<bool>> {
    if let Poll::Ready(error) = watch.poll_over(context) {
        return Poll::Ready(incoming.broken(error, fold));
    }
    let Poll::Ready(frame) = Pin::new(&mut incoming.body).poll_frame(context) else {
        let silence = watch.poll_silence(context);
        return silence.map(|error| incoming.broken(error, fold));
    };
    watch.heard();
    let read = match frame {
        Some(Ok(frame)) => match frame.into_data() {
            Ok(data) => incoming.reader.read(data, fold).map(|()| true),
            // Trailers say nothing that matters here.
            Err(_) => Ok(true),
        },
        Some(Err(error)) => incoming.broken(broken(&error), fold),
        None => incoming.reader.end(fold).map(|()| false),
    };
    Poll::Ready(read.and_then(|more| fold.check_bounds().map(|()| more)))
}
