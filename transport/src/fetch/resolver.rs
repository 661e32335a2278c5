//! Names become addresses that have been looked at.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// Gives the addresses of a name.
pub(super) type Lookup = Arc<dyn Fn(String) -> Answer + Send + Sync>;
type Answer = Pin<Box<dyn Future<Output = std::io::Result<Vec<IpAddr>>> + Send>>;

/// As this machine resolves names.
pub(super) fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// Which addresses may be connected to.
#[derive(Clone)]
pub(super) struct Gate {
    admits: fn(IpAddr) -> bool,
    /// Whether `http:` will do.
    pub(super) plain: bool,
}

impl Gate {
    /// Those of the public Internet.
    pub(super) fn public() -> Self {
        Self {
            admits: is_public,
            plain: false,
        }
    }

    /// All of them.
    pub(super) fn open() -> Self {
        Self::of(|_| true)
    }

    /// Those that `admits` says, over `http:` as well.
    pub(super) fn of(admits: fn(IpAddr) -> bool) -> Self {
        Self {
            admits,
            plain: true,
        }
    }

    pub(super) fn admit(&self, host: &str, address: IpAddr) -> Result<(), Forbidden> {
        if (self.admits)(address) {
            return Ok(());
        }
        Err(Forbidden {
            host: host.to_owned(),
            address,
        })
    }
}

/// An address that must not be connected to.
#[derive(Debug)]
pub(super) struct Forbidden {
    host: String,
    address: IpAddr,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is at {}, which is no address of the public Internet",
            self.host, self.address
        )
    }
}

impl std::error::Error for Forbidden {}

/// Resolves names, and lets nothing through that the gate does not admit.
pub(super) struct Resolver {
    gate: Gate,
    lookup: Lookup,
}

impl Resolver {
    pub(super) fn new(gate: Gate, lookup: Lookup) -> Self {
        Self { gate, lookup }
    }
}

impl Resolve for Resolver {
    /// A name that has a single address too many is refused: nobody has both kinds for a good reason.
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let gate = self.gate.clone();
        let found = (self.lookup)(host.clone());
        Box::pin(async move {
            let found = found.await?;
            for address in &found {
                gate.admit(&host, *address)?;
            }
            // The port of the URL takes the place of 0.
            let addresses: Vec<SocketAddr> = found.into_iter().map(|it| (it, 0).into()).collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
