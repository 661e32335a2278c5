//! Environment variables, injected.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Where environment variables come from: the process, or a map that a test or an application hands over.
///
/// ```
/// use reqllm_core::Environment;
///
/// let env = Environment::of([("AWS_REGION", "eu-west-1"), ("AWS_PROFILE", "  ")]);
/// assert_eq!(env.get("AWS_REGION").as_deref(), Some("eu-west-1"));
/// assert_eq!(env.get("AWS_PROFILE"), None, "a blank value counts as absent");
/// ```
#[derive(Clone)]
pub struct Environment(Arc<Lookup>);

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Environment {
    /// The environment of this process, read anew at each look-up. When a provider looks something up is for it to say.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the real environment"
    )]
    pub fn process() -> Self {
        Self(Arc::new(|name| std::env::var(name).ok()))
    }

    /// An environment in which nothing is set.
    pub fn empty() -> Self {
        Self(Arc::new(|_| None))
    }

    /// An environment of these variables and no others.
    pub fn of<K: Into<String>, V: Into<String>>(
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let map: BTreeMap<String, String> = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Self(Arc::new(move |name| map.get(name).cloned()))
    }

    /// The same environment with `name` not set.
    ///
    /// ```
    /// use reqllm_core::Environment;
    ///
    /// let env = Environment::of([("AWS_REGION", "eu-west-1"), ("AWS_PROFILE", "dev")]).without("AWS_PROFILE");
    /// assert_eq!(env.get("AWS_PROFILE"), None);
    /// assert_eq!(env.get("AWS_REGION").as_deref(), Some("eu-west-1"));
    /// ```
    #[must_use]
    pub fn without(&self, name: impl Into<String>) -> Self {
        let (lookup, hidden) = (Arc::clone(&self.0), name.into());
        Self(Arc::new(
            move |name| {
                if name == hidden { None } else { lookup(name) }
            },
        ))
    }

    /// The value of `name`, trimmed. A blank value counts as absent, as it does for AWS's own clients.
    pub fn get(&self, name: &str) -> Option<String> {
        let value = (self.0)(name)?;
        let trimmed = value.trim();
        match trimmed.len() {
            0 => None,
            len if len == value.len() => Some(value),
            _ => Some(trimmed.to_owned()),
        }
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self::process()
    }
}

/// Values may be secrets: nothing of them is shown.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}
