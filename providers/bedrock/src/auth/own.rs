//! The program's own source of keys, asked in each attempt.

use std::sync::Arc;
use std::time::SystemTime;

use reqllm_core::{Error, KeySource, Result};

use super::credential::{Credential, Keys};
use super::ring::Set;
use super::{Auth, Keeper, Method};
use crate::ID;

/// Asks the program's source, and reads what it gives.
#[derive(Debug)]
pub(crate) struct OwnKeys(Arc<dyn KeySource>);

impl OwnKeys {
    pub(crate) fn new(source: Arc<dyn KeySource>) -> Self {
        Self(source)
    }

    /// Whether it is this source that is asked.
    pub(super) fn asks(&self, source: &Arc<dyn KeySource>) -> bool {
        Arc::ptr_eq(&self.0, source)
    }

    /// The credential for a call in `region`, if the source has one.
    pub(super) async fn find(&self, region: &str, keeper: &Keeper) -> Result<Option<Credential>> {
        Ok(match self.set(region).await?.credential() {
            // A source may make its keys anew each time, and what was made of them need not be.
            Some(Credential::Keys(keys)) => Some(Credential::Keys(keeper.keys(keys))),
            other => other,
        })
    }

    /// The IAM keys, if the source has some, for a role to be assumed with by a call in `region`.
    #[cfg_attr(
        not(feature = "aws-config"),
        expect(dead_code, reason = "nobody is asked for roles")
    )]
    pub(super) async fn iam_keys(&self, region: &str) -> Result<Option<Keys>> {
        Ok(self.set(region).await?.keys)
    }

    async fn set(&self, region: &str) -> Result<Set> {
        let Some(key) = self.0.key(ID).await? else {
            return Ok(Set::default());
        };
        let set = Set::of(&key, "the key that the program's own source gives")?;
        match set.region.as_deref().filter(|other| *other != region) {
            Some(other) => Err(Error::config(format!(
                "the program's own source of keys gives region {other:?}, and the call goes to {region:?}, which was decided before the source was asked; give option `region`, or set the region by `keys().set(…)`"
            ))),
            None => Ok(set),
        }
    }
}

impl Auth {
    /// What the program's own source gives for this attempt: a credential, or the keys with which a role is assumed.
    pub(super) async fn ask(
        &self,
        now: impl Fn() -> SystemTime + Send,
    ) -> Result<Option<Credential>> {
        let Method::Asked { own, .. } = &self.method else {
            return Ok(None);
        };
        #[cfg(feature = "aws-config")]
        if let Method::Asked {
            role: Some(role), ..
        } = &self.method
        {
            let keys = own.iam_keys(&self.region).await?;
            let assumed = keys.map(|keys| role.source(&self.keeper, keys));
            self.attempt().assumed.clone_from(&assumed);
            return match assumed {
                Some(assumed) => super::CredentialSource::credential(&assumed, now())
                    .await
                    .map(Some),
                None => Ok(None),
            };
        }
        #[cfg(not(feature = "aws-config"))]
        let _ = now;
        own.find(&self.region, &self.keeper).await
    }
}
