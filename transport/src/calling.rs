//! One call under way: attempts until an answer begins.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::response::Parts;
use http_body_util::BodyExt as _;
use reqllm_core::{Answered, Authorize, Error, ErrorKind, Result};
use tracing::Instrument as _;

use crate::cassette::{Entry, Slot};
use crate::client::{innermost, is_certificate_failure};
use crate::heavy;
use crate::limits::{Limits, Watch, no_answer};
use crate::retry::{Tries, retry_after};
use crate::{Body, HttpError, Observation, Policy, Transport};

/// The most that is read of the body of a refusal.
const MAX_REFUSAL: usize = 256 * 1024;
/// How long its body is waited for; the status says most of it.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(10);

/// What goes out, and what is left of the call's attempts and its time.
pub(crate) struct Calling {
    transport: Transport,
    outgoing: Outgoing,
    first_byte: Option<Duration>,
    idle: Option<Duration>,
    limits: Limits,
    tries: Tries,
    /// How many attempts have begun.
    begun: u32,
    /// How many requests went out.
    sent: u32,
    /// Whether the authorizer has had its second chance.
    amended: bool,
    /// Whether the budget of retries has been told of success.
    settled: bool,
}

/// A request, whoever reads its answer.
pub(crate) struct Outgoing {
    pub(crate) request: http::Request<Bytes>,
    pub(crate) operation: &'static str,
    pub(crate) authorizer: Arc<dyn Authorize>,
    pub(crate) observation: Observation,
}

/// The error that an unsuccessful answer stands for.
pub(crate) type Refuse<'a> = &'a (dyn Fn(&Parts, &[u8]) -> Error + Sync);

/// An answer whose body has not been read.
pub(crate) struct Opened {
    pub(crate) head: Parts,
    pub(crate) body: Body,
}

/// The head of an answer, whatever it says.
struct Arrived {
    head: Parts,
    body: Body,
    /// When its request was sent, and when it arrived.
    sent: SystemTime,
    received: SystemTime,
    /// Whether the authorizer had a part in it.
    authorized: bool,
}

/// A failed attempt.
enum Failed {
    /// The schedule decides.
    Told(Error),
    /// The next one will be authorised otherwise.
    Amended(Error),
}

impl Calling {
    #[inline]
    pub(crate) fn new(
        transport: Transport,
        outgoing: Outgoing,
        policy: &Policy,
        limits: Limits,
    ) -> Self {
        Self {
            transport,
            outgoing,
            first_byte: policy.first_byte,
            idle: policy.idle,
            limits,
            tries: Tries::new(policy.retries),
            begun: 0,
            sent: 0,
            amended: false,
            settled: false,
        }
    }

    /// What the body of an answer has to keep to.
    pub(crate) fn watch(&self) -> Watch {
        Watch::new(&self.limits, self.idle)
    }

    /// Something of the answer has come: what the retries took is given back. Once a call.
    pub(crate) fn succeeded(&mut self) {
        if !std::mem::replace(&mut self.settled, true) {
            self.tries.succeeded(&self.transport.budget);
        }
    }

    /// There will be no other attempt: what it would send is let go, which may be a long conversation.
    pub(crate) fn release(&mut self) {
        if !self.outgoing.request.body().is_empty() {
            self.outgoing.request = http::Request::default();
        }
    }

    /// Attempts until an answer begins or the time is up. If there was an answer before that failed with `after`, the first
    /// of them waits as long as it has to; that error comes back if there must be no other.
    pub(crate) async fn open(
        &mut self,
        after: Option<Error>,
        refuse: Refuse<'_>,
    ) -> Result<Opened> {
        let limits = self.limits.clone();
        let span = self.outgoing.observation.span();
        let opened = {
            // Pinned here: whoever moved the attempts would have room for them twice.
            let attempts = pin!(self.attempts(after, refuse));
            limits.hold(attempts.instrument(span)).await
        };
        opened.map_err(|error| self.failed(error))
    }

    /// The last attempt has failed.
    pub(crate) fn failed(&self, error: Error) -> Error {
        let error = self.counted(error);
        self.outgoing.observation.failed(self.begun, &error, None);
        error
    }

