//! The state of a loop: what has been said, and what comes next.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use reqllm_core::{
    Error, Message, Part, Response, Result, Role, ToolCallPart, ToolChoice, ToolHandler,
    ToolOutput, ToolResultPart, Warning,
};
use reqllm_transport::EventStream;
use serde_json::Value;

use super::{Approval, Run, RunFailure, Stopped, Transcript};
use crate::Chat;
use crate::total::Total;

/// A loop on its way. The conversation itself is that of its call.
pub(super) struct Conversation {
    run: Run,
    steps: Vec<Response>,
    total: Total,
    warnings: Vec<Warning>,
    /// Calls that were left to the caller.
    left: bool,
}

/// What comes next.
pub(super) enum Next {
    /// The model is asked.
    Ask,
    /// These calls are answered.
    Answer(Vec<ToolCallPart>),
    /// Nothing.
    Stop(Stopped),
}

/// What is to be done about a call.
enum Plan {
    Run(Arc<dyn ToolHandler>, Value),
    Give(ToolOutput),
    /// It is the caller's.
    Leave,
}

impl Conversation {
    pub(super) fn begin(run: Run) -> Result<Self, RunFailure> {
        let wrong = match (run.max_steps, run.concurrency) {
            (0, _) => {
                Some("max_steps is 0, and the model could not be asked at all; give 1 or more")
            }
            (_, Some(0)) => Some("concurrency is 0, and no tool could run; give 1 or more"),
            _ => None,
        };
        let conversation = Self {
            run,
            steps: Vec::new(),
            total: Total::default(),
            warnings: Vec::new(),
            left: false,
        };
        match wrong {
            None => Ok(conversation),
            Some(wrong) => Err(conversation.fail(Error::invalid_request(wrong))),
        }
    }

    fn chat(&self) -> &Chat {
        &self.run.chat
    }

    /// Makes the next step's call. Media are fetched once, by the step that meets them first.
    pub(super) async fn ask(&mut self) -> Result<Response> {
        self.run.chat.load_media().await?;
        self.run.chat.whole().await
    }

    /// The same, as events.
    pub(super) async fn events(&mut self) -> Result<EventStream> {
        self.run.chat.load_media().await?;
        self.run.chat.events().await
    }

    pub(super) fn next(&self) -> Next {
        let calls = unanswered(&self.chat().call.messages);
        let Some(last) = self.steps.last() else {
            return match calls.is_empty() {
                true => Next::Ask,
                false => Next::Answer(calls),
            };
        };
        let answered = self
            .chat()
            .call
            .messages
            .last()
            .is_some_and(|message| message.role != Role::Assistant);
        if self.left {
            Next::Stop(Stopped::CallerTools)
        } else if calls.is_empty() && answered {
            Next::Ask
        } else if calls.is_empty() {
            Next::Stop(Stopped::Done)
        } else if last.finish_reason.is_cut_off() {
            Next::Stop(Stopped::CutOff)
        } else if self.steps.len() >= self.run.max_steps as usize {
            Next::Stop(Stopped::StepLimit)
        } else {
            Next::Answer(calls)
        }
    }

    /// Takes the answer of a step.
    pub(super) fn take(&mut self, response: Response) {
        let call = &mut self.run.chat.call;
        call.messages.push(response.message.clone());
        if call.tool_choice != Some(ToolChoice::None) {
            call.tool_choice = None;
        }
        self.total.add(&response);
        self.steps.push(response);
    }

    /// Answers calls, as far as they can be answered here; gives the results in the order of the calls.
    pub(super) async fn answer(&mut self, calls: Vec<ToolCallPart>) -> Result<Vec<ToolResultPart>> {
        let mut plans = Vec::with_capacity(calls.len());
        for call in calls {
            let plan = self.plan(&call).await?;
            plans.push((call, plan));
        }
        let at_once = self.run.concurrency.unwrap_or(plans.len()).max(1);
        let outcomes: Vec<(ToolCallPart, Option<Outcome>)> = stream::iter(plans)
            .map(|(call, plan)| async move { (call, carry_out(plan).await) })
            .buffered(at_once)
            .collect()
            .await;
        let mut results = Vec::new();
        let mut left = Vec::new();
        for (call, outcome) in outcomes {
            let Some(outcome) = outcome else {
                left.push(call.name);
                continue;
            };
            if outcome.panicked {
                self.warnings.push(Warning::new(
                    "tool_panicked",
                    format!(
                        "tool {:?} panicked; the model was told that it failed",
                        call.name
                    ),
                ));
            }
            results.push(outcome.result(call));
        }
        self.add(&results);
        self.left = !left.is_empty();
        if self.left && self.steps.is_empty() {
            return Err(Error::invalid_request(format!(
                "the conversation ends with calls of tools that nobody here runs ({}); add a result for each, or give the tools a function",
                left.join(", ")
            )));
        }
        Ok(results)
    }

