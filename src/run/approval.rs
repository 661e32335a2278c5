//! What may be said of a call before its tool runs.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use reqllm_core::{IntoToolOutput, ToolCallPart, ToolOutput};
use serde_json::Value;

/// What is to become of a call; see [`Run::on_tool_call`](crate::Run::on_tool_call).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Approval {
    /// The tool runs.
    Allow,
    /// The tool runs with these arguments instead, a JSON object; anything else ends the loop with an error. The transcript
    /// keeps what the model wrote.
    Change(Value),
    /// The tool does not run; the model gets this in its place.
    Answer(ToolOutput),
    /// The tool does not run; the model is told why.
    Refuse(String),
}

impl Approval {
    /// An answer in the place of the tool's.
    pub fn answer(output: impl IntoToolOutput) -> Self {
        Self::Answer(output.into_tool_output())
    }

    /// A refusal, with the reason that the model gets to see.
    pub fn refuse(reason: impl Into<String>) -> Self {
        Self::Refuse(reason.into())
    }
}

type Answer = Pin<Box<dyn Future<Output = Approval> + Send>>;

/// Somebody who looks at calls.
#[derive(Clone)]
pub(super) struct Hook(Arc<dyn Fn(ToolCallPart) -> Answer + Send + Sync>);

impl Hook {
    pub(super) fn new<F, Fut>(hook: F) -> Self
    where
        F: Fn(ToolCallPart) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Approval> + Send + 'static,
    {
        Self(Arc::new(move |call| Box::pin(hook(call))))
    }

    pub(super) async fn ask(&self, call: &ToolCallPart) -> Approval {
        (self.0)(call.clone()).await
    }
}
