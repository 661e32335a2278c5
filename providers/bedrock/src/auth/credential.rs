//! Credentials, and where users may bring their own from.

use std::fmt;
use std::time::SystemTime;

use async_trait::async_trait;
use reqllm_core::{Result, SecretString};

/// What proves who calls.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credential {
    /// A Bedrock API key: sent as a bearer token.
    ApiKey(SecretString),
    /// IAM keys: they sign the request with SigV4.
    Keys(Keys),
}

/// IAM keys.
#[derive(Clone)]
pub struct Keys {
    pub(super) access_key_id: String,
    pub(super) secret_access_key: SecretString,
    pub(super) session_token: Option<SecretString>,
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
        }
    }

    /// The access key id, which is no secret.
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
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
            .finish()
    }
}

/// A source of credentials: a vault, a profile, a metadata service.
///
/// It is asked before every attempt, so it should keep what it has until shortly before it expires.
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
    /// The credential to use at `now`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Authentication`](reqllm_core::ErrorKind::Authentication), saying what to do.
    async fn credential(&self, now: SystemTime) -> Result<Credential>;
}
