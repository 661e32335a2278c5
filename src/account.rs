//! The models of an account.

use std::collections::HashSet;
use std::time::Instant;

use reqllm_core::{
    AccountModelKind, AccountModels, AccountPage, AccountQuery, Error, Provider, Result, Task,
};
use reqllm_transport::{Observation, Policy, Told};

use crate::knobs::{awaited, knobs, policy};
use crate::{Client, DryRun, addressed, watch};

/// A list that has not been asked for. Await it for the whole of it; its parts are asked for one after the other.
#[must_use = "nothing is asked before it is awaited"]
#[derive(Clone, Debug)]
pub struct AccountCall {
    client: Client,
    provider: String,
    query: AccountQuery,
    policy: Policy,
}

impl AccountCall {
    pub(crate) fn new(client: Client, provider: String) -> Self {
        Self {
            policy: client.policy().clone(),
            client,
            provider,
            query: AccountQuery::new(),
        }
    }

    /// Only those of this kind. Default: all of them.
    pub fn kind(mut self, kind: AccountModelKind) -> Self {
        self.query.kind = Some(kind);
        self
    }

    /// Only the one of this id or ARN, which is that of an inference profile unless the kind says otherwise. This tells
    /// which model stands behind an application inference profile.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.query.id = Some(id.into());
        self
    }

    knobs!(query.options);
    policy!(policy);

    /// Asks; the same as awaiting it.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports; [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the list leads in
    /// a circle.
    pub async fn send(self) -> Result<AccountModels> {
        let provider = self.client.provider(&self.provider)?;
        let first = self.first(&*provider)?;
        let observation = watch::account("list_models", &self.client, &*provider, &first);
        let all = self.all(first, &observation).await;
        observation.end(&all, |_| Told::default());
        all
    }

    async fn all(
        &self,
        first: Task<AccountPage>,
        observation: &Observation,
    ) -> Result<AccountModels> {
        let begun = Instant::now();
        let mut all = AccountModels::default();
        let mut asked = HashSet::new();
        let mut task = first;
        loop {
            let mut policy = self.policy.clone();
            // The timeout is for the whole list.
            policy.timeout = policy
                .timeout
                .map(|timeout| timeout.saturating_sub(begun.elapsed()));
            let mut page = self
                .client
                .transport()
                .run(&task, &policy, observation)
                .await?;
            page.warnings.splice(0..0, task.warnings.drain(..));
            let next = page.next.take();
            all.extend(page);
            match &next {
                None => return Ok(all),
                Some(token) if !asked.insert(token.clone()) => {
                    return Err(Error::decode(format!(
                        "the list of models leads in a circle: {} parts of it came, and the next is one that was asked for before",
                        asked.len() + 1
                    ))
                    .with_provider(&self.provider));
                }
                Some(token) => task = self.after(token)?,
            }
        }
    }

    /// Shows the first request that would be sent, and sends nothing. Needs no credentials.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the request before it is sent.
    pub fn dry_run(&self) -> Result<DryRun> {
        let provider = self.client.provider(&self.provider)?;
        Ok(DryRun::of_task(&self.first(&*provider)?, &[]))
    }

    /// Asks for the first part, which has the warnings about the query.
    fn first(&self, provider: &dyn Provider) -> Result<Task<AccountPage>> {
        let (query, passed_over) = addressed::to(provider, &self.query);
        let mut task = provider.account_models(&query, None)?;
        task.warnings.splice(0..0, passed_over);
        Ok(task)
    }

    fn after(&self, page: &str) -> Result<Task<AccountPage>> {
        let provider = self.client.provider(&self.provider)?;
        let (query, _) = addressed::to(&*provider, &self.query);
        provider.account_models(&query, Some(page))
    }
}

awaited!(AccountCall => AccountModels);
