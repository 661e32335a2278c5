//! One call: attempts until an answer begins, then its reading.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::response::Parts;
use http_body_util::BodyExt;
use reqllm_core::{Authorize, Clock, Error, ErrorKind, Exchange, Fold, Random, Response, Result};
use tokio::time::Instant;

use crate::EventStream;
use crate::client::{Clients, is_certificate_failure};
use crate::policy::{Policy, retry_after};

/// The most that is read of the body of a refusal.
const MAX_REFUSAL: usize = 256 * 1024;
/// How long its body is waited for; the status says most of it.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(10);

/// Sends exchanges. Cheap to clone.
#[derive(Clone)]
pub struct Transport {
    pub(crate) clients: Clients,
    clock: Clock,
    random: Random,
}

/// What goes out, whoever reads the answer.
pub(crate) struct Outgoing<'a> {
    pub(crate) request: &'a http::Request<Bytes>,
    pub(crate) operation: &'static str,
    pub(crate) authorizer: &'a dyn Authorize,
    /// The error that an unsuccessful answer stands for.
    pub(crate) refuse: &'a (dyn Fn(&Parts, &[u8]) -> Error + Sync),
}

/// An answer whose body has not been read.
pub(crate) struct Opened {
    pub(crate) head: Parts,
    pub(crate) body: reqwest::Body,
    pub(crate) attempts: u32,
}

/// When a call must be over, and how long it had been given.
#[derive(Clone, Copy)]
pub(crate) struct Deadline {
    pub(crate) at: Instant,
    pub(crate) timeout: Duration,
}

impl Deadline {
    /// Counts from now. A timeout that no clock can count is none.
    pub(crate) fn of(policy: Policy) -> Option<Self> {
        let timeout = policy.timeout?;
        let at = Instant::now().checked_add(timeout)?;
        Some(Self { at, timeout })
    }

    /// The outcome of `work`, unless that takes too long.
    pub(crate) async fn hold<T>(
        deadline: Option<Self>,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        match deadline {
            None => work.await,
            Some(Self { at, timeout }) => tokio::time::timeout_at(at, work)
                .await
                .unwrap_or_else(|_| Err(timed_out(timeout))),
        }
    }
}

/// A failed attempt, and how long the provider asked to wait.
struct Failed {
    error: Error,
    retry_after: Option<Duration>,
}

impl Transport {
    /// A transport over clients of its own; see [`http_client`](crate::http_client). Hosts of this machine are reached
    /// past every proxy.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if TLS cannot be set up.
    pub fn new() -> Result<Self> {
        Clients::new().map(Self::over)
    }

    /// A transport over the caller's client, for whatever host.
    pub fn with_client(client: reqwest::Client) -> Self {
        Self::over(client.into())
    }

    fn over(clients: Clients) -> Self {
        Self {
            clients,
            clock: Clock::system(),
            random: Random::system(),
        }
    }

    /// Takes the time from this clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Takes chance from this source.
    #[must_use]
    pub fn with_random(mut self, random: Random) -> Self {
        self.random = random;
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
        let deadline = Deadline::of(policy);
        let outgoing = Outgoing {
            request: &exchange.request,
            operation: exchange.route.operation,
            authorizer: &*exchange.authorizer,
            refuse: &|head, body| exchange.answer.refuse(head, body),
        };
        let opened = self.begin(&outgoing, policy, deadline).await;
        let opened = opened.map_err(|error| fold.identity().name(error))?;
        let reader = exchange.answer.open(&opened.head).map_err(|error| {
            let error = fold.identity().name(error);
            error.with_attempts(opened.attempts)
        })?;
        Ok(EventStream::new(opened, reader, fold, deadline))
    }

    /// Attempts until an answer begins or the time is up. The error says how many requests went out.
    pub(crate) async fn begin(
        &self,
        outgoing: &Outgoing<'_>,
        policy: Policy,
        deadline: Option<Deadline>,
    ) -> Result<Opened> {
        let sent = AtomicU32::new(0);
        let open = self.open(outgoing, policy, &sent, deadline);
        let opened = Deadline::hold(deadline, open).await;
        opened.map_err(|error| match sent.load(Ordering::Relaxed) {
            0 => error,
            attempts => error.with_attempts(attempts),
        })
    }

    /// Attempts until an answer begins. `sent` counts those whose request went out.
    async fn open(
        &self,
        outgoing: &Outgoing<'_>,
        policy: Policy,
        sent: &AtomicU32,
        deadline: Option<Deadline>,
    ) -> Result<Opened> {
        let mut attempt = 1;
        loop {
            let failed = match self.attempt(outgoing, attempt, sent).await {
                Ok(opened) => return Ok(opened),
                Err(failed) => failed,
            };
            let random = self.random.unit();
            let wait = policy.wait(&failed.error, attempt, failed.retry_after, random);
            // An error that says something is better than a timeout in the middle of a wait.
            let in_time =
                |wait: &Duration| deadline.is_none_or(|end| Instant::now() + *wait < end.at);
            let Some(wait) = wait.filter(in_time) else {
                return Err(failed.error);
            };
            tracing::debug!(attempt, ?wait, error = %failed.error, "attempt failed; trying again");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    async fn attempt(
        &self,
        outgoing: &Outgoing<'_>,
        attempt: u32,
        sent: &AtomicU32,
    ) -> Result<Opened, Failed> {
        let mut request = outgoing.request.clone();
        outgoing
            .authorizer
            .authorize(&mut request, &self.clock)
            .await?;
        let request = reqwest::Request::try_from(request)
            .map_err(|error| Error::config(format!("the address cannot be asked: {error}")))?;
        tracing::debug!(attempt, operation = outgoing.operation, "sending");
        let client = self.clients.of(request.url().host_str());
        sent.fetch_add(1, Ordering::Relaxed);
        let response = client.execute(request).await.map_err(unsent)?;
        let (head, body) = http::Response::<reqwest::Body>::from(response).into_parts();
        if head.status.is_success() {
            return Ok(Opened {
                head,
                body,
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
            (outgoing.refuse)(&head, &refusal(body).await)
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
        .set_retryable(connecting && !is_certificate_failure(&error))
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
