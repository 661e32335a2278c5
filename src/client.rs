//! A client: registry, providers, HTTP client, defaults.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqllm_core::{
    Clock, Environment, KeyRing, KeySource, Model, Provider, ProviderContext, Random, Result,
};
use reqllm_registry::{Registry, Resolved};
use reqllm_transport::{
    Cassette, FetchPolicy, Fetcher, HttpClient, HyperClient, Observer, Policy, Retries, Transport,
};

use crate::account::AccountCall;
use crate::guardrail::Guardrail;
use crate::model::{IntoSpec, LanguageModel, Spec};
use crate::providers::{ProviderInfo, Providers};

/// Everything that calls share. Cheap to clone.
///
/// ```
/// use reqllm::{Client, Environment};
///
/// let client = Client::builder()
///     .environment(Environment::of([("AWS_REGION", "eu-west-1")]))
///     .endpoint_url("bedrock", "http://127.0.0.1:4566")
///     .build()?;
/// let model = client.model("bedrock:openai.gpt-oss-20b-1:0")?;
/// # Ok::<(), reqllm::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    registry: Registry,
    providers: Providers,
    transport: Transport,
    fetcher: Fetcher,
    policy: Policy,
    keys: KeyRing,
}

impl Client {
    /// A client with everything at its default.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn new() -> Result<Self> {
        Self::builder().build()
    }

    /// Puts a client together.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// The client behind the free functions of this crate.
    ///
    /// # Errors
    ///
    /// As [`Client::new`].
    pub fn global() -> Result<&'static Self> {
        static GLOBAL: OnceLock<Client> = OnceLock::new();
        if let Some(client) = GLOBAL.get() {
            return Ok(client);
        }
        let client = Self::builder().keys(crate::keys().clone()).build()?;
        Ok(GLOBAL.get_or_init(|| client))
    }

    /// The model of a spec: `provider:model`, a parsed spec, or a full explicit one.
    ///
    /// # Errors
    ///
    /// A spec that does not parse or resolve, or [`ErrorKind::UnknownProvider`](crate::ErrorKind::UnknownProvider) if nobody here can reach the model.
    pub fn model(&self, spec: impl IntoSpec) -> Result<LanguageModel> {
        let resolved = self.resolve(spec)?;
        let provider = self
            .inner
            .providers
            .of(&resolved.model, &self.inner.registry)
            .map_err(|error| error.with_model(&resolved.model.id))?;
        Ok(LanguageModel::new(self.clone(), resolved, provider))
    }

    /// Looks a model up, whether or not its provider can be reached.
    ///
    /// # Errors
    ///
    /// A spec that does not parse or resolve.
    pub fn resolve(&self, spec: impl IntoSpec) -> Result<Resolved> {
        let registry = &self.inner.registry;
        match spec.into_spec(&|text| registry.parse(text))? {
            Spec::Named(spec) => registry.resolve(&spec),
            Spec::Full(model) => registry.adopt(*model),
        }
    }

    /// The keys of providers. What is set here counts for calls that begin from now on.
    pub fn keys(&self) -> &KeyRing {
        &self.inner.keys
    }

    /// The registry.
    pub fn registry(&self) -> &Registry {
        &self.inner.registry
    }

    /// The ids of the providers that can be reached.
    pub fn providers(&self) -> impl Iterator<Item = &str> {
        self.inner.providers.names().map(|(id, _)| id)
    }

    /// What there is to say of the providers that were registered or handed over, by id.
    pub fn provider_infos(&self) -> Vec<ProviderInfo> {
        self.inner.providers.infos(&self.inner.registry)
    }

    /// The same of the others that the registry knows and that can be reached, because one of those speaks their dialect; by id.
    pub fn spoken_provider_infos(&self) -> Vec<ProviderInfo> {
        self.inner.providers.spoken_infos(&self.inner.registry)
    }

    /// Begins to ask a provider for the models of the account.
    ///
    /// ```no_run
    /// # async fn run() -> reqllm::Result<()> {
    /// let client = reqllm::Client::new()?;
    /// for model in client.account_models("bedrock").await?.models {
    ///     println!("{} {}", model.id, model.status.unwrap_or_default());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn account_models(&self, provider: impl Into<String>) -> AccountCall {
        AccountCall::new(self.clone(), provider.into())
    }

    /// A guardrail of a provider, by id or ARN, in a version: a number, or `DRAFT`.
    ///
    /// ```no_run
    /// # async fn run() -> reqllm::Result<()> {
    /// use reqllm::GuardrailAction;
    ///
    /// let guardrail = reqllm::Client::new()?.guardrail("bedrock", "gr1", "1");
    /// let guarded = guardrail.input("How do I pick a lock?").await?;
    /// if guarded.action == GuardrailAction::Intervened {
    ///     println!("{}", guarded.outputs.join("\n"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn guardrail(
        &self,
        provider: impl Into<String>,
        id: impl Into<String>,
        version: impl Into<String>,
    ) -> Guardrail {
        Guardrail::new(self.clone(), provider.into(), id.into(), version.into())
    }

    /// A provider by its id or another name of it.
    pub(crate) fn provider(&self, name: &str) -> Result<Arc<dyn Provider>> {
        let id = self.inner.registry.provider(name).unwrap_or(name);
        self.inner.providers.get(id, &self.inner.registry)
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.inner.transport
    }

    pub(crate) fn fetcher(&self) -> &Fetcher {
        &self.inner.fetcher
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.inner.policy
    }
}

