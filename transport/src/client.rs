//! The HTTP client.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use reqllm_core::{Error, Result, is_loopback};
use rustls_platform_verifier::BuilderVerifierExt;

/// Long enough for a slow link, short enough to try another address in time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Load balancers and NAT gateways of AWS silently drop connections that are idle for 350 seconds.
const IDLE_TIMEOUT: Duration = Duration::from_secs(300);
const KEEP_ALIVE: Duration = Duration::from_secs(45);

/// The clients of one transport.
#[derive(Clone, Debug)]
pub(crate) struct Clients {
    /// For the world, through whatever proxy the environment names.
    pub(crate) world: reqwest::Client,
    /// For this machine, past every proxy: a proxy could not reach it, and must not see its keys.
    pub(crate) loopback: reqwest::Client,
}

impl Clients {
    /// Clients that suit language models.
    pub(crate) fn new(connect_timeout: Option<Duration>) -> Result<Self> {
        let tls = tls()?;
        let builder = |tls| {
            let timeout = connect_timeout.unwrap_or(CONNECT_TIMEOUT);
            builder(tls).connect_timeout(timeout)
        };
        Ok(Self {
            world: build(builder(tls.clone()))?,
            loopback: build(builder(tls).no_proxy())?,
        })
    }

    /// The client for a host.
    pub(crate) fn of(&self, host: Option<&str>) -> &reqwest::Client {
        match host {
            Some(host) if is_loopback(host) => &self.loopback,
            _ => &self.world,
        }
    }
}

/// One client for everything, as the caller has set it up.
impl From<reqwest::Client> for Clients {
    fn from(client: reqwest::Client) -> Self {
        Self {
            world: client.clone(),
            loopback: client,
        }
    }
}

/// An HTTP client that suits language models: answers may take minutes to begin, so there is no timeout on reading;
/// redirects are not followed, because a signature or a key must not follow them; answers are not decompressed, because
/// that holds streams back.
///
/// A client of your own works as well, for proxies or certificates of your own.
///
/// # Errors
///
/// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) if the platform's certificates cannot be read.
pub fn http_client() -> Result<reqwest::Client> {
    build(builder(tls()?))
}

pub(crate) fn tls() -> Result<rustls::ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| failed(error.into()))?
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(tls)
}

pub(crate) fn builder(tls: rustls::ClientConfig) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("reqllm/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .tcp_keepalive(KEEP_ALIVE)
        .tcp_nodelay(true)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
}

pub(crate) fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client> {
    builder.build().map_err(|error| failed(error.into()))
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::config("TLS cannot be set up; check the certificates of this machine").with_source(error)
}

/// Whether a request failed because the server's certificate does not do. That is so the next time as well.
pub(crate) fn is_certificate_failure(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(cause) = next {
        // The source of such an error is that of what it holds, and not what it holds.
        let held = cause.downcast_ref::<std::io::Error>();
        let held = held.and_then(|it| it.get_ref());
        let tls = match held {
            Some(held) => held.downcast_ref::<rustls::Error>(),
            None => cause.downcast_ref::<rustls::Error>(),
        };
        if let Some(tls) = tls {
            return matches!(
                tls,
                rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented
            );
        }
        next = match held {
            Some(held) => Some(held),
            None => cause.source(),
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use std::io;

    use rustls::{AlertDescription, CertificateError};

    use super::*;

    #[test]
    fn a_certificate_that_does_not_do_is_told_from_other_failures() {
        let failure = |error: rustls::Error| io::Error::other(io::Error::other(error));
        let expired = rustls::Error::InvalidCertificate(CertificateError::Expired);
        let alert = rustls::Error::AlertReceived(AlertDescription::InternalError);
        assert!(is_certificate_failure(&expired));
        assert!(is_certificate_failure(&failure(expired)));
        assert!(!is_certificate_failure(&failure(alert)));
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert!(!is_certificate_failure(&refused));
    }
}
