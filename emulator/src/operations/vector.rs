//! Vectors and scores from the words of a text.
//!
//! Every word, and every three letters of it, adds to a few coordinates that a hash chooses. Equal texts
//! get equal vectors, and texts that share words, or most of a word, point the same way: enough for a
//! search to find what it should. Nothing here knows what a word means.

use std::collections::{BTreeSet, HashSet};

/// Coordinates that one feature touches.
const SPREAD: usize = 16;
/// The share of a word that is carried by its letters, so that `cat` and `cats` are not strangers.
const LETTERS: f64 = 0.3;

/// The sum of the features of one input, in any number of dimensions.
#[derive(Debug, Clone)]
pub(crate) struct Vector(Vec<f64>);

impl Vector {
    /// Nothing yet.
    pub(super) fn empty(dimensions: usize) -> Self {
        Self(vec![0.0; dimensions])
    }

    /// The vector of a text.
    pub(crate) fn of_text(text: &str, dimensions: usize) -> Self {
        let mut vector = Self::empty(dimensions);
        vector.add_text(text);
        vector
    }

    /// The vector of an image or of another opaque thing: equal bytes, equal vector.
    pub(super) fn of_bytes(bytes: &[u8], dimensions: usize) -> Self {
        let mut vector = Self::empty(dimensions);
        vector.add_bytes(bytes);
        vector
    }

    /// A text beside what is there already.
    pub(super) fn add_text(&mut self, text: &str) {
        let mut any = false;
        for word in words(text) {
            any = true;
            let weight = weight(&word);
            self.add(word.as_bytes(), weight);
            let edged: Vec<char> = format!("^{word}$").chars().collect();
            for letters in edged.windows(3) {
                let letters: String = letters.iter().collect();
                self.add(letters.as_bytes(), weight * LETTERS);
            }
        }
        if !any {
            // Blanks and signs alone: the text itself has to do.
            self.add(text.as_bytes(), 1.0);
        }
    }

    /// Opaque bytes beside what is there already.
    pub(super) fn add_bytes(&mut self, bytes: &[u8]) {
        self.add(bytes, 1.0);
    }

    fn add(&mut self, feature: &[u8], weight: f64) {
        let mut state = fnv(feature);
        for _ in 0..SPREAD {
            state = split_mix(state);
            let sign = if state & 1 == 0 { 1.0 } else { -1.0 };
            let length = self.0.len().max(1);
            // The remainder is below a `usize`, so nothing is lost.
            let at = usize::try_from((state >> 1) % length as u64).unwrap_or_default();
            if let Some(coordinate) = self.0.get_mut(at) {
                *coordinate += sign * weight;
            }
        }
    }

    /// The coordinates as they were summed up.
    pub(super) fn raw(&self) -> Vec<f32> {
        self.0.iter().map(|value| *value as f32).collect()
    }

    /// The coordinates scaled to a vector of length one.
    pub(crate) fn unit(&self) -> Vec<f32> {
        let length = self.0.iter().map(|value| value * value).sum::<f64>().sqrt();
        let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
        self.0.iter().map(|value| (value * scale) as f32).collect()
    }

    /// Each coordinate as a whole number from -127 to 127, the largest at the edge.
    pub(super) fn int8(&self) -> Vec<i64> {
        let largest = self.0.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
        let scale = if largest > 0.0 { 127.0 / largest } else { 0.0 };
        let whole = |value: &f64| (value * scale).round() as i64;
        self.0.iter().map(whole).collect()
    }

    /// One bit for each coordinate: whether it is above zero.
    pub(super) fn bits(&self) -> Vec<u8> {
        self.0.iter().map(|value| u8::from(*value > 0.0)).collect()
    }
}

/// How well `document` answers `query`, from 0 to 1: the share of the query's words that it has, and a
/// little for having few others.
pub(super) fn relevance(query: &str, document: &str) -> f32 {
    // In an order that does not change, so that the sums do not either.
    let asked: BTreeSet<String> = words(query).collect();
    let document: Vec<String> = words(document).collect();
    let known: HashSet<&str> = document.iter().map(String::as_str).collect();
    let total: f64 = asked.iter().map(|word| weight(word)).sum();
    if total == 0.0 || document.is_empty() {
        return 0.0;
    }
    let found = asked.iter().filter(|word| known.contains(word.as_str()));
    // The sum of nothing is -0.0, which nobody should see.
    let covered = (found.map(|word| weight(word)).sum::<f64>() + 0.0) / total;
    let hits = document.iter().filter(|word| asked.contains(*word)).count();
    let focus = hits as f64 / document.len() as f64;
    (covered * (0.9 + 0.1 * focus)) as f32
}

/// The words of a text in lower case.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// Short words say little in most languages. Where words are not set apart by blanks, length says nothing.
fn weight(word: &str) -> f64 {
    if word.is_ascii() && word.len() <= 3 {
        0.25
    } else {
        1.0
    }
}

/// FNV-1a in 64 bits.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The next of a row of well-mixed numbers (SplitMix64).
fn split_mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(a: &str, b: &str) -> f32 {
        let (a, b) = (
            Vector::of_text(a, 1024).unit(),
            Vector::of_text(b, 1024).unit(),
        );
        a.iter().zip(&b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn texts_that_share_words_are_nearer() {
        let question = "How do I reset my password?";
        assert!(cosine(question, question) > 0.999);
        let right = cosine(question, "To reset a password, open the settings.");
        let wrong = cosine(question, "Our office is closed on Sundays.");
        assert!(right > wrong + 0.2, "{right} {wrong}");
        assert!(cosine("cat", "cats") > cosine("cat", "tree") + 0.1);
        assert!(cosine("Cat!", "cat") > 0.999);
    }

    #[test]
    fn a_unit_vector_is_one_long_and_a_raw_one_is_not() {
        for text in ["one", "…", "many more words than one", ""] {
            let vector = Vector::of_text(text, 256);
            let square: f32 = vector.unit().iter().map(|v| v * v).sum();
            assert!((square - 1.0).abs() < 1e-4, "{text}: {square}");
            assert_eq!(vector.raw().len(), 256);
        }
        assert_ne!(
            Vector::of_text("one two", 256).raw(),
            Vector::of_text("one two", 256).unit()
        );
    }

    #[test]
    fn whole_numbers_and_bits_keep_the_signs() {
        let vector = Vector::of_text("some text", 256);
        let (raw, int8, bits) = (vector.raw(), vector.int8(), vector.bits());
        assert_eq!(int8.iter().map(|v| v.abs()).max(), Some(127));
        for ((raw, int8), bit) in raw.iter().zip(&int8).zip(&bits) {
            assert_eq!((*raw > 0.0, *raw < 0.0), (*int8 > 0, *int8 < 0));
            assert_eq!(*bit == 1, *raw > 0.0);
        }
    }

    #[test]
    fn relevance_counts_the_words_that_were_asked_for() {
        let query = "capital of France";
        let best = relevance(query, "Paris is the capital of France.");
        let some = relevance(query, "The capital of Peru is Lima.");
        assert!(best > some && some > 0.0 && best <= 1.0, "{best} {some}");
        assert_eq!(relevance(query, "Nothing here."), 0.0);
        assert!(relevance(query, "Nothing here.").is_sign_positive());
        assert_eq!(relevance("", "text"), 0.0);
        assert_eq!(relevance("text", ""), 0.0);
        assert!(relevance(query, "capital of France") > best);
    }
}
