//! The headers of a frame.

use std::iter::FusedIterator;
use std::str::from_utf8;

/// The headers of a frame, in the order in which they came. All of them are sound.
///
/// ```
/// use bytes::Bytes;
/// use reqllm_bedrock::eventstream::{Frames, HeaderValue};
///
/// let mut frames = Frames::default();
/// frames.push(Bytes::from_static(
///     b"\0\0\0\x22\0\0\0\x12\x2d\x9a\xd2\x45\x01n\x04\0\0\0\x07\x04text\x07\0\x03abc\xce\x54\xc4\x1f",
/// ));
/// let frame = frames.next_frame()?.expect("it is whole");
/// assert_eq!(frame.headers().text("text"), Some("abc"));
/// let first = frame.headers().iter().next().expect("it has two");
/// assert_eq!((first.name, first.value), ("n", HeaderValue::Int32(7)));
/// # Ok::<(), reqllm_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    block: Block<'a>,
}

/// One header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header<'a> {
    /// Its name. AWS's own begin with a colon. It may be empty, and more than one header may have it.
    pub name: &'a str,
    /// Its value.
    pub value: HeaderValue<'a>,
}

/// The value of a header: one of the ten types of the specification, of which two are the truth values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderValue<'a> {
    /// Types 0 and 1.
    Bool(bool),
    /// Type 2.
    Byte(i8),
    /// Type 3.
    Int16(i16),
    /// Type 4.
    Int32(i32),
    /// Type 5.
    Int64(i64),
    /// Type 6.
    Bytes(&'a [u8]),
    /// Type 7.
    String(&'a str),
    /// Type 8: milliseconds since 1970.
    Timestamp(i64),
    /// Type 9.
    Uuid(u128),
}

impl<'a> Headers<'a> {
    /// The value of the first header of this name that is a string.
    pub fn text(self, name: &str) -> Option<&'a str> {
        self.block
            .map_while(Result::ok)
            .find(|header| header.kind == STRING && header.name == name.as_bytes())
            .and_then(|header| from_utf8(header.value).ok())
    }

    /// Each of them.
    pub fn iter(self) -> HeadersIter<'a> {
        HeadersIter { block: self.block }
    }

    /// The bytes of all of them.
    pub(super) fn as_bytes(self) -> &'a [u8] {
        self.block.0
    }

    /// The headers in a block, or what is wrong with one of them.
    fn check(block: &'a [u8]) -> Result<Self, &'static str> {
        let block = Block(block);
        // Nearly always; then all texts in it are texts.
        let ascii = block.0.is_ascii();
        for header in block {
            let header = header?;
            if !ascii {
                header.texts()?;
            }
        }
        Ok(Self { block })
    }
}

impl<'a> IntoIterator for Headers<'a> {
    type Item = Header<'a>;
    type IntoIter = HeadersIter<'a>;

    fn into_iter(self) -> HeadersIter<'a> {
        self.iter()
    }
}

/// Goes through the headers of a frame.
#[derive(Clone, Debug)]
pub struct HeadersIter<'a> {
    block: Block<'a>,
}

impl<'a> Iterator for HeadersIter<'a> {
    type Item = Header<'a>;

    fn next(&mut self) -> Option<Header<'a>> {
        // The block was checked: this ends where it does.
        self.block.next()?.ok()?.texts().ok()
    }
}

impl FusedIterator for HeadersIter<'_> {}

/// The last headers that were found sound. Most frames of a stream have the same.
#[derive(Default)]
pub(super) struct Known(Vec<u8>);

/// Longer headers are not kept for that, in bytes.
const LONGEST_KNOWN: usize = 1024;

impl Known {
    /// The headers in a block, or what is wrong with one of them.
    pub(super) fn check<'a>(&mut self, block: &'a [u8]) -> Result<Headers<'a>, &'static str> {
        if self.0 == block {
            return Ok(Headers {
                block: Block(block),
            });
        }
        let headers = Headers::check(block)?;
        if block.len() <= LONGEST_KNOWN {
            self.0.clear();
            self.0.extend_from_slice(block);
        }
        Ok(headers)
    }
}

/// The type of a value that is a text.
const STRING: u8 = 7;

/// Headers one behind the other, as they came.
#[derive(Clone, Copy, Debug)]
struct Block<'a>(&'a [u8]);

/// A header whose texts may be none.
struct RawHeader<'a> {
    name: &'a [u8],
    kind: u8,
    value: &'a [u8],
}

impl<'a> Iterator for Block<'a> {
    type Item = Result<RawHeader<'a>, &'static str>;

    fn next(&mut self) -> Option<Self::Item> {
        (!self.0.is_empty()).then(|| self.header())
    }
}

impl<'a> Block<'a> {
    /// Takes the header at the front.
    fn header(&mut self) -> Result<RawHeader<'a>, &'static str> {
        let cut_off = "a header is longer than the headers";
        let (length, rest) = self.0.split_first().ok_or(cut_off)?;
        let (name, rest) = rest.split_at_checked(usize::from(*length)).ok_or(cut_off)?;
        let (kind, rest) = rest.split_first().ok_or(cut_off)?;
        let (length, rest) = match kind {
            0 | 1 => (0, rest),
            2 => (1, rest),
            3 => (2, rest),
            4 => (4, rest),
            5 | 8 => (8, rest),
            9 => (16, rest),
            6 | 7 => {
                let (length, rest) = rest.split_first_chunk::<2>().ok_or(cut_off)?;
                (usize::from(u16::from_be_bytes(*length)), rest)
            }
            _ => return Err("a header has a value of a type that is not known"),
        };
        let (value, rest) = rest.split_at_checked(length).ok_or(cut_off)?;
        self.0 = rest;
        Ok(RawHeader {
            name,
            kind: *kind,
            value,
        })
    }
}

impl<'a> RawHeader<'a> {
    /// The same with its texts as text.
    fn texts(&self) -> Result<Header<'a>, &'static str> {
        let text = |bytes| from_utf8(bytes).map_err(|_| "a header is not in UTF-8");
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(0, |sum, byte| sum << 8 | u128::from(*byte))
        };
        let value = self.value;
        Ok(Header {
            name: text(self.name)?,
            value: match self.kind {
                0 => HeaderValue::Bool(true),
                1 => HeaderValue::Bool(false),
                2 => HeaderValue::Byte(number(value) as i8),
                3 => HeaderValue::Int16(number(value) as i16),
                4 => HeaderValue::Int32(number(value) as i32),
                5 => HeaderValue::Int64(number(value) as i64),
                6 => HeaderValue::Bytes(value),
                STRING => HeaderValue::String(text(value)?),
                8 => HeaderValue::Timestamp(number(value) as i64),
                _ => HeaderValue::Uuid(number(value)),
            },
        })
    }
}