/// Puts a [`Client`] together.
#[derive(Debug, Default)]
pub struct ClientBuilder {
    registry: Option<Registry>,
    models: Vec<Model>,
    providers: Vec<Arc<dyn Provider>>,
    http: Option<Arc<dyn HttpClient>>,
    connect_timeout: Option<Duration>,
    context: ProviderContext,
    clock: Option<Clock>,
    policy: Policy,
    media: FetchPolicy,
    observers: Vec<Arc<dyn Observer>>,
    trace_content: bool,
    cassette: Option<Cassette>,
}

impl ClientBuilder {
    /// The registry to look models up in. Default: the one that comes along.
    #[must_use]
    pub fn registry(mut self, registry: Registry) -> Self {
        self.registry = Some(registry);
        self
    }

    /// Adds a model by its full spec; it wins over the registry's.
    #[must_use]
    pub fn add_model(mut self, model: Model) -> Self {
        self.models.push(model);
        self
    }

    /// Adds a provider; it wins over a registered one of its id. It has been built already, so [`Self::environment`] and
    /// [`Self::endpoint_url`] do not reach it.
    #[must_use]
    pub fn provider(mut self, provider: impl Provider + 'static) -> Self {
        self.providers.push(Arc::new(provider));
        self
    }

    /// The HTTP client: a [`HyperClient`] with proxies, certificates and limits of its own, or whatever is an [`HttpClient`];
    /// with the feature `reqwest`, a `reqwest::Client` is. Default: [`HyperClient::new`].
    ///
    /// ```
    /// use reqllm::{Client, HyperClient};
    ///
    /// let http = HyperClient::builder().proxy("http://proxy.example:3128").build()?;
    /// let client = Client::builder().http_client(http).build()?;
    /// # Ok::<(), reqllm::Error>(())
    /// ```
    #[must_use]
    pub fn http_client(mut self, client: impl HttpClient + 'static) -> Self {
        self.http = Some(Arc::new(client));
        self
    }

    /// Where to reach a provider that is registered, instead of its own address.
    #[must_use]
    pub fn endpoint_url(mut self, provider: impl Into<String>, url: impl Into<String>) -> Self {
        self.context.endpoints.insert(provider.into(), url.into());
        self
    }

    /// Where registered providers take environment variables from. Default: the process.
    ///
    /// Bedrock reads them when a call goes to a place for the first time, and keeps what they led to. It looks for credentials
    /// again in the next call after there were none, or after those that it had found were refused; so a key that is renewed in
    /// the environment is taken up then, and not before.
    #[must_use]
    pub fn environment(mut self, env: Environment) -> Self {
        self.context.env = env;
        self
    }

    /// The keys of providers that are set while the program runs, shared with whoever else has this ring. Default: one of the
    /// client's own; see [`Client::keys`].
    #[must_use]
    pub fn keys(mut self, keys: KeyRing) -> Self {
        self.context.keys = keys;
        self
    }

    /// A source of keys of the program's own, for registered providers. It is asked where neither the options of a call nor
    /// [`Self::keys`] has a key, and before environment variables.
    #[must_use]
    pub fn key_source(mut self, source: impl KeySource + 'static) -> Self {
        self.context.key_source = Some(Arc::new(source));
        self
    }

    /// Where signatures, and the life of credentials, take the time from. Default: this machine.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Where the jitter of waits comes from. Default: this machine.
    #[must_use]
    pub fn random(mut self, random: Random) -> Self {
        self.context.random = random;
        self
    }

    /// How often, and for how long, attempts that failed for a moment or under load are repeated. Default: two of the one and
    /// ten of the other, within three minutes.
    #[must_use]
    pub fn retries(mut self, retries: Retries) -> Self {
        self.policy.retries = retries;
        self
    }

