//! Keys that the program sets while it runs, by the provider's name.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use reqllm_core::{
    Error, ExposeSecret as _, KeyRing, KeySource, ProviderContext, ProviderKey, Result,
    SecretString, nearest,
};

use super::credential::{Credential, Keys};
use super::given::{half, present};
use super::own::OwnKeys;
use crate::{ALIASES, ID, region};

/// The names that a composite key may have, which are those of the options.
const NAMES: &[&str] = &[
    "api_key",
    "access_key_id",
    "secret_access_key",
    "session_token",
    "region",
];

/// What a key of the program's own says: who calls, and where.
#[derive(Clone, Debug, Default)]
pub(crate) struct Set {
    pub(super) api_key: Option<SecretString>,
    pub(super) keys: Option<Keys>,
    pub(crate) region: Option<String>,
}

impl Set {
    /// Reads a key. `of` says for people whose it is, and from where.
    pub(super) fn of(key: &ProviderKey, of: &str) -> Result<Self> {
        if let ProviderKey::Single(key) = key {
            return Ok(Self {
                api_key: present(Some(key)),
                ..Self::default()
            });
        }
        if let Some(unknown) = key.names().find(|name| !NAMES.contains(name)) {
            let hint = match nearest(unknown, NAMES.iter().copied()) {
                Some(near) => format!("did you mean {near:?}?"),
                None => format!("its names are {}", NAMES.join(", ")),
            };
            return Err(Error::config(format!(
                "{of} has {unknown:?}, which no key of bedrock has; {hint}"
            )));
        }
        let part = |name| present(key.get(name));
        let region = part("region").map(|region| region.expose_secret().to_owned());
        if let Some(region) = &region {
            region::check(region, of)?;
        }
        let token = part("session_token");
        let keys = match (part("access_key_id"), part("secret_access_key")) {
            (Some(id), Some(secret)) => Some(Keys::new(id.expose_secret(), secret, token)),
            (Some(_), None) => return Err(missing(of, "access_key_id", "`secret_access_key`")),
            (None, Some(_)) => return Err(missing(of, "secret_access_key", "`access_key_id`")),
            (None, None) if token.is_some() => {
                let pair = "`access_key_id` and `secret_access_key`";
                return Err(missing(of, "session_token", pair));
            }
            (None, None) => None,
        };
        Ok(Self {
            api_key: part("api_key"),
            keys,
            region,
        })
    }

    /// Whether both say the same.
    fn is_same(&self, other: &Self) -> bool {
        let same = match (self.credential(), other.credential()) {
            (Some(one), Some(two)) => one.is_same(&two),
            (None, None) => true,
            _ => false,
        };
        same && self.region == other.region
    }

    /// Who calls, if it says so.
    pub(super) fn credential(&self) -> Option<Credential> {
        match (&self.api_key, &self.keys) {
            (Some(key), _) => Some(Credential::ApiKey(key.clone())),
            (None, Some(keys)) => Some(Credential::Keys(keys.clone())),
            (None, None) => None,
        }
    }
}

fn missing(of: &str, given: &str, missing: &str) -> Error {
    half(&format!("`{given}` of {of}"), missing)
}

/// The program's keys, as Bedrock reads them, and its own source of keys. The keys are read anew after the program has set some.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    keys: OnceLock<KeyRing>,
    own: OnceLock<Arc<OwnKeys>>,
    /// What the provider was built with, which wins over what clients have.
    built_with: BuiltWith,
    /// Whether a client has taken the provider up.
    taken: OnceLock<()>,
    /// What further clients have that took it up.
    later: OnceLock<Mutex<Later>>,
    last: RwLock<Held>,
}

#[derive(Clone, Copy, Debug, Default)]
struct BuiltWith {
    keys: bool,
    source: bool,
}

/// What clients have that are not the first.
#[derive(Debug, Default)]
struct Later {
    keys: Vec<KeyRing>,
    /// Whether one has a source of keys that is not the first one's.
    source: bool,
}

/// What was read last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    /// Counts the changes of the ring.
    pub(crate) generation: u64,
    pub(crate) set: Option<Arc<Set>>,
}

impl Held {
    /// The region that is set with the key.
    pub(crate) fn region(&self) -> Option<&str> {
        self.set.as_ref()?.region.as_deref()
    }
}

