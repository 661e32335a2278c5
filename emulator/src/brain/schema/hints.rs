//! What a question offers for arguments.

use serde_json::Value;

/// The words, the name and the numbers of a question.
pub(super) struct Hints {
    /// Lower-case words.
    words: Vec<String>,
    /// The last word with a capital, unless it begins the question and there is another.
    pub(super) name: Option<String>,
    /// Numbers, last first: each is used once, in the order of the question.
    pub(super) numbers: Vec<f64>,
}

impl Hints {
    pub(super) fn new(question: &str) -> Self {
        let words: Vec<&str> = question
            .split_whitespace()
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
            .filter(|word| !word.is_empty())
            .collect();
        let capital = |word: &&&str| word.chars().next().is_some_and(char::is_uppercase);
        let name = words.iter().rfind(capital).map(|word| (*word).to_owned());
        let mut numbers: Vec<f64> = words.iter().filter_map(|word| word.parse().ok()).collect();
        numbers.retain(|number| number.is_finite());
        numbers.reverse();
        Self {
            words: words.iter().map(|word| word.to_lowercase()).collect(),
            name,
            numbers,
        }
    }

    pub(super) fn mentions(&self, value: &Value) -> bool {
        value
            .as_str()
            .is_some_and(|text| self.words.contains(&text.to_lowercase()))
    }
}
