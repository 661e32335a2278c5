//! Encrypted reasoning: the emulator opens what it has sealed for the same item, and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::brain::signature;

/// What OpenAI's own begin with, since they are Fernet tokens.
const START: &str = "gAAAAA";

/// The encrypted content of the item `id` whose thought is `text`.
pub(super) fn seal(id: &str, text: &str) -> String {
    let said = format!("{id}\n{text}");
    let signature = signature::sign(&said);
    format!("{START}{}", STANDARD.encode(format!("{signature}\n{said}")))
}

/// Whether `content` was sealed here for the item `id`.
pub(super) fn opens(id: &str, content: &str) -> bool {
    let bytes = content
        .strip_prefix(START)
        .and_then(|it| STANDARD.decode(it).ok());
    let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) else {
        return false;
    };
    let Some((signature, said)) = text.split_once('\n') else {
        return false;
    };
    let of_item = said.split_once('\n').is_some_and(|(of, _)| of == id);
    of_item && signature::verify(said, signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_sealed_for_the_item_opens() {
        let sealed = seal("rs_1", "a thought\nof two lines");
        assert!(opens("rs_1", &sealed));
        for (id, content) in [
            ("rs_2", sealed.as_str()),
            ("rs_1", "gAAAAAabc"),
            ("rs_1", ""),
            ("rs_1", &sealed[..sealed.len() - 8]),
        ] {
            assert!(!opens(id, content), "{id} {content}");
        }
    }
}
