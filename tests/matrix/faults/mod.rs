//! Every fault, with what is to come of it on each route, whole and as a stream.
//!
//! Every call may be repeated once, so that two attempts say that it was, and every fault but those that say otherwise
//! strikes both. What is repeated: an error of the moment or of load, as long as nothing of an answer has arrived. What is
//! not: a request whose answer did not begin in time, and an answer in one piece that broke off: somebody has worked on them.

mod answers;
mod exceptions;
mod ways;

use reqllm::{Delivery, ErrorKind};

use crate::cell::{Act, Deadline, Keeps, Stated};
use crate::subject::Truth;

/// What is done to a call, behind so many frames.
type Acting = Box<dyn Fn(&Truth, usize) -> Act + Send + Sync>;

/// One fault.
pub(crate) struct Row {
    pub(crate) group: &'static str,
    pub(crate) fault: String,
    pub(crate) strikes: Strikes,
    pub(crate) act: Acting,
    pub(crate) deadline: Option<Deadline>,
    /// What is to come of a whole answer and of a stream; none where the fault cannot strike one.
    pub(crate) whole: Option<Stated>,
    pub(crate) stream: Option<Stated>,
}

/// Behind how many frames of a stream a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strikes {
    /// Before the first, or in no stream at all.
    Before,
    /// Behind the last of those that say nothing but that an answer begins.
    InSilence,
    /// In the middle of the text.
    Midway,
    /// Behind the last.
    Behind,
    /// Behind each of those that say something, but the last, in a cell of its own.
    Each,
}

impl Strikes {
    /// The places of its cells.
    pub(crate) fn places(self, truth: &Truth) -> Vec<usize> {
        let all = truth.frames.len();
        match self {
            _ if truth.delivery == Delivery::Whole => vec![0],
            Self::Before => vec![0],
            Self::InSilence => vec![truth.silent()],
            Self::Midway => vec![truth.middle()],
            Self::Behind => vec![all],
            Self::Each => (truth.silent() + 1..all).collect(),
        }
    }
}

impl Row {
    pub(crate) fn stated(&self, delivery: Delivery) -> Option<Stated> {
        match delivery {
            Delivery::Stream => self.stream,
            _ => self.whole,
        }
    }

    fn new<A: Into<Act>>(
        group: &'static str,
        fault: impl Into<String>,
        strikes: Strikes,
        act: impl Fn(&Truth, usize) -> A + Send + Sync + 'static,
    ) -> Self {
        Self {
            group,
            fault: fault.into(),
            strikes,
            act: Box::new(move |truth, place| act(truth, place).into()),
            deadline: None,
            whole: None,
            stream: None,
        }
    }

    fn within(mut self, deadline: Deadline) -> Self {
        self.deadline = Some(deadline);
        self
    }

    fn whole(mut self, stated: Stated) -> Self {
        self.whole = Some(stated);
        self
    }

    fn stream(mut self, stated: Stated) -> Self {
        self.stream = Some(stated);
        self
    }

    fn both(self, stated: Stated) -> Self {
        self.whole(stated).stream(stated)
    }
}

/// All of them.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = exceptions::rows();
    rows.extend(ways::rows());
    rows.extend(answers::rows());
    rows
}

/// The answer comes as if nothing had happened, at this attempt.
fn answer(attempts: u32) -> Stated {
    Stated::Answer { attempts }
}

/// An error that a retry cannot mend, told at once, with nothing of an answer.
fn refused(kind: ErrorKind) -> Stated {
    error(kind, false, 1, Keeps::Nothing)
}

/// An error that a retry may mend, and that was repeated in vain.
fn repeated(kind: ErrorKind) -> Stated {
    error(kind, true, 2, Keeps::Nothing)
}

/// An error that a retry may mend and that was not repeated.
fn not_repeated(kind: ErrorKind) -> Stated {
    error(kind, true, 1, Keeps::Nothing)
}

/// A stream that broke off. What came is kept.
fn broken(kind: ErrorKind) -> Stated {
    error(kind, true, 1, Keeps::WhatCame)
}

/// The end of a deadline: not repeated, and not called worth a retry, because it may have been paid for.
fn late(keeps: Keeps) -> Stated {
    error(ErrorKind::Timeout, false, 1, keeps)
}

const fn error(kind: ErrorKind, retryable: bool, attempts: u32, keeps: Keeps) -> Stated {
    Stated::Error {
        kind,
        retryable,
        attempts,
        keeps,
    }
}