impl Ring {
    /// With what the provider is built with.
    pub(crate) fn new(keys: Option<KeyRing>, source: Option<Arc<dyn KeySource>>) -> Self {
        let built_with = BuiltWith {
            keys: keys.is_some(),
            source: source.is_some(),
        };
        let own = source.map(OwnKeys::new).map(Arc::new);
        Self {
            keys: keys.map_or_else(OnceLock::new, OnceLock::from),
            own: own.map_or_else(OnceLock::new, OnceLock::from),
            built_with,
            ..Self::default()
        }
    }

    /// A client takes the provider up: what that was not built with is the first client's. A provider does not know whose
    /// call it makes, so that keys of another client are an error of the calls that would pass them over.
    pub(crate) fn attach(&self, context: &ProviderContext) {
        let source = context.key_source.as_ref();
        if self.taken.set(()).is_ok() {
            let _ = self.keys.set(context.keys.clone());
            if let Some(source) = source {
                let _ = self.own.set(Arc::new(OwnKeys::new(Arc::clone(source))));
            }
            return;
        }
        let later = self.later.get_or_init(Mutex::default);
        let mut later = later.lock().unwrap_or_else(PoisonError::into_inner);
        // A program may make a client for each thing that it does.
        later.keys.retain(KeyRing::is_shared);
        let is_known = |known: &KeyRing| known.is_same(&context.keys);
        if !self.built_with.keys
            && !self.keys.get().is_some_and(is_known)
            && !later.keys.iter().any(is_known)
        {
            later.keys.push(context.keys.clone());
        }
        let is_same = |own: &Arc<OwnKeys>| source.is_some_and(|source| own.asks(source));
        if !self.built_with.source && source.is_some() && !self.own.get().is_some_and(is_same) {
            later.source = true;
        }
    }

    /// The program's own source of keys.
    pub(crate) fn own(&self) -> Option<&Arc<OwnKeys>> {
        self.own.get()
    }

    /// What is set now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) for a key with names that none of Bedrock's has, or that is set
    /// under several names of Bedrock, or differs from that of another client that took the provider up;
    /// [`ErrorKind::Authentication`](reqllm_core::ErrorKind::Authentication) for half a pair.
    pub(crate) fn held(&self) -> Result<Held> {
        let held = self.first()?;
        if let Some(later) = self.later.get() {
            let later = later.lock().unwrap_or_else(PoisonError::into_inner);
            later.check(&held)?;
        }
        Ok(held)
    }

    fn first(&self) -> Result<Held> {
        let Some(keys) = self.keys.get() else {
            return Ok(Held::default());
        };
        // Before the keys are read: what is set meanwhile is read by the next call.
        let generation = keys.generation();
        let last = self.last.read().unwrap_or_else(PoisonError::into_inner);
        if last.generation == generation {
            return Ok(last.clone());
        }
        drop(last);
        let held = Held {
            generation,
            set: read(keys)?.map(Arc::new),
        };
        *self.last.write().unwrap_or_else(PoisonError::into_inner) = held.clone();
        Ok(held)
    }

    /// A ring with what is set now but for API keys.
    pub(crate) fn without_api_key(&self) -> Result<Self> {
        let ring = Self {
            own: self.own.clone(),
            ..Self::default()
        };
        if let Some(set) = self.held()?.set {
            let keys = KeyRing::new();
            let _ = ring.keys.set(keys);
            let set = Set {
                api_key: None,
                ..Set::clone(&set)
            };
            *ring.last.write().unwrap_or_else(PoisonError::into_inner) = Held {
                generation: 0,
                set: Some(Arc::new(set)),
            };
        }
        Ok(ring)
    }
}

impl Later {
    fn check(&self, held: &Held) -> Result<()> {
        let refuse = |what: &str| {
            Err(Error::config(format!(
                "one `Bedrock` was handed over to several clients, and {what} than the first, whose keys would make all calls; hand over one for each, or give them the same"
            )))
        };
        if self.source {
            return refuse("one of them has another source of keys");
        }
        // Where the client is gone, nobody makes calls with them.
        for keys in self.keys.iter().filter(|keys| keys.is_shared()) {
            match (read(keys)?, &held.set) {
                (None, _) => {}
                (Some(set), Some(held)) if set.is_same(held) => {}
                _ => return refuse("one of them has another key of bedrock in its `keys()`"),
            }
        }
        Ok(())
    }
}

