//! Reasoning that only Claude can read, in its two forms.
//!
//! Natively it is Anthropic's `data`, the base64 of ciphertext. Converse gives the base64 of that text. A conversation may
//! change its form of request on the way, so each encoder writes the form that is due where it recognises the other one,
//! and passes on untouched whatever else it is given.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Anthropic's `data`.
pub fn native(redacted: &str) -> String {
    let inner = STANDARD
        .decode(redacted)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    match inner {
        Some(inner) if is_data(&inner) => inner,
        _ => redacted.to_owned(),
    }
}

/// Converse's `redactedContent`.
pub fn converse(redacted: &str) -> String {
    if is_data(redacted) {
        STANDARD.encode(redacted)
    } else {
        redacted.to_owned()
    }
}

/// Whether this is the base64 of ciphertext, which no text is.
fn is_data(text: &str) -> bool {
    STANDARD
        .decode(text)
        .is_ok_and(|bytes| std::str::from_utf8(&bytes).is_err())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_form_becomes_the_one_that_is_due() {
        let data = STANDARD.encode([0x12, 0xff, 0x00, 0x80, 0x41]);
        let wrapped = STANDARD.encode(&data);
        for given in [&data, &wrapped] {
            assert_eq!(native(given), data);
            assert_eq!(converse(given), wrapped);
        }
    }

    #[test]
    fn what_is_neither_goes_as_it_is() {
        for given in ["", "b3BhcXVl", "no base64!"] {
            assert_eq!(native(given), given);
            assert_eq!(converse(given), given);
        }
    }
}
