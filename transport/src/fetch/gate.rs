//! Which addresses may be connected to.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use super::address::is_public;
use crate::client::Names;

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

impl Gate {
    /// Resolves names as `names` does, and lets nothing through that is not admitted. A name that has a single address too many
    /// is refused: nobody has both kinds for a good reason.
    pub(super) fn guard(&self, names: Names) -> Names {
        let gate = self.clone();
        Names::by(Arc::new(move |host| {
            let gate = gate.clone();
            let found = names.find(host.clone());
            Box::pin(async move {
                let found = found.await?;
                for address in &found {
                    gate.admit(&host, address.ip())?;
                }
                Ok(found)
            })
        }))
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
