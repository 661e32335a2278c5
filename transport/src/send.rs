//! What sends exchanges.

use std::fmt;
use std::sync::Arc;

use reqllm_core::{Clock, Exchange, Fold, Random, Response, Result};

use crate::calling::{Calling, Outgoing};
use crate::cassette::Deck;
use crate::limits::Limits;
use crate::retry::Budget;
use crate::{Cassette, EventStream, HttpClient, Observation, Observer, Policy};

/// Sends exchanges. Cheap to clone; clones share connections and the budget of retries.
#[derive(Clone)]
pub struct Transport {
    pub(crate) http: Arc<dyn HttpClient>,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) budget: Budget,
    pub(crate) observers: Arc<[Arc<dyn Observer>]>,
    pub(crate) trace_content: bool,
    pub(crate) deck: Option<Deck>,
}

impl Transport {
    /// A transport over a client: a [`HyperClient`](crate::HyperClient), or one of the caller's.
    pub fn new(http: Arc<dyn HttpClient>) -> Self {
        Self {
            http,
            clock: Clock::system(),
            random: Random::system(),
            budget: Budget::default(),
            observers: Arc::new([]),
            trace_content: false,
            deck: None,
        }
    }

    /// Takes the time from this clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Takes chance from this source.
    #[must_use]
    pub fn with_random(mut self, random: Random) -> Self {
        self.random = random;
        self
    }

    /// Has these watch every call.
    #[must_use]
    pub fn with_observers(mut self, observers: Vec<Arc<dyn Observer>>) -> Self {
        self.observers = observers.into();
        self
    }

    /// Whether traces carry what is said to models, and what they say. Default: no.
    #[must_use]
    pub fn with_trace_content(mut self, content: bool) -> Self {
        self.trace_content = content;
        self
    }

    /// Records exchanges, or replays them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) if the file cannot be read or written, or is no cassette of a known
    /// version.
    pub fn with_cassette(mut self, cassette: Cassette) -> Result<Self> {
        self.deck = Some(cassette.open()?);
        Ok(self)
    }

    /// Makes a call and reads the whole answer into `fold`. `observation` is told of it; the default one tells nobody. The
    /// timeout of the policy counts from here, and not from the first time that the future is polled.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports. If a part of the answer had arrived, the error carries it.
    #[inline]
    pub fn whole(
        &self,
        exchange: Exchange,
        fold: Fold,
        policy: &Policy,
        observation: Observation,
    ) -> impl Future<Output = Result<Response>> + Send + use<> {
        let mut stream = self.begin(exchange, fold, policy, observation);
        async move {
            while stream.read_on().await? {}
            Ok(stream.into_response())
        }
    }

    /// Makes a call; gives its events once an answer has begun. `observation` is told of it. The timeout of the policy counts
    /// from here.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports before that.
    #[inline]
    pub fn stream(
        &self,
        exchange: Exchange,
        fold: Fold,
        policy: &Policy,
        observation: Observation,
    ) -> impl Future<Output = Result<EventStream>> + Send + use<> {
        let mut stream = self.begin(exchange, fold, policy, observation);
        async move {
            stream.open().await?;
            Ok(stream)
        }
    }

    /// What is large goes to its place before anything waits: a future has room for all that it was given.
    #[inline]
    fn begin(
        &self,
        exchange: Exchange,
        fold: Fold,
        policy: &Policy,
        observation: Observation,
    ) -> EventStream {
        let outgoing = Outgoing {
            request: exchange.request,
            operation: exchange.route.operation,
            authorizer: exchange.authorizer,
            observation,
        };
        let calling = Calling::new(self.clone(), outgoing, policy, Limits::of(policy));
        EventStream::new(calling, exchange.answer, exchange.delivery, fold)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}
