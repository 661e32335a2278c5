//! What a provider keeps from call to call: credentials, the skew of the clock, settings of profiles.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use reqllm_core::{Environment, Random, Result, RoundTrip};

use super::cache::Cached;
use super::credential::{CredentialSource, Keys, SecretHash};
use super::role::Role;
use super::settings::Settings;
use super::sigv4::SigningKeys;
use super::skew::Skew;

/// How many different sources of credentials are kept. A program that serves many tenants, each with a role of its own, may
/// have more; of those that no place and no call holds, the one that was asked for longest ago goes then.
const MOST: usize = 256;

/// One per provider.
#[derive(Default)]
pub(crate) struct Keeper {
    pub(super) skew: Skew,
    round_trip: OnceLock<Arc<dyn RoundTrip>>,
    random: Random,
    /// The one that was asked for last stands last.
    sources: Mutex<Vec<(Asked, Cached)>>,
    /// The signing keys of IAM keys that were given outright, by their id. The secret is not kept, which may be a tenant's.
    signing: RwLock<HashMap<String, (SecretHash, Arc<SigningKeys>)>>,
    profiles: Mutex<Vec<(Option<String>, Arc<Settings>)>>,
}

/// What makes one source another than the next.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) base: Base,
    /// Where STS is asked.
    pub(super) region: String,
    pub(super) role: Option<Role>,
}

/// Whose credentials.
#[derive(Clone)]
pub(super) enum Base {
    /// Those of AWS's chain, with this profile if the call names one.
    Chain(Option<String>),
    /// Those that were given outright.
    Keys(Keys),
    /// Those of the user's own source.
    Own(Arc<dyn CredentialSource>),
}

impl Keeper {
    pub(crate) fn new(round_trip: Option<Arc<dyn RoundTrip>>, random: Random) -> Self {
        Self {
            round_trip: round_trip.map_or_else(OnceLock::new, OnceLock::from),
            random,
            ..Self::default()
        }
    }

    #[cfg_attr(
        not(feature = "aws-config"),
        expect(dead_code, reason = "nobody is asked")
    )]
    pub(super) fn round_trip(&self) -> Option<&Arc<dyn RoundTrip>> {
        self.round_trip.get()
    }

    /// A way to the network, unless there is one.
    pub(crate) fn attach(&self, round_trip: &Arc<dyn RoundTrip>) {
        let _ = self.round_trip.set(Arc::clone(round_trip));
    }

    /// The source for this, always the same one, so that it is asked once for all calls.
    #[cfg_attr(
        not(any(test, feature = "aws-config")),
        expect(dead_code, reason = "there is none")
    )]
    pub(super) fn source(
        &self,
        asked: Asked,
        new: impl FnOnce(&Asked) -> Arc<dyn CredentialSource>,
    ) -> Cached {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = match sources.iter().position(|(known, _)| *known == asked) {
            Some(at) => sources.remove(at),
            None => {
                if sources.len() == MOST {
                    // To make one again that is still in use would be to ask for its credentials twice.
                    let idle = sources.iter().position(|(_, source)| !source.is_shared());
                    sources.remove(idle.unwrap_or(0));
                }
                let cached = Cached::over(new(&asked), self.random.clone());
                (asked, cached)
            }
        };
        let cached = entry.1.clone();
        sources.push(entry);
        cached
    }

    /// These keys, with the signing keys that were made of them when they were given before.
    pub(super) fn keys(&self, given: Keys) -> Keys {
        let hash = given.secret_hash();
        let kept = self.signing.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, signing)) = kept.get(given.access_key_id())
            && *of == hash
        {
            return given.sharing(signing);
        }
        drop(kept);
        let signing = Arc::default();
        let given = given.sharing(&signing);
        let id = given.access_key_id().to_owned();
        let mut kept = self.signing.write().unwrap_or_else(PoisonError::into_inner);
        // Whoever has more of them than that makes a signing key now and then.
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(id, (hash, signing));
        given
    }

    /// The settings of a profile: the one that the call names, else the environment's. Read once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) if the call names a profile that there is not, or whose files
    /// cannot be read.
    pub(crate) fn settings(
        &self,
        env: &Environment,
        profile: Option<&str>,
    ) -> Result<Arc<Settings>> {
        let mut profiles = self.profiles.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = profiles.iter().find(|(name, _)| name.as_deref() == profile) {
            return Ok(Arc::clone(known));
        }
        let settings = Arc::new(read(env, profile)?);
        if profiles.len() < MOST {
            profiles.push((profile.map(str::to_owned), Arc::clone(&settings)));
        }
        Ok(settings)
    }
}

#[cfg(feature = "aws-config")]
fn read(env: &Environment, profile: Option<&str>) -> Result<Settings> {
    super::chain::settings(env, profile)
}

