//! Guardrails, without a model.

use reqllm_core::{Guarded, GuardrailCheck, GuardrailSource, IntoParts, Provider, Result, Task};
use reqllm_transport::{Policy, Told};

use crate::knobs::{awaited, knobs, policy};
use crate::{Client, DryRun, addressed, watch};

/// A guardrail of a provider. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Guardrail {
    client: Client,
    provider: String,
    id: String,
    version: String,
}

impl Guardrail {
    pub(crate) fn new(client: Client, provider: String, id: String, version: String) -> Self {
        Self {
            client,
            provider,
            id,
            version,
        }
    }

    /// Begins a check of what a user says.
    pub fn input(&self, content: impl IntoParts) -> GuardCall {
        self.check(GuardrailSource::Input, content)
    }

    /// Begins a check of what a model says.
    pub fn output(&self, content: impl IntoParts) -> GuardCall {
        self.check(GuardrailSource::Output, content)
    }

    fn check(&self, source: GuardrailSource, content: impl IntoParts) -> GuardCall {
        let content = content.into_parts();
        GuardCall {
            client: self.client.clone(),
            provider: self.provider.clone(),
            request: GuardrailCheck::new(&self.id, &self.version, source, content),
            policy: self.client.policy().clone(),
        }
    }
}

/// A check that has not been made. Await it for the judgement.
#[must_use = "nothing is checked before it is awaited"]
#[derive(Clone, Debug)]
pub struct GuardCall {
    client: Client,
    provider: String,
    request: GuardrailCheck,
    policy: Policy,
}

impl GuardCall {
    /// Has everything told that the guardrail looked at, and not only what it found.
    pub fn full(mut self, full: bool) -> Self {
        self.request.full = full;
        self
    }

    knobs!(request.options);
    policy!(policy);

    /// Checks; the same as awaiting it.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports.
    pub async fn send(self) -> Result<Guarded> {
        let provider = self.client.provider(&self.provider)?;
        let task = self.task(&*provider)?;
        let observation = watch::account("apply_guardrail", &self.client, &*provider, &task);
        let transport = self.client.transport();
        let guarded = transport.run(&task, &self.policy, &observation).await;
        observation.end(&guarded, |_| Told::default());
        let mut guarded = guarded?;
        guarded.warnings.splice(0..0, task.warnings);
        Ok(guarded)
    }

    /// Shows what would be sent, and sends nothing. Needs no credentials.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the request before it is sent.
    pub fn dry_run(&self) -> Result<DryRun> {
        let provider = self.client.provider(&self.provider)?;
        Ok(DryRun::of_task(&self.task(&*provider)?, &[]))
    }

    fn task(&self, provider: &dyn Provider) -> Result<Task<Guarded>> {
        let (request, passed_over) = addressed::to(provider, &self.request);
        let mut task = provider.check_guardrail(&request)?;
        task.warnings.splice(0..0, passed_over);
        Ok(task)
    }
}

awaited!(GuardCall => Guarded);
