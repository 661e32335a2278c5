//! Every fault, with what is to come of it on each route, whole and as a stream.
//!
//! Every call may be repeated once, so that two attempts say that it was, and every fault but those that say otherwise
//! strikes both. What is repeated: an error of the moment or of load, as long as nothing of an answer has arrived. What is
//! not: a request whose answer did not begin in time, and an answer in one piece that broke off: somebody has worked on them.

mod answers;
mod events;
mod exceptions;
mod inside;
mod refusals;
mod statuses;
mod ways;

use std::time::Duration;

use reqllm::{Delivery, ErrorKind};

use crate::cell::{Act, Deadline, Keeps, Stated};
use crate::column::Column;
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
    /// The code of the error, if the row says it; none of those that have none.
    pub(crate) code: Option<Option<&'static str>>,
    /// The wait that is asked for, likewise.
    pub(crate) wait: Option<Option<Duration>>,
    columns: &'static [Column],
    /// What is to come of a whole answer and of a stream; none where the fault cannot strike one.
    whole: Option<Stated>,
    stream: Option<Stated>,
    /// Where it is otherwise.
    but: Vec<(Column, Delivery, Option<Stated>)>,
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
    /// Behind the one that makes the answer whole.
    AtEnd,
    /// Behind the last.
    Behind,
    /// Behind each of those that say something, but the one that makes the answer whole, in a cell of its own.
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
            Self::AtEnd => vec![truth.ends()],
            Self::Behind => vec![all],
            Self::Each => (truth.silent() + 1..truth.ends()).collect(),
        }
    }
}

impl Row {
    /// What is to come of it in a column.
    pub(crate) fn stated(&self, column: Column, delivery: Delivery) -> Option<Stated> {
        if !self.columns.contains(&column) || !column.deliveries().contains(&delivery) {
            return None;
        }
        let but = self.but.iter();
        let mut but = but.filter(|(of, how, _)| (*of, *how) == (column, delivery));
        match (but.next(), delivery) {
            (Some((_, _, stated)), _) => *stated,
            (None, Delivery::Stream) => self.stream,
            (None, _) => self.whole,
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
            code: None,
            wait: None,
            columns: Column::ALL,
            whole: None,
            stream: None,
            but: Vec::new(),
        }
    }

    /// In these columns alone.
    fn on(mut self, columns: &'static [Column]) -> Self {
        self.columns = columns;
        self
    }

    fn code(mut self, code: impl Into<Option<&'static str>>) -> Self {
        self.code = Some(code.into());
        self
    }

    fn wait(mut self, wait: impl Into<Option<Duration>>) -> Self {
        self.wait = Some(wait.into());
        self
    }

    /// A stream is otherwise in these columns.
    fn but_stream(mut self, columns: &[Column], stated: impl Into<Option<Stated>>) -> Self {
        let stated = stated.into();
        let of = columns.iter();
        self.but
            .extend(of.map(|column| (*column, Delivery::Stream, stated)));
        self
    }

    /// A whole answer is otherwise in these columns.
    fn but_whole(mut self, columns: &[Column], stated: impl Into<Option<Stated>>) -> Self {
        let stated = stated.into();
        let of = columns.iter();
        self.but
            .extend(of.map(|column| (*column, Delivery::Whole, stated)));
        self
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

/// Whether the same call is made again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    Never,
    /// A retry may help, and costs as much as the first attempt did: the caller decides.
    ByTheCaller,
    Once,
}

impl Again {
    /// The error of a call that had nothing of an answer yet.
    fn stated(self, kind: ErrorKind) -> Stated {
        match self {
            Self::Never => refused(kind),
            Self::ByTheCaller => not_repeated(kind),
            Self::Once => repeated(kind),
        }
    }

    /// The error of a stream that had said something.
    fn midway(self, kind: ErrorKind) -> Stated {
        error(kind, self != Self::Never, 1, Keeps::WhatCame)
    }
}

/// All of them.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = exceptions::rows();
    rows.extend(refusals::rows());
    rows.extend(statuses::rows());
    rows.extend(inside::rows());
    rows.extend(ways::rows());
    rows.extend(answers::rows());
    rows.extend(events::rows());
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
