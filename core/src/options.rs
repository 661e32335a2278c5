//! Options that only one provider understands, by name.

use std::fmt;

use serde_json::{Map, Value};

/// Options of a provider by name, in the order in which they were given.
///
/// Providers offer a typed builder that turns into this, and says whose options they are; the command line and JSON fill it by
/// name, for whoever is asked. A call that may go to several providers can carry options of each: whoever is asked gets those
/// without an owner and his own, and a warning `option_of_another_provider` names what he did not get.
///
/// Values may be secrets (`api_key`), so `Debug` shows the names only, and there is no way to serialise them.
///
/// ```
/// use reqllm_core::ProviderOptions;
///
/// let mut theirs = ProviderOptions::new();
/// theirs.set("region", "eu-west-1");
/// let mut options = theirs.only_for("acme");
/// options.set("user", "u-1");
///
/// let of_umbrella = |owner: &str| owner == "umbrella";
/// let left = options.without_others(of_umbrella).unwrap();
/// assert!(left.get("user").is_some() && left.get("region").is_none());
/// assert!(options.others(of_umbrella).eq([("acme", "region")]));
/// assert!(options.without_others(|owner| owner == "acme").is_none(), "nothing is to be left out");
/// ```
#[derive(Clone, Default)]
pub struct ProviderOptions(Vec<Entry>);

#[derive(Clone, PartialEq)]
struct Entry {
    /// The provider that alone understands it; none if it is for whoever is asked.
    owner: Option<&'static str>,
    name: String,
    value: Value,
}

impl ProviderOptions {
    /// No options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `name` for whoever is asked; a later value replaces an earlier one.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.put(Entry {
            owner: None,
            name: name.into(),
            value: value.into(),
        });
    }

    /// The same, as options that `provider` alone understands, and those that it speaks for; for typed builders.
    #[must_use]
    pub fn only_for(mut self, provider: &'static str) -> Self {
        for entry in &mut self.0 {
            entry.owner = Some(provider);
        }
        self
    }

    /// Takes over everything that `other` sets.
    pub fn merge(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
            return;
        }
        for entry in other.0 {
            self.put(entry);
        }
    }

    /// The value of `name`; the last one that was given, whoever it is for.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let mut entries = self.0.iter().rev();
        entries
            .find(|entry| entry.name == name)
            .map(|entry| &entry.value)
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every name with its value, in the order in which they were given; of several values that one name has for different
    /// providers, the last.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        // Names can only be there twice if they are for different ones.
        let is_mixed = self.is_mixed();
        let last = move |at: usize, entry: &Entry| {
            !is_mixed || self.0[at + 1..].iter().all(|it| it.name != entry.name)
        };
        let entries = self.0.iter().enumerate();
        entries
            .filter(move |(at, entry)| last(*at, entry))
            .map(|(_, entry)| (entry.name.as_str(), &entry.value))
    }

    /// What is for a provider that answers to the owners of which `is_mine` is true; none if all of it is.
    pub fn without_others(&self, is_mine: impl Fn(&str) -> bool) -> Option<Self> {
        self.others(&is_mine).next()?;
        let mut mine = Self::new();
        for entry in &self.0 {
            if entry.owner.is_none_or(&is_mine) {
                mine.put(entry.clone());
            }
        }
        Some(mine)
    }

    /// The names of what is for others than that provider, each behind its owner, in the order in which they were given.
    pub fn others(
        &self,
        is_mine: impl Fn(&str) -> bool,
    ) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().filter_map(move |entry| {
            let owner = entry.owner.filter(|owner| !is_mine(owner))?;
            Some((owner, entry.name.as_str()))
        })
    }

    fn is_mixed(&self) -> bool {
        let first = self.0.first().and_then(|entry| entry.owner);
        self.0.iter().any(|entry| entry.owner != first)
    }

    /// What is for everybody replaces what anybody was given under that name.
    fn put(&mut self, new: Entry) {
        let replaced =
            |old: &Entry| old.name == new.name && (new.owner.is_none() || new.owner == old.owner);
        self.0.retain(|old| !replaced(old));
        self.0.push(new);
    }
}

/// Two are equal that say the same, in whichever order, to the same ones.
impl PartialEq for ProviderOptions {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|entry| other.0.contains(entry))
    }
}

impl From<Map<String, Value>> for ProviderOptions {
    fn from(map: Map<String, Value>) -> Self {
        let entries = map.into_iter().map(|(name, value)| Entry {
            owner: None,
            name,
            value,
        });
        Self(entries.collect())
    }
}

impl fmt::Debug for ProviderOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|entry| &entry.name);
        f.debug_set().entries(names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(owner: Option<&'static str>, value: Value) -> ProviderOptions {
        let Value::Object(map) = value else {
            panic!("an object")
        };
        let options = ProviderOptions::from(map);
        match owner {
            Some(owner) => options.only_for(owner),
            None => options,
        }
    }

    fn shown(options: &ProviderOptions) -> Value {
        let members = options
            .iter()
            .map(|(name, value)| (name.to_owned(), value.clone()));
        Value::Object(members.collect())
    }

    /// What somebody gets.
    fn mine(options: &ProviderOptions, who: &str) -> Value {
        let mine = options.without_others(|owner| owner == who);
        shown(mine.as_ref().unwrap_or(options))
    }

    #[test]
    fn options_of_several_providers_stand_side_by_side() {
        let mut options = of(Some("a"), json!({"tier": "flex", "region": "x"}));
        options.merge(of(Some("b"), json!({"tier": "priority"})));
        options.merge(of(None, json!({"user": "u"})));
        assert_eq!(
            mine(&options, "a"),
            json!({"tier": "flex", "region": "x", "user": "u"})
        );
        assert_eq!(
            mine(&options, "b"),
            json!({"tier": "priority", "user": "u"})
        );
        assert_eq!(mine(&options, "c"), json!({"user": "u"}));
        let others = |who: &'static str| {
            let mut others: Vec<_> = options.others(|owner| owner == who).collect();
            others.sort_unstable();
            others
        };
        assert_eq!(others("c"), [("a", "region"), ("a", "tier"), ("b", "tier")]);
        assert_eq!(others("a"), [("b", "tier")]);
    }

    #[test]
    fn later_ones_win_for_whom_they_are() {
        let mut options = of(None, json!({"tier": "any", "user": "u"}));
        options.merge(of(Some("a"), json!({"tier": "flex"})));
        assert_eq!(mine(&options, "a"), json!({"tier": "flex", "user": "u"}));
        assert_eq!(mine(&options, "b"), json!({"tier": "any", "user": "u"}));
        assert_eq!(options.get("tier"), Some(&json!("flex")));
        options.set("tier", "all");
        for who in ["a", "b"] {
            assert_eq!(mine(&options, who), json!({"tier": "all", "user": "u"}));
        }
        options.merge(of(Some("a"), json!({"tier": "slow"})));
        options.merge(of(Some("a"), json!({"tier": "slower"})));
        assert_eq!(mine(&options, "a")["tier"], "slower");
        assert_eq!(format!("{options:?}"), r#"{"user", "tier", "tier"}"#);
    }

    #[test]
    fn the_order_of_options_makes_no_difference() {
        let mut one = of(None, json!({"a": 1}));
        one.set("b", 2);
        let mut other = of(None, json!({"b": 2}));
        other.set("a", 1);
        assert_eq!(one, other);
        assert_ne!(one, other.clone().only_for("x"));
        other.set("a", 2);
        assert_ne!(one, other);
    }
}
