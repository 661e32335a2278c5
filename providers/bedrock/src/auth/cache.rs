//! Credentials are asked for once, and kept until shortly before they expire.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use reqllm_core::{Error, Random, Result};

use super::credential::{Credential, CredentialSource};

/// How long before its expiry a credential is renewed at the latest; chance adds up to half of it, so that many processes
/// do not all ask at once. Source: the identity cache of AWS's SDK for Rust.
const AHEAD: Duration = Duration::from_secs(10);

/// How long a credential without an expiry is kept. Source: as above.
const UNDATED: Duration = Duration::from_secs(15 * 60);

/// How long the old credential serves after a renewal failed, before the next one is tried.
const PAUSE: Duration = Duration::from_secs(5);

/// Keeps what another source gives.
///
/// - It asks the other source only if it has nothing, or what it has expires within 10 to 15 seconds. A credential without
///   an expiry is kept for 15 minutes.
/// - Many calls that need a new one at the same time make one request, and share its outcome. It goes on as long as one of
///   them waits, whichever began it.
/// - If a renewal fails while the old credential is still good, the old one serves.
/// - What the service has refused as expired is thrown away.
///
/// ```
/// use std::time::SystemTime;
/// use reqllm_bedrock::{Bedrock, Cached, Credential, CredentialSource, Keys};
/// use reqllm_core::Result;
///
/// #[derive(Debug)]
/// struct Vault;
///
/// #[async_trait::async_trait]
/// impl CredentialSource for Vault {
///     async fn credential(&self, now: SystemTime) -> Result<Credential> {
///         // A slow request to somebody.
///         let hour = std::time::Duration::from_secs(3600);
///         let keys = Keys::new("ASIAEXAMPLE", "secret", Some("token".into()));
///         Ok(Credential::Keys(keys.expires_at(now + hour)))
///     }
/// }
///
/// let bedrock = Bedrock::builder().credentials(Cached::new(Vault)).build();
/// ```
#[derive(Clone)]
pub struct Cached(Arc<Inner>);

struct Inner {
    source: Arc<dyn CredentialSource>,
    random: Random,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// The renewal that is under way. It is gone when nobody waits for it any more, so that nobody takes up again what was
    /// left lying for an hour.
    renewal: Option<WeakShared<Renewal>>,
}

struct Held {
    credential: Credential,
    renew_at: SystemTime,
}

type Renewal = BoxFuture<'static, std::result::Result<Credential, Arc<Error>>>;

impl Cached {
    /// Keeps what `source` gives.
    pub fn new(source: impl CredentialSource + 'static) -> Self {
        Self::over(Arc::new(source), Random::system())
    }

    pub(super) fn over(source: Arc<dyn CredentialSource>, random: Random) -> Self {
        Self(Arc::new(Inner {
            source,
            random,
            state: Mutex::default(),
        }))
    }

    /// Whether anybody has a clone of it.
    pub(super) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// What is there and good at `now`: the whole of most calls.
    pub(super) fn held(&self, now: SystemTime) -> Option<Credential> {
        let state = self.0.state();
        let held = state.held.as_ref().filter(|held| now < held.renew_at)?;
        Some(held.credential.clone())
    }
}

#[async_trait]
impl CredentialSource for Cached {
    async fn credential(&self, now: SystemTime) -> Result<Credential> {
        let renewal = {
            let mut state = self.0.state();
            if let Some(held) = state.held.as_ref().filter(|held| now < held.renew_at) {
                return Ok(held.credential.clone());
            }
            match state.renewal.as_ref().and_then(WeakShared::upgrade) {
                Some(renewal) => renewal,
                None => {
                    let renewal: Shared<Renewal> = renew(Arc::clone(&self.0), now).boxed().shared();
                    state.renewal = renewal.downgrade();
                    renewal
                }
            }
        };
        renewal.await.map_err(|error| copy(&error))
    }

    fn forget(&self, refused: &Credential) -> bool {
        let mut state = self.0.state();
        // Of many calls with the same credential the first throws it away; the others must not throw away its successor.
        if state
            .held
            .as_ref()
            .is_some_and(|held| held.credential.is_same(refused))
        {
            state.held = None;
            drop(state);
            self.0.source.forget(refused);
        }
        true
    }
}

async fn renew(inner: Arc<Inner>, now: SystemTime) -> std::result::Result<Credential, Arc<Error>> {
    let begun = Instant::now();
    let answer = inner.source.credential(now).await;
    // Asking takes its time.
    let later = now + begun.elapsed();
    let ahead = AHEAD.mul_f64(1.0 + inner.random.unit() / 2.0);
    let mut state = inner.state();
    state.renewal = None;
    match answer {
        Ok(credential) => {
            let renew_at = match credential.expires() {
                // What ends at once is used while it serves, and not asked for by every request.
                Some(at) => at.checked_sub(ahead).unwrap_or(at).max(now + PAUSE),
                None => now + UNDATED,
            };
            state.held = Some(Held {
                credential: credential.clone(),
                renew_at,
            });
            Ok(credential)
        }
        Err(error) => match &mut state.held {
            Some(held) if held.credential.expires().is_none_or(|at| later < at) => {
                tracing::warn!(%error, "credentials could not be renewed; the old ones serve on");
                held.renew_at = now + PAUSE;
                if let Some(at) = held.credential.expires() {
                    held.renew_at = held.renew_at.min(at);
                }
                Ok(held.credential.clone())
            }
            _ => {
                state.held = None;
                Err(Arc::new(error))
            }
        },
    }
}

impl Inner {
    /// Nothing is done under the lock that could leave the state in pieces.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same error for each of those who waited.
fn copy(error: &Error) -> Error {
    let mut copy = Error::new(error.kind(), error.message()).set_retryable(error.retryable());
    if let Some(provider) = error.provider() {
        copy = copy.with_provider(provider);
    }
    if let Some(code) = error.code() {
        copy = copy.with_code(code);
    }
    if let Some(status) = error.status() {
        copy = copy.with_status(status);
    }
    copy
}

impl fmt::Debug for Cached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cached").field(&self.0.source).finish()
    }
}

#[cfg(test)]
mod tests;
