//! Puts the default client together.

use std::fmt;
use std::time::Duration;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use reqllm_core::{Error, Result};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::HyperClient;
use super::hyper_client::Settings;
use super::names::Names;
use super::tls::{Identity, Ingredients, cryptography};

/// Puts a [`HyperClient`] together.
#[derive(Default)]
pub struct HyperClientBuilder {
    roots: Vec<Vec<u8>>,
    identity: Option<(Vec<u8>, Vec<u8>)>,
    proxy: Proxy,
    connect_timeout: Option<Duration>,
    max_idle_per_host: Option<usize>,
    streams_per_connection: Option<usize>,
    http1_only: bool,
}

#[derive(Default)]
enum Proxy {
    #[default]
    Environment,
    None,
    At(String),
}

impl HyperClientBuilder {
    /// Trusts these certificates beside those of the platform: PEM, of which there may be several, or one in DER.
    #[must_use]
    pub fn root_certificate(mut self, certificate: impl Into<Vec<u8>>) -> Self {
        self.roots.push(certificate.into());
        self
    }

    /// Shows this certificate to servers that ask for one: itself and those above it, and its private key, both in PEM.
    #[must_use]
    pub fn client_certificate(
        mut self,
        chain: impl Into<Vec<u8>>,
        private_key: impl Into<Vec<u8>>,
    ) -> Self {
        self.identity = Some((chain.into(), private_key.into()));
        self
    }

    /// The proxy for everything but this machine and its own link, `http://` or `https://`, with a user and a password if it
    /// wants them. Default: those of the environment, which then say nothing.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Proxy::At(url.into());
        self
    }

    /// Uses no proxy, whatever the environment says.
    #[must_use]
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Proxy::None;
        self
    }

    /// How long it may take until there is a connection: for the name, TCP, a proxy and the handshake of TLS together. Default:
    /// ten seconds.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// How many connections to one host are kept while nobody uses them, for five minutes at most. Default: 1,024. With 0 every
    /// request has a connection of its own.
    #[must_use]
    pub fn max_idle_per_host(mut self, connections: usize) -> Self {
        self.max_idle_per_host = Some(connections);
        self
    }

    /// How many requests share one connection of HTTP/2 before another one is opened, from 1. Default: 100, which is what servers
    /// take at the least if they keep to RFC 9113 (section 6.5.2). A server that takes fewer lets what is beyond them wait until
    /// an answer has ended: give its limit here.
    #[must_use]
    pub fn streams_per_connection(mut self, requests: usize) -> Self {
        self.streams_per_connection = Some(requests);
        self
    }

    /// Never speaks HTTP/2, where a connection carries many requests; in HTTP/1.1 each has its own. Without the feature `http2`
    /// that is so of every client.
    #[must_use]
    pub fn http1_only(mut self) -> Self {
        self.http1_only = true;
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) if a certificate, a key or the URL of the proxy is none, if a key
    /// belongs to another certificate, or if no request may share a connection.
    pub fn build(self) -> Result<HyperClient> {
        let mut settings = Settings::direct(Names::system());
        let mut roots = Vec::new();
        for root in self.roots {
            roots.extend(certificates(root, "a root certificate")?);
        }
        let identity = self.identity.map(|(chain, key)| identity(chain, &key));
        settings.tls = Ingredients {
            roots,
            identity: identity.transpose()?,
            http1_only: self.http1_only,
        };
        match self.proxy {
            Proxy::Environment => settings.proxies = Some(Matcher::from_system()),
            Proxy::None => {}
            Proxy::At(url) => settings.proxies = Some(proxy(url)?),
        }
        if let Some(timeout) = self.connect_timeout {
            settings.connect_timeout = timeout;
        }
        if let Some(connections) = self.max_idle_per_host {
            settings.max_idle_per_host = connections;
        }
        match self.streams_per_connection {
            None => {}
            Some(0) => {
                return Err(Error::config(
                    "streams_per_connection is 0, and no request could be sent; 1 or more would do",
                ));
            }
            Some(requests) => settings.streams_per_connection = requests,
        }
        Ok(HyperClient::of(settings))
    }
}

/// The private key is nobody's business, and the URL of the proxy may have a password in it.
impl fmt::Debug for HyperClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperClientBuilder")
            .field("connect_timeout", &self.connect_timeout)
            .field("max_idle_per_host", &self.max_idle_per_host)
            .field("streams_per_connection", &self.streams_per_connection)
            .field("http1_only", &self.http1_only)
            .finish_non_exhaustive()
    }
}

/// The certificates in PEM or DER, at least one.
fn certificates(bytes: Vec<u8>, what: &str) -> Result<Vec<CertificateDer<'static>>> {
    let pem = bytes.windows(10).any(|it| it == b"-----BEGIN");
    let found = match pem {
        false => vec![CertificateDer::from(bytes)],
        true => CertificateDer::pem_slice_iter(&bytes)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| Error::config(format!("{what} cannot be read as PEM: {error}")))?,
    };
    if found.is_empty() {
        return Err(Error::config(format!(
            "{what} has no certificate in it; PEM with a section CERTIFICATE would do"
        )));
    }
    let mut store = RootCertStore::empty();
    for certificate in &found {
        store.add(certificate.clone()).map_err(|error| {
            Error::config(format!("{what} is none: {error}; PEM or DER would do"))
        })?;
    }
    Ok(found)
}

fn identity(chain: Vec<u8>, key: &[u8]) -> Result<Identity> {
    let chain = certificates(chain, "the client certificate")?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| {
        Error::config(format!(
            "the key of the client certificate cannot be read as PEM: {error}"
        ))
    })?;
    let provider = cryptography().map_err(|error| Error::config(error.to_string()))?;
    CertifiedKey::from_der(chain.clone(), key.clone_key(), &provider).map_err(|error| {
        Error::config(match error {
            rustls::Error::InconsistentKeys(_) => {
                "the key of the client certificate belongs to another certificate".to_owned()
            }
            error => format!("the client certificate cannot be used with its key: {error}"),
        })
    })?;
    Ok((chain, key))
}

/// Of the URL nothing is said: it may have a password in it.
fn proxy(url: String) -> Result<Matcher> {
    let matcher = Matcher::builder().all(url).build();
    let anywhere = Uri::from_static("https://example.com/");
    let at = matcher.intercept(&anywhere);
    let sound = at.as_ref().is_some_and(|proxy| {
        let uri = proxy.uri();
        let whole = uri.authority().map(|it| it.as_str());
        // What looks like a port has to be one.
        let port = uri.port_u16().is_some() || uri.host() == whole;
        port && matches!(uri.scheme_str(), Some("http" | "https"))
    });
    match sound {
        true => Ok(matcher),
        false => Err(Error::config(
            "the URL of the proxy is none; http://host:port or https://host:port would do",
        )),
    }
}
