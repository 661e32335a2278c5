//! One call: attempts until an answer begins, then its reading.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use reqllm_core::{Clock, Error, ErrorKind, Exchange, Fold, Reader, Response, Result};
use tokio::time::Instant;

use crate::EventStream;
use crate::policy::{Policy, retry_after};

/// The most that is read of the body of a refusal.
const MAX_REFUSAL: usize = 256 * 1024;

/// Sends exchanges. Cheap to clone.
#[derive(Clone)]
pub struct Transport {
    http: reqwest::Client,
    clock: Clock,
    random: Arc<dyn Fn() -> f64 + Send + Sync>,
}

/// An answer whose body has not been read.
pub(crate) struct Opened {
    pub(crate) body: reqwest::Body,
    pub(crate) reader: Box<dyn Reader>,
    pub(crate) attempts: u32,
}

/// A failed attempt, and how long the provider asked to wait.
struct Failed {
    error: Error,
    retry_after: Option<Duration>,
}

impl Transport {
    /// A transport over this client.
    pub fn new(http: reqwest::Client) -> Self {
        Self {
            http,
            clock: Clock::system(),
            random: Arc::new(fastrand::f64),
        }
    }

    /// Takes the time from this clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Takes chance, from 0 to 1, from this source.
    #[must_use]
    pub fn with_random(mut self, random: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.random = Arc::new(random);
        self
    }

    /// Makes a call and reads the whole answer into `fold`.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports. If a part of the answer had arrived, the error carries it.
    pub async fn whole(&self, exchange: Exchange, fold: Fold, policy: Policy) -> Result<Response> {
        let mut stream = self.stream(exchange, fold, policy).await?;
        while stream.read_on().await? {}
        Ok(stream.into_response())
    }

    /// Makes a call; gives its events once an answer has begun.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports before that.
    pub async fn stream(
        &self,
        exchange: Exchange,
        fold: Fold,
        policy: Policy,
    ) -> Result<EventStream> {
        let deadline = policy
            .timeout
            .map(|timeout| (Instant::now() + timeout, timeout));
        let opened = match deadline {
            None => self.open(&exchange, policy).await,
            Some((at, timeout)) => tokio::time::timeout_at(at, self.open(&exchange, policy))
                .await
                .unwrap_or_else(|_| Err(timed_out(timeout))),
        }
        .map_err(|error| fold.identity().name(error))?;
        Ok(EventStream::new(opened, fold, deadline))
    }

    async fn open(&self, exchange: &Exchange, policy: Policy) -> Result<Opened> {
        let mut attempt = 1;
        loop {
            match self.attempt(exchange, attempt).await {
                Ok(opened) => return Ok(opened),
                Err(failed) => {
                    let random = (self.random)();
                    let wait = policy.wait(&failed.error, attempt, failed.retry_after, random);
                    let Some(wait) = wait else {
                        return Err(failed.error.with_attempts(attempt));
                    };
                    tracing::debug!(attempt, ?wait, error = %failed.error, "attempt failed; trying again");
                    tokio::time::sleep(wait).await;
                    attempt += 1;
                }
            }
        }
    }

    async fn attempt(&self, exchange: &Exchange, attempt: u32) -> Result<Opened, Failed> {
        let mut request = exchange.request.clone();
        exchange
            .authorizer
            .authorize(&mut request, self.clock.now())
            .await?;
        let request = reqwest::Request::try_from(request)
            .map_err(|error| Error::config(format!("the address cannot be asked: {error}")))?;
        tracing::debug!(attempt, operation = exchange.route.operation, "sending");
        let response = self.http.execute(request).await.map_err(unsent)?;
        let (head, body) = http::Response::<reqwest::Body>::from(response).into_parts();
        if head.status.is_success() {
            let reader = exchange.answer.open(&head)?;
            return Ok(Opened {
                body,
                reader,
                attempts: attempt,
            });
        }
        let retry_after = retry_after(&head.headers);
        let error = if head.status.is_redirection() {
            Error::new(
                ErrorKind::Config,
                "the endpoint redirects elsewhere; keys and signatures do not follow, so set the endpoint to where it leads",
            )
            .with_status(head.status.as_u16())
        } else {
            exchange.answer.refuse(&head, &refusal(body).await)
        };
        Err(Failed { error, retry_after })
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self {
            error,
            retry_after: None,
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

/// As much of the body of a refusal as is there; a refusal that breaks off is still a refusal.
async fn refusal(body: reqwest::Body) -> Bytes {
    let mut body = http_body_util::Limited::new(body, MAX_REFUSAL);
    let mut bytes = Vec::new();
    while let Some(Ok(frame)) = body.frame().await {
        if let Some(data) = frame.data_ref() {
            bytes.extend_from_slice(data);
        }
    }
    bytes.into()
}

pub(crate) fn timed_out(timeout: Duration) -> Error {
    Error::new(
        ErrorKind::Timeout,
        format!("the call took longer than its timeout of {timeout:?}"),
    )
}

/// A request that got no answer. Only where no connection came about is it certain that nobody worked on it.
fn unsent(error: reqwest::Error) -> Error {
    let connecting = error.is_connect();
    let kind = match error.is_timeout() && !connecting {
        true => ErrorKind::Timeout,
        false => ErrorKind::Transport,
    };
    Error::new(kind, describe("the request could not be sent", &error))
        .set_retryable(connecting)
        .with_source(error.without_url())
}

/// The innermost cause is the one that says something.
pub(crate) fn describe(what: &str, error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    format!("{what}: {innermost}")
}
