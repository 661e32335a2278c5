//! The program's own source of keys, asked in each attempt.

use std::sync::Arc;

use reqllm_core::{Error, KeySource, Result};

use super::Keeper;
use super::credential::{Credential, Keys};
use super::ring::Set;
use crate::ID;

/// Asks the program's source, and reads what it gives.
#[derive(Debug)]
pub(crate) struct OwnKeys(Arc<dyn KeySource>);

impl OwnKeys {
    pub(crate) fn new(source: Arc<dyn KeySource>) -> Self {
        Self(source)
    }

    /// The credential for a call in `region`, if the source has one.
    pub(super) async fn find(&self, region: &str, keeper: &Keeper) -> Result<Option<Credential>> {
        let set = self.set().await?;
        if let Some(other) = set.region.as_deref().filter(|other| *other != region) {
            return Err(Error::config(format!(
                "the program's own source of keys gives region {other:?}, and the call goes to {region:?}, which was decided before the source was asked; give option `region`, or set the region by `keys().set(…)`"
            )));
        }
        Ok(match set.credential() {
            // A source may make its keys anew each time, and what was made of them need not be.
            Some(Credential::Keys(keys)) => Some(Credential::Keys(keeper.keys(keys))),
            other => other,
        })
    }

    /// The IAM keys, if the source has some, for a role to be assumed with.
    #[cfg_attr(
        not(feature = "aws-config"),
        expect(dead_code, reason = "nobody is asked for roles")
    )]
    pub(super) async fn iam_keys(&self) -> Result<Option<Keys>> {
        Ok(self.set().await?.keys)
    }

    async fn set(&self) -> Result<Set> {
        match self.0.key(ID).await? {
            Some(key) => Set::of(&key, "the key that the program's own source gives"),
            None => Ok(Set::default()),
        }
    }
}
