//! Counting of what is sent, and the prompt cache.

use std::collections::{HashSet, VecDeque};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::words;

/// Prefixes that are remembered; the oldest go first.
const REMEMBERED: usize = 4096;

/// Input tokens of one request, split as the usage of an answer splits them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct InputUsage {
    /// Neither read from the cache nor written to it.
    pub(crate) fresh: u64,
    pub(crate) read: u64,
    /// Written to the cache, by time to live, in the order of the cache points.
    pub(crate) written: Vec<(Ttl, u64)>,
    /// Whether the request had a cache point at all.
    pub(crate) cached: bool,
}

impl InputUsage {
    pub(crate) fn write(&self) -> u64 {
        self.written.iter().map(|(_, tokens)| tokens).sum()
    }

    pub(crate) fn write_for(&self, wanted: Ttl) -> u64 {
        self.written
            .iter()
            .filter(|(ttl, _)| *ttl == wanted)
            .map(|(_, tokens)| tokens)
            .sum()
    }

    pub(crate) fn total(&self) -> u64 {
        self.fresh + self.read + self.write()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ttl {
    FiveMinutes,
    OneHour,
}

impl Ttl {
    pub(crate) fn parse(text: Option<&str>) -> Self {
        if text == Some("1h") {
            Self::OneHour
        } else {
            Self::FiveMinutes
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::FiveMinutes => "5m",
            Self::OneHour => "1h",
        }
    }
}

/// Reads a request in the order of its cache prefix: tools, system, messages.
#[derive(Debug, Clone)]
pub(crate) struct Meter {
    prefix: Sha256,
    tokens: u64,
    points: Vec<Point>,
}

#[derive(Debug, Clone)]
struct Point {
    prefix: [u8; 32],
    tokens: u64,
    ttl: Ttl,
}

impl Meter {
    /// Caches of different models are different.
    pub(crate) fn new(model: &str) -> Self {
        let mut prefix = Sha256::new();
        prefix.update(model);
        Self {
            prefix,
            tokens: 0,
            points: Vec::new(),
        }
    }

    /// Counts the words of all strings in `value`; `place` keeps system and message text apart.
    pub(crate) fn add(&mut self, place: &str, value: &Value) {
        self.tokens += count(value);
        self.prefix.update([0]);
        self.prefix.update(place);
        self.prefix.update([0]);
        self.prefix.update(value.to_string());
    }

    /// A cache point after everything so far.
    pub(crate) fn point(&mut self, ttl: Ttl) {
        let prefix = self.prefix.clone().finalize().into();
        self.points.push(Point {
            prefix,
            tokens: self.tokens,
            ttl,
        });
    }

    /// Looks the prefixes up, longest first, and remembers those that are new.
    pub(crate) fn settle(self, cache: &mut PromptCache) -> InputUsage {
        let known = self
            .points
            .iter()
            .rposition(|point| cache.contains(&point.prefix));
        let read = known
            .and_then(|index| self.points.get(index))
            .map_or(0, |point| point.tokens);
        let mut usage = InputUsage {
            read,
            cached: !self.points.is_empty(),
            ..Default::default()
        };
        let mut covered = read;
        for point in self.points.iter().skip(known.map_or(0, |index| index + 1)) {
            cache.insert(point.prefix);
            usage.written.push((point.ttl, point.tokens - covered));
            covered = point.tokens;
        }
        usage.fresh = self.tokens - covered;
        usage
    }
}

/// Prefixes that this emulator has seen.
#[derive(Debug, Default)]
pub(crate) struct PromptCache {
    known: HashSet<[u8; 32]>,
    order: VecDeque<[u8; 32]>,
}

impl PromptCache {
    fn contains(&self, prefix: &[u8; 32]) -> bool {
        self.known.contains(prefix)
    }

    fn insert(&mut self, prefix: [u8; 32]) {
        if self.known.insert(prefix) {
            self.order.push_back(prefix);
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

fn count(value: &Value) -> u64 {
    match value {
        Value::String(text) => words(text),
        Value::Array(items) => items.iter().map(count).sum(),
        // What kind of block it is, is not part of what is said.
        Value::Object(members) => members
            .iter()
            .filter(|(key, _)| *key != "type")
            .map(|(_, value)| count(value))
            .sum(),
        Value::Number(_) | Value::Bool(_) => 1,
        Value::Null => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn meter(parts: &[&str]) -> Meter {
        let mut meter = Meter::new("m");
        for part in parts {
            match *part {
                "|" => meter.point(Ttl::FiveMinutes),
                "||" => meter.point(Ttl::OneHour),
                text => meter.add("user", &json!({"text": text})),
            }
        }
        meter
    }

    #[test]
    fn a_prefix_is_written_once_and_then_read() {
        let mut cache = PromptCache::default();
        let first = meter(&["one two three", "|", "four"]).settle(&mut cache);
        assert_eq!((first.fresh, first.read, first.write()), (1, 0, 3));
        let again = meter(&["one two three", "|", "other words"]).settle(&mut cache);
        assert_eq!((again.fresh, again.read, again.write()), (2, 3, 0));
        let changed = meter(&["one two 3", "|", "four"]).settle(&mut cache);
        assert_eq!((changed.read, changed.write()), (0, 3));
    }

    #[test]
    fn a_longer_prefix_reads_the_shorter_and_writes_the_rest() {
        let mut cache = PromptCache::default();
        meter(&["a b", "||", "c"]).settle(&mut cache);
        let usage = meter(&["a b", "||", "c d e", "|", "f"]).settle(&mut cache);
        assert_eq!((usage.fresh, usage.read), (1, 2));
        assert_eq!(usage.written, [(Ttl::FiveMinutes, 3)]);
        assert_eq!(usage.total(), 6);
    }

    #[test]
    fn models_and_places_do_not_share_a_cache() {
        let mut cache = PromptCache::default();
        for (model, place) in [("m", "system"), ("m", "user"), ("n", "user")] {
            let mut meter = Meter::new(model);
            meter.add(place, &json!("same"));
            meter.point(Ttl::FiveMinutes);
            assert_eq!(meter.settle(&mut cache).write(), 1);
        }
    }
}
