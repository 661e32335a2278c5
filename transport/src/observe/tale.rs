//! One call under observation.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::response::Parts;
use reqllm_core::{Cost, Error, Fold, Message, Response, Usage};
use tokio::time::Instant;
use tracing::Span;

use super::{AnswerHead, Attempt, CallInfo, Failure, Outcome, Summary, content, span};
use crate::Transport;

/// One call under observation; empty if nobody watches. Clones are the same call. When the last of them is dropped and nobody
/// has said how the call ended, it was dropped.
#[derive(Clone, Default)]
pub struct Observation(Option<Arc<Tale>>);

/// What an answer that is no conversation tells of itself.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Told<'a> {
    /// What it used.
    pub usage: Option<&'a Usage>,
    /// What it cost.
    pub cost: Option<&'a Cost>,
}

impl<'a> Told<'a> {
    /// An answer that used this, and cost that.
    pub fn new(usage: &'a Usage, cost: Option<&'a Cost>) -> Self {
        Self {
            usage: Some(usage),
            cost,
        }
    }
}

struct Tale {
    transport: Transport,
    info: CallInfo,
    /// Taken at the end, so that a stream that is kept does not keep the span open.
    span: Mutex<Option<Span>>,
    begun: Instant,
    sent: AtomicU32,
    retries: AtomicU32,
    first_event: OnceLock<Duration>,
    first_content: OnceLock<Duration>,
    ended: AtomicBool,
}

impl Transport {
    /// Begins to observe a call, if there is anybody to tell: an observer, or somebody who collects traces. Only then is
    /// `describe` asked.
    pub fn observe(&self, describe: impl FnOnce() -> CallInfo) -> Observation {
        if self.observers.is_empty() && !span::wanted() {
            return Observation(None);
        }
        let info = describe();
        let span = span::of(&info);
        Observation(Some(Arc::new(Tale {
            transport: self.clone(),
            info,
            span: Mutex::new(Some(span)),
            begun: Instant::now(),
            sent: AtomicU32::new(0),
            retries: AtomicU32::new(0),
            first_event: OnceLock::new(),
            first_content: OnceLock::new(),
            ended: AtomicBool::new(false),
        })))
    }
}

impl Observation {
    /// Tells the trace what is said to the model, where the client allows content in traces.
    pub fn input(&self, messages: &[Message]) {
        let Some(tale) = &self.0 else { return };
        if !tale.transport.trace_content {
            return;
        }
        if let Some(span) = tale.open_span() {
            content::record_input(&span, messages);
        }
    }

    /// The call of a task, or of several, is over.
    pub fn end<T>(self, result: &Result<T, Error>, told: impl for<'a> FnOnce(&'a T) -> Told<'a>) {
        let Some(tale) = &self.0 else { return };
        match result {
            Ok(answer) => tale.end(Outcome::Done, told(answer)),
            Err(error) => tale.end(Outcome::Failed(error), Told::default()),
        }
    }

    pub(crate) fn responded(&self, response: &Response) {
        let Some(tale) = &self.0 else { return };
        let told = Told::new(&response.usage, response.cost.as_ref());
        tale.end(Outcome::Response(response), told);
    }

    pub(crate) fn broke(&self, error: &Error) {
        let Some(tale) = &self.0 else { return };
        let told = match error.partial() {
            Some(partial) => Told::new(&partial.usage, partial.cost.as_ref()),
            None => Told::default(),
        };
        tale.end(Outcome::Failed(error), told);
    }

    pub(crate) fn dropped(&self) {
        if let Some(tale) = &self.0 {
            tale.end(Outcome::Dropped, Told::default());
        }
    }

    /// The span of the call; a disabled one if nobody collects it.
    pub(crate) fn span(&self) -> Span {
        let span = self.0.as_ref().and_then(|tale| tale.open_span());
        span.unwrap_or_else(Span::none)
    }

    /// Lets the observers see, and change, the headers of an attempt.
    pub(crate) fn sending(
        &self,
        number: u32,
        request: http::Request<Bytes>,
    ) -> http::Request<Bytes> {
        let Some(tale) = &self.0 else { return request };
        if tale.transport.observers.is_empty() {
            return request;
        }
        let (mut head, body) = request.into_parts();
        for observer in &*tale.transport.observers {
            let mut attempt = Attempt {
                number,
                method: &head.method,
                uri: &head.uri,
                headers: &mut head.headers,
                body: &body,
            };
            observer.sending(&tale.info, &mut attempt);
        }
        http::Request::from_parts(head, body)
    }

    pub(crate) fn sent(&self) {
        if let Some(tale) = &self.0 {
            tale.sent.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What was told last as sent never went out.
    pub(crate) fn unsent(&self) {
        if let Some(tale) = &self.0 {
            tale.sent.fetch_sub(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn answered(&self, number: u32, head: &Parts) {
        let Some(tale) = &self.0 else { return };
        let answer = AnswerHead {
            number,
            status: head.status,
            headers: &head.headers,
        };
        for observer in &*tale.transport.observers {
            observer.answered(&tale.info, &answer);
        }
    }

    /// An attempt has failed; the next one follows after `wait`, or never.
    pub(crate) fn failed(&self, number: u32, error: &Error, wait: Option<Duration>) {
        let Some(tale) = &self.0 else { return };
        if wait.is_some() {
            tale.retries.fetch_add(1, Ordering::Relaxed);
        }
        let failure = Failure {
            number,
            error,
            wait,
        };
        for observer in &*tale.transport.observers {
            observer.failed(&tale.info, &failure);
        }
    }

    /// A piece of a stream has been read.
    pub(crate) fn heard(&self, fold: &Fold) {
        let Some(tale) = &self.0 else { return };
        if !tale.info.streaming || tale.first_content.get().is_some() {
            return;
        }
        if fold.started() {
            tale.first_event.get_or_init(|| tale.begun.elapsed());
        }
        if fold.has_content() {
            tale.first_content.get_or_init(|| tale.begun.elapsed());
        }
    }
}

impl Tale {
    fn open_span(&self) -> Option<Span> {
        let span = self.span.lock().unwrap_or_else(PoisonError::into_inner);
        span.clone()
    }

    fn end(&self, outcome: Outcome<'_>, told: Told<'_>) {
        if self.ended.swap(true, Ordering::Relaxed) {
            return;
        }
        let summary = Summary {
            outcome,
            attempts: self.sent.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            duration: self.begun.elapsed(),
            first_event: self.first_event.get().copied(),
            first_content: self.first_content.get().copied(),
            usage: told.usage,
            cost: told.cost,
        };
        let span = self
            .span
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(span) = span {
            span::record(&span, &summary);
            if let (true, Outcome::Response(response)) = (self.transport.trace_content, outcome) {
                content::record_output(&span, response);
            }
        }
        for observer in &*self.transport.observers {
            observer.ended(&self.info, &summary);
        }
    }
}

impl Drop for Tale {
    fn drop(&mut self) {
        self.end(Outcome::Dropped, Told::default());
    }
}

impl fmt::Debug for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observation")
            .field(&self.0.is_some())
            .finish()
    }
}
