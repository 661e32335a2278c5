//! What sends exchanges.

use std::fmt;
use std::time::Duration;

use reqllm_core::{Clock, Exchange, Fold, Random, Response, Result};

use crate::calling::{Calling, Outgoing};
use crate::client::Clients;
use crate::limits::Limits;
use crate::retry::Budget;
use crate::{EventStream, Policy};

/// Sends exchanges. Cheap to clone; clones share connections and the budget of retries.
#[derive(Clone)]
pub struct Transport {
    pub(crate) clients: Clients,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) budget: Budget,
}

impl Transport {
    /// A transport over clients of its own; see [`http_client`](crate::http_client). Hosts of this machine are reached
    /// past every proxy. A connection is given up after `connect_timeout`, or ten seconds.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) if TLS cannot be set up.
    pub fn new(connect_timeout: Option<Duration>) -> Result<Self> {
        Clients::new(connect_timeout).map(Self::over)
    }

    /// A transport over the caller's client, for whatever host.
    pub fn with_client(client: reqwest::Client) -> Self {
        Self::over(client.into())
    }

    fn over(clients: Clients) -> Self {
        Self {
            clients,
            clock: Clock::system(),
            random: Random::system(),
            budget: Budget::default(),
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

    /// Makes a call and reads the whole answer into `fold`.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports. If a part of the answer had arrived, the error carries it.
    pub async fn whole(&self, exchange: Exchange, fold: Fold, policy: &Policy) -> Result<Response> {
        let mut stream = self.stream(exchange, fold, policy).await?;
        while stream.read_on().await? {}
        Ok(stream.into_response())
    }

    /// Makes a call; gives its events once an answer has begun.
    ///
    /// # Errors
    ///
    /// Whatever the provider or the network reports before that.
    pub async fn stream(
        &self,
        exchange: Exchange,
        fold: Fold,
        policy: &Policy,
    ) -> Result<EventStream> {
        let outgoing = Outgoing {
            request: exchange.request,
            operation: exchange.route.operation,
            authorizer: exchange.authorizer,
        };
        let calling = Calling::new(self.clone(), outgoing, policy, Limits::of(policy));
        EventStream::open(calling, exchange.answer, exchange.delivery, fold).await
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}
