//! Frames out of bytes that arrive in pieces.

use std::fmt;

use bytes::{Bytes, BytesMut};
use reqllm_core::Result;

use super::frame::{Frame, PRELUDE, Prelude};
use super::headers::Known;

/// What is kept of the room for cut frames after a long one, in bytes.
const KEPT: usize = 64 * 1024;

/// Cuts frames out of bytes that arrive in pieces.
///
/// Give it a piece, take frames until there is none, give it the next piece:
///
/// ```
/// use bytes::Bytes;
/// use reqllm_bedrock::eventstream::Frames;
///
/// // A frame without headers, with the payload `{}`.
/// let frame = b"\0\0\0\x12\0\0\0\0\x7f\x02\x1b\x8b{}\x2f\x92\x61\xfa";
/// let mut frames = Frames::default();
/// frames.push(Bytes::from_static(&frame[..10]));
/// assert!(frames.next_frame()?.is_none());
/// frames.push(Bytes::from_static(&frame[10..]));
/// assert_eq!(frames.next_frame()?.map(|frame| frame.payload().to_vec()).as_deref(), Some(&b"{}"[..]));
/// assert!(frames.next_frame()?.is_none());
/// # Ok::<(), reqllm_core::Error>(())
/// ```
#[derive(Default)]
pub struct Frames {
    /// The last piece, from where it has not been read.
    piece: Bytes,
    /// How much of it has been read.
    read: usize,
    /// A frame whose beginning came in an earlier piece, as far as it is there. It grows as it arrives, whatever length it
    /// claims.
    cut: Vec<u8>,
    /// The frame in `cut` has been handed out.
    handed_out: bool,
    known: Known,
}

impl Frames {
    /// Adds a piece. One that is added before all frames of the last one have been taken is joined to it, which copies both.
    pub fn push(&mut self, piece: Bytes) {
        let unread = self.piece.len() - self.read;
        self.piece = match unread {
            0 => piece,
            _ => {
                let mut joined = BytesMut::with_capacity(unread + piece.len());
                joined.extend_from_slice(&self.piece[self.read..]);
                joined.extend_from_slice(&piece);
                joined.freeze()
            }
        };
        self.read = 0;
    }

    /// The next whole frame; none before all of it is there. Then the pieces that came are let go.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stream`](reqllm_core::ErrorKind::Stream) if a checksum does not match, a length is impossible, or the
    /// headers are no headers. Behind that nothing can be read: the error is given again.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>> {
        if std::mem::take(&mut self.handed_out) {
            self.cut.clear();
            if self.cut.capacity() > KEPT {
                self.cut = Vec::new();
            }
        }
        if self.cut.is_empty() {
            let rest = &self.piece[self.read..];
            if let Some(prelude) = Prelude::read(rest)?
                && rest.len() >= prelude.total
            {
                let end = self.read + prelude.total;
                let frame = prelude.frame(&self.piece[self.read..end], &mut self.known)?;
                self.read = end;
                return Ok(Some(frame));
            }
        }
        self.fill(PRELUDE);
        let Some(prelude) = Prelude::read(&self.cut)? else {
            return Ok(None);
        };
        self.fill(prelude.total);
        if self.cut.len() < prelude.total {
            return Ok(None);
        }
        let frame = prelude.frame(&self.cut, &mut self.known)?;
        self.handed_out = true;
        Ok(Some(frame))
    }

    /// How many bytes have come of a frame that is not whole. Where a stream has ended, there must be none.
    pub fn left_over(&self) -> usize {
        let cut = if self.handed_out { 0 } else { self.cut.len() };
        cut + self.piece.len() - self.read
    }

    /// How much room is kept for a frame that is cut.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.cut.capacity()
    }

    /// Moves bytes of the piece to the frame that is cut, until that has `length`.
    fn fill(&mut self, length: usize) {
        let rest = &self.piece[self.read..];
        let missing = length.saturating_sub(self.cut.len()).min(rest.len());
        self.cut.extend_from_slice(&rest[..missing]);
        self.read += missing;
        // Whoever received it can use its memory again.
        if self.read == self.piece.len() {
            self.piece = Bytes::new();
            self.read = 0;
        }
    }
}

/// How much there is, not what.
impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames")
            .field("left_over", &self.left_over())
            .finish_non_exhaustive()
    }
}
