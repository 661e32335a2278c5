//! Vectors of texts and images.

use reqllm_core::{Capability, Embed, EmbedPurpose, Embeddings, Result, Task, Truncate, Warning};
use reqllm_transport::{Policy, Told};

use crate::knobs::{awaited, knobs, policy};
use crate::{DryRun, LanguageModel, addressed, watch};

/// How many requests run at the same time, unless the caller says otherwise.
const CONCURRENCY: usize = 8;

/// Inputs that have not been embedded. Await it for their vectors, in the order of the inputs.
///
/// Models that take one input a request are asked as often as there are inputs, several at a time. Dropping the future
/// cancels all of it.
#[must_use = "nothing is embedded before it is awaited"]
#[derive(Clone, Debug)]
pub struct EmbedCall {
    model: LanguageModel,
    request: Embed,
    policy: Policy,
    concurrency: usize,
}

impl EmbedCall {
    pub(crate) fn new(model: LanguageModel, request: Embed) -> Self {
        Self {
            policy: model.client.policy().clone(),
            model,
            request,
            concurrency: CONCURRENCY,
        }
    }

    /// How many numbers a vector should have. Which lengths there are, the model decides; another one is an error.
    /// Default: the model's.
    pub fn dimensions(mut self, dimensions: u32) -> Self {
        self.request.dimensions = Some(dimensions);
        self
    }

    /// What the vectors are for. Default: documents, to be found by queries.
    pub fn purpose(mut self, purpose: EmbedPurpose) -> Self {
        self.request.purpose = Some(purpose);
        self
    }

    /// What happens to an input that is too long. Default: the model's.
    pub fn truncate(mut self, truncate: Truncate) -> Self {
        self.request.truncate = Some(truncate);
        self
    }

    /// Leaves out with a warning what the model cannot do, instead of refusing with an error.
    pub fn lossy(mut self, lossy: bool) -> Self {
        self.request.lossy = lossy;
        self
    }

    /// How many requests run at the same time, from 1; 0 counts as 1. Default: 8.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests;
        self
    }

    knobs!(request.options);
    policy!(policy);

    /// Embeds; the same as awaiting it.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports. One request that fails ends all of them.
    pub async fn send(self) -> Result<Embeddings> {
        let mut tasks = self.tasks()?;
        let before = self.model.warnings.iter().cloned();
        let of_requests = tasks.iter_mut().flat_map(|task| task.warnings.drain(..));
        let mut warnings: Vec<Warning> = before.chain(of_requests).collect();
        let transport = self.model.client.transport();
        let observation = watch::task("embeddings", &self.model, tasks.first(), |info| {
            info.dimensions = self.request.dimensions;
        });
        let answers = transport.run_all(&tasks, self.concurrency, &self.policy, &observation);
        let answers = answers.await.map_err(|error| {
            self.model
                .advise(Capability::Embeddings, &self.request.options, error)
        });
        let whole = answers.map(Embeddings::join);
        observation.end(&whole, |whole| Told::new(&whole.usage, whole.cost.as_ref()));
        let mut whole = whole?;
        warnings.append(&mut whole.warnings);
        whole.warnings = warnings;
        Ok(whole)
    }

    /// Shows the requests that would be sent, in the order of the inputs, and sends nothing. Needs no credentials.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the request before it is sent.
    pub fn dry_run(&self) -> Result<Vec<DryRun>> {
        let tasks = self.tasks()?;
        let mut before = &*self.model.warnings;
        let show = |task| DryRun::of_task(task, std::mem::take(&mut before));
        Ok(tasks.iter().map(show).collect())
    }

    fn tasks(&self) -> Result<Vec<Task<Embeddings>>> {
        let (model, provider) = (&*self.model.model, &*self.model.provider);
        let (request, passed_over) = addressed::to(provider, &self.request);
        let tasks = provider.embed(model, &request);
        let mut tasks = tasks.map_err(|error| self.model.identity.name(error))?;
        if let Some(first) = tasks.first_mut() {
            first.warnings.splice(0..0, passed_over);
        }
        Ok(tasks)
    }
}

awaited!(EmbedCall => Embeddings);
