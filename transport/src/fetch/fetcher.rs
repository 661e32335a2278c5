//! Fetches by a policy.

use std::error::Error as StdError;
use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use http::{Request, Response, StatusCode, Uri};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use reqllm_core::{Error, ErrorKind, Result};
use url::Url;

use super::gate::{Forbidden, Gate};
use super::{FetchPolicy, Fetched};
use crate::client::{Body, HttpClient as _, HttpError, HyperClient, Names, Settings};
use crate::client::{innermost, is_certificate_failure};

/// So many redirects are followed.
const MAX_HOPS: usize = 5;
/// So many URLs are fetched at once.
const AT_ONCE: usize = 4;
/// All that is fetched together may be as large as so many of the largest things.
const MAX_TOGETHER: usize = 5;

/// Fetches by a policy.
pub struct Fetcher {
    policy: FetchPolicy,
    gate: Gate,
    client: HyperClient,
}

impl Fetcher {
    /// A fetcher. It opens nothing before it is used.
    pub fn new(policy: FetchPolicy) -> Self {
        let gate = match policy.allow_private {
            true => Gate::open(),
            false => Gate::public(),
        };
        Self::with(policy, gate, Names::system())
    }

    /// The client connects to what the gate has admitted, and to nothing else: it has no proxy and no other resolver.
    fn with(policy: FetchPolicy, gate: Gate, names: Names) -> Self {
        let settings = Settings::direct(gate.guard(names));
        Self {
            policy,
            gate,
            client: HyperClient::of(settings),
        }
    }

    /// Fetches what is at `url`, in at most `timeout` if that is less than the policy says.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] if the URL is none, leads to an address that is not allowed, or to nothing, or to too
    /// much; [`ErrorKind::Timeout`] and [`ErrorKind::Transport`] as they say.
    pub async fn get(&self, url: &str, timeout: Option<Duration>) -> Result<Fetched> {
        self.get_within(url, &self.bounds(timeout)).await
    }

    /// Fetches what is at each of `urls`, some at once, all of it in the time that [`Fetcher::get`] has for one. Each answer
    /// stands beside its URL, in the order of the URLs.
    ///
    /// # Errors
    ///
    /// As [`Fetcher::get`], of the first URL that fails; and [`ErrorKind::InvalidRequest`] if it is too much together.
    pub async fn get_all(
        &self,
        urls: Vec<String>,
        timeout: Option<Duration>,
    ) -> Result<Vec<(String, Fetched)>> {
        let bounds = &self.bounds(timeout);
        let fetches = urls.into_iter().map(|url| async move {
            let fetched = self.get_within(&url, bounds).await?;
            Ok((url, fetched))
        });
        stream::iter(fetches).buffered(AT_ONCE).try_collect().await
    }

    fn bounds(&self, timeout: Option<Duration>) -> Bounds {
        Bounds {
            begun: Instant::now(),
            timeout: timeout.map_or(self.policy.timeout, |it| it.min(self.policy.timeout)),
            bytes_left: AtomicUsize::new(self.policy.max_bytes.saturating_mul(MAX_TOGETHER)),
        }
    }

    async fn get_within(&self, url: &str, bounds: &Bounds) -> Result<Fetched> {
        let parsed = parse(url)?;
        let name = shown(&parsed);
        let left = bounds.timeout.saturating_sub(bounds.begun.elapsed());
        let get = tokio::time::timeout(left, self.follow(parsed, &name, bounds));
        get.await.unwrap_or_else(|_| {
            let message = format!(
                "{name} was not fetched within the {:?} that all media of a call have together",
                bounds.timeout
            );
            Err(Error::new(ErrorKind::Timeout, message).set_retryable(true))
        })
    }

    async fn follow(&self, mut url: Url, name: &str, bounds: &Bounds) -> Result<Fetched> {
        for _ in 0..=MAX_HOPS {
            self.check(&url, name)?;
            let response = self.client.execute(request(&url, name)?);
            let response = response.await.map_err(|error| failed(name, error))?;
            let status = response.status();
            if status.is_success() {
                return self.body(response, name, bounds).await;
            }
            let Some(next) = redirection(&url, &response, name)? else {
                return Err(refused(name, status));
            };
            url = next;
        }
        Err(Error::invalid_request(format!(
            "{name} leads on more than {MAX_HOPS} times"
        )))
    }

