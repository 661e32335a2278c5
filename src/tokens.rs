//! How many tokens a call would take.

use reqllm_core::{Capability, Result, Task, TokenCount, Tool, ToolChoice};

use reqllm_transport::Told;

use crate::knobs::{awaited, knobs, policy};
use crate::{Chat, DryRun, addressed, watch};

/// A call whose tokens have not been counted. Await it for the count; the call itself is not made.
#[must_use = "nothing is counted before it is awaited"]
#[derive(Clone, Debug)]
pub struct CountCall {
    pub(crate) chat: Chat,
}

impl CountCall {
    pub(crate) fn new(chat: Chat) -> Self {
        Self { chat }
    }

    /// Puts a system prompt in front of the conversation, after those that stand there.
    pub fn system(mut self, text: impl Into<String>) -> Self {
        self.chat = self.chat.system(text);
        self
    }

    /// The tools on offer; their descriptions are input as well.
    pub fn tools(mut self, tools: impl IntoIterator<Item = Tool>) -> Self {
        self.chat = self.chat.tools(tools);
        self
    }

    /// Which tool the model must use. Default: it decides.
    pub fn tool_choice(mut self, choice: impl Into<ToolChoice>) -> Self {
        self.chat = self.chat.tool_choice(choice);
        self
    }

    /// Leaves out with a warning what the model cannot do, instead of refusing with an error.
    pub fn lossy(mut self, lossy: bool) -> Self {
        self.chat = self.chat.lossy(lossy);
        self
    }

    knobs!(chat.call.options);
    policy!(chat.policy);

    /// Counts; the same as awaiting it.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports.
    pub async fn send(mut self) -> Result<TokenCount> {
        self.chat.load_media().await?;
        let model = &self.chat.model;
        let task = self.task_in_place().await?;
        let observation = watch::task("count_tokens", model, Some(&task), |_| {});
        let transport = model.client.transport();
        let counted = transport.run(&task, &self.chat.policy, &observation).await;
        let counted =
            counted.map_err(|error| model.advise(Capability::Chat, &self.chat.call.options, error));
        observation.end(&counted, |_| Told::default());
        let mut count = counted?;
        let before = model.warnings.iter().chain(&task.warnings).cloned();
        count.warnings.splice(0..0, before);
        Ok(count)
    }

    /// Shows what would be sent, and sends nothing. Needs no credentials.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the call before it is sent.
    pub fn dry_run(&self) -> Result<DryRun> {
        self.chat.needs_no_media()?;
        Ok(DryRun::of_task(&self.task()?, &self.chat.model.warnings))
    }

    pub(crate) fn task(&self) -> Result<Task<TokenCount>> {
        let model = &self.chat.model;
        let (call, passed_over) = addressed::to(&*model.provider, &self.chat.call);
        let task = model.provider.count_tokens(&model.model, &call);
        let mut task = task.map_err(|error| model.identity.name(error))?;
        task.warnings.splice(0..0, passed_over);
        Ok(task)
    }
}

awaited!(CountCall => TokenCount);
