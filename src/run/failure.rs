//! A loop that failed.

use std::fmt;

use reqllm_core::Error;

use super::Transcript;

/// Why a tool loop failed, and how far it had come: steps that were paid for are not lost.
///
/// It becomes an [`Error`] where `?` asks for one.
///
/// ```no_run
/// # async fn run(run: reqllm::Run) -> reqllm::Result<()> {
/// match run.await {
///     Ok(transcript) => println!("{transcript}"),
///     Err(failure) => {
///         let so_far = &failure.transcript().messages;
///         println!("{failure} after {} messages", so_far.len());
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct RunFailure(Box<(Error, Transcript)>);

impl RunFailure {
    pub(super) fn new(error: Error, transcript: Transcript) -> Self {
        Self(Box::new((error, transcript)))
    }

    /// What went wrong.
    pub fn error(&self) -> &Error {
        &self.0.0
    }

    /// What there was before it: messages to try again with, the steps, what they used and cost.
    pub fn transcript(&self) -> &Transcript {
        &self.0.1
    }

    /// Both.
    pub fn into_parts(self) -> (Error, Transcript) {
        *self.0
    }
}

impl fmt::Display for RunFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error().fmt(f)
    }
}

/// Of the transcript it says only how long it is: prompts do not belong into logs.
impl fmt::Debug for RunFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunFailure")
            .field("error", self.error())
            .field("steps", &self.transcript().steps.len())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for RunFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error().source()
    }
}

impl From<RunFailure> for Error {
    fn from(failure: RunFailure) -> Self {
        failure.into_parts().0
    }
}
