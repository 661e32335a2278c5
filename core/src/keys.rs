//! Keys of providers that are set while the program runs.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use secrecy::SecretString;

use crate::Result;

/// What opens a provider: one key, or several that belong together.
///
/// ```
/// use reqllm_core::ProviderKey;
///
/// let one = ProviderKey::from("sk-…");
/// let iam = ProviderKey::from([("access_key_id", "AKIDEXAMPLE"), ("secret_access_key", "…"), ("region", "eu-west-1")]);
/// assert!(one.api_key().is_some() && iam.api_key().is_none());
/// assert!(iam.get("region").is_some());
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum ProviderKey {
    /// An API key.
    Single(SecretString),
    /// Several, by the names that the options of the provider have. One of them may be `api_key`.
    Composite(BTreeMap<String, SecretString>),
}

impl ProviderKey {
    /// The API key: the single one, or the one of this name.
    pub fn api_key(&self) -> Option<&SecretString> {
        match self {
            Self::Single(key) => Some(key),
            Self::Composite(_) => self.get("api_key"),
        }
    }

    /// One of several.
    pub fn get(&self, name: &str) -> Option<&SecretString> {
        match self {
            Self::Single(_) => None,
            Self::Composite(keys) => keys.get(name),
        }
    }

    /// The names of several; none of a single one.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let keys = match self {
            Self::Single(_) => None,
            Self::Composite(keys) => Some(keys.keys().map(String::as_str)),
        };
        keys.into_iter().flatten()
    }
}

impl From<&str> for ProviderKey {
    fn from(key: &str) -> Self {
        Self::Single(key.into())
    }
}

impl From<String> for ProviderKey {
    fn from(key: String) -> Self {
        Self::Single(key.into())
    }
}

impl From<SecretString> for ProviderKey {
    fn from(key: SecretString) -> Self {
        Self::Single(key)
    }
}

impl<K: Into<String>, V: Into<String>, const N: usize> From<[(K, V); N]> for ProviderKey {
    fn from(keys: [(K, V); N]) -> Self {
        keys.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for ProviderKey {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(keys: I) -> Self {
        let secret = |(name, key): (K, V)| (name.into(), key.into().into());
        Self::Composite(keys.into_iter().map(secret).collect())
    }
}

/// Shows which keys there are, and nothing of them.
impl fmt::Debug for ProviderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Single(_) => f.write_str("ProviderKey(****)"),
            Self::Composite(keys) => f.debug_set().entries(keys.keys()).finish(),
        }
    }
}

/// Keys by provider. Clones share them.
///
/// The key that the options of a call give comes before the one that is set here; this comes before a [`KeySource`], and that
/// before environment variables.
///
/// ```
/// use reqllm_core::KeyRing;
///
/// let keys = KeyRing::new();
/// keys.set("anthropic", "sk-ant-…");
/// keys.set("bedrock", [("access_key_id", "AKIDEXAMPLE"), ("secret_access_key", "…")]);
/// assert!(keys.get("anthropic").is_some());
/// assert_eq!(format!("{keys:?}"), r#"{"anthropic", "bedrock"}"#);
/// ```
#[derive(Clone, Default)]
pub struct KeyRing(Arc<RwLock<Kept>>);

#[derive(Default)]
struct Kept {
    keys: BTreeMap<String, ProviderKey>,
    generation: u64,
}

impl KeyRing {
    /// A ring without keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the key of a provider, by the provider's id or another name that the registry knows it by. Calls that begin from
    /// now on use it.
    pub fn set(&self, provider: impl Into<String>, key: impl Into<ProviderKey>) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        kept.keys.insert(provider.into(), key.into());
        kept.generation += 1;
    }

    /// Takes the key of a provider away.
    pub fn remove(&self, provider: &str) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.keys.remove(provider).is_some() {
            kept.generation += 1;
        }
    }

    /// The key of a provider.
    pub fn get(&self, provider: &str) -> Option<ProviderKey> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.keys.get(provider).cloned()
    }

    /// Whether both are one ring, so that what is set in one is set in the other.
    ///
    /// ```
    /// use reqllm_core::KeyRing;
    ///
    /// let keys = KeyRing::new();
    /// assert!(keys.is_same(&keys.clone()) && !keys.is_same(&KeyRing::new()));
    /// ```
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether anybody else has a clone of this ring, who could set keys in it.
    ///
    /// ```
    /// use reqllm_core::KeyRing;
    ///
    /// let keys = KeyRing::new();
    /// let other = keys.clone();
    /// assert!(keys.is_shared());
    /// drop(other);
    /// assert!(!keys.is_shared());
    /// ```
    pub fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// Counts the changes, so that whoever keeps what a key led to knows when to look again.
    pub fn generation(&self) -> u64 {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.generation
    }
}

/// Shows whose keys there are.
impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_set().entries(kept.keys.keys()).finish()
    }
}

/// A source of keys of the program's own: a vault, a file, a service that gives keys by tenant.
///
/// Asked before every attempt, unless the call or the [`KeyRing`] has a key. What takes long to get it keeps itself.
#[async_trait]
pub trait KeySource: fmt::Debug + Send + Sync {
    /// The key of a provider, by its id; none if this source has none for it.
    ///
    /// # Errors
    ///
    /// Whatever stands in the way. The call fails with it.
    async fn key(&self, provider: &str) -> Result<Option<ProviderKey>>;
}
