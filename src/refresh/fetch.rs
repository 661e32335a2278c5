//! Getting the file, from a server or from this machine.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, ETAG, HeaderValue, IF_NONE_MATCH, LOCATION};
use http::{Request, Response, StatusCode};
use reqllm_core::{Bytes, Error, ErrorKind, Result};
use reqllm_transport::{Body, HttpClient, HttpError};
use url::Url;

/// Seven times what models.dev has in 2026.
const MAX_BYTES: usize = 32 << 20;

/// So many hops are followed. The client follows none by itself.
const MAX_HOPS: usize = 5;

/// A longer ETag is not worth keeping.
const MAX_ETAG: usize = 512;

/// What was found.
pub(super) enum Fetched {
    /// What is there already.
    NotModified,
    /// A file.
    New { bytes: Bytes, etag: Option<String> },
}

/// How to get it.
pub(super) struct Fetch<'a> {
    pub(super) http: Arc<dyn HttpClient>,
    /// Of the file that is there already.
    pub(super) etag: Option<&'a str>,
    /// The address, for people.
    pub(super) shown: &'a str,
}

impl Fetch<'_> {
    pub(super) async fn get(&self, mut url: Url) -> Result<Fetched> {
        let etag = self.etag.and_then(|etag| HeaderValue::from_str(etag).ok());
        for _ in 0..=MAX_HOPS {
            let mut request = Request::get(url.as_str()).header(ACCEPT, "application/json");
            if let Some(etag) = &etag {
                request = request.header(IF_NONE_MATCH, etag);
            }
            let request = request.body(Bytes::new()).map_err(|error| {
                Error::config(format!("{} cannot be asked: {error}", self.shown))
            })?;
            let response = self.http.execute(request).await;
            let response = response.map_err(|error| self.failed(error))?;
            let status = response.status();
            if status == StatusCode::NOT_MODIFIED {
                return match etag {
                    Some(_) => Ok(Fetched::NotModified),
                    None => Err(unasked()),
                };
            }
            if let Some(next) = hop(&url, &response) {
                url = next;
            } else if status == StatusCode::OK {
                return self.body(response).await;
            } else {
                return Err(self.refused(status));
            }
        }
        Err(self.decode(format!("it leads on more than {MAX_HOPS} times")))
    }

    async fn body(&self, response: Response<Body>) -> Result<Fetched> {
        let (head, body) = response.into_parts();
        let etag = head.headers.get(ETAG);
        let etag = etag.and_then(|etag| etag.to_str().ok());
        let etag = etag
            .filter(|etag| !etag.is_empty() && etag.len() <= MAX_ETAG)
            .map(str::to_owned);
        let bytes = body.read(MAX_BYTES).await;
        match bytes.map_err(|error| self.failed(error))? {
            Some(bytes) => Ok(Fetched::New { bytes, etag }),
            None => Err(self.decode(format!("it has more than {} MiB", MAX_BYTES >> 20))),
        }
    }

    fn decode(&self, reason: String) -> Error {
        Error::decode(format!(
            "the catalogue at {} will not do: {reason}",
            self.shown
        ))
    }

    /// The network failed. Of the URL nothing is said: it may hold a password.
    fn failed(&self, error: HttpError) -> Error {
        let kind = match () {
            () if error.is_setup() => ErrorKind::Config,
            () if error.is_timeout() => ErrorKind::Timeout,
            () => ErrorKind::Transport,
        };
        let cause = error.innermost();
        let message = format!("no catalogue could be fetched from {}: {cause}", self.shown);
        Error::new(kind, message)
            .set_retryable(!error.is_setup())
            .with_source(error)
    }

    fn refused(&self, status: StatusCode) -> Error {
        let kind = match status.as_u16() {
            401 => ErrorKind::Authentication,
            403 => ErrorKind::Permission,
            404 | 410 => ErrorKind::NotFound,
            408 | 504 => ErrorKind::Timeout,
            429 => ErrorKind::RateLimited,
            500..=599 => ErrorKind::Server,
            400..=499 => ErrorKind::InvalidRequest,
            _ => ErrorKind::Decode,
        };
        let retryable = matches!(
            kind,
            ErrorKind::Timeout | ErrorKind::RateLimited | ErrorKind::Server
        );
        let message = format!("{} gives no catalogue", self.shown);
        Error::new(kind, message)
            .with_status(status.as_u16())
            .set_retryable(retryable)
    }
}

/// Where an answer leads on to. Never from `https` to anything else.
fn hop(from: &Url, response: &Response<Body>) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let to = response.headers().get(LOCATION)?.to_str().ok()?;
    let to = from.join(to).ok()?;
    let safe = to.scheme() == "https" || (to.scheme() == "http" && from.scheme() == "http");
    safe.then_some(to)
}

/// "Not modified" without anything to go by.
pub(super) fn unasked() -> Error {
    Error::decode("the server says that the catalogue is as it was, but there was none")
}

pub(super) fn timed_out(shown: &str, after: Duration) -> Error {
    let message = format!("no catalogue came from {shown} within {after:?}");
    Error::new(ErrorKind::Timeout, message).set_retryable(true)
}

/// The URL that `name` holds, which is not shown before it is known to be one.
pub(super) fn url(name: &str, text: &str) -> Result<Url> {
    let url = Url::parse(text).map_err(|error| {
        Error::config(format!("{name} is no URL; https:// or file:// would do")).with_source(error)
    })?;
    match url.scheme() {
        "https" | "http" | "file" => Ok(url),
        scheme => Err(Error::config(format!(
            "{name} begins with {scheme}:; https://, http:// or file:// would do"
        ))),
    }
}

/// A URL without what may be secret in it.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // These fail for URLs that can have none.
    url.set_username("").ok();
    url.set_password(None).ok();
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

/// The path of a `file://` URL on this machine.
pub(super) fn path(url: &Url) -> Result<PathBuf> {
    let local = url.host_str().is_none_or(|host| host == "localhost");
    let path = local.then(|| url.to_file_path().ok()).flatten();
    path.ok_or_else(|| {
        Error::config(format!(
            "{} is no file of this machine; file:///path/to/api.json would do",
            shown(url)
        ))
    })
}

pub(super) fn file(path: &Path) -> Result<Fetched> {
    let failed = |error: std::io::Error| {
        Error::config(format!("{} cannot be read: {error}", path.display())).with_source(error)
    };
    // Whatever is no file may never end, or block.
    if !path.metadata().map_err(failed)?.is_file() {
        return Err(Error::config(format!("{} is no file", path.display())));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.len() > MAX_BYTES {
        return Err(Error::decode(format!(
            "{} has more than {} MiB",
            path.display(),
            MAX_BYTES >> 20
        )));
    }
    Ok(Fetched::New {
        bytes: bytes.into(),
        etag: None,
    })
}
