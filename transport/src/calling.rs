//! One call under way: attempts until an answer begins.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::response::Parts;
use http_body_util::BodyExt as _;
use reqllm_core::{Answered, Authorize, Error, ErrorKind, Result};

use crate::client::is_certificate_failure;
use crate::limits::{Limits, no_answer};
use crate::retry::{Tries, retry_after};
use crate::{Policy, Transport};

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
    /// How many requests went out.
    sent: u32,
    /// Whether the authorizer has had its second chance.
    amended: bool,
}

/// A request, whoever reads its answer.
pub(crate) struct Outgoing {
    pub(crate) request: http::Request<Bytes>,
    pub(crate) operation: &'static str,
    pub(crate) authorizer: Arc<dyn Authorize>,
}

/// The error that an unsuccessful answer stands for.
pub(crate) type Refuse<'a> = &'a (dyn Fn(&Parts, &[u8]) -> Error + Sync);

/// An answer whose body has not been read.
pub(crate) struct Opened {
    pub(crate) head: Parts,
    pub(crate) body: reqwest::Body,
}

/// A failed attempt.
enum Failed {
    /// The schedule decides.
    Told(Error),
    /// The next one will be authorised otherwise.
    Amended(Error),
}

impl Calling {
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
            sent: 0,
            amended: false,
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn idle(&self) -> Option<Duration> {
        self.idle
    }

    /// There will be no other attempt: what it would send is let go, which may be a long conversation.
    pub(crate) fn release(&mut self) {
        if !self.outgoing.request.body().is_empty() {
            self.outgoing.request = http::Request::default();
        }
    }

    /// Attempts until an answer begins or the time is up.
    pub(crate) async fn open(&mut self, refuse: Refuse<'_>) -> Result<Opened> {
        let limits = self.limits.clone();
        let opened = limits.hold(self.attempts(refuse)).await;
        opened.map_err(|error| self.counted(error))
    }

    /// As [`Calling::open`], after an attempt whose answer had begun has failed with `error`. That comes back if there must be
    /// no other.
    pub(crate) async fn reopen(&mut self, error: Error, refuse: Refuse<'_>) -> Result<Opened> {
        let limits = self.limits.clone();
        let again = async {
            self.pause(error).await?;
            self.attempts(refuse).await
        };
        let opened = limits.hold(again).await;
        opened.map_err(|error| self.counted(error))
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
        tracing::debug!(attempt = self.sent, ?wait, %error, "attempt failed; trying again");
        tokio::time::sleep(wait).await;
        Ok(())
    }

    async fn attempts(&mut self, refuse: Refuse<'_>) -> Result<Opened> {
        loop {
            match self.attempt(refuse).await {
                Ok(opened) => {
                    self.tries.succeeded(&self.transport.budget);
                    return Ok(opened);
                }
                Err(Failed::Told(error)) => self.pause(error).await?,
                Err(Failed::Amended(error)) => {
                    tracing::debug!(attempt = self.sent, %error, "refused; authorising otherwise");
                }
            }
        }
    }

    async fn attempt(&mut self, refuse: Refuse<'_>) -> Result<Opened, Failed> {
        let Self {
            transport,
            outgoing,
            ..
        } = self;
        let clock = &transport.clock;
        let mut request = outgoing.request.clone();
        outgoing.authorizer.authorize(&mut request, clock).await?;
        let request = reqwest::Request::try_from(request)
            .map_err(|error| Error::config(format!("the address cannot be asked: {error}")))?;
        let client = transport.clients.of(request.url().host_str());
        self.sent += 1;
        tracing::debug!(
            attempt = self.sent,
            operation = outgoing.operation,
            "sending"
        );
        let sent = clock.now();
        let response = async { client.execute(request).await.map_err(unsent) };
        let response = match self.first_byte {
            None => response.await,
            Some(limit) => tokio::time::timeout(limit, response)
                .await
                .unwrap_or_else(|_| Err(no_answer(limit))),
        };
        let (head, body) = http::Response::<reqwest::Body>::from(response?).into_parts();
        let answered = Answered::new(&head.headers, sent, clock.now());
        if head.status.is_success() {
            outgoing.authorizer.learn(&answered);
            return Ok(Opened { head, body });
        }
        if head.status.is_redirection() {
            return Err(redirected(&head).into());
        }
        let mut error = refuse(&head, &refusal(body).await);
        if let Some(wait) = retry_after(&head.headers, answered.received) {
            error = error.with_retry_after(wait);
        }
        let otherwise = outgoing.authorizer.learn(&answered.refused(&error));
        if otherwise && !std::mem::replace(&mut self.amended, true) {
            return Err(Failed::Amended(error));
        }
        Err(error.into())
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
async fn refusal(body: reqwest::Body) -> Vec<u8> {
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

/// A request that got no answer. Only where no connection came about is it certain that nobody worked on it.
fn unsent(error: reqwest::Error) -> Error {
    let connecting = error.is_connect();
    let kind = match error.is_timeout() && !connecting {
        true => ErrorKind::Timeout,
        false => ErrorKind::Transport,
    };
    Error::new(kind, describe("the request could not be sent", &error))
        .set_retryable(connecting && !is_certificate_failure(&error))
        .with_source(error.without_url())
}

/// An answer that broke off.
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

/// The innermost cause is the one that says something.
pub(crate) fn describe(what: &str, error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    format!("{what}: {innermost}")
}
