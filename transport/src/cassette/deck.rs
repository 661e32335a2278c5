//! A cassette that has been opened: answers from it, or writes to it.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::response::Parts;
use reqllm_core::{Error, ErrorKind, Result};

use super::body::{Played, Recording};
use super::difference;
use super::file::{Answered, Asked, End, Failed, Piece, Recorded, load, save};
use super::redact::Redact;
use crate::Body;

/// An open cassette. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Deck(Arc<Inner>);

struct Inner {
    path: PathBuf,
    redact: Redact,
    replays: bool,
    tape: Mutex<Tape>,
}

#[derive(Default)]
struct Tape {
    exchanges: Vec<Recorded>,
    /// Which of them have been replayed.
    played: Vec<bool>,
}

/// What a cassette has to say to a request.
pub(crate) enum Entry {
    /// This came back the last time.
    Played(Result<http::Response<Body>>),
    /// It has to be sent; what comes back goes here.
    Recording(Slot),
}

/// The place of one exchange on a cassette that records.
pub(crate) struct Slot {
    deck: Deck,
    at: usize,
}

impl Deck {
    pub(super) fn recording(path: PathBuf, redact: Redact) -> Result<Self> {
        let deck = Self::new(path, redact, false, Vec::new());
        deck.save().map_err(|error| {
            Error::config(format!(
                "the cassette {:?} cannot be written: {error}",
                deck.0.path
            ))
        })?;
        Ok(deck)
    }

    pub(super) fn replaying(path: PathBuf, redact: Redact) -> Result<Self> {
        let exchanges = load(&path)?;
        Ok(Self::new(path, redact, true, exchanges))
    }

    fn new(path: PathBuf, redact: Redact, replays: bool, exchanges: Vec<Recorded>) -> Self {
        let played = vec![false; exchanges.len()];
        Self(Arc::new(Inner {
            path,
            redact,
            replays,
            tape: Mutex::new(Tape { exchanges, played }),
        }))
    }

    /// Whether nothing may be sent.
    pub(crate) fn replays(&self) -> bool {
        self.0.replays
    }

    /// Takes note of a request that has not been authorised.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if it has to be replayed and was not recorded.
    pub(crate) fn enter(&self, request: &http::Request<Bytes>) -> Result<Entry> {
        let asked = self.asked(request);
        let mut tape = self.tape();
        if self.replays() {
            let at = tape
                .find(&asked)
                .map_err(|why| self.unknown(&asked, &why))?;
            return Ok(Entry::Played(play(&tape.exchanges[at])));
        }
        let at = tape.exchanges.len();
        tape.exchanges.push(Recorded {
            request: asked,
            answer: None,
            failure: None,
        });
        Ok(Entry::Recording(Slot {
            deck: self.clone(),
            at,
        }))
    }

    fn asked(&self, request: &http::Request<Bytes>) -> Asked {
        let Inner { redact, .. } = &*self.0;
        let path = request.uri().path_and_query();
        let path = path.map_or("/", |it| it.as_str());
        let body = request.body();
        Asked {
            method: request.method().to_string(),
            path: redact.text(path),
            headers: redact.request(request.headers()),
            body: (!body.is_empty()).then(|| Piece::of(body, |text| redact.text(text))),
        }
    }

    fn unknown(&self, asked: &Asked, why: &str) -> Error {
        let Asked { method, path, .. } = asked;
        Error::config(format!(
            "the cassette {:?} has no answer to {method} {path}: {why}; record it again, or ask what was recorded",
            self.0.path
        ))
    }

    fn save(&self) -> io::Result<()> {
        save(&self.0.path, &self.tape().exchanges)
    }

    fn tape(&self) -> MutexGuard<'_, Tape> {
        self.0.tape.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tape {
    /// The first recording of this request that has not been played, or why there is none.
    fn find(&mut self, asked: &Asked) -> Result<usize, String> {
        let same: Vec<usize> = (0..self.exchanges.len())
            .filter(|at| difference::same(asked, &self.exchanges[*at].request))
            .collect();
        if let Some(at) = same.iter().copied().find(|at| !self.played[*at]) {
            self.played[at] = true;
            return Ok(at);
        }
        if !same.is_empty() {
            return Err(format!(
                "it was recorded {} times, and has been asked for as often before",
                same.len()
            ));
        }
        let near = self.exchanges.iter().enumerate();
        // Of those that are as near, the first.
        let near = near
            .rev()
            .max_by_key(|(_, it)| difference::nearness(asked, &it.request));
        Err(match near {
            None => "it is empty".to_owned(),
            Some((at, recorded)) => format!(
                "the nearest is exchange {}, and {}",
                at + 1,
                difference::describe(asked, &recorded.request)
            ),
        })
    }
}

impl Slot {
    /// No answer came.
    pub(crate) fn failed(self, error: &Error) {
        self.edit(|recorded| {
            recorded.failure = Some(Failed {
                timeout: error.kind() == ErrorKind::Timeout,
                retryable: error.retryable(),
                message: error.message().to_owned(),
            });
        });
        self.save_or_say();
    }

    /// The head of an answer came; its body is recorded as it is read.
    pub(crate) fn answered(self, head: &Parts, body: Body) -> Body {
        let headers = self.deck.0.redact.answer(&head.headers);
        self.edit(|recorded| {
            recorded.answer = Some(Answered {
                status: head.status.as_u16(),
                headers,
                chunks: Vec::new(),
                end: End::Dropped,
            });
        });
        Body::new(Recording::new(body, self))
    }

    pub(super) fn chunk(&self, chunk: &[u8]) {
        let piece = Piece::of(chunk, |text| self.deck.0.redact.text(text));
        self.edit(|recorded| {
            if let Some(answer) = &mut recorded.answer {
                answer.chunks.push(piece);
            }
        });
    }

    pub(super) fn end(&self, end: End) -> io::Result<()> {
        self.edit(|recorded| {
            if let Some(answer) = &mut recorded.answer {
                answer.end = end;
            }
        });
        self.deck.save().map_err(|error| {
            io::Error::other(format!(
                "the cassette {:?} cannot be written: {error}",
                self.deck.0.path
            ))
        })
    }

    /// Where there is nobody to give an error to.
    pub(super) fn save_or_say(&self) {
        if let Err(error) = self.deck.save() {
            tracing::error!(cassette = ?self.deck.0.path, %error, "the cassette cannot be written");
        }
    }

    fn edit(&self, change: impl FnOnce(&mut Recorded)) {
        if let Some(recorded) = self.deck.tape().exchanges.get_mut(self.at) {
            change(recorded);
        }
    }
}

/// What came back, once more.
fn play(recorded: &Recorded) -> Result<http::Response<Body>> {
    if let Some(failed) = &recorded.failure {
        let kind = match failed.timeout {
            true => ErrorKind::Timeout,
            false => ErrorKind::Transport,
        };
        return Err(Error::new(kind, &failed.message).set_retryable(failed.retryable));
    }
    let Some(answer) = &recorded.answer else {
        return Err(Error::config(
            "the cassette has an exchange without an answer",
        ));
    };
    let mut response = http::Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    let body = Played::new(answer).map_err(|error| unplayable(&error))?;
    response
        .body(Body::new(body))
        .map_err(|error| unplayable(&error))
}

fn unplayable(error: &dyn std::error::Error) -> Error {
    Error::config(format!(
        "the cassette has an answer that is none of HTTP: {error}"
    ))
}
