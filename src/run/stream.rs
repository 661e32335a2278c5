//! The events of a loop, as they come.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream;
use reqllm_core::{Error, Event, Response, ToolResultPart};
use reqllm_transport::EventStream;

use super::{Conversation, Next, Run, RunFailure, Transcript};

/// One event of a loop.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RunEvent {
    /// An event of the step that is on its way. Its last one is [`Event::Finish`].
    Step(Event),
    /// What a tool gave. Those of a step come when all of its tools are done, in the order of the calls.
    ToolResult(ToolResultPart),
    /// The last event: the whole transcript.
    Finish(Box<Transcript>),
}

/// The events of a loop. Dropping it cancels the request and the tools that are running.
pub struct RunStream {
    events: Pin<Box<dyn Stream<Item = Result<RunEvent, RunFailure>> + Send>>,
}

impl RunStream {
    pub(super) fn new(run: Run) -> Self {
        let begin = Place::Begin(Box::new(run));
        Self {
            events: Box::pin(stream::try_unfold(begin, next)),
        }
    }

    /// The next event; none after the last one.
    ///
    /// # Errors
    ///
    /// Whatever went wrong in a step. Nothing comes after it.
    pub async fn try_next(&mut self) -> Result<Option<RunEvent>, RunFailure> {
        std::future::poll_fn(|context| self.events.as_mut().poll_next(context))
            .await
            .transpose()
    }

    /// Runs to the end.
    ///
    /// # Errors
    ///
    /// As [`RunStream::try_next`]; and [`ErrorKind::Stream`](crate::ErrorKind::Stream) if the last event has been taken.
    pub async fn finish(mut self) -> Result<Transcript, RunFailure> {
        while let Some(event) = self.try_next().await? {
            if let RunEvent::Finish(transcript) = event {
                return Ok(*transcript);
            }
        }
        let error = Error::stream("the loop has ended before; its last event was taken then");
        Err(RunFailure::new(error, Transcript::nothing()))
    }
}

impl Stream for RunStream {
    type Item = Result<RunEvent, RunFailure>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.events.as_mut().poll_next(context)
    }
}

impl fmt::Debug for RunStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunStream").finish_non_exhaustive()
    }
}

/// How far a loop has come.
enum Place {
    Begin(Box<Run>),
    Between(Box<Conversation>, VecDeque<ToolResultPart>),
    InStep(Box<Conversation>, Box<EventStream>),
    End,
}

async fn next(mut place: Place) -> Result<Option<(RunEvent, Place)>, RunFailure> {
    loop {
        place = match place {
            Place::Begin(run) => {
                let conversation = Box::new(Conversation::begin(*run)?);
                Place::Between(conversation, VecDeque::new())
            }
            Place::Between(conversation, mut results) => {
                if let Some(result) = results.pop_front() {
                    let event = RunEvent::ToolResult(result);
                    return Ok(Some((event, Place::Between(conversation, results))));
                }
                match between(conversation).await? {
                    Between::On(place) => place,
                    Between::Ended(transcript) => {
                        let event = RunEvent::Finish(transcript);
                        return Ok(Some((event, Place::End)));
                    }
                }
            }
            Place::InStep(mut conversation, mut events) => match events.try_next().await {
                Ok(Some(Event::Finish { response })) => {
                    conversation.take(Response::clone(&response));
                    let event = RunEvent::Step(Event::Finish {
                        response: Arc::clone(&response),
                    });
                    return Ok(Some((event, Place::Between(conversation, VecDeque::new()))));
                }
                Ok(Some(event)) => {
                    return Ok(Some((
                        RunEvent::Step(event),
                        Place::InStep(conversation, events),
                    )));
                }
                Ok(None) => {
                    let error = Error::stream("the events of a step ended without their last one");
                    return Err(conversation.fail(error));
                }
                Err(error) => return Err(conversation.fail(error)),
            },
            Place::End => return Ok(None),
        };
    }
}

enum Between {
    On(Place),
    Ended(Box<Transcript>),
}

async fn between(mut conversation: Box<Conversation>) -> Result<Between, RunFailure> {
    match conversation.next() {
        Next::Ask => match conversation.events().await {
            Ok(events) => Ok(Between::On(Place::InStep(conversation, Box::new(events)))),
            Err(error) => Err(conversation.fail(error)),
        },
        Next::Answer(calls) => match conversation.answer(calls).await {
            Ok(results) => Ok(Between::On(Place::Between(conversation, results.into()))),
            Err(error) => Err(conversation.fail(error)),
        },
        Next::Stop(stopped) => {
            let transcript = conversation.end(stopped);
            Ok(Between::Ended(Box::new(transcript)))
        }
    }
}
