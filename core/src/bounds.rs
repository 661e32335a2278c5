//! How much of an answer is kept. Whoever answers must not be able to fill the memory.

use serde_json::Value;

use crate::{Citation, Error, Result};

/// The most that is kept of one answer, in bytes: its texts, and something for each block, citation and warning. The longest
/// answers of today's models, 128,000 tokens, have less than one million.
pub const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// The most values that are read of one piece of JSON. A value takes two bytes on the wire and many times that in memory.
pub const MAX_VALUES: usize = 1 << 20;

/// What a block, a citation or an open tool call counts for beside its text. It limits their number to some sixteen
/// thousand, so that what looks through all of them stays fast.
pub const ITEM: usize = 4 * 1024;

/// What a warning or an opaque piece counts for beside its text.
pub(crate) const SMALL_ITEM: usize = 256;

/// What a value in memory counts for beside its text.
const VALUE: usize = 128;

/// Whether a JSON text has at most [`MAX_VALUES`] values. It may have fewer than are counted, because what looks like the
/// beginning of one inside of a string is counted too. What is no JSON has an answer as well.
///
/// ```
/// use reqllm_core::bounds::{MAX_VALUES, has_few_values};
///
/// assert!(has_few_values(b"[1, 2]"));
/// assert!(!has_few_values("[0,".repeat(MAX_VALUES).as_bytes()));
/// ```
pub fn has_few_values(json: &[u8]) -> bool {
    // In front of every value but the first is one of these.
    let begins = |byte: &&u8| matches!(byte, b',' | b'[' | b'{');
    json.len() <= MAX_VALUES || json.iter().filter(begins).count() < MAX_VALUES
}

/// What a value takes in memory, about, in bytes.
pub fn weight(value: &Value) -> usize {
    let inside: usize = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| key.len() + weight(value))
            .sum(),
        _ => 0,
    };
    VALUE + inside
}

/// What a citation takes in memory, about.
pub(crate) fn weight_of_citation(citation: &Citation) -> usize {
    let texts = [&citation.title, &citation.source, &citation.text];
    let texts: usize = texts.into_iter().flatten().map(String::len).sum();
    ITEM + texts + citation.location.as_ref().map_or(0, weight)
}

/// Whether so much may be kept.
///
/// # Errors
///
/// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if not.
pub(crate) fn check(held: usize) -> Result<()> {
    if held <= MAX_ANSWER {
        return Ok(());
    }
    Err(Error::decode(format!(
        "the answer has more than {MAX_ANSWER} bytes, or too many blocks, citations or warnings; \
         the rest of it is not read, and what came before is in the partial response"
    )))
}
