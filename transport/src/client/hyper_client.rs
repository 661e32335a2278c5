//! The client that is there by default.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderValue, Request, Uri, header};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use percent_encoding::percent_decode_str;

use super::connector::Connector;
use super::lanes::Lanes;
use super::names::Names;
use super::tls::{Ingredients, Tls};
use super::{HttpClient, HttpError, HttpFuture, HyperClientBuilder};

/// Load balancers and NAT gateways of AWS silently drop connections that are idle for 350 seconds.
const IDLE_TIMEOUT: Duration = Duration::from_secs(300);

/// A peer that answers no ping for this long, and then not for 20 seconds more, is gone. Only while it owes an answer.
#[cfg(feature = "http2")]
const PING_INTERVAL: Duration = Duration::from_secs(45);

/// What may be on its way of one answer in HTTP/2: ten megabytes a second at a tenth of a second there and back.
#[cfg(feature = "http2")]
const STREAM_WINDOW: u32 = 1 << 20;

/// And of all answers of a connection, so that a few which nobody reads do not stop the others.
#[cfg(feature = "http2")]
const CONNECTION_WINDOW: u32 = 16 << 20;

const USER_AGENT: &str = concat!("reqllm/", env!("CARGO_PKG_VERSION"));

/// An HTTP client that suits language models, over hyper. Cheap to clone; clones share their connections.
///
/// HTTP/1.1, or HTTP/2 where the server offers it and the feature `http2` is there: then a hundred requests share a connection
/// before another one is opened. TLS is rustls, and certificates are held to what the platform trusts. The
/// proxies of the environment are used (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`), and past every one of them what
/// is on this machine or its own link. Nothing is opened, and no certificate read, before it is needed.
///
/// A request is repeated in one case only: on a connection of the pool that turns out to be closed before a byte of the
/// request was written, it goes out on another one. A connection that had served and is closed while a request goes out on it
/// is an error of its own, [`HttpError::is_stale`], for whoever retries to know.
///
/// ```
/// use std::time::Duration;
/// use reqllm_transport::HyperClient;
///
/// let client = HyperClient::builder()
///     .proxy("http://proxy.example:3128")
///     .connect_timeout(Duration::from_secs(3))
///     .build()?;
/// # Ok::<(), reqllm_core::Error>(())
/// ```
#[derive(Clone)]
pub struct HyperClient {
    lanes: Lanes,
    connector: Connector,
    user_agent: HeaderValue,
}

/// What a client is made of.
pub(crate) struct Settings {
    pub(super) names: Names,
    pub(super) tls: Ingredients,
    pub(super) proxies: Option<Matcher>,
    pub(super) connect_timeout: Duration,
    pub(super) max_idle_per_host: usize,
    pub(super) streams_per_connection: usize,
}

impl HyperClient {
    /// A client with everything at its default.
    pub fn new() -> Self {
        Self::of(Settings::default())
    }

    /// Puts a client together.
    pub fn builder() -> HyperClientBuilder {
        HyperClientBuilder::default()
    }

    pub(crate) fn of(settings: Settings) -> Self {
        let user_agent = HeaderValue::from_static(USER_AGENT);
        let streams = settings
            .tls
            .speaks_http2()
            .then_some(settings.streams_per_connection);
        let connector = Connector::new(
            settings.names,
            Tls::new(settings.tls),
            settings.proxies,
            settings.connect_timeout,
            user_agent.clone(),
        );
        let mut pool = Client::builder(TokioExecutor::new());
        pool.timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(settings.max_idle_per_host)
            // Requests that hyper gives back whole: nobody has seen a byte of them.
            .retry_canceled_requests(true);
        #[cfg(feature = "http2")]
        pool.http2_initial_stream_window_size(STREAM_WINDOW)
            .http2_initial_connection_window_size(CONNECTION_WINDOW)
            .http2_keep_alive_interval(PING_INTERVAL);
        Self {
            lanes: Lanes::new(pool, connector.clone(), streams),
            connector,
            user_agent,
        }
    }

