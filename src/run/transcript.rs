//! What a loop leaves behind.

use std::fmt;

use reqllm_core::{Cost, Message, Response, ToolCallPart, Usage, Warning};
use serde::{Deserialize, Serialize};

/// A conversation with everything that the loop added to it.
///
/// Its `Display` is the text of the last response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Transcript {
    /// The whole conversation, from the first message on: what the next call continues with. Media that had to be fetched
    /// stand in it as bytes.
    pub messages: Vec<Message>,
    /// The responses, one a step.
    pub steps: Vec<Response>,
    /// What all steps used together. A count that no step gave is absent.
    pub usage: Usage,
    /// What all steps cost together; absent where the cost of one is not known.
    pub cost: Option<Cost>,
    /// Why the loop ended.
    pub stopped: Stopped,
    /// Calls at the end of the conversation that nobody has answered.
    pub pending: Vec<ToolCallPart>,
    /// What the loop itself had to say. Each step has warnings of its own.
    pub warnings: Vec<Warning>,
}

impl Transcript {
    /// Of a loop of which nothing is known any more.
    pub(super) fn nothing() -> Self {
        Self {
            messages: Vec::new(),
            steps: Vec::new(),
            usage: Usage::default(),
            cost: None,
            stopped: Stopped::Failed,
            pending: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The last response. The transcript of a loop that did not fail has one.
    pub fn response(&self) -> Option<&Response> {
        self.steps.last()
    }

    /// The text of the last response.
    pub fn text(&self) -> String {
        self.response().map(Response::text).unwrap_or_default()
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.response() {
            Some(response) => response.fmt(f),
            None => Ok(()),
        }
    }
}

/// Why a loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stopped {
    /// The model asks for no more tools.
    Done,
    /// The model was asked as often as it might be, and asks for more tools. They did not run.
    StepLimit,
    /// The model asks for tools that nobody here runs: they are the caller's own. The others of the step did run. Add a
    /// [`tool_result`](crate::tool_result) for each pending call to the messages, and go on with these.
    CallerTools,
    /// The answer was cut off, by a limit or a filter, and asks for tools. They did not run, because there may have been
    /// more to it. The last response has the finish reason.
    CutOff,
    /// An error ended it.
    Failed,
}