    /// Addresses that stand in the URL itself never meet the resolver.
    fn check(&self, url: &Url, name: &str) -> Result<()> {
        match url.scheme() {
            "https" => {}
            "http" if self.gate.plain => {}
            "http" => {
                return Err(Error::invalid_request(format!(
                    "{name} leads to an http: URL, which is not fetched; https: would do"
                )));
            }
            scheme => {
                return Err(Error::invalid_request(format!(
                    "{name} leads to a URL with {scheme}:, which cannot be fetched; https: would do"
                )));
            }
        }
        let host = url.host_str().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(address) => self
                .gate
                .admit(host, address)
                .map_err(|forbidden| not_allowed(name, &forbidden)),
            Err(_) => Ok(()),
        }
    }

    async fn body(&self, response: Response<Body>, name: &str, bounds: &Bounds) -> Result<Fetched> {
        let limit = self.policy.max_bytes;
        let too_large = || {
            Error::invalid_request(format!(
                "what is at {name} has more than {limit} bytes, the limit of what is fetched"
            ))
        };
        let (head, mut body) = response.into_parts();
        let length = body.size_hint().exact();
        if length.is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let media_type = head.headers.get(CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        let media_type = media_type.map(|value| {
            let bare = value.split(';').next().unwrap_or_default();
            bare.trim().to_ascii_lowercase()
        });
        let mut bytes = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| failed(name, error))?;
            // Trailers say nothing that matters here.
            let Ok(chunk) = frame.into_data() else {
                continue;
            };
            if bytes.len() + chunk.len() > limit {
                return Err(too_large());
            }
            if !bounds.take(chunk.len()) {
                return Err(Error::invalid_request(format!(
                    "what is at the URLs of the call has more than {} bytes together, the limit of what is fetched for one call; give fewer or smaller ones",
                    limit.saturating_mul(MAX_TOGETHER)
                )));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Fetched {
            bytes: bytes.freeze(),
            media_type: media_type.filter(|it| !it.is_empty()),
        })
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// What all that is fetched together has to keep to.
struct Bounds {
    begun: Instant,
    timeout: Duration,
    bytes_left: AtomicUsize,
}

impl Bounds {
    /// Takes so many bytes of what is left, if that is enough.
    fn take(&self, bytes: usize) -> bool {
        let left = |left: usize| left.checked_sub(bytes);
        self.bytes_left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, left)
            .is_ok()
    }
}

/// Asks for what is at a URL.
fn request(url: &Url, name: &str) -> Result<Request<Bytes>> {
    // The URL itself is not told: it may hold a password or a signature.
    let none = |why: String| Error::invalid_request(format!("{name} cannot be asked for: {why}"));
    let uri: Uri = url
        .as_str()
        .parse()
        .map_err(|error| none(format!("{error}")))?;
    let request = Request::get(uri).header(ACCEPT, "*/*").body(Bytes::new());
    request.map_err(|error| none(error.to_string()))
}

/// Where an answer leads on to, if it does.
fn redirection(from: &Url, response: &Response<Body>, name: &str) -> Result<Option<Url>> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let to = response
        .headers()
        .get(LOCATION)
        .and_then(|to| to.to_str().ok());
    let Some(to) = to.and_then(|to| from.join(to).ok()) else {
        return Ok(None);
    };
    if from.scheme() == "https" && to.scheme() == "http" {
        return Err(Error::invalid_request(format!(
            "{name} leads from https: to http:, which is not followed"
        )));
    }
    Ok(Some(to))
}

fn not_allowed(name: &str, forbidden: &Forbidden) -> Error {
    Error::invalid_request(format!(
        "{name} is not fetched: {forbidden}; use a public address, or allow private ones for this client"
    ))
}

fn refused(name: &str, status: StatusCode) -> Error {
    let message = format!("{name} cannot be fetched: its server answers with {status}");
    match status.as_u16() {
        408 | 425 | 429 | 500.. => Error::new(ErrorKind::Transport, message).set_retryable(true),
        _ => Error::invalid_request(message),
    }
}

/// Of the URL nothing is said but its name: it may hold a password or a signature.
fn failed(name: &str, error: HttpError) -> Error {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(&error);
    while let Some(deeper) = cause {
        if let Some(forbidden) = deeper.downcast_ref::<Forbidden>() {
            return not_allowed(name, forbidden);
        }
        cause = deeper.source();
    }
    let kind = match () {
        () if error.is_setup() => ErrorKind::Config,
        () if error.is_timeout() => ErrorKind::Timeout,
        () => ErrorKind::Transport,
    };
    let cause = innermost(&error);
    Error::new(kind, format!("{name} cannot be fetched: {cause}"))
        .set_retryable(!error.is_setup() && !is_certificate_failure(&error))
        .with_source(error)
}

fn parse(url: &str) -> Result<Url> {
    // The URL itself is not told: where it does not parse, nobody knows where its secrets are.
    Url::parse(url)
        .map_err(|error| Error::invalid_request(format!("the URL of the media is none: {error}")))
}

/// A URL without what may be secret in it.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // These fail for URLs that can have none.
    url.set_username("").ok();
    url.set_password(None).ok();
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

#[cfg(test)]
mod tests;
