//! Other models, for when the one that was asked cannot answer.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use reqllm_core::{Capability, Delivery, Error, ErrorKind, Exchange, Response, Result, Warning};
use reqllm_transport::{EventStream, Policy};

use crate::{Chat, IntoSpec, LanguageModel, watch};

/// The kinds of error after which another model is asked, unless the caller names others: the model, its provider or its
/// quota fail, and the call itself is not at fault.
const FALL_BACK_ON: &[ErrorKind] = &[
    ErrorKind::RateLimited,
    ErrorKind::Quota,
    ErrorKind::Overloaded,
    ErrorKind::Server,
    ErrorKind::Model,
    ErrorKind::Stream,
    ErrorKind::Timeout,
    ErrorKind::Transport,
    ErrorKind::NotFound,
];

/// The models behind another one.
#[derive(Clone)]
pub(crate) struct Fallbacks {
    /// In the order in which they are asked.
    models: Arc<[LanguageModel]>,
    kinds: Cow<'static, [ErrorKind]>,
}

impl Default for Fallbacks {
    fn default() -> Self {
        Self {
            models: Arc::default(),
            kinds: Cow::Borrowed(FALL_BACK_ON),
        }
    }
}

impl LanguageModel {
    /// A model that is asked where this one, and those named before, cannot answer: they are throttled or out of quota,
    /// overloaded, failing, silent past a deadline, or not there. [`LanguageModel::fall_back_on`] names other kinds of error.
    ///
    /// A model that has another one behind it is not waited for while it is throttled; errors of the moment are repeated as
    /// ever. A stream falls back while nothing of the answer has been delivered, and its events begin with the answer. The
    /// timeout of a call is for all of them together. The response says which model answered, and a warning `fallback` why.
    /// Options of a typed builder go to its own provider alone ([`Chat::with`]).
    ///
    /// ```no_run
    /// # async fn run() -> reqllm::Result<()> {
    /// let client = reqllm::Client::new()?;
    /// let model = client
    ///     .model("bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0")?
    ///     .or("bedrock:amazon.nova-lite-v1:0")?
    ///     .or("bedrock:openai.gpt-oss-20b-1:0")?;
    /// let r = model.chat("Why is the sky blue?").await?;
    /// println!("{}: {r}", r.model);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Client::model`](crate::Client::model).
    pub fn or(mut self, spec: impl IntoSpec) -> Result<Self> {
        let next = self.client.model(spec)?;
        let models = self.fallbacks.models.iter().cloned();
        self.fallbacks.models = models.chain([next]).collect();
        Ok(self)
    }

    /// The kinds of error after which the next model is asked, instead of the usual ones: with
    /// [`ErrorKind::ContextWindow`] for instance one that takes longer conversations.
    #[must_use]
    pub fn fall_back_on(mut self, kinds: impl IntoIterator<Item = ErrorKind>) -> Self {
        self.fallbacks.kinds = kinds.into_iter().collect();
        self
    }
}

/// The models of a call, one after the other.
struct Chain<'a> {
    chat: &'a Chat,
    begun: Instant,
    /// How many of the fallbacks have been asked.
    asked: usize,
    /// Why the models before did not answer.
    passed: Vec<Warning>,
    /// What had arrived of the last answer that broke off.
    partial: Option<Response>,
}

impl<'a> Chain<'a> {
    fn new(chat: &'a Chat) -> Self {
        Self {
            chat,
            begun: Instant::now(),
            asked: 0,
            passed: Vec::new(),
            partial: None,
        }
    }

    fn fallbacks(&self) -> &'a Fallbacks {
        &self.chat.model.fallbacks
    }

    fn has_next(&self) -> bool {
        self.asked < self.fallbacks().models.len()
    }

    /// What is left for the model that is asked next.
    fn policy(&self) -> Policy {
        let mut policy = self.chat.policy.clone();
        if self.asked > 0 {
            let gone = self.begun.elapsed();
            policy.timeout = policy.timeout.map(|timeout| timeout.saturating_sub(gone));
        }
        if self.has_next() {
            policy.retries = policy.retries.throttled(0);
        }
        policy
    }

    /// The same call to the next model, if there is one that may do better after `error`, which comes back if not.
    async fn next(&mut self, error: Error) -> Result<Chat> {
        let fallbacks = self.fallbacks();
        let next = fallbacks.models.get(self.asked);
        let Some(next) = next.filter(|_| fallbacks.kinds.contains(&error.kind())) else {
            return Err(self.explained(error));
        };
        let failed = match self.asked.checked_sub(1) {
            None => &self.chat.model,
            Some(before) => &fallbacks.models[before],
        };
        self.asked += 1;
        let policy = self.policy();
        if policy.timeout.is_some_and(|left| left.is_zero()) {
            return Err(self.explained(error));
        }
        tracing::debug!(%failed, %next, %error, "falling back");
        self.passed.push(Warning::new(
            "fallback",
            format!("{failed} did not answer ({}: {error})", error.kind()),
        ));
        self.partial = error.into_partial().or_else(|| self.partial.take());
        let mut chat = self.chat.clone();
        (chat.model, chat.policy) = (next.clone(), policy);
        match chat.load_media().await {
            Ok(()) => Ok(chat),
            Err(error) => Err(self.explained(error)),
        }
    }

    /// The last error, and what the models before said.
    fn explained(&mut self, mut error: Error) -> Error {
        if error.partial().is_none()
            && let Some(partial) = self.partial.take()
        {
            error = error.with_partial(partial);
        }
        for warning in &self.passed {
            error = error.with_advice(&format!("before that {}", warning.message));
        }
        error
    }
}

