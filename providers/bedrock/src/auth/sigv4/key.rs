//! The signing key: made of the secret, and good for a day, a region and a service.
//!
//! Making one takes four rounds of HMAC, more than the signature itself. It is kept beside the secret that it was made of,
//! so that it goes when the secret goes.

use std::sync::{PoisonError, RwLock};

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqllm_core::{ExposeSecret as _, Result, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::failed;
use super::stamp::Stamp;

/// What is left of a signing key once it has been taken up: zeroed on drop, as the features of `sha2` and `hmac` have it.
pub(in crate::auth) type Key = Hmac<Sha256>;

/// How many are kept for one secret. Bedrock is in about that many regions; of more, the first one goes.
const MOST: usize = 32;

/// The signing keys of one secret, one for each region and service.
#[derive(Default)]
pub(in crate::auth) struct SigningKeys(RwLock<Vec<Kept>>);

struct Kept {
    /// The day, as it stands in the scope.
    date: [u8; 8],
    region: Box<str>,
    service: Box<str>,
    key: Key,
}

impl SigningKeys {
    /// The key of `secret` for this day, made if it is not there. Readers do not wait for each other.
    pub(in crate::auth) fn of(
        &self,
        secret: &SecretString,
        stamp: &Stamp,
        region: &str,
        service: &str,
    ) -> Result<Key> {
        let is_for = |kept: &Kept| *kept.region == *region && *kept.service == *service;
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.iter().find(|kept| is_for(kept))
            && kept.date == *stamp.day()
        {
            return Ok(kept.key.clone());
        }
        drop(kept);
        let key = derive(secret, stamp.day(), region, service)?;
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| !is_for(kept));
        if kept.len() == MOST {
            kept.remove(0);
        }
        kept.push(Kept {
            date: *stamp.day(),
            region: region.into(),
            service: service.into(),
            key: key.clone(),
        });
        Ok(key)
    }

    #[cfg(test)]
    pub(in crate::auth) fn len(&self) -> usize {
        self.0.read().unwrap().len()
    }
}

/// Each round signs the next word with what came of the last.
fn derive(secret: &SecretString, date: &[u8; 8], region: &str, service: &str) -> Result<Key> {
    let secret = secret.expose_secret();
    let mut first = Zeroizing::new(Vec::with_capacity(4 + secret.len()));
    first.extend_from_slice(b"AWS4");
    first.extend_from_slice(secret.as_bytes());
    let mut key = Key::new_from_slice(&first).map_err(failed)?;
    for word in [
        date.as_slice(),
        region.as_bytes(),
        service.as_bytes(),
        b"aws4_request",
    ] {
        key.update(word);
        let round: Zeroizing<[u8; 32]> = Zeroizing::new(key.finalize().into_bytes().into());
        key = Key::new_from_slice(round.as_slice()).map_err(failed)?;
    }
    Ok(key)
}