    async fn plan(&self, call: &ToolCallPart) -> Result<Plan> {
        let tools = &self.chat().call.tools;
        let Some(tool) = tools.iter().find(|tool| tool.name == call.name) else {
            let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
            return Ok(Plan::Give(ToolOutput::failed(format!(
                "there is no tool {:?}; there are: {}",
                call.name,
                names.join(", ")
            ))));
        };
        if let Some(refusal) = no_object(&call.arguments) {
            return Ok(Plan::Give(ToolOutput::failed(refusal)));
        }
        let approval = match &self.run.hook {
            Some(hook) => hook.ask(call).await,
            None => Approval::Allow,
        };
        let arguments = match approval {
            Approval::Allow => call.arguments.clone(),
            Approval::Change(arguments) => match arguments {
                Value::Object(_) => arguments,
                _ => return Err(no_change(call, &arguments)),
            },
            Approval::Answer(output) => return Ok(Plan::Give(output)),
            Approval::Refuse(reason) => {
                return Ok(Plan::Give(ToolOutput::failed(format!(
                    "the call was refused: {reason}"
                ))));
            }
        };
        Ok(match tool.handler() {
            Some(handler) => Plan::Run(Arc::clone(handler), arguments),
            None => Plan::Leave,
        })
    }

    /// Results of one turn stand in one message.
    fn add(&mut self, results: &[ToolResultPart]) {
        if results.is_empty() {
            return;
        }
        let parts = results.iter().cloned().map(Part::ToolResult);
        let messages = &mut self.run.chat.call.messages;
        match messages.last_mut() {
            Some(message) if message.role == Role::Tool => message.content.extend(parts),
            _ => messages.push(Message::new(Role::Tool, parts.collect::<Vec<_>>())),
        }
    }

    pub(super) fn end(self, stopped: Stopped) -> Transcript {
        let messages = self.run.chat.call.messages;
        Transcript {
            pending: unanswered(&messages),
            messages,
            steps: self.steps,
            usage: self.total.usage(),
            cost: self.total.cost(),
            stopped,
            warnings: self.warnings,
        }
    }

    pub(super) fn fail(self, error: Error) -> RunFailure {
        RunFailure::new(error, self.end(Stopped::Failed))
    }
}

/// What became of a call that was answered.
struct Outcome {
    output: ToolOutput,
    panicked: bool,
}

impl Outcome {
    fn result(self, call: ToolCallPart) -> ToolResultPart {
        let mut result = ToolResultPart::new(call.id, self.output.content);
        result.name = Some(call.name);
        result.is_error = self.output.is_error;
        result
    }
}

async fn carry_out(plan: Plan) -> Option<Outcome> {
    let (output, panicked) = match plan {
        Plan::Leave => return None,
        Plan::Give(output) => (output, false),
        Plan::Run(handler, arguments) => {
            // The handler is not touched again by this call, and has to keep itself in order between calls anyway.
            let run = AssertUnwindSafe(async { handler.run(arguments).await });
            match run.catch_unwind().await {
                Ok(output) => (output, false),
                // What the panic says is for the programmer, and stands on standard error.
                Err(_) => (ToolOutput::failed("the tool failed unexpectedly"), true),
            }
        }
    };
    Some(Outcome { output, panicked })
}

/// What the caller is told of arguments of its own that are no object. What is in them stays out of it.
fn no_change(call: &ToolCallPart, arguments: &Value) -> Error {
    let kind = match arguments {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        _ => "a list",
    };
    Error::invalid_request(format!(
        "`Approval::Change` for tool {:?} holds {kind}; a JSON object of arguments would do",
        call.name
    ))
}

/// What the model is told of arguments that are no object. None at all are an empty one.
fn no_object(arguments: &Value) -> Option<String> {
    match arguments {
        Value::Object(_) | Value::Null => None,
        Value::String(text) => Some(format!(
            "the arguments are no JSON object, but this text: {text}"
        )),
        other => Some(format!(
            "the arguments are no JSON object, but this: {other}"
        )),
    }
}

/// Calls at the end of the conversation without a result. Once the user has spoken after them, they are past: whoever went
/// on without their results does not want them run.
fn unanswered(messages: &[Message]) -> Vec<ToolCallPart> {
    let Some(at) = messages
        .iter()
        .rposition(|message| message.role == Role::Assistant)
    else {
        return Vec::new();
    };
    let later = &messages[at + 1..];
    if later.iter().any(|message| message.role == Role::User) {
        return Vec::new();
    }
    let later = later.iter().flat_map(|message| &message.content);
    let answered: Vec<&str> = later
        .filter_map(|part| match part {
            Part::ToolResult(result) => Some(result.id.as_str()),
            _ => None,
        })
        .collect();
    let calls = messages[at].tool_calls();
    let open = calls.filter(|call| !answered.contains(&call.id.as_str()));
    open.cloned().collect()
}
