//! One cell: what is to come of a call under a fault, stated beforehand, and how that is proved.

use std::time::Duration;

use reqllm::{Error, ErrorKind, FinishReason, Random, Response};
use reqllm_emulator::{Emulator, Fault};

use crate::faults::Row;
use crate::job::{Given, Made};
use crate::route::SECRETS;
use crate::subject::Truth;

/// Nothing, or why the cell is wrong.
pub(crate) type Outcome = Result<(), String>;

/// What is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stated {
    /// The answer that comes when nobody disturbs it.
    Answer { attempts: u32 },
    /// The same text, and another reason to stop.
    Stopped(FinishReason),
    /// An error.
    Error {
        kind: ErrorKind,
        /// Whether it says that a retry may help.
        retryable: bool,
        /// How many requests went out. Every call may be repeated once.
        attempts: u32,
        keeps: Keeps,
    },
    /// The connection fails as it is made, perhaps before the request was sent: then it is repeated, else not.
    Unmade,
}

/// What the partial response of an error has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// Nothing: no piece of the answer had come.
    Nothing,
    /// The text of every frame that had come whole, and of no other.
    WhatCame,
}

/// Which deadline is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deadline {
    Total,
    FirstByte,
    Idle,
}

/// What is done to a call.
pub(crate) enum Act {
    Fault(Box<Fault>),
    /// Nobody listens.
    Gone,
}

impl From<Fault> for Act {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

/// No cell may take as long, whatever its deadline is.
const HANG: Duration = Duration::from_secs(30);

/// Makes the call of `truth` under the fault of `row`, where `came` frames come whole before it strikes, and looks at the
/// outcome.
pub(crate) async fn prove(truth: &Truth, row: &Row, came: usize, stated: Stated) -> Outcome {
    let (emulator, endpoint) = match (row.act)(truth, came) {
        Act::Fault(fault) => {
            let emulator = Emulator::start().await.unwrap();
            emulator.inject(*fault);
            let endpoint = emulator.endpoint();
            (Some(emulator), endpoint)
        }
        Act::Gone => {
            let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            (None, format!("http://{}", gone.local_addr().unwrap()))
        }
    };
    // The shortest waits there are.
    let client = truth.route.client(&endpoint).random(Random::fixed(0.0));
    let client = client.build().unwrap();
    let call = truth.route.job(&client).hurried(row.deadline);
    let Ok(made) = tokio::time::timeout(HANG, call.made(truth.delivery)).await else {
        return Err(format!("it hangs for {HANG:?}"));
    };
    let Made { told, result } = made?;
    let sent = emulator.map_or(0, |emulator| emulator.requests().len());
    // What is refused before it is read is no request that the emulator knows of.
    if sent > stated.attempts() as usize {
        return Err(format!("{sent} requests: {stated:?}"));
    }
    let told_is = |text: &str| {
        let told = told.as_deref();
        told.map_or(Ok(()), |told| equal("the text of the events", &told, &text))
    };
    match (stated, result) {
        (Stated::Answer { attempts }, Ok(given)) => {
            equal("requests", &sent, &(attempts as usize))?;
            same(&given, &truth.given)?;
            told_is(&given.text())
        }
        (Stated::Stopped(reason), Ok(given)) => {
            equal("requests", &sent, &1)?;
            let reasons = given.answer().map(|answer| answer.finish_reason);
            equal("finish reason", &reasons, &Some(reason))?;
            equal("text", &given.text(), &truth.given.text())?;
            told_is(&given.text())
        }
        (Stated::Answer { .. } | Stated::Stopped(_), Err(error)) => {
            Err(format!("it fails: {}: {error}", error.kind()))
        }
        (_, Ok(given)) => Err(format!("it passes for whole: {given:?}")),
        (stated, Err(error)) => {
            let text = fails_as(&error, stated, row, truth.text_of(came))
                .map_err(|why| format!("{why}: {error}"))?;
            told_is(text)
        }
    }
}

/// Whether an error is the one that is stated. Gives the text that its events are to have.
fn fails_as<'a>(
    error: &Error,
    stated: Stated,
    row: &Row,
    came: &'a str,
) -> Result<&'a str, String> {
    let shown = format!("{error} {error:?} {}", serde_json::json!(error));
    if let Some(secret) = SECRETS.iter().find(|secret| shown.contains(**secret)) {
        return Err(format!("{secret:?} is shown"));
    }
    let Stated::Error {
        kind,
        retryable,
        attempts,
        keeps,
    } = stated
    else {
        equal("kind", &error.kind(), &ErrorKind::Transport)?;
        // By then the request may be on its way or not; if it is not, a retry costs nothing, and is made.
        if error.retryable() {
            equal("attempts", &error.attempts(), &Some(2))?;
        }
        return keeps_just(error, "").map(|()| "");
    };
    equal("kind", &error.kind(), &kind)?;
    equal("retryable", &error.retryable(), &retryable)?;
    equal("attempts", &error.attempts(), &Some(attempts))?;
    if let Some(code) = row.code {
        equal("code", &error.code(), &code)?;
    }
    if let Some(wait) = row.wait {
        equal("the wait asked for", &error.retry_after(), &wait)?;
    }
    let text = match keeps {
        Keeps::Nothing => "",
        Keeps::WhatCame => came,
    };
    keeps_just(error, text).map(|()| text)
}

impl Stated {
    fn attempts(self) -> u32 {
        match self {
            Self::Answer { attempts } | Self::Error { attempts, .. } => attempts,
            Self::Stopped(_) => 1,
            Self::Unmade => 2,
        }
    }
}

/// Whether the same was given.
fn same(given: &Given, truth: &Given) -> Outcome {
    match (given, truth) {
        (Given::Answer(response), Given::Answer(truth)) => same_answer(response, truth),
        (Given::Vectors(vectors), Given::Vectors(truth)) => equal("vectors", vectors, truth),
        (Given::Count(count), Given::Count(truth)) => equal("count", count, truth),
        _ => Err(format!("{given:?}, stated {truth:?}")),
    }
}

/// Whether two answers say the same. Their ids are those of different requests.
fn same_answer(response: &Response, truth: &Response) -> Outcome {
    equal("message", &response.message, &truth.message)?;
    equal(
        "finish reason",
        &response.finish_reason,
        &truth.finish_reason,
    )?;
    equal(
        "raw finish reason",
        &response.raw_finish_reason,
        &truth.raw_finish_reason,
    )?;
    equal("usage", &response.usage, &truth.usage)
}

/// Whether the partial response has this text, and calls itself broken.
fn keeps_just(error: &Error, text: &str) -> Outcome {
    match error.partial() {
        Some(partial) => {
            equal("the partial text", &partial.text().as_str(), &text)?;
            equal(
                "its finish reason",
                &partial.finish_reason,
                &FinishReason::Error,
            )
        }
        None => equal("the partial text", &"", &text),
    }
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, is: &T, stated: &T) -> Outcome {
    match is == stated {
        true => Ok(()),
        false => Err(format!("{what}: {is:?}, stated {stated:?}")),
    }
}
