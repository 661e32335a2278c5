//! TLS, set up when the first connection needs it.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls_platform_verifier::Verifier;
use tokio::sync::watch;
use tokio_rustls::TlsConnector;

use super::error::{BoxError, Setup};
use super::stream::Io;

/// What TLS is made of, and what has been made of it.
pub(super) struct Tls {
    ingredients: Arc<Ingredients>,
    making: Mutex<Option<Making>>,
}

/// What comes of it, once it is there. It comes whether anybody waits for it or not.
type Making = watch::Receiver<Option<Result<Made, Setup>>>;

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
            making: Mutex::default(),
        }
    }

    /// The TLS to servers.
    pub(super) async fn to_server(&self) -> Result<TlsConnector, BoxError> {
        Ok(self.made().await?.server)
    }

    /// The TLS to proxies.
    pub(super) async fn to_proxy(&self) -> Result<TlsConnector, BoxError> {
        Ok(self.made().await?.proxy)
    }

    async fn made(&self) -> Result<Made, BoxError> {
        let mut making = self.making();
        let outcome = making.wait_for(Option::is_some).await;
        match outcome.as_deref() {
            Ok(Some(outcome)) => Ok(outcome.clone()?),
            _ => Err("TLS was not set up: the runtime that did it is gone".into()),
        }
    }

    /// Reading the certificates of the platform takes milliseconds and blocks, so no program pays for it that needs no TLS,
    /// and no executor waits for it. It belongs to no caller: whoever asked for it first may be dropped, or never be polled
    /// again. What failed is tried again by whoever comes next.
    fn making(&self) -> Making {
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(making) = making.as_ref().filter(|it| may_be_awaited(it)) {
            return making.clone();
        }
        let (tell, told) = watch::channel(None);
        let ingredients = Arc::clone(&self.ingredients);
        tokio::task::spawn_blocking(move || tell.send_replace(Some(ingredients.make())));
        *making = Some(told.clone());
        told
    }
}

/// Whether it is under way, or has come to a good end. Under way it is no longer if nobody is left who could tell.
fn may_be_awaited(making: &Making) -> bool {
    match &*making.borrow() {
        None => making.has_changed().is_ok(),
        Some(outcome) => outcome.is_ok(),
    }
}

impl Ingredients {
    /// Whether servers may choose HTTP/2.
    pub(super) fn speaks_http2(&self) -> bool {
        cfg!(feature = "http2") && !self.http1_only
    }

    fn make(&self) -> Result<Made, Setup> {
        let provider = Arc::new(cryptography()?);
        let made = self.config(provider).map_err(|error| {
            Setup(format!(
                "TLS cannot be set up; check the certificates of this machine: {error}"
            ))
        });
        let mut server = made?;
        let mut proxy = server.clone();
        proxy.alpn_protocols.clear();
        server.alpn_protocols = match self.speaks_http2() {
            true => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            false => vec![b"http/1.1".to_vec()],
        };
        Ok(Made {
            server: TlsConnector::from(Arc::new(server)),
            proxy: TlsConnector::from(Arc::new(proxy)),
        })
    }

    fn config(&self, provider: Arc<CryptoProvider>) -> Result<ClientConfig, rustls::Error> {
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

/// What TLS calculates with: ring, but for those who ask for AWS's own. Who has neither may still have an [`HttpClient`] of his own,
/// or speak to this machine alone, so it is no failure before it is needed.
///
/// [`HttpClient`]: super::HttpClient
pub(super) fn cryptography() -> Result<CryptoProvider, Setup> {
    #[cfg(feature = "aws-lc-rs")]
    return Ok(rustls::crypto::aws_lc_rs::default_provider());
    #[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
    return Ok(rustls::crypto::ring::default_provider());
    #[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
    Err(Setup(
        "TLS is not built in; the feature `ring` or `aws-lc-rs` of reqllm would do".to_owned(),
    ))
}

/// Speaks TLS to a host over a connection.
pub(super) async fn over(io: Io, tls: TlsConnector, host: &str) -> Result<Io, BoxError> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(bare.to_owned())?;
    let io = tls.connect(name, io).await?;
    Ok(Io::Tls(Box::new(io)))
}

#[cfg(all(test, any(feature = "aws-lc-rs", feature = "ring")))]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;
    use tokio::time::timeout;

    use super::*;

    /// Longer than any machine takes to read its certificates.
    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn nobody_waits_for_a_caller_that_is_not_polled() {
        let tls = Tls::new(Ingredients::default());
        let mut first = Box::pin(tls.to_server());
        assert!(first.as_mut().now_or_never().is_none());
        timeout(LONG, tls.to_server()).await.unwrap().unwrap();
        first.await.unwrap();
    }

    #[tokio::test]
    async fn what_was_made_for_a_caller_that_went_away_is_kept() {
        let tls = Tls::new(Ingredients::default());
        let mut first = Box::pin(tls.to_server());
        assert!(first.as_mut().now_or_never().is_none());
        drop(first);
        // What that caller began comes about without it, and is what all others get.
        let begun = tls.making.lock().unwrap().clone();
        let mut begun = begun.unwrap();
        let made = timeout(LONG, begun.wait_for(Option::is_some))
            .await
            .unwrap();
        let made = made.unwrap().clone().unwrap().unwrap();
        let next = tls.to_server().await.unwrap();
        assert!(Arc::ptr_eq(made.server.config(), next.config()));
    }

    #[tokio::test]
    async fn what_failed_or_was_broken_off_is_tried_again() {
        let tls = Tls::new(Ingredients::default());
        let failed = Some(Err(Setup("no certificates".to_owned())));
        *tls.making.lock().unwrap() = Some(watch::channel(failed).1);
        tls.to_server().await.unwrap();
        // Nobody is left who could tell.
        *tls.making.lock().unwrap() = Some(watch::channel(None).1);
        tls.to_server().await.unwrap();
    }
}
