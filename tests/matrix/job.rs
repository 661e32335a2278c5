//! What is asked for, and what is given for it: a conversation, vectors, or a count.

use std::time::Duration;

use futures_util::StreamExt as _;
use reqllm::{Chat, CountCall, Delivery, EmbedCall, Error, Event, Response};
use serde_json::Value;

use crate::cell::Deadline;

/// A call of any operation, not made yet.
pub(crate) enum Job {
    Chat(Chat),
    Embed(EmbedCall),
    Count(CountCall),
}

/// What a call is answered with.
#[derive(Debug)]
pub(crate) enum Given {
    Answer(Box<Response>),
    Vectors(Vec<Vec<f32>>),
    Count(u64),
}

/// What a call came to.
pub(crate) struct Made {
    /// The text of the events, of a stream that began.
    pub(crate) told: Option<String>,
    pub(crate) result: Result<Given, Error>,
}

/// Deadlines that are short, and long enough for what comes at once on a machine that has much else to do.
const TOTAL: Duration = Duration::from_secs(3);
const GAP: Duration = Duration::from_secs(1);

macro_rules! each {
    ($job:expr, $call:ident => $with:expr) => {
        match $job {
            Job::Chat($call) => Job::Chat($with),
            Job::Embed($call) => Job::Embed($with),
            Job::Count($call) => Job::Count($with),
        }
    };
}

impl Job {
    /// Repeated once at most, and with this deadline.
    pub(crate) fn hurried(self, deadline: Option<Deadline>) -> Self {
        let once = each!(self, call => call.max_retries(1));
        match deadline {
            None => once,
            Some(Deadline::Total) => each!(once, call => call.timeout(TOTAL)),
            Some(Deadline::FirstByte) => each!(once, call => call.first_byte_timeout(GAP)),
            Some(Deadline::Idle) => each!(once, call => call.idle_timeout(GAP)),
        }
    }

    /// The address, the headers that are no secret, and the body.
    pub(crate) fn request(&self, delivery: Delivery) -> (String, String, Value) {
        let sent = match self {
            Self::Chat(chat) => chat.dry_run(delivery).unwrap(),
            Self::Embed(call) => call.dry_run().unwrap().remove(0),
            Self::Count(call) => call.dry_run().unwrap(),
        };
        let headers = sent.headers.iter().filter_map(|(name, value)| {
            let value = value.as_str().filter(|value| !value.contains("****"))?;
            Some(format!("{name}: {value}\r\n"))
        });
        (sent.url, headers.collect(), sent.body)
    }

    /// Makes it. An error in place of an outcome when events come behind the end.
    pub(crate) async fn made(self, delivery: Delivery) -> Result<Made, String> {
        let result = match self {
            Self::Chat(chat) if delivery == Delivery::Stream => return streamed(chat).await,
            Self::Chat(chat) => chat.await.map(|it| Given::Answer(Box::new(it))),
            Self::Embed(call) => call.await.map(|it| Given::Vectors(it.embeddings)),
            Self::Count(call) => call.await.map(|it| Given::Count(it.input_tokens)),
        };
        Ok(Made { told: None, result })
    }
}

async fn streamed(chat: Chat) -> Result<Made, String> {
    let mut stream = match chat.stream().await {
        Ok(stream) => stream,
        Err(error) => {
            return Ok(Made {
                told: None,
                result: Err(error),
            });
        }
    };
    let (mut told, mut end) = (String::new(), None);
    while let Some(event) = stream.next().await {
        if end.is_some() {
            return Err(format!("something behind the end: {event:?}"));
        }
        match event {
            Ok(Event::Text(delta)) => told.push_str(&delta.text),
            Ok(Event::Finish { response }) => {
                end = Some(Ok(Given::Answer(Box::new((*response).clone()))));
            }
            Ok(_) => {}
            Err(error) => end = Some(Err(error)),
        }
    }
    let result = end.ok_or("the stream ends without a last event")?;
    Ok(Made {
        told: Some(told),
        result,
    })
}

impl Given {
    /// The answer of a conversation.
    pub(crate) fn answer(&self) -> Option<&Response> {
        match self {
            Self::Answer(response) => Some(response),
            Self::Vectors(_) | Self::Count(_) => None,
        }
    }

    /// The text of an answer; none of numbers.
    pub(crate) fn text(&self) -> String {
        self.answer().map_or_else(String::new, Response::text)
    }
}