impl Chat {
    /// The answer as it comes, of the first model that gives one.
    pub(crate) async fn once(&self) -> Result<Response> {
        match self.model.fallbacks.models.is_empty() {
            true => self.once_of_one(&self.policy, &[]).await,
            // Boxed, here and elsewhere: what most calls do not need is not to make their futures larger.
            false => Box::pin(self.once_of_many()).await,
        }
    }

    /// The events of the first model that has some.
    pub(crate) async fn raw_events(&self) -> Result<EventStream> {
        match self.model.fallbacks.models.is_empty() {
            true => self.events_of_one(&self.policy, &[]).await,
            false => Box::pin(self.events_of_many()).await,
        }
    }

    /// Whether nobody needs what is said once more: no other model, and nothing to be repaired.
    pub(crate) fn is_asked_once(&self) -> bool {
        self.model.fallbacks.models.is_empty() && self.call.object.is_none()
    }

    /// As [`Chat::once`]. What is said is let go once it is in the request: a model may take minutes, and a prompt be long.
    pub(crate) async fn once_for_all(&mut self) -> Result<Response> {
        let exchange = self.exchange_of_mine(Delivery::Whole).await?;
        let answer = self.whole_of_one(exchange, &self.policy, &[]);
        self.call.messages = Vec::new();
        answer.await.map_err(|error| {
            self.model
                .advise(Capability::Chat, &self.call.options, error)
        })
    }

    /// As [`Chat::raw_events`], and as [`Chat::once_for_all`].
    pub(crate) async fn events_for_all(&mut self) -> Result<EventStream> {
        let exchange = self.exchange_of_mine(Delivery::Stream).await?;
        let events = self.stream_of_one(exchange, &self.policy, &[]);
        self.call.messages = Vec::new();
        events.await.map_err(|error| {
            self.model
                .advise(Capability::Chat, &self.call.options, error)
        })
    }

    async fn once_of_many(&self) -> Result<Response> {
        let mut chain = Chain::new(self);
        let mut answer = self.once_of_one(&chain.policy(), &[]).await;
        loop {
            let error = match answer {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            let chat = chain.next(error).await?;
            answer = chat.once_of_one(&chat.policy, &chain.passed).await;
        }
    }

    async fn events_of_many(&self) -> Result<EventStream> {
        let mut chain = Chain::new(self);
        let mut events = self.ready_events(&chain.policy(), &[]).await;
        loop {
            let error = match events {
                Ok(events) => return Ok(events),
                Err(error) => error,
            };
            let chat = chain.next(error).await?;
            events = chat.ready_events(&chat.policy, &chain.passed).await;
        }
    }

    /// Events the first of which is there, or an error before which nothing was delivered.
    async fn ready_events(&self, policy: &Policy, passed: &[Warning]) -> Result<EventStream> {
        let mut events = self.events_of_one(policy, passed).await?;
        let ready = events.ready().await;
        ready.map_err(|error| {
            self.model
                .advise(Capability::Chat, &self.call.options, error)
        })?;
        Ok(events)
    }

    async fn once_of_one(&self, policy: &Policy, passed: &[Warning]) -> Result<Response> {
        let exchange = self.exchange_in_place(Delivery::Whole).await?;
        let answer = self.whole_of_one(exchange, policy, passed).await;
        answer.map_err(|error| {
            self.model
                .advise(Capability::Chat, &self.call.options, error)
        })
    }

    async fn events_of_one(&self, policy: &Policy, passed: &[Warning]) -> Result<EventStream> {
        let exchange = self.exchange_in_place(Delivery::Stream).await?;
        let events = self.stream_of_one(exchange, policy, passed).await;
        events.map_err(|error| {
            self.model
                .advise(Capability::Chat, &self.call.options, error)
        })
    }

    /// Apart from its waiting, so that nobody who waits has room for what the call began with.
    fn whole_of_one(
        &self,
        mut exchange: Exchange,
        policy: &Policy,
        passed: &[Warning],
    ) -> impl Future<Output = Result<Response>> + Send + use<> {
        let fold = self.begin(&mut exchange, Delivery::Whole, passed);
        let transport = self.model.client.transport();
        let observation = watch::chat(self, &exchange, fold.identity());
        transport.whole(exchange, fold, policy, observation)
    }

    fn stream_of_one(
        &self,
        mut exchange: Exchange,
        policy: &Policy,
        passed: &[Warning],
    ) -> impl Future<Output = Result<EventStream>> + Send + use<> {
        let fold = self.begin(&mut exchange, Delivery::Stream, passed);
        let transport = self.model.client.transport();
        let observation = watch::chat(self, &exchange, fold.identity());
        transport.stream(exchange, fold, policy, observation)
    }
}
