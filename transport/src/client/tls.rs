//! TLS, set up when the first connection needs it.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls_platform_verifier::Verifier;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;

use super::error::{BoxError, Setup};
use super::stream::Io;

/// What TLS is made of, and what has been made of it.
pub(super) struct Tls {
    ingredients: Arc<Ingredients>,
    made: OnceCell<Made>,
}

#[derive(Default)]
pub(super) struct Ingredients {
    /// Trusted beside those of the platform.
    pub(super) roots: Vec<CertificateDer<'static>>,
    /// Who this client is.
    pub(super) identity: Option<Identity>,
    /// Whether HTTP/2 is not offered.
    pub(super) http1_only: bool,
}

/// A certificate, those above it, and its key.
pub(super) type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

#[derive(Clone)]
struct Made {
    /// To servers.
    server: TlsConnector,
    /// To proxies, which are spoken to in HTTP/1.1.
    proxy: TlsConnector,
}

impl Tls {
    pub(super) fn new(ingredients: Ingredients) -> Self {
        Self {
            ingredients: Arc::new(ingredients),
            made: OnceCell::new(),
        }
    }

    /// The TLS to servers.
    pub(super) async fn to_server(&self) -> Result<TlsConnector, BoxError> {
        self.made().await.map(|made| made.server.clone())
    }

    /// The TLS to proxies.
    pub(super) async fn to_proxy(&self) -> Result<TlsConnector, BoxError> {
        self.made().await.map(|made| made.proxy.clone())
    }

    /// Reading the certificates of the platform takes milliseconds and blocks, so no program pays for it that needs no TLS,
    /// and no executor waits for it. What failed is tried again by whoever comes next.
    async fn made(&self) -> Result<&Made, BoxError> {
        let make = || async {
            let ingredients = Arc::clone(&self.ingredients);
            tokio::task::spawn_blocking(move || ingredients.make()).await?
        };
        self.made.get_or_try_init(make).await
    }
}

impl Ingredients {
    fn make(&self) -> Result<Made, BoxError> {
        let made = self.config().map_err(|error| {
            Setup(format!(
                "TLS cannot be set up; check the certificates of this machine: {error}"
            ))
        });
        let mut server = made?;
        let mut proxy = server.clone();
        proxy.alpn_protocols.clear();
        server.alpn_protocols = match self.http1_only {
            true => vec![b"http/1.1".to_vec()],
            false => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        };
        Ok(Made {
            server: TlsConnector::from(Arc::new(server)),
            proxy: TlsConnector::from(Arc::new(proxy)),
        })
    }

    fn config(&self) -> Result<ClientConfig, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = self.verifier(Arc::clone(&provider))?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        match &self.identity {
            None => Ok(builder.with_no_client_auth()),
            Some((chain, key)) => builder.with_client_auth_cert(chain.clone(), key.clone_key()),
        }
    }

    fn verifier(&self, provider: Arc<CryptoProvider>) -> Result<Verifier, rustls::Error> {
        if self.roots.is_empty() {
            return Verifier::new(provider);
        }
        #[cfg(not(target_os = "android"))]
        return Verifier::new_with_extra_roots(self.roots.clone(), provider);
        #[cfg(target_os = "android")]
        Err(rustls::Error::General(
            "this platform takes no certificates beside its own".to_owned(),
        ))
    }
}

/// Speaks TLS to a host over a connection.
pub(super) async fn over(io: Io, tls: TlsConnector, host: &str) -> Result<Io, BoxError> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(bare.to_owned())?;
    let io = tls.connect(name, io).await?;
    Ok(Io::Tls(Box::new(io)))
}
