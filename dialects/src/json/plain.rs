//! JSON in the one form in which a service always writes it, read by what it looks like.
//!
//! Of a stream's events nearly all are a piece of text between the same members, in the same order, without white space.
//! Whoever expects just these bytes reads them for a fraction of what a reader of any JSON takes. The contract: a plain
//! reader may give up at anything that it does not expect (none), and then [`json::read`](super::read) reads the document
//! from its beginning and has the say over what is wrong with it. What it does take, it takes as `json::read` would. Tests and
//! the fuzzer hold each plain reader to that.

use std::borrow::Cow;
use std::str::from_utf8;

use memchr::memchr2;

/// The longest document that is read plainly, in bytes. A longer one is rare, and its values may have to be counted.
const LONGEST: usize = 64 * 1024;

/// What is left of a document that is read plainly. Every step takes what it names from the front, or gives up.
pub struct Plain<'a>(&'a [u8]);

impl<'a> Plain<'a> {
    /// At the beginning of a document, if it may be one.
    pub fn new(json: &'a [u8]) -> Option<Self> {
        (json.len() <= LONGEST).then_some(Self(json))
    }

    /// Just these bytes.
    pub fn skip(&mut self, bytes: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(bytes)?;
        Some(())
    }

    /// A whole number of at most nine digits.
    pub fn number(&mut self) -> Option<u32> {
        let is_digit = |byte: &u8| byte.is_ascii_digit();
        let length = self.0.iter().take_while(|it| is_digit(it)).count();
        let (digits, rest) = self.0.split_at_checked(length)?;
        if !matches!(digits, [b'0'] | [b'1'..=b'9', ..]) || length > 9 {
            return None;
        }
        self.0 = rest;
        let number = digits.iter();
        Some(number.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
    }

    /// The rest of a string whose opening quote is gone, with its closing one.
    pub fn text(&mut self) -> Option<Cow<'a, str>> {
        let run = self.run()?;
        if self.skip(b"\"").is_some() {
            return Some(Cow::Borrowed(run));
        }
        // All that is left is more than enough, so that it need not grow.
        let mut text = String::with_capacity(run.len() + self.0.len());
        text.push_str(run);
        loop {
            text.push(self.escape()?);
            text.push_str(self.run()?);
            if self.skip(b"\"").is_some() {
                return Some(Cow::Owned(text));
            }
        }
    }

    /// The closing brace, and the end of the document; in front of them the padding `p`, or spaces, if they are there. Bedrock pads
    /// events with letters and digits, so that their lengths tell less of what is in them; Anthropic with spaces.
    pub fn end(mut self) -> Option<()> {
        if self.skip(b",\"p\":\"").is_some() {
            let padding = self.0.strip_suffix(b"\"}")?;
            return none(padding, |byte| !byte.is_ascii_alphanumeric()).then_some(());
        }
        let spaces = self.0.iter().take_while(|byte| **byte == b' ').count();
        (self.0[spaces..] == *b"}").then_some(())
    }

    /// What is left.
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// What comes before the next quote or backslash.
    fn run(&mut self) -> Option<&'a str> {
        let end = memchr2(b'"', b'\\', self.0)?;
        let (run, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        let is_control = |byte: &u8| *byte < 0x20;
        none(run, is_control).then(|| from_utf8(run).ok())?
    }

    /// An escape of one character. Escapes by number are left to others.
    fn escape(&mut self) -> Option<char> {
        let (escape, rest) = self.0.split_first_chunk::<2>()?;
        let char = match escape {
            br#"\""# => '"',
            br"\\" => '\\',
            br"\/" => '/',
            br"\n" => '\n',
            br"\r" => '\r',
            br"\t" => '\t',
            br"\b" => '\u{8}',
            br"\f" => '\u{c}',
            _ => return None,
        };
        self.0 = rest;
        Some(char)
    }
}

/// A text that is all of a document.
pub(super) fn text(json: &str) -> Option<Cow<'_, str>> {
    let mut rest = Plain(json.as_bytes().strip_prefix(b"\"")?);
    rest.text().filter(|_| rest.0.is_empty())
}

/// Whether there is none such. It looks at all of them at once: that is faster than to stop at the first.
fn none(bytes: &[u8], is: impl Fn(&u8) -> bool) -> bool {
    !bytes.iter().fold(false, |any, byte| any | is(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Text;
    use proptest::prelude::*;

    /// What is in front of a quote, and what a reader of any JSON makes of it.
    fn both(inside: &[u8]) -> (Option<String>, Option<String>) {
        let quoted = [b"\"", inside, b"\""].concat();
        let mut plain = Plain(&quoted[1..]);
        let text = plain.text().filter(|_| plain.0.is_empty());
        let any = serde_json::from_slice::<Text<'_>>(&quoted);
        (text.map(Cow::into_owned), any.ok().map(Text::into_string))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn texts_are_those_of_json(inside in r#"([ -~]|\PC|\\[\\"/bfnrtu0]|[\x00-\x20]){0,12}"#) {
            let (plain, any) = both(inside.as_bytes());
            if plain.is_some() {
                prop_assert_eq!(plain, any);
            } else {
                let is_rare = any.is_none() || inside.contains("\\u");
                prop_assert!(is_rare, "{} should be plain", inside);
            }
        }

        #[test]
        fn bytes_that_are_no_text_are_left_alone(inside in proptest::collection::vec(any::<u8>(), 0..12)) {
            let (plain, any) = both(&inside);
            prop_assert!(plain.is_none() || plain == any);
        }

        #[test]
        fn numbers_are_those_of_json(number in "[0-9.eE+-]{0,11}") {
            let mut plain = Plain(number.as_bytes());
            if let Some(read) = plain.number().filter(|_| plain.0.is_empty()) {
                prop_assert_eq!(Some(read), serde_json::from_str(&number).ok());
            }
        }
    }

    #[test]
    fn a_document_ends_once_with_or_without_padding() {
        for (rest, ends) in [
            ("}", true),
            (r#","p":""}"#, true),
            (r#","p":"abcXYZ09"}"#, true),
            ("", false),
            ("}}", false),
            ("} ", false),
            (r#","p":"a\u0062"}"#, false),
            (r#","p":"abc}"#, false),
            (r#","p":1}"#, false),
            (r#","p":"a","q":1}"#, false),
        ] {
            assert_eq!(Plain(rest.as_bytes()).end().is_some(), ends, "{rest}");
        }
        assert!(Plain::new(&[b' '; LONGEST + 1]).is_none());
    }
}
