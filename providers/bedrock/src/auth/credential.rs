//! Credentials, and where users may bring their own from.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use async_trait::async_trait;
use http::HeaderValue;
use reqllm_core::{ExposeSecret, Result, SecretString};
use sha2::{Digest as _, Sha256};

use super::sigv4::{Key, SigningKeys, Stamp, failed};

/// What proves who calls.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credential {
    /// A Bedrock API key: sent as a bearer token.
    ApiKey(SecretString),
    /// IAM keys: they sign the request with SigV4.
    Keys(Keys),
}

impl Credential {
    /// When it stops being good, where that is known.
    pub fn expires(&self) -> Option<SystemTime> {
        match self {
            Self::ApiKey(_) => None,
            Self::Keys(keys) => keys.expires,
        }
    }

    /// Whether both prove the same: the same API key, or the same IAM keys with the same session token.
    ///
    /// ```
    /// use std::time::SystemTime;
    /// use reqllm_bedrock::{Credential, Keys};
    ///
    /// let keys = || Keys::new("AKIDEXAMPLE", "secret", None);
    /// let other = Keys::new("AKIDEXAMPLE", "other", None);
    /// assert!(Credential::Keys(keys()).is_same(&Credential::Keys(keys().expires_at(SystemTime::UNIX_EPOCH))));
    /// assert!(!Credential::Keys(keys()).is_same(&Credential::Keys(other)));
    /// ```
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::ApiKey(one), Self::ApiKey(two)) => one.expose_secret() == two.expose_secret(),
            (Self::Keys(one), Self::Keys(two)) => one.is_same(two),
            _ => false,
        }
    }
}

/// IAM keys. A clone shares what was made of them.
#[derive(Clone)]
pub struct Keys {
    pair: Arc<Pair>,
    expires: Option<SystemTime>,
}

struct Pair {
    access_key_id: String,
    secret_access_key: SecretString,
    session_token: Option<SecretString>,
    /// The token as a header, once it has been one.
    token_header: OnceLock<HeaderValue>,
    /// Shared with the same keys that are given by another call.
    signing: OnceLock<Arc<SigningKeys>>,
}

/// SHA-256 of a secret access key: enough to know it again, and nobody signs with it.
pub(super) type SecretHash = [u8; 32];

impl Keys {
    /// An access key, with the session token if it is temporary.
    pub fn new(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<SecretString>,
        session_token: Option<SecretString>,
    ) -> Self {
        let pair = Pair {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            session_token,
            token_header: OnceLock::new(),
            signing: OnceLock::new(),
        };
        Self {
            pair: Arc::new(pair),
            expires: None,
        }
    }

    /// Says when the keys stop being good. Default: not known.
    #[must_use]
    pub fn expires_at(mut self, at: SystemTime) -> Self {
        self.expires = Some(at);
        self
    }

    /// In the form that AWS's own crates take.
    #[cfg(any(test, feature = "aws-config"))]
    pub(super) fn to_aws(&self) -> aws_credential_types::Credentials {
        aws_credential_types::Credentials::new(
            self.access_key_id(),
            self.pair.secret_access_key.expose_secret(),
            self.session_token().map(str::to_owned),
            self.expires,
            "reqllm",
        )
    }

    /// The access key id, which is no secret.
    pub fn access_key_id(&self) -> &str {
        &self.pair.access_key_id
    }

    pub(super) fn session_token(&self) -> Option<&str> {
        let token = self.pair.session_token.as_ref()?;
        Some(token.expose_secret())
    }

    /// The session token as a header. It is a thousand characters or more, so it is looked through and copied once.
    pub(super) fn token_header(&self) -> Result<Option<HeaderValue>> {
        let Some(token) = self.session_token() else {
            return Ok(None);
        };
        if let Some(header) = self.pair.token_header.get() {
            return Ok(Some(header.clone()));
        }
        let mut header = HeaderValue::from_str(token).map_err(failed)?;
        header.set_sensitive(true);
        let header = self.pair.token_header.get_or_init(|| header);
        Ok(Some(header.clone()))
    }

    /// The key that signs on the day of `stamp`.
    pub(super) fn signing_key(&self, stamp: &Stamp, region: &str, service: &str) -> Result<Key> {
        let secret = &self.pair.secret_access_key;
        self.signing().of(secret, stamp, region, service)
    }

    fn signing(&self) -> &Arc<SigningKeys> {
        self.pair.signing.get_or_init(Arc::default)
    }

    /// The same keys. They sign with `signing`, which is of the same secret, unless they have signed before.
    pub(super) fn sharing(self, signing: &Arc<SigningKeys>) -> Self {
        let _ = self.pair.signing.set(Arc::clone(signing));
        self
    }

    pub(super) fn secret_hash(&self) -> SecretHash {
        Sha256::digest(self.pair.secret_access_key.expose_secret()).into()
    }

    /// How many signing keys are kept.
    #[cfg(test)]
    pub(super) fn signing_keys(&self) -> usize {
        self.signing().len()
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.pair, &other.pair)
            || self.access_key_id() == other.access_key_id()
                && self.pair.secret_access_key.expose_secret()
                    == other.pair.secret_access_key.expose_secret()
                && self.session_token() == other.session_token()
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("access_key_id", &self.access_key_id())
            .field("secret_access_key", &"****")
            .field("session_token", &self.session_token().map(|_| "****"))
            .field("expires", &self.expires)
            .finish()
    }
}

/// A source of credentials: a vault, a profile, a metadata service.
///
/// It is asked before every attempt, so it should keep what it has until shortly before it expires; around one that does
/// not, put a [`Cached`](crate::Cached).
///
/// ```
/// use std::time::SystemTime;
/// use reqllm_bedrock::{Bedrock, Credential, CredentialSource, Keys};
/// use reqllm_core::Result;
///
/// #[derive(Debug)]
/// struct Vault;
///
/// #[async_trait::async_trait]
/// impl CredentialSource for Vault {
///     async fn credential(&self, _now: SystemTime) -> Result<Credential> {
///         Ok(Credential::Keys(Keys::new("AKIDEXAMPLE", "secret", None)))
///     }
/// }
///
/// let bedrock = Bedrock::builder().credentials(Vault).build();
/// ```
#[async_trait]
pub trait CredentialSource: fmt::Debug + Send + Sync {
    /// The credential to use at `now`, which is the service's time as far as it is known.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Authentication`](reqllm_core::ErrorKind::Authentication), saying what to do.
    async fn credential(&self, now: SystemTime) -> Result<Credential>;

    /// Hears that the service refused `refused` because it has expired, whatever its expiry said. Whether the source can give
    /// another one now: if so, one more attempt is made at once. Default: it cannot.
    ///
    /// Calls run side by side, so the one that is refused need not be the one that the source gave last.
    fn forget(&self, refused: &Credential) -> bool {
        let _ = refused;
        false
    }
}
