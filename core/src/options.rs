//! Options that only one provider understands, by name.

use std::fmt;

use serde_json::{Map, Value};

/// Options of a provider by name, in the order in which they were given.
///
/// Providers offer a typed builder that turns into this; the command line and JSON fill it by name.
/// Values may be secrets (`api_key`), so `Debug` shows the names only, and there is no way to serialise them.
#[derive(Clone, Default, PartialEq)]
pub struct ProviderOptions(Map<String, Value>);

impl ProviderOptions {
    /// No options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `name`; a later value replaces an earlier one.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(name.into(), value.into());
    }

    /// Takes over everything that `other` sets.
    pub fn merge(&mut self, other: Self) {
        match self.is_empty() {
            true => *self = other,
            false => self.0.extend(other.0),
        }
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The options as a JSON object.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }
}

impl From<Map<String, Value>> for ProviderOptions {
    fn from(map: Map<String, Value>) -> Self {
        Self(map)
    }
}

impl fmt::Debug for ProviderOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
