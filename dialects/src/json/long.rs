//! Long texts in JSON, written run by run.
//!
//! serde_json asks of every byte of a string whether it has to be escaped. Prompts are long, and hardly anything in them has
//! to; here a block of bytes is asked at once, in a form of which compilers make vector instructions.
//!
//! serde has no word for such a text, so [`LongText`] says that it is bytes, and [`Escaping`] knows that bytes are a text.
//! Nothing else in a request is bytes: blobs are base64, which is a text as well. Another serializer would make numbers of
//! them, so shapes with such texts are for [`json::write`](super::write) alone.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;

/// A text that may be long.
#[derive(Debug)]
pub struct LongText<'a>(Cow<'a, str>);

impl<'a, T: Into<Cow<'a, str>>> From<T> for LongText<'a> {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl<'a> LongText<'a> {
    /// The text itself.
    pub fn into_text(self) -> Cow<'a, str> {
        self.0
    }
}

impl Serialize for LongText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0.as_bytes())
    }
}

/// Without white space, and with bytes as the text that they are.
pub(super) struct Escaping;

impl Formatter for Escaping {
    fn write_byte_array<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        text: &[u8],
    ) -> io::Result<()> {
        writer.write_all(b"\"")?;
        let mut rest = text;
        while let Some((byte, behind)) = {
            let (run, behind) = rest.split_at(plain(rest));
            writer.write_all(run)?;
            behind.split_first()
        } {
            escape(writer, *byte)?;
            rest = behind;
        }
        writer.write_all(b"\"")
    }
}

/// How many bytes at the beginning need no escape.
fn plain(text: &[u8]) -> usize {
    const BLOCK: usize = 32;
    let needs = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    // Every byte of a block is looked at, whatever the first ones say: only so it is done for all of them at once.
    let any = |block: &[u8]| block.iter().fold(false, |any, byte| any | needs(byte));
    let blocks = text.chunks_exact(BLOCK);
    let start = blocks.take_while(|block| !any(block)).count() * BLOCK;
    let rest = &text[start..];
    start + rest.iter().position(needs).unwrap_or(rest.len())
}

/// Source: RFC 8259, section 7.
fn escape<W: Write + ?Sized>(writer: &mut W, byte: u8) -> io::Result<()> {
    let short: &[u8] = match byte {
        b'"' => b"\\\"",
        b'\\' => b"\\\\",
        b'\n' => b"\\n",
        b'\r' => b"\\r",
        b'\t' => b"\\t",
        0x08 => b"\\b",
        0x0c => b"\\f",
        _ => return write!(writer, "\\u{byte:04x}"),
    };
    writer.write_all(short)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json;

    fn is_as_serde_json_writes_it(text: &str) {
        let ours = json::write(&[LongText::from(text)], 0).unwrap();
        assert_eq!(ours, serde_json::to_vec(&[text]).unwrap(), "{text:?}");
    }

    #[test]
    fn every_character_of_one_byte_is_written_as_serde_json_writes_it() {
        let all: String = (0..=0x7f_u8).map(char::from).collect();
        for at in 0..80 {
            let before = "x".repeat(at);
            is_as_serde_json_writes_it(&format!("{before}{all}{before}"));
            is_as_serde_json_writes_it(&format!("{before}\n"));
            is_as_serde_json_writes_it(&before);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn any_text_is_written_as_serde_json_writes_it(text in "(?s)[a-z \"\\\\\n\u{1}ö€😀\u{7f}]{0,200}|.{0,100}") {
            is_as_serde_json_writes_it(&text);
        }
    }
}