#[cfg(not(feature = "aws-config"))]
fn read(_env: &Environment, profile: Option<&str>) -> Result<Settings> {
    match profile {
        Some(name) => Err(super::feature_is_off(&format!(
            "option `profile` is {name:?}"
        ))),
        None => Ok(Settings::default()),
    }
}

impl PartialEq for Asked {
    fn eq(&self, other: &Self) -> bool {
        let same_base = match (&self.base, &other.base) {
            (Base::Chain(one), Base::Chain(two)) => one == two,
            // The secret as well: who knows an id only must not get the role of who knows the secret.
            (Base::Keys(one), Base::Keys(two)) => one.is_same(two),
            (Base::Own(one), Base::Own(two)) => Arc::ptr_eq(one, two),
            _ => false,
        };
        same_base && self.region == other.region && self.role == other.role
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper")
            .field("skew", &self.skew)
            .field("round_trip", &self.round_trip)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::sigv4::Signer;

    #[derive(Debug)]
    struct Nobody;

    #[async_trait::async_trait]
    impl CredentialSource for Nobody {
        async fn credential(&self, _now: std::time::SystemTime) -> Result<crate::Credential> {
            Ok(crate::Credential::ApiKey("k".into()))
        }
    }

    fn made(keeper: &Keeper, asked: Asked) -> usize {
        let made = AtomicUsize::new(0);
        keeper.source(asked, |_| {
            made.fetch_add(1, Ordering::SeqCst);
            Arc::new(Nobody)
        });
        made.into_inner()
    }

    fn asked(base: Base) -> Asked {
        Asked {
            base,
            region: "us-east-1".into(),
            role: None,
        }
    }

    #[test]
    fn each_source_is_made_once_and_none_serves_for_another() {
        let keeper = Keeper::default();
        let keys = |secret: &str| Base::Keys(Keys::new("AKID", secret, None));
        let own: Arc<dyn CredentialSource> = Arc::new(Nobody);
        let role = Role {
            arn: "arn:aws:iam::1:role/x".into(),
            session_name: "reqllm".into(),
            external_id: None,
        };
        let all = [
            asked(Base::Chain(None)),
            asked(Base::Chain(Some("dev".into()))),
            asked(keys("one")),
            asked(keys("two")),
            asked(Base::Own(own)),
            asked(Base::Own(Arc::new(Nobody))),
            Asked {
                region: "cn-north-1".into(),
                ..asked(Base::Chain(None))
            },
            Asked {
                role: Some(role),
                ..asked(Base::Chain(None))
            },
        ];
        for once in [1, 0] {
            for asked in &all {
                assert_eq!(made(&keeper, asked.clone()), once);
            }
        }
    }

    #[test]
    fn keys_that_are_given_again_are_those_that_have_signed() {
        let keeper = Keeper::default();
        let keys = |id: &str, secret: &str| Keys::new(id, secret, None);
        let sign = |keys: &Keys| {
            let mut request = http::Request::get("https://example.com/").body("").unwrap();
            Signer::new(keys, "us-east-1", "bedrock")
                .sign(&mut request, std::time::SystemTime::UNIX_EPOCH)
                .unwrap();
        };
        sign(&keeper.keys(keys("one", "secret")));
        let again = keeper.keys(keys("one", "secret"));
        assert_eq!(again.signing_keys(), 1);
        let other = keeper.keys(keys("one", "other"));
        assert_eq!(other.signing_keys(), 0, "the secret is another one");
        for n in 0..2 * MOST {
            keeper.keys(keys(&n.to_string(), "secret"));
            assert!(keeper.signing.read().unwrap().len() <= MOST);
        }
    }

    #[test]
    fn there_are_at_most_so_many() {
        let keeper = Keeper::default();
        let profile = |n: usize| asked(Base::Chain(Some(n.to_string())));
        for n in 0..MOST {
            assert_eq!(made(&keeper, profile(n)), 1);
        }
        assert_eq!(made(&keeper, profile(0)), 0, "used last, it stays");
        assert_eq!(made(&keeper, profile(MOST)), 1);
        assert_eq!(made(&keeper, profile(0)), 0);
        assert_eq!(made(&keeper, profile(1)), 1, "used longest ago, it went");
        let held = keeper.source(asked(Base::Chain(None)), |_| Arc::new(Nobody));
        for n in 0..2 * MOST {
            made(&keeper, profile(n));
        }
        assert_eq!(
            made(&keeper, asked(Base::Chain(None))),
            0,
            "in use, it stays"
        );
        drop(held);
        for n in 0..=MOST {
            made(&keeper, profile(n));
        }
        assert_eq!(made(&keeper, asked(Base::Chain(None))), 1);
        assert_eq!(keeper.sources.lock().unwrap().len(), MOST);
    }
}
