//! Names become addresses.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::vec;

use hyper_util::client::legacy::connect::dns::Name;
use tower_service::Service;

use super::error::BoxError;

/// Gives the addresses of a name.
pub(crate) type Lookup = Arc<dyn Fn(String) -> Found + Send + Sync>;
pub(crate) type Found = Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, BoxError>> + Send>>;

/// A resolver for the connector of hyper-util.
#[derive(Clone)]
pub(crate) struct Names(Lookup);

impl Names {
    /// As this machine resolves names.
    pub(crate) fn system() -> Self {
        Self(Arc::new(|name| {
            Box::pin(async move {
                let found = tokio::net::lookup_host((name, 0)).await?;
                Ok(found.map(|address| address.ip()).collect())
            })
        }))
    }

    /// As `lookup` does.
    #[cfg(any(feature = "fetch", test))]
    pub(crate) fn by(lookup: Lookup) -> Self {
        Self(lookup)
    }

    /// The addresses of a name.
    pub(crate) fn find(&self, name: String) -> Found {
        (self.0)(name)
    }
}

impl Service<Name> for Names {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let found = self.find(name.as_str().to_owned());
        Box::pin(async move {
            // The port of the URL takes the place of 0.
            let found = found.await?.into_iter().map(|it| SocketAddr::new(it, 0));
            Ok(found.collect::<Vec<_>>().into_iter())
        })
    }
}