    /// How many attempts have begun.
    pub(crate) fn begun(&self) -> u32 {
        self.begun
    }

    pub(crate) fn observation(&self) -> &Observation {
        &self.outgoing.observation
    }

    /// Says in an error how many requests went out.
    pub(crate) fn counted(&self, error: Error) -> Error {
        match self.sent {
            0 => error,
            sent => error.with_attempts(sent),
        }
    }

    /// Waits until there may be another attempt after `error`, which comes back if there must be none.
    async fn pause(&mut self, error: Error) -> Result<()> {
        let Transport { random, budget, .. } = &self.transport;
        let wait = self.tries.next(&error, random, budget);
        // An error that says something is better than a timeout in the middle of a wait.
        let Some(wait) = wait.filter(|wait| self.limits.allow(*wait)) else {
            return Err(error);
        };
        tracing::warn!(attempt = self.begun, ?wait, %error, "attempt failed; trying again");
        let observation = &self.outgoing.observation;
        observation.failed(self.begun, &error, Some(wait));
        tokio::time::sleep(wait).await;
        Ok(())
    }

    async fn attempts(&mut self, after: Option<Error>, refuse: Refuse<'_>) -> Result<Opened> {
        if let Some(error) = after {
            self.pause(error).await?;
        }
        loop {
            match self.attempt(refuse).await {
                Ok(opened) => return Ok(opened),
                Err(Failed::Told(error)) => self.pause(error).await?,
                Err(Failed::Amended(error)) => {
                    tracing::warn!(attempt = self.begun, %error, "refused; authorising otherwise");
                    let observation = &self.outgoing.observation;
                    observation.failed(self.begun, &error, Some(Duration::ZERO));
                }
            }
        }
    }

    async fn attempt(&mut self, refuse: Refuse<'_>) -> Result<Opened, Failed> {
        let answered = self.exchange().await?;
        if !answered.head.status.is_success() {
            // Boxed: few attempts are refused, and the others are not to have room for it.
            return Err(Box::pin(self.refused(answered, refuse)).await);
        }
        let Arrived { head, body, .. } = answered;
        Ok(Opened { head, body })
    }

    /// Authorises a request, sends it, and waits for the head of its answer. The authorizer learns from it if it had a part in
    /// it.
    async fn exchange(&mut self) -> Result<Arrived> {
        self.begun += 1;
        let Outgoing {
            request,
            observation,
            ..
        } = &self.outgoing;
        let request = observation.sending(self.begun, fresh(request));
        let slot = match &self.transport.deck {
            None => None,
            Some(deck) => match deck.enter(&request)? {
                Entry::Recording(slot) => Some(slot),
                Entry::Played(answer) => {
                    self.count();
                    let sent = self.transport.clock.now();
                    return Ok(self.arrived(answer?, sent, false));
                }
            },
        };
        let response = {
            let mut request = request;
            let authorizer = &self.outgoing.authorizer;
            heavy::read_ahead(authorizer, request.body()).await;
            let clock = &self.transport.clock;
            authorizer.authorize(&mut request, clock).await?;
            self.transport.http.execute(request)
        };
        self.count();
        let sent = self.transport.clock.now();
        let response = pin!(async { response.await.map_err(unsent) });
        let response = match self.first_byte {
            None => response.await,
            Some(limit) => tokio::time::timeout(limit, response)
                .await
                .unwrap_or_else(|_| Err(no_answer(limit))),
        };
        // An address that is none, or TLS that cannot be set up: nothing went out.
        if response
            .as_ref()
            .is_err_and(|it| it.kind() == ErrorKind::Config)
        {
            self.sent -= 1;
            self.outgoing.observation.unsent();
        }
        Ok(self.arrived(record(slot, response)?, sent, true))
    }

    fn count(&mut self) {
        self.sent += 1;
        self.outgoing.observation.sent();
        let operation = self.outgoing.operation;
        tracing::debug!(attempt = self.begun, operation, "sending");
    }

