//! The chunks of a stream that are a piece of text and nothing else, read by what they look like.
//!
//! Nearly all chunks of a stream differ in one text alone: every server writes the same members around it, in an order of
//! its own. So the bytes around the text are learned from a chunk that the general reader has taken, and a later chunk that
//! has the same bytes around a text says what that one said, with this text. Anything else goes to the general reader.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::inline::Kind;
use crate::json::Plain;

/// The padding with which OpenAI hides how long a piece is; letters and digits. Source: its API reference, "The chat
/// completion chunk object", and `include_obfuscation`.
const PADDING: &[u8] = b"\"obfuscation\":\"";

/// After so many chunks that were learned for nothing, no more are: the server has something that is new in each.
const MOST_MISSES: u8 = 16;

/// What stands around the text.
#[derive(Debug, Default)]
pub(super) struct Template {
    kind: Option<Kind>,
    before: Vec<u8>,
    /// Behind it, to the padding if there is such; and behind that.
    after: Vec<u8>,
    behind: Vec<u8>,
    has_padding: bool,
    misses: u8,
}

impl Template {
    /// The text of a chunk that looks like the one that was learned.
    pub(super) fn read<'a>(&mut self, chunk: &'a [u8]) -> Option<(Kind, Cow<'a, str>)> {
        let kind = self.kind?;
        let mut json = Plain::new(chunk)?;
        json.skip(&self.before)?;
        let text = json.text()?;
        json.skip(&self.after)?;
        let mut rest = json.rest();
        if self.has_padding {
            let end = rest.iter().position(|byte| !byte.is_ascii_alphanumeric())?;
            rest = &rest[end..];
        }
        if rest != self.behind {
            return None;
        }
        self.misses = 0;
        Some((kind, text))
    }

    /// Learns from a chunk that `raw` is the only text of.
    pub(super) fn learn(&mut self, chunk: &[u8], kind: Kind, raw: &RawValue) {
        self.kind = None;
        if self.misses >= MOST_MISSES {
            return;
        }
        self.misses += 1;
        // `raw` lies in the chunk, quotes and all.
        let raw = raw.get().as_bytes();
        let Some(begin) = raw.as_ptr().addr().checked_sub(chunk.as_ptr().addr()) else {
            return;
        };
        let end = begin + raw.len();
        let (Some(before), Some(after)) = (chunk.get(..begin + 1), chunk.get(end..)) else {
            return;
        };
        let padding = memchr::memmem::find(after, PADDING).map(|at| at + PADDING.len());
        let (after, behind) = after.split_at(padding.unwrap_or(after.len()));
        let skipped = match padding {
            Some(_) => behind.iter().position(|byte| !byte.is_ascii_alphanumeric()),
            None => Some(0),
        };
        let Some(skipped) = skipped else { return };
        for (place, bytes) in [
            (&mut self.before, before),
            (&mut self.after, after),
            (&mut self.behind, &behind[skipped..]),
        ] {
            place.clear();
            place.extend_from_slice(bytes);
        }
        self.has_padding = padding.is_some();
        self.kind = Some(kind);
    }

    /// What was learned counts no more.
    pub(super) fn unlearn(&mut self) {
        self.kind = None;
    }

    /// What comes next may look the same and mean something else.
    pub(super) fn forget(&mut self) {
        self.kind = None;
        self.misses = MOST_MISSES;
    }
}