    /// How often an attempt that failed for a moment or under load is repeated, at most.
    #[must_use]
    pub fn max_retries(self, retries: u32) -> Self {
        self.retries(Retries::at_most(retries))
    }

    /// How long a call may take in all. Default: no limit.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.policy.timeout = Some(timeout);
        self
    }

    /// How long until there is a connection. Default: ten seconds. With [`Self::http_client`] that client decides.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// How long from sending a request until its answer begins; no limit if absent. Default: 61 minutes, because AWS lets a
    /// model think for an hour.
    #[must_use]
    pub fn first_byte_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.policy.first_byte = timeout.into();
        self
    }

    /// How long between two pieces of an answer; no limit if absent. Default: five minutes.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.policy.idle = timeout.into();
        self
    }

    /// Has this watch every call; as often as there are observers. They are told in this order.
    ///
    /// ```
    /// use reqllm::{CallInfo, Client, Observer, Outcome, Summary};
    ///
    /// #[derive(Debug)]
    /// struct Log;
    ///
    /// impl Observer for Log {
    ///     fn ended(&self, call: &CallInfo, summary: &Summary<'_>) {
    ///         if let Outcome::Failed(error) = summary.outcome {
    ///             eprintln!("{} after {} attempts: {error}", call.operation, summary.attempts);
    ///         }
    ///     }
    /// }
    ///
    /// let client = Client::builder().observer(Log).build()?;
    /// # Ok::<(), reqllm::Error>(())
    /// ```
    #[must_use]
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observers.push(Arc::new(observer));
        self
    }

    /// Whether traces carry what is said to models, and what they say. Default: no.
    #[must_use]
    pub fn trace_content(mut self, content: bool) -> Self {
        self.trace_content = content;
        self
    }

    /// Records every exchange to a file, or answers from it without sending anything, for tests.
    #[must_use]
    pub fn cassette(mut self, cassette: Cassette) -> Self {
        self.cassette = Some(cassette);
        self
    }

    /// Whether media at URLs that a provider does not take, which are fetched before the call, may come from addresses that
    /// only this machine or its network can reach, and over `http:`. Default: no, because URLs in a conversation may come
    /// from anybody. They are fetched past every proxy and not by [`Self::http_client`], because either would look names up
    /// for itself. Without the feature `fetch` a call with such media is an error that says so.
    #[must_use]
    pub fn allow_private_urls(mut self, allow: bool) -> Self {
        self.media.allow_private = allow;
        self
    }

    /// The most bytes that are fetched from one URL. Default: 20 MiB. All that is fetched for one call may have five times as
    /// many.
    #[must_use]
    pub fn max_media_bytes(mut self, bytes: usize) -> Self {
        self.media.max_bytes = bytes;
        self
    }

    /// How long it may take to fetch all the media of a call. Default: 30 seconds. If the call's timeout is less, that holds.
    #[must_use]
    pub fn media_timeout(mut self, timeout: Duration) -> Self {
        self.media.timeout = timeout;
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a provider is there twice, an endpoint is for none, or a cassette cannot be read or written;
    /// [`ErrorKind::InvalidSpec`](crate::ErrorKind::InvalidSpec) if a full spec does not do.
    pub fn build(self) -> Result<Client> {
        let http = match (self.http, self.connect_timeout) {
            (Some(http), _) => http,
            (None, None) => Arc::new(HyperClient::new()),
            (None, Some(timeout)) => {
                Arc::new(HyperClient::builder().connect_timeout(timeout).build()?)
            }
        };
        let mut transport = Transport::new(http);
        transport = transport.with_random(self.context.random.clone());
        if let Some(clock) = self.clock {
            transport = transport.with_clock(clock);
        }
        transport = transport
            .with_observers(self.observers)
            .with_trace_content(self.trace_content);
        if let Some(cassette) = self.cassette {
            transport = transport.with_cassette(cassette)?;
        }
        let mut context = self.context;
        context.round_trip = Some(Arc::new(transport.clone()));
        let endpoints = std::mem::take(&mut context.endpoints);
        let mut registry = self.registry.unwrap_or_else(Registry::embedded);
        let keys = context.keys.clone();
        let mut providers = Providers::new(self.providers, context)?;
        for (id, names) in providers.names() {
            registry.add_provider(id, names);
        }
        for (name, url) in endpoints {
            let id = registry.provider(&name).unwrap_or(&name).to_owned();
            providers.set_endpoint(&id, url, &registry)?;
        }
        for model in self.models {
            registry.insert(model)?;
        }
        Ok(Client {
            inner: Arc::new(Inner {
                registry,
                providers,
                transport,
                fetcher: Fetcher::new(self.media),
                policy: self.policy,
                keys,
            }),
        })
    }
}
