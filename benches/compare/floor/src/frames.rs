//! Frames out of pieces of a body. Only one that is cut in two is copied.

use driver::{OnText, Result, Wire};

use crate::Level;
use crate::event::Events;

/// What is kept between two pieces of a body.
pub(crate) struct Frames {
    events: Events,
    /// The beginning of a frame whose end has not come.
    begun: Vec<u8>,
}

impl Frames {
    pub(crate) fn new(level: Level, wire: Wire) -> Self {
        Self {
            events: Events::new(level, wire),
            begun: Vec::new(),
        }
    }

    /// Reads the next piece.
    pub(crate) fn read(&mut self, mut data: &[u8], text: OnText<'_>) -> Result<()> {
        while !self.begun.is_empty() {
            let whole = size(&self.begun).unwrap_or(4);
            let missing = whole.saturating_sub(self.begun.len());
            let Some((rest, after)) = data.split_at_checked(missing) else {
                self.begun.extend_from_slice(data);
                return Ok(());
            };
            self.begun.extend_from_slice(rest);
            data = after;
            if size(&self.begun) == Some(self.begun.len()) {
                self.events.read(&self.begun, text)?;
                self.begun.clear();
            }
        }
        while let Some((frame, after)) = size(data).and_then(|size| data.split_at_checked(size)) {
            self.events.read(frame, text)?;
            data = after;
        }
        self.begun.extend_from_slice(data);
        Ok(())
    }
}

/// The size of the frame that begins here, once its first four bytes are there.
fn size(data: &[u8]) -> Option<usize> {
    Some(u32::from_be_bytes(*data.first_chunk()?) as usize)
}