/// The key of Bedrock, under whichever of its names.
fn read(keys: &KeyRing) -> Result<Option<Set>> {
    let names = std::iter::once(&ID).chain(ALIASES);
    let mut found = names.filter_map(|name| Some((name, keys.get(name)?)));
    let Some((name, key)) = found.next() else {
        return Ok(None);
    };
    if let Some((other, _)) = found.next() {
        return Err(Error::config(format!(
            "keys are set for {name:?} and for {other:?}, which are one provider; remove one of them"
        )));
    }
    Set::of(&key, &format!("the key that is set for {name:?}")).map(Some)
}

#[cfg(test)]
mod tests {
    use reqllm_core::ErrorKind;

    use super::*;

    fn set(key: impl Into<ProviderKey>) -> Result<Set> {
        Set::of(&key.into(), "the key")
    }

    #[test]
    fn a_key_says_who_calls_and_where() {
        let one = set(" b3arer ").unwrap();
        assert!(
            matches!(one.credential(), Some(Credential::ApiKey(key)) if key.expose_secret() == "b3arer")
        );
        let pair = set([
            ("access_key_id", "AKID"),
            ("secret_access_key", "s3cret"),
            ("session_token", "t0ken"),
            ("region", "eu-west-1"),
        ])
        .unwrap();
        assert_eq!(pair.region.as_deref(), Some("eu-west-1"));
        let Some(Credential::Keys(keys)) = pair.credential() else {
            panic!("IAM keys")
        };
        assert_eq!(keys.access_key_id(), "AKID");
        assert_eq!(keys.session_token(), Some("t0ken"));
        assert!(!format!("{pair:?}").contains("s3cret"));
        let both = set([
            ("api_key", "k"),
            ("access_key_id", "a"),
            ("secret_access_key", "s"),
        ]);
        assert!(matches!(
            both.unwrap().credential(),
            Some(Credential::ApiKey(_))
        ));
        let blank = set([("api_key", " "), ("region", "")]).unwrap();
        assert!(blank.credential().is_none() && blank.region.is_none());
    }

    #[test]
    fn what_is_no_key_is_named() {
        for (name, said) in [
            ("acess_key_id", "did you mean \"access_key_id\"?"),
            ("zzz", "its names are api_key, access_key_id"),
        ] {
            let error = set([(name, "s3cret")]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(
                error.message().contains(&format!("the key has {name:?}")),
                "{error}"
            );
            assert!(error.message().contains(said), "{error}");
            assert!(!error.message().contains("s3cret"));
        }
        for (name, missing) in [
            ("access_key_id", "`secret_access_key` is missing"),
            ("secret_access_key", "`access_key_id` is missing"),
            (
                "session_token",
                "`access_key_id` and `secret_access_key` is missing",
            ),
        ] {
            let error = set([(name, "s3cret")]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Authentication);
            assert!(
                error
                    .message()
                    .contains(&format!("`{name}` of the key is set")),
                "{error}"
            );
            assert!(error.message().contains(missing), "{error}");
        }
        let error = set([("region", "US East")]).unwrap_err();
        assert!(error.message().contains("\"US East\""), "{error}");
    }

    #[test]
    fn what_is_set_is_read_once_and_again_after_a_change() {
        let ring = Ring::default();
        assert!(ring.held().unwrap().set.is_none());
        let context = ProviderContext::default();
        let keys = context.keys.clone();
        ring.attach(&context);
        ring.attach(&ProviderContext::default());
        assert!(ring.held().unwrap().set.is_none());
        for name in [ID, "aws", "amazon-bedrock", "amazon_bedrock"] {
            keys.set(name, [("api_key", name), ("region", "eu-west-1")]);
            let held = ring.held().unwrap();
            assert_eq!(held.region(), Some("eu-west-1"));
            let again = ring.held().unwrap();
            assert!(Arc::ptr_eq(&held.set.unwrap(), &again.set.unwrap()));
            assert!(again.generation == keys.generation());
            let without = ring.without_api_key().unwrap().held().unwrap();
            assert_eq!(without.region(), Some("eu-west-1"));
            assert!(without.set.unwrap().credential().is_none());
            keys.remove(name);
            assert!(ring.held().unwrap().set.is_none());
        }
        keys.set("aws", "a");
        keys.set("bedrock", "b");
        let error = ring.held().unwrap_err();
        assert!(
            error.message().contains("\"bedrock\" and for \"aws\""),
            "{error}"
        );
    }
}
