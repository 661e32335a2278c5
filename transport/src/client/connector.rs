//! Connections: past every proxy or through one, with TLS or without.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::uri::Scheme;
use http::{HeaderMap, HeaderValue, Uri, header};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use reqllm_core::is_near;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use super::error::{BoxError, NoConnection, Setup};
use super::names::Names;
use super::stream::{Io, Stream};
use super::tls::{self, Tls};

/// A peer that went away without a word is noticed, and NAT gateways keep the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(45);
/// How long until it is asked once more, and how often.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(15);
const KEEP_ALIVE_RETRIES: u32 = 3;

/// How long what was sent may go unacknowledged. Without it Linux waits a quarter of an hour.
#[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

/// Makes connections. Clones share their settings.
#[derive(Clone)]
pub(super) struct Connector(Arc<Shared>);

struct Shared {
    http: HttpConnector<Names>,
    tls: Tls,
    proxies: Option<Matcher>,
    timeout: Duration,
    user_agent: HeaderValue,
}

type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

impl Connector {
    /// `timeout` is for everything that it takes until TLS stands: looking a name up, TCP, what a proxy has to say.
    pub(super) fn new(
        names: Names,
        tls: Tls,
        proxies: Option<Matcher>,
        timeout: Duration,
        user_agent: HeaderValue,
    ) -> Self {
        let mut http = HttpConnector::new_with_resolver(names);
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_keepalive(Some(KEEP_ALIVE));
        http.set_keepalive_interval(Some(KEEP_ALIVE_INTERVAL));
        http.set_keepalive_retries(Some(KEEP_ALIVE_RETRIES));
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        http.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        // Shared among the addresses of a name, so that one that is silent leaves time for the others.
        http.set_connect_timeout(Some(timeout));
        Self(Arc::new(Shared {
            http,
            tls,
            proxies,
            timeout,
            user_agent,
        }))
    }

    /// The proxy on the way to a server. Hosts of this machine, and of its own link, are reached past every proxy: it could
    /// not reach them, and must not see what is said there.
    pub(super) fn proxy(&self, to: &Uri) -> Option<Intercept> {
        let proxies = self.0.proxies.as_ref()?;
        match to.host().is_some_and(is_near) {
            true => None,
            false => proxies.intercept(to),
        }
    }

    /// The TLS to a server, if it wants any. Before anything is connected: without it there is nothing to say.
    async fn tls(&self, to: &Uri) -> Result<Option<TlsConnector>, BoxError> {
        match to.scheme() == Some(&Scheme::HTTPS) {
            true => self.0.tls.to_server().await.map(Some),
            false => Ok(None),
        }
    }

    async fn connect(&self, to: Uri, tls: Option<TlsConnector>) -> Result<Stream, BoxError> {
        let secure = tls.is_some();
        let proxy = self.proxy(&to);
        let forwarded = proxy.is_some() && !secure;
        let io = match &proxy {
            None => self.tcp(to.clone()).await?,
            Some(proxy) => {
                let at = proxy.uri();
                let direct = ToProxy(self.clone());
                match (speaks_http(at), secure) {
                    (false, _) => return Err(unspoken(at).into()),
                    (true, false) => Box::pin(direct.open(at.clone())).await?,
                    (true, true) => Box::pin(self.tunnel(direct, proxy, to.clone())).await?,
                }
            }
        };
        let io = match tls {
            None => io,
            Some(tls) => {
                let host = to.host().unwrap_or_default();
                Box::pin(tls::over(io, tls, host)).await?
            }
        };
        Ok(Stream::new(io, forwarded))
    }

    async fn tcp(&self, to: Uri) -> Result<Io, BoxError> {
        let tcp = self.0.http.clone().call(to).await?;
        Ok(Io::Plain(tcp.into_inner()))
    }

    /// A way through the proxy on which it understands nothing.
    async fn tunnel(&self, direct: ToProxy, by: &Intercept, to: Uri) -> Result<Io, BoxError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::USER_AGENT, self.0.user_agent.clone());
        let mut tunnel = Tunnel::new(by.uri().clone(), direct).with_headers(headers);
        if let Some(auth) = by.basic_auth() {
            tunnel = tunnel.with_auth(auth.clone());
        }
        Ok(tunnel.call(to).await?.into_inner())
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move {
            let limit = connector.0.timeout;
            // Setting TLS up is this machine's work, once, and no part of the way to the server.
            let tls = connector.tls(&to).await?;
            match tokio::time::timeout(limit, connector.connect(to, tls)).await {
                Ok(stream) => stream.map(TokioIo::new),
                Err(_) => Err(NoConnection(limit).into()),
            }
        })
    }
}

/// Connects to a proxy itself.
#[derive(Clone)]
struct ToProxy(Connector);

impl ToProxy {
    async fn open(&self, at: Uri) -> Result<Io, BoxError> {
        let Self(connector) = self;
        if at.scheme() != Some(&Scheme::HTTPS) {
            return connector.tcp(at).await;
        }
        let tls = connector.0.tls.to_proxy().await?;
        let io = connector.tcp(at.clone()).await?;
        tls::over(io, tls, at.host().unwrap_or_default()).await
    }
}

impl Service<Uri> for ToProxy {
    type Response = TokioIo<Io>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, at: Uri) -> Self::Future {
        let this = self.clone();
        Box::pin(async move { this.open(at).await.map(TokioIo::new) })
    }
}

fn speaks_http(proxy: &Uri) -> bool {
    proxy.scheme() == Some(&Scheme::HTTP) || proxy.scheme() == Some(&Scheme::HTTPS)
}

fn unspoken(proxy: &Uri) -> Setup {
    Setup(format!(
        "the proxy is of scheme {}:, which is not spoken here; http:// or https:// would do",
        proxy.scheme_str().unwrap_or_default()
    ))
}
