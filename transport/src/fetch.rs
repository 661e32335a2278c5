//! Fetches what the caller names by URL, and nothing that only this machine can reach.
//!
//! A URL in a message may come from anybody, and what it leads to is handed on to a model. So a name is resolved here, every
//! address that it has is looked at, and the connection goes to one of the addresses that were looked at, whatever the
//! name means a moment later. Redirects are followed by hand, and each is looked at in the same way. No proxy is asked,
//! because it would look the name up for itself.

mod address;
mod resolver;

use std::error::Error as StdError;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqllm_core::{Error, ErrorKind, Result};
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Response, Url};

use self::resolver::{Forbidden, Gate, Lookup, Resolver, system_lookup};
use crate::client;

/// So many redirects are followed.
const MAX_HOPS: usize = 5;

/// What may be fetched, and how long it may take.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FetchPolicy {
    /// The most bytes that are fetched from one URL. Default: 20 MiB.
    pub max_bytes: usize,
    /// How long it may take, redirects included. Default: 30 seconds.
    pub timeout: Duration,
    /// Whether addresses of private networks and of this machine will do, and `http:`. Default: no.
    pub allow_private: bool,
}

impl Default for FetchPolicy {
    fn default() -> Self {
        Self {
            max_bytes: 20 << 20,
            timeout: Duration::from_secs(30),
            allow_private: false,
        }
    }
}

/// What was found at a URL.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fetched {
    /// The bytes.
    pub bytes: Bytes,
    /// What the server says that it is, without parameters.
    pub media_type: Option<String>,
}

/// Fetches by a policy.
pub struct Fetcher {
    policy: FetchPolicy,
    gate: Gate,
    lookup: Lookup,
    client: OnceLock<reqwest::Client>,
}

impl Fetcher {
    /// A fetcher. It opens nothing before it is used.
    pub fn new(policy: FetchPolicy) -> Self {
        let gate = match policy.allow_private {
            true => Gate::open(),
            false => Gate::public(),
        };
        Self::with(policy, gate, system_lookup())
    }

    fn with(policy: FetchPolicy, gate: Gate, lookup: Lookup) -> Self {
        Self {
            policy,
            gate,
            lookup,
            client: OnceLock::new(),
        }
    }

    /// Fetches what is at `url`, in at most `timeout` if that is less than the policy says.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] if the URL is none, leads to an address that is not allowed, or to nothing, or to too
    /// much; [`ErrorKind::Timeout`] and [`ErrorKind::Transport`] as they say.
    pub async fn get(&self, url: &str, timeout: Option<Duration>) -> Result<Fetched> {
        let parsed = Url::parse(url).map_err(|error| {
            Error::invalid_request(format!("the URL of the media is none: {error}"))
        })?;
        let name = shown(&parsed);
        let limit = timeout.map_or(self.policy.timeout, |it| it.min(self.policy.timeout));
        let get = tokio::time::timeout(limit, self.follow(parsed, &name));
        get.await.unwrap_or_else(|_| {
            let message = format!("{name} was not fetched within {limit:?}");
            Err(Error::new(ErrorKind::Timeout, message).set_retryable(true))
        })
    }

    async fn follow(&self, mut url: Url, name: &str) -> Result<Fetched> {
        let client = self.client()?;
        for _ in 0..=MAX_HOPS {
            self.check(&url, name)?;
            let request = client.get(url.clone()).send();
            let response = request.await.map_err(|error| failed(name, error))?;
            let status = response.status();
            if status.is_success() {
                return self.body(response, name).await;
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

    async fn body(&self, mut response: Response, name: &str) -> Result<Fetched> {
        let limit = self.policy.max_bytes;
        let too_large = || {
            Error::invalid_request(format!(
                "what is at {name} has more than {limit} bytes, the limit of what is fetched"
            ))
        };
        if response
            .content_length()
            .is_some_and(|length| length > limit as u64)
        {
            return Err(too_large());
        }
        let media_type = response.headers().get(CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        let media_type = media_type.map(|value| {
            let bare = value.split(';').next().unwrap_or_default();
            bare.trim().to_ascii_lowercase()
        });
        let mut bytes = BytesMut::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| failed(name, error))?
        {
            if bytes.len() + chunk.len() > limit {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Fetched {
            bytes: bytes.freeze(),
            media_type: media_type.filter(|it| !it.is_empty()),
        })
    }

    fn client(&self) -> Result<&reqwest::Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let resolver = Resolver::new(self.gate.clone(), Arc::clone(&self.lookup));
        let builder = client::builder(client::tls()?)
            .no_proxy()
            .dns_resolver(resolver);
        let client = client::build(builder)?;
        Ok(self.client.get_or_init(|| client))
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// Where an answer leads on to, if it does.
fn redirection(from: &Url, response: &Response, name: &str) -> Result<Option<Url>> {
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

fn refused(name: &str, status: reqwest::StatusCode) -> Error {
    let message = format!("{name} cannot be fetched: its server answers with {status}");
    match status.as_u16() {
        408 | 425 | 429 | 500.. => Error::new(ErrorKind::Transport, message).set_retryable(true),
        _ => Error::invalid_request(message),
    }
}

/// Of the URL nothing is said but its name: it may hold a password or a signature.
fn failed(name: &str, error: reqwest::Error) -> Error {
    let error = error.without_url();
    let mut cause: &(dyn StdError + 'static) = &error;
    loop {
        if let Some(forbidden) = cause.downcast_ref::<Forbidden>() {
            return not_allowed(name, forbidden);
        }
        match cause.source() {
            Some(deeper) => cause = deeper,
            None => break,
        }
    }
    let kind = match error.is_timeout() {
        true => ErrorKind::Timeout,
        false => ErrorKind::Transport,
    };
    Error::new(kind, format!("{name} cannot be fetched: {cause}"))
        .set_retryable(true)
        .with_source(error)
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