    /// Tells of the head of an answer.
    fn arrived(
        &self,
        response: http::Response<Body>,
        sent: SystemTime,
        authorized: bool,
    ) -> Arrived {
        let (head, body) = response.into_parts();
        let status = head.status.as_u16();
        tracing::debug!(attempt = self.begun, status, "answered");
        self.outgoing.observation.answered(self.begun, &head);
        let received = self.transport.clock.now();
        if authorized && head.status.is_success() {
            let answered = Answered::new(&head.headers, sent, received);
            self.outgoing.authorizer.learn(&answered);
        }
        Arrived {
            head,
            body,
            sent,
            received,
            authorized,
        }
    }

    /// The error that an answer stands for which is none of success.
    async fn refused(&mut self, answer: Arrived, refuse: Refuse<'_>) -> Failed {
        let Arrived { head, body, .. } = answer;
        if head.status.is_redirection() {
            return redirected(&head).into();
        }
        let mut error = refuse(&head, &refusal(body).await);
        if let Some(wait) = retry_after(&head.headers, answer.received) {
            error = error.with_retry_after(wait);
        }
        let answered = Answered::new(&head.headers, answer.sent, answer.received).refused(&error);
        let otherwise = answer.authorized && self.outgoing.authorizer.learn(&answered);
        if otherwise && !std::mem::replace(&mut self.amended, true) {
            return Failed::Amended(error);
        }
        error.into()
    }
}

/// A copy for one attempt, with room for the headers that its authorizer and the connection add.
fn fresh(request: &http::Request<Bytes>) -> http::Request<Bytes> {
    /// Authorization, date, session token, host, user agent, length.
    const ADDED: usize = 6;
    let mut headers = http::HeaderMap::with_capacity(request.headers().len() + ADDED);
    let given = request.headers().iter();
    headers.extend(given.map(|(name, value)| (name.clone(), value.clone())));
    let mut fresh = http::Request::new(request.body().clone());
    *fresh.method_mut() = request.method().clone();
    *fresh.uri_mut() = request.uri().clone();
    *fresh.version_mut() = request.version();
    *fresh.extensions_mut() = request.extensions().clone();
    *fresh.headers_mut() = headers;
    fresh
}

/// Puts what came back on record, where there is one.
fn record(
    slot: Option<Slot>,
    response: Result<http::Response<Body>>,
) -> Result<http::Response<Body>> {
    let Some(slot) = slot else { return response };
    match response {
        Ok(response) => {
            let (head, body) = response.into_parts();
            let body = slot.answered(&head, body);
            Ok(http::Response::from_parts(head, body))
        }
        Err(error) => {
            slot.failed(&error);
            Err(error)
        }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Told(error)
    }
}

fn redirected(head: &Parts) -> Error {
    Error::new(
        ErrorKind::Config,
        "the endpoint redirects elsewhere; keys and signatures do not follow, so set the endpoint to where it leads",
    )
    .with_status(head.status.as_u16())
}

/// As much of the body of a refusal as comes in time; a refusal that breaks off is still a refusal.
async fn refusal(body: Body) -> Vec<u8> {
    let mut body = http_body_util::Limited::new(body, MAX_REFUSAL);
    let mut bytes = Vec::new();
    let read = async {
        while let Some(Ok(frame)) = body.frame().await {
            if let Some(data) = frame.data_ref() {
                bytes.extend_from_slice(data);
            }
        }
    };
    let _ = tokio::time::timeout(REFUSAL_TIMEOUT, read).await;
    bytes
}

/// A request that got no answer. Only where no connection came about, or one that had served before was closed meanwhile, did
/// nobody work on it.
fn unsent(error: HttpError) -> Error {
    if error.is_setup() {
        return Error::config(error.to_string()).with_source(error);
    }
    let connecting = error.is_connect();
    let kind = match error.is_timeout() && !connecting {
        true => ErrorKind::Timeout,
        false => ErrorKind::Transport,
    };
    let message = describe("the request could not be sent", &error);
    Error::new(kind, message)
        .set_retryable(error.is_stale() || (connecting && !is_certificate_failure(&error)))
        .with_source(error)
}

/// An answer that broke off.
pub(crate) fn broken(error: &HttpError) -> Error {
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

/// The innermost cause is the one that says something.
pub(crate) fn describe(what: &str, error: &(dyn std::error::Error + 'static)) -> String {
    format!("{what}: {}", innermost(error))
}