    /// A request as it goes out.
    fn prepare(&self, mut request: Request<Bytes>) -> Result<Request<Full<Bytes>>, HttpError> {
        let uri = request.uri();
        let http = uri.scheme() == Some(&Scheme::HTTP);
        let Some(authority) = uri
            .authority()
            .filter(|_| http || uri.scheme() == Some(&Scheme::HTTPS))
        else {
            return Err(HttpError::setup(
                "the address cannot be asked: it has to begin with https:// or http://, and to name a host",
            ));
        };
        if let Some((user, host)) = authority.as_str().rsplit_once('@') {
            let user = authorization(user);
            let host = host.parse().map_err(HttpError::setup)?;
            *request.uri_mut() = at(request.uri(), host)?;
            absent(request.headers_mut(), header::AUTHORIZATION, || user);
        }
        if http {
            let proxy = self.connector.proxy(request.uri());
            // A tunnel is told on the way; what is passed on has to say it by itself.
            if let Some(auth) = proxy.as_ref().and_then(|proxy| proxy.basic_auth()) {
                let headers = request.headers_mut();
                absent(headers, header::PROXY_AUTHORIZATION, || Some(auth.clone()));
            }
        }
        let length = request.body().len();
        if length > 0 {
            // hyper would say it too, and ask the heap once more for it.
            let length = itoa::Buffer::new().format(length).parse().ok();
            absent(request.headers_mut(), header::CONTENT_LENGTH, || length);
        }
        let user_agent = || Some(self.user_agent.clone());
        absent(request.headers_mut(), header::USER_AGENT, user_agent);
        // Some servers, and what is before them, refuse requests that do not say what they take.
        let anything = || Some(HeaderValue::from_static("*/*"));
        absent(request.headers_mut(), header::ACCEPT, anything);
        Ok(request.map(Full::new))
    }
}

impl HttpClient for HyperClient {
    fn execute(&self, request: Request<Bytes>) -> HttpFuture {
        match self.prepare(request) {
            Ok(request) => self.lanes.send(request),
            Err(error) => HttpFuture::failed(error),
        }
    }
}

impl Default for HyperClient {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for HyperClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperClient").finish_non_exhaustive()
    }
}

impl Settings {
    /// Long enough for a slow link, short enough to try again in time.
    pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

    /// Few programs give back more at once, and idle ones are never more than there were requests at the same time. Each keeps
    /// some 20 KiB, a file descriptor and a place at the other end for five minutes; beyond the limit a wave of requests pays for
    /// TLS anew.
    pub(super) const MAX_IDLE_PER_HOST: usize = 1024;

    /// What RFC 9113 recommends that a server takes at the least (section 6.5.2), and what h2 sends before it knows. Servers that
    /// take more get a second connection earlier than they would have to, which costs them and us little.
    pub(super) const STREAMS_PER_CONNECTION: usize = 100;

    /// Through no proxy, to where `names` leads. Nobody asks the system for proxies then, which takes its time on some.
    pub(crate) fn direct(names: Names) -> Self {
        Self {
            names,
            tls: Ingredients::default(),
            proxies: None,
            connect_timeout: Self::CONNECT_TIMEOUT,
            max_idle_per_host: Self::MAX_IDLE_PER_HOST,
            streams_per_connection: Self::STREAMS_PER_CONNECTION,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            proxies: Some(Matcher::from_system()),
            ..Self::direct(Names::system())
        }
    }
}

/// Sets a header that is not there.
fn absent(
    headers: &mut HeaderMap,
    name: header::HeaderName,
    value: impl FnOnce() -> Option<HeaderValue>,
) {
    if let header::Entry::Vacant(vacant) = headers.entry(name)
        && let Some(value) = value()
    {
        vacant.insert(value);
    }
}

/// The user and the password of a URL, as a server is told them.
fn authorization(user: &str) -> Option<HeaderValue> {
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let mut plain: Vec<u8> = percent_decode_str(user).collect();
    plain.push(b':');
    plain.extend(percent_decode_str(password));
    let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(plain))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A URI at another host.
fn at(uri: &Uri, host: Authority) -> Result<Uri, HttpError> {
    let mut parts = uri.clone().into_parts();
    parts.authority = Some(host);
    Uri::from_parts(parts).map_err(HttpError::setup)
}
