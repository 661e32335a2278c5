//! Things that look random and are not: ids, padding, latencies.
//!
//! All come from a hash of the request, so that the same request always gets the same answer.

use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// A source of deterministic values, seeded by what was asked.
#[derive(Debug, Clone)]
pub(crate) struct Dice([u8; 32]);

impl Dice {
    pub(crate) fn new(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            // The length keeps ("ab", "c") and ("a", "bc") apart.
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// The bytes for the `index`-th use of the purpose `label`.
    fn throw(&self, label: &str, index: usize) -> [u8; 32] {
        Self::new(&[&self.0, label.as_bytes(), &index.to_be_bytes()]).0
    }

    /// `length` (at most 32) letters and digits.
    pub(crate) fn token(&self, label: &str, index: usize, length: usize) -> String {
        let bytes = self.throw(label, index);
        bytes
            .iter()
            .take(length)
            .map(|b| char::from(ALPHABET[usize::from(*b) % 62]))
            .collect()
    }

    /// The value of the key `p`, with which Bedrock hides how long a payload really is: a prefix of
    /// the alphabet, as recordings of the real service show it.
    pub(crate) fn padding(&self, index: usize) -> &'static str {
        let length = 1 + usize::from(self.throw("padding", index)[0]) % ALPHABET.len();
        std::str::from_utf8(&ALPHABET[..length]).unwrap_or_default()
    }

    /// A UUID-shaped id.
    pub(crate) fn uuid(&self, label: &str, index: usize) -> String {
        let hex: String = self
            .throw(label, index)
            .iter()
            .take(16)
            .map(|b| format!("{b:02x}"))
            .collect();
        format!(
            "{}-{}-4{}-a{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[13..16],
            &hex[17..20],
            &hex[20..32]
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_values_and_another_gives_others() {
        let (a, b, c) = (
            Dice::new(&[b"x", b"y"]),
            Dice::new(&[b"x", b"y"]),
            Dice::new(&[b"xy"]),
        );
        assert_eq!(a.token("t", 0, 22), b.token("t", 0, 22));
        assert_ne!(a.token("t", 0, 22), c.token("t", 0, 22));
        assert_ne!(a.token("t", 0, 22), a.token("t", 1, 22));
        assert_eq!(a.token("t", 0, 22).len(), 22);
    }

    #[test]
    fn padding_is_a_prefix_of_the_alphabet_of_varying_length() {
        let dice = Dice::new(&[b"seed"]);
        let lengths: std::collections::BTreeSet<usize> =
            (0..50).map(|index| dice.padding(index).len()).collect();
        assert!(lengths.len() > 10 && dice.padding(3).starts_with('a'));
    }

    #[test]
    fn ids_are_shaped_like_uuids() {
        let id = Dice::new(&[b"seed"]).uuid("request", 7);
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
    }
}
