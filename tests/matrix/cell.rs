//! One cell: what is to come of a call under a fault, stated beforehand, and how that is proved.

use std::time::Duration;

use futures_util::StreamExt as _;
use reqllm::{Chat, Delivery, Error, ErrorKind, Event, FinishReason, Random, Response};
use reqllm_emulator::{Emulator, Fault};

use crate::common;
use crate::subject::Truth;

/// Nothing, or why the cell is wrong.
pub(crate) type Outcome = Result<(), String>;

/// What is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stated {
    /// The answer that comes when nobody disturbs it.
    Answer { attempts: u32 },
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

/// Deadlines that are short, and long enough for what comes at once on a machine that has much else to do.
const TOTAL: Duration = Duration::from_secs(3);
const GAP: Duration = Duration::from_secs(1);

/// No cell may take as long, whatever its deadline is.
const HANG: Duration = Duration::from_secs(30);

/// Makes the call of `truth` under `act`, where `came` frames come whole before it strikes, and looks at the outcome.
pub(crate) async fn prove(
    truth: &Truth,
    act: Act,
    came: usize,
    deadline: Option<Deadline>,
    stated: Stated,
) -> Outcome {
    let (emulator, endpoint) = match act {
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
    let client = common::builder_at(&endpoint, common::KEYS).random(Random::fixed(0.0));
    let client = client.build().unwrap();
    let chat = hurried(truth.route.chat(&client).max_retries(1), deadline);
    let call = made(chat, truth.delivery);
    let Ok((told, result)) = tokio::time::timeout(HANG, call).await else {
        return Err(format!("it hangs for {HANG:?}"));
    };
    if let Some(emulator) = &emulator {
        // What is refused before it is read is no request that the emulator knows of.
        let sent = emulator.requests().len();
        if sent > stated.attempts() as usize {
            return Err(format!("{sent} requests: {stated:?}"));
        }
    }
    match (stated, result?) {
        (Stated::Answer { attempts }, Ok(response)) => {
            let sent = emulator.map_or(0, |emulator| emulator.requests().len());
            equal("requests", &sent, &(attempts as usize))?;
            same(&response, &truth.response)?;
            told.map_or(Ok(()), |told| {
                equal("the text of the events", &told, &response.text())
            })
        }
        (
            Stated::Error {
                kind,
                retryable,
                attempts,
                keeps,
            },
            Err(error),
        ) => {
            equal("kind", &error.kind(), &kind).map_err(|why| format!("{why}: {error}"))?;
            equal("retryable", &error.retryable(), &retryable)?;
            equal("attempts", &error.attempts(), &Some(attempts))?;
            let text = match keeps {
                Keeps::Nothing => "",
                Keeps::WhatCame => truth.text_of(came),
            };
            keeps_just(&error, text)?;
            told.map_or(Ok(()), |told| {
                equal("the text of the events", &told.as_str(), &text)
            })
        }
        (Stated::Unmade, Err(error)) => {
            equal("kind", &error.kind(), &ErrorKind::Transport)?;
            // By then the request may be on its way or not; if it is not, a retry costs nothing, and is made.
            if error.retryable() {
                equal("attempts", &error.attempts(), &Some(2))?;
            }
            keeps_just(&error, "")
        }
        (Stated::Answer { .. }, Err(error)) => Err(format!("it fails: {error}")),
        (_, Ok(response)) => Err(format!("it passes for whole: {response:?}")),
    }
}

impl Stated {
    fn attempts(self) -> u32 {
        match self {
            Self::Answer { attempts } | Self::Error { attempts, .. } => attempts,
            Self::Unmade => 2,
        }
    }
}

fn hurried(chat: Chat, deadline: Option<Deadline>) -> Chat {
    match deadline {
        None => chat,
        Some(Deadline::Total) => chat.timeout(TOTAL),
        Some(Deadline::FirstByte) => chat.first_byte_timeout(GAP),
        Some(Deadline::Idle) => chat.idle_timeout(GAP),
    }
}

/// The text of the events, of a stream that began, and how the call ended. An error when events come behind the end.
async fn made(
    chat: Chat,
    delivery: Delivery,
) -> (Option<String>, Result<Result<Response, Error>, String>) {
    if delivery == Delivery::Whole {
        return (None, Ok(chat.await));
    }
    let mut stream = match chat.stream().await {
        Ok(stream) => stream,
        Err(error) => return (None, Ok(Err(error))),
    };
    let (mut told, mut end) = (String::new(), None);
    while let Some(event) = stream.next().await {
        if end.is_some() {
            return (
                Some(told),
                Err(format!("something behind the end: {event:?}")),
            );
        }
        match event {
            Ok(Event::Text(delta)) => told.push_str(&delta.text),
            Ok(Event::Finish { response }) => end = Some(Ok((*response).clone())),
            Ok(_) => {}
            Err(error) => end = Some(Err(error)),
        }
    }
    let end = end.ok_or_else(|| "the stream ends without a last event".to_owned());
    (Some(told), end)
}

/// Whether two answers say the same. Their ids are those of different requests.
fn same(response: &Response, truth: &Response) -> Outcome {
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
