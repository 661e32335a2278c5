//! Names become addresses.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::vec;

use hyper_util::client::legacy::connect::dns::Name;
use tower_service::Service;

use super::error::BoxError;

/// Gives the addresses of a name, with port 0, whose place the URL's takes. An address of IPv6 keeps its scope: without it
/// those of a link lead nowhere.
pub(crate) type Lookup = Arc<dyn Fn(String) -> Found + Send + Sync>;
pub(crate) type Found = Pin<Box<dyn Future<Output = Result<Vec<SocketAddr>, BoxError>> + Send>>;

/// A resolver for the connector of hyper-util.
#[derive(Clone)]
pub(crate) struct Names(Lookup);

impl Names {
    /// As this machine resolves names.
    pub(crate) fn system() -> Self {
        Self(Arc::new(|name| {
            Box::pin(async move {
                let found = tokio::net::lookup_host((name, 0)).await?;
                Ok(found.collect())
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
        Box::pin(async move { Ok(found.await?.into_iter()) })
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_of_a_link_keeps_its_scope() {
        let found = Names::system().find("fe80::1%lo".to_owned()).await;
        let found = found.unwrap();
        assert!(
            matches!(found.as_slice(), [SocketAddr::V6(it), ..] if it.scope_id() != 0),
            "{found:?}"
        );
    }
}
