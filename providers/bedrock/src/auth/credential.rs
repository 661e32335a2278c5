//! Credentials, and where users may bring their own from.

use std::fmt;
use std::time::SystemTime;

use async_trait::async_trait;
use aws_credential_types::Credentials;
use reqllm_core::{ExposeSecret, Result, SecretString};

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

/// IAM keys.
#[derive(Clone)]
pub struct Keys {
    pub(super) access_key_id: String,
    pub(super) secret_access_key: SecretString,
    pub(super) session_token: Option<SecretString>,
    pub(super) expires: Option<SystemTime>,
}

impl Keys {
    /// An access key, with the session token if it is temporary.
    pub fn new(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<SecretString>,
        session_token: Option<SecretString>,
    ) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            session_token,
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
    pub(super) fn to_aws(&self) -> Credentials {
        let token = self.session_token.as_ref();
        Credentials::new(
            self.access_key_id.as_str(),
            self.secret_access_key.expose_secret(),
            token.map(|token| token.expose_secret().to_owned()),
            self.expires,
            "reqllm",
        )
    }

    /// The access key id, which is no secret.
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.access_key_id == other.access_key_id
            && self.secret_access_key.expose_secret() == other.secret_access_key.expose_secret()
            && match (&self.session_token, &other.session_token) {
                (Some(one), Some(two)) => one.expose_secret() == two.expose_secret(),
                (None, None) => true,
                _ => false,
            }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("access_key_id", &self.access_key_id)
            .field("secret_access_key", &"****")
            .field(
                "session_token",
                &self.session_token.as_ref().map(|_| "****"),
            )
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
