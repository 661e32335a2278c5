//! One stream of an answer, chunk by chunk.

use reqllm_core::{Fold, Result};

/// Reads the chunks of one stream. A function of a chunk and the fold is one.
pub trait StreamCodec: Send {
    /// Takes one chunk: a piece of JSON in the dialect's form.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`](reqllm_core::ErrorKind::Decode) if it is not in that form.
    fn chunk(&mut self, json: &[u8], fold: &mut Fold) -> Result<()>;

    /// What is still missing, if the stream ends here; none if it is complete. By default the reason to stop must
    /// have come.
    fn missing(&self, fold: &Fold) -> Option<&'static str> {
        (!fold.stopped()).then_some("it does not say why the model stopped")
    }

    /// The stream is given up: what was held back goes into the fold; see
    /// [`Reader::abandon`](reqllm_core::Reader::abandon). By default nothing is.
    fn abandon(&mut self, _fold: &mut Fold) {}
}

impl<F: FnMut(&[u8], &mut Fold) -> Result<()> + Send> StreamCodec for F {
    fn chunk(&mut self, json: &[u8], fold: &mut Fold) -> Result<()> {
        self(json, fold)
    }
}
