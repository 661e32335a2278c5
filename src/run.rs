//! The tool loop: ask, run the tools that the model asks for, ask again with their results.

mod approval;
mod conversation;
mod failure;
mod stream;
mod transcript;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use reqllm_core::ToolCallPart;

pub use self::approval::Approval;
use self::approval::Hook;
use self::conversation::{Conversation, Next};
pub use self::failure::RunFailure;
pub use self::stream::{RunEvent, RunStream};
pub use self::transcript::{Stopped, Transcript};
use crate::Chat;

/// How often the model is asked where nothing else was said.
const MAX_STEPS: u32 = 10;

/// A tool loop that has not begun. Await it for the [`Transcript`], or [`Run::stream`] it.
///
/// Each step is one call to the model. The tools that it asks for in one step run concurrently; their results go back in
/// the order of the calls, in one message. The loop ends when the model asks for no more, at the limit of steps, or when
/// it asks for a tool that nobody here runs; [`Transcript::stopped`] tells which.
///
/// A model is told, and may try again, if it asks for a tool that there is not, if its arguments are no JSON object, or if
/// the tool fails. A tool that panics has failed; the others go on, and the transcript has a warning. (Where panics abort
/// the process, they do so here as well.)
///
/// A conversation may end with calls that nobody has answered, such as those of a transcript that stopped: they are
/// answered first. So are those of an answer that was cut off or filtered, whose arguments may be half of what was meant:
/// look at [`Transcript::stopped`], and take such a message away before going on. Calls that a message of the user follows
/// are past, and never run.
///
/// [`Chat::tool_choice`] holds for the first step; after it the model decides, or it could never end. `none` holds for all
/// of them. [`Chat::timeout`] and [`Chat::max_retries`] hold for each step. Dropping the future, or the stream, cancels the
/// request and the tools that are running.
#[must_use = "a loop runs when it is awaited or streamed"]
#[derive(Clone)]
pub struct Run {
    chat: Chat,
    max_steps: u32,
    concurrency: Option<usize>,
    hook: Option<Hook>,
}

impl Run {
    pub(crate) fn new(chat: Chat) -> Self {
        Self {
            chat,
            max_steps: MAX_STEPS,
            concurrency: None,
            hook: None,
        }
    }

    /// How often the model is asked at most, from 1. Default: 10.
    ///
    /// At the limit the loop stops as [`Stopped::StepLimit`]. The tools that the model asked for last do not run; they are
    /// in [`Transcript::pending`], and a loop over the transcript's messages goes on with them.
    ///
    /// ```no_run
    /// use reqllm::{Stopped, Tool};
    ///
    /// # async fn run(tools: Vec<Tool>) -> reqllm::Result<()> {
    /// let model = reqllm::model("bedrock:amazon.nova-lite-v1:0")?;
    /// let mut run = model.chat("Tidy up.").tools(tools.clone()).run().max_steps(3).await?;
    /// if run.stopped == Stopped::StepLimit {
    ///     run = model.chat(run.messages).tools(tools).run().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn max_steps(mut self, steps: u32) -> Self {
        self.max_steps = steps;
        self
    }

    /// How many tools of one step run at once, from 1. Default: all of them.
    pub fn concurrency(mut self, tools: usize) -> Self {
        self.concurrency = Some(tools);
        self
    }

    /// Has every call looked at before its tool runs, one after the other, in the order of the calls.
    ///
    /// Calls that cannot run, because there is no such tool or the arguments are no object, are not asked about. A tool
    /// without a function may be answered here.
    ///
    /// ```no_run
    /// use reqllm::{Approval, Tool};
    ///
    /// # async fn run(tools: Vec<Tool>) -> reqllm::Result<()> {
    /// let model = reqllm::model("bedrock:amazon.nova-lite-v1:0")?;
    /// let run = model.chat("Tidy up.").tools(tools).run().on_tool_call(|call| async move {
    ///     match call.name.as_str() {
    ///         "delete" => Approval::refuse("nothing may be deleted today"),
    ///         _ => Approval::Allow,
    ///     }
    /// });
    /// println!("{}", run.await?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_tool_call<F, Fut>(mut self, hook: F) -> Self
    where
        F: Fn(ToolCallPart) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Approval> + Send + 'static,
    {
        self.hook = Some(Hook::new(hook));
        self
    }

    /// Runs the loop, and gives its events as they come: those of every step, and the results of the tools.
    ///
    /// ```no_run
    /// use reqllm::{Event, RunEvent, Tool};
    ///
    /// # async fn run(tools: Vec<Tool>) -> reqllm::Result<()> {
    /// let model = reqllm::model("bedrock:amazon.nova-lite-v1:0")?;
    /// let mut run = model.chat("Weather in Lyon?").tools(tools).run().stream();
    /// while let Some(event) = run.try_next().await? {
    ///     match event {
    ///         RunEvent::Step(Event::Text(text)) => print!("{text}"),
    ///         RunEvent::ToolResult(result) => println!("{:?}", result.content),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self) -> RunStream {
        RunStream::new(self)
    }

    async fn drive(self) -> Result<Transcript, RunFailure> {
        let mut conversation = Conversation::begin(self)?;
        loop {
            match conversation.next() {
                Next::Ask => match conversation.ask().await {
                    Ok(response) => conversation.take(response),
                    Err(error) => return Err(conversation.fail(error)),
                },
                Next::Answer(calls) => {
                    if let Err(error) = conversation.answer(calls).await {
                        return Err(conversation.fail(error));
                    }
                }
                Next::Stop(stopped) => return Ok(conversation.end(stopped)),
            }
        }
    }
}

impl IntoFuture for Run {
    type Output = Result<Transcript, RunFailure>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.drive())
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("chat", &self.chat)
            .field("max_steps", &self.max_steps)
            .field("concurrency", &self.concurrency)
            .field("has_hook", &self.hook.is_some())
            .finish()
    }
}
