//! Documents in the order in which they answer a query.

use reqllm_core::{Capability, Rerank, Reranked, Result, Task};
use reqllm_transport::{Policy, Told};

use crate::knobs::{awaited, knobs, policy};
use crate::{DryRun, LanguageModel, addressed, watch};

/// Documents that have not been ranked. Await it for their order.
#[must_use = "nothing is ranked before it is awaited"]
#[derive(Clone, Debug)]
pub struct RerankCall {
    model: LanguageModel,
    request: Rerank,
    policy: Policy,
}

impl RerankCall {
    pub(crate) fn new(model: LanguageModel, request: Rerank) -> Self {
        Self {
            policy: model.client.policy().clone(),
            model,
            request,
        }
    }

    /// How many of the best are wanted, from 1. Default: all of them.
    pub fn top_n(mut self, documents: u32) -> Self {
        self.request.top_n = Some(documents);
        self
    }

    knobs!(request.options);
    policy!(policy);

    /// Ranks; the same as awaiting it.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports.
    pub async fn send(self) -> Result<Reranked> {
        let task = self.task()?;
        let observation = watch::task("rerank", &self.model, Some(&task), |_| {});
        let transport = self.model.client.transport();
        let answer = transport.run(&task, &self.policy, &observation).await;
        let answer = answer.map_err(|error| {
            self.model
                .advise(Capability::Rerank, &self.request.options, error)
        });
        observation.end(&answer, |answer| {
            Told::new(&answer.usage, answer.cost.as_ref())
        });
        let mut answer = answer?;
        let before = self.model.warnings.iter().chain(&task.warnings).cloned();
        answer.warnings.splice(0..0, before);
        Ok(answer)
    }

    /// Shows what would be sent, and sends nothing. Needs no credentials.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the request before it is sent.
    pub fn dry_run(&self) -> Result<DryRun> {
        Ok(DryRun::of_task(&self.task()?, &self.model.warnings))
    }

    fn task(&self) -> Result<Task<Reranked>> {
        let (model, provider) = (&*self.model.model, &*self.model.provider);
        let (request, passed_over) = addressed::to(provider, &self.request);
        let task = provider.rerank(model, &request);
        let mut task = task.map_err(|error| self.model.identity.name(error))?;
        task.warnings.splice(0..0, passed_over);
        Ok(task)
    }
}

awaited!(RerankCall => Reranked);
