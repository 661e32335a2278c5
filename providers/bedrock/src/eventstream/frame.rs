//! One frame: its prelude, its checksums, and what is between them.

use std::fmt;

use crc32fast::Hasher;
use reqllm_core::{Error, Result};

use super::headers::{Headers, Known};

/// The longest frame that is read, in bytes: 24 MiB of payload with the longest headers.
pub const MAX_FRAME: usize = 24 * 1024 * 1024 + MAX_HEADERS + MIN_FRAME;

/// The longest headers of a frame that are read, in bytes, all of them together.
pub const MAX_HEADERS: usize = 128 * 1024;

/// Total length, length of the headers, checksum of these two.
pub(super) const PRELUDE: usize = 12;
/// The checksum behind everything.
const CHECKSUM: usize = 4;
/// What a frame without headers and payload has.
const MIN_FRAME: usize = PRELUDE + CHECKSUM;
/// What the prelude's checksum is of.
const LENGTHS: usize = 8;

/// A whole frame whose checksums are right and whose headers are sound. It borrows from where it was received.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    headers: Headers<'a>,
    payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Its headers.
    pub fn headers(&self) -> Headers<'a> {
        self.headers
    }

    /// What it carries: mostly a JSON object, or nothing.
    pub fn payload(&self) -> &'a [u8] {
        self.payload
    }
}

/// Of the payload only the length: it is what people said.
impl fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("headers", &self.headers)
            .field("payload", &format_args!("{} bytes", self.payload.len()))
            .finish()
    }
}

/// The beginning of a frame, proven by its checksum and possible.
#[derive(Clone, Copy)]
pub(super) struct Prelude {
    /// Length of the frame.
    pub(super) total: usize,
    headers: usize,
    checksum: u32,
}

impl Prelude {
    /// The prelude at the front; none before all of it is there.
    pub(super) fn read(bytes: &[u8]) -> Result<Option<Self>> {
        let Some((lengths, rest)) = bytes.split_first_chunk::<LENGTHS>() else {
            return Ok(None);
        };
        let Some(claimed) = rest.first_chunk::<CHECKSUM>() else {
            return Ok(None);
        };
        let checksum = crc32fast::hash(lengths);
        if checksum != u32::from_be_bytes(*claimed) {
            return Err(damaged("the checksum of its prelude does not match"));
        }
        let both = u64::from_be_bytes(*lengths);
        let (total, headers) = ((both >> 32) as usize, both as u32 as usize);
        if !(MIN_FRAME..=MAX_FRAME).contains(&total) {
            return Err(damaged(format_args!(
                "it claims {total} bytes; {MIN_FRAME} to {MAX_FRAME} are possible"
            )));
        }
        if headers > MAX_HEADERS || headers > total - MIN_FRAME {
            return Err(damaged(format_args!(
                "it claims {headers} bytes of headers in {total} bytes"
            )));
        }
        Ok(Some(Self {
            total,
            headers,
            checksum,
        }))
    }

    /// The frame in `bytes`, which are all of it. Headers like those that are `known` to be sound are so too.
    pub(super) fn frame<'a>(self, bytes: &'a [u8], known: &mut Known) -> Result<Frame<'a>> {
        let cut_off = || damaged("it is shorter than it claims");
        let (front, claimed) = bytes.split_last_chunk::<CHECKSUM>().ok_or_else(cut_off)?;
        let (_, behind) = front.split_at_checked(LENGTHS).ok_or_else(cut_off)?;
        // The checksum of the lengths is known: it is gone on from there.
        let mut checksum = Hasher::new_with_initial(self.checksum);
        checksum.update(behind);
        if checksum.finalize() != u32::from_be_bytes(*claimed) {
            return Err(damaged("the checksum of the message does not match"));
        }
        let (_, body) = front.split_at_checked(PRELUDE).ok_or_else(cut_off)?;
        let (headers, payload) = body.split_at_checked(self.headers).ok_or_else(cut_off)?;
        let headers = known.check(headers).map_err(damaged)?;
        Ok(Frame { headers, payload })
    }
}

/// A new attempt may bring it whole.
#[cold]
fn damaged(what: impl fmt::Display) -> Error {
    Error::stream(format!("a frame of the event stream is damaged: {what}"))
        .with_provider(crate::ID)
        .set_retryable(true)
}
