//! Exchanges on record: for tests that need no network and no credentials.
//!
//! A [`Cassette`] is a JSON file. What is recorded is what was asked, before it was authorised, so that no credentials can be
//! in it, and what came back, with the borders of its pieces. Replaying it gives the same answers, sends nothing and
//! authorises nothing.
//!
//! Round trips for credentials, and media that are fetched from URLs, are not exchanges: the first are not made in a replay,
//! the second are neither recorded nor replayed.

mod body;
mod deck;
mod difference;
mod file;
mod redact;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use http::HeaderName;
use reqllm_core::{Error, Result};

pub(crate) use self::deck::{Deck, Entry, Slot};
use self::redact::Redact;

/// Which file, and whether it is written or read.
///
/// ```no_run
/// use reqllm_transport::Cassette;
///
/// let cassette = Cassette::auto("tests/cassettes/greeting.json")
///     .redact_header("x-tenant")
///     .redact(|text| text.replace("123456789012", "111122223333"));
/// ```
///
/// Never recorded are: the headers that authorise a request; of the others, request headers whose names speak of
/// authorisation, keys, tokens, secrets, cookies or passwords; answer headers that set cookies or hand out tokens; and the
/// signature, the credential and the token of presigned URLs, wherever they stand. What is said to a model, and what it
/// answers, is recorded: that is what a cassette is for.
#[derive(Clone)]
pub struct Cassette {
    path: PathBuf,
    mode: Mode,
    redact: Redact,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Record,
    Replay,
    Auto,
}

impl Cassette {
    /// Sends every exchange, and writes it to this file, which begins anew. The file is written after each exchange, in one
    /// stroke.
    pub fn record(path: impl Into<PathBuf>) -> Self {
        Self::new(path.into(), Mode::Record)
    }

    /// Answers every exchange from this file. One that is not in it is an error of kind
    /// [`Config`](reqllm_core::ErrorKind::Config) that says what differs. Nothing is sent.
    ///
    /// A recorded request matches if its method, its path and its body are the same; JSON is compared as JSON. Requests that are
    /// the same are answered in the order in which they were recorded, each once.
    pub fn replay(path: impl Into<PathBuf>) -> Self {
        Self::new(path.into(), Mode::Replay)
    }

    /// [`Cassette::replay`] if the file is there, else [`Cassette::record`].
    pub fn auto(path: impl Into<PathBuf>) -> Self {
        Self::new(path.into(), Mode::Auto)
    }

    fn new(path: PathBuf, mode: Mode) -> Self {
        Self {
            path,
            mode,
            redact: Redact::default(),
        }
    }

    /// Changes every text before it is recorded: paths, values of headers, bodies, JSON as its text. It has to be the same in
    /// a replay, because what is asked is compared with what was recorded. What is no text, such as the frames of an event
    /// stream, is not changed.
    #[must_use]
    pub fn redact(mut self, change: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        self.redact.texts.push(Arc::new(change));
        self
    }

    /// Leaves out this header, of requests and of answers. A name that no header can have is ignored.
    #[must_use]
    pub fn redact_header(mut self, name: impl AsRef<str>) -> Self {
        self.redact
            .headers
            .extend(name.as_ref().parse::<HeaderName>());
        self
    }

    /// Opens the file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) if it cannot be read, is no cassette of a known version, or cannot
    /// be written.
    pub(crate) fn open(self) -> Result<Deck> {
        let replays = match self.mode {
            Mode::Record => false,
            Mode::Replay => true,
            Mode::Auto => self.path.try_exists().map_err(|error| {
                Error::config(format!(
                    "the cassette {:?} cannot be looked for: {error}",
                    self.path
                ))
            })?,
        };
        match replays {
            true => Deck::replaying(self.path, self.redact),
            false => Deck::recording(self.path, self.redact),
        }
    }
}

impl fmt::Debug for Cassette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cassette")
            .field("path", &self.path)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}
