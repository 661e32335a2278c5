//! The client of one command: at the provider's own address, another one, or an emulator's.

use std::time::Duration;

use reqllm::{Client, ClientBuilder, Environment, KeyRing, LanguageModel, Model};
use reqllm_emulator::Emulator;

use crate::args::Common;
use crate::error::Failure;
use crate::registry;

/// Where an emulator that is not started would be.
const NO_EMULATOR: &str = "http://127.0.0.1";

/// A client, and the emulator that it talks to.
pub(crate) struct Reached {
    pub(crate) client: Client,
    /// Whether it was asked for an emulator, started or not.
    emulated: bool,
    /// It serves as long as it is not dropped.
    _emulator: Option<Emulator>,
}

/// What was said of the address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Address<'a> {
    pub(crate) endpoint_url: Option<&'a str>,
    pub(crate) emulator: bool,
    /// Nothing is sent, so no emulator is needed.
    pub(crate) dry_run: bool,
    /// Time between the events of the emulator's streams.
    pub(crate) pace: Duration,
}

impl<'a> Address<'a> {
    /// What the flags that all operations share say of it.
    pub(crate) fn of(common: &'a Common) -> Self {
        Self {
            endpoint_url: common.endpoint_url.as_deref(),
            emulator: common.emulator,
            dry_run: common.dry_run,
            pace: Duration::ZERO,
        }
    }
}

impl Reached {
    /// A client for the provider of a model.
    pub(crate) async fn model(address: Address<'_>, spec: &str) -> Result<Self, Failure> {
        if address.endpoint_url.is_none() && !address.emulator {
            return Self::provider(address, None).await;
        }
        // Which provider the address is for, the spec says.
        let model = resolve(&registry::builder()?.build()?, spec)?;
        let info = model.info();
        let dialect = info.wire.dialect.as_deref();
        let own = info.base_url.is_none();
        Self::at(address, Some(&info.provider), dialect, own).await
    }

    /// A client for a provider; without one the address is not set.
    pub(crate) async fn provider(
        address: Address<'_>,
        provider: Option<&str>,
    ) -> Result<Self, Failure> {
        Self::at(address, provider, None, true).await
    }

    /// The same, where a model of the provider is spoken to in a dialect of its own. `own` says whether the emulator stands for the
    /// provider's own address, or for another one that a spec gives.
    async fn at(
        address: Address<'_>,
        provider: Option<&str>,
        dialect: Option<&str>,
        own: bool,
    ) -> Result<Self, Failure> {
        let mut builder = registry::builder()?;
        let mut emulator = None;
        if address.emulator && address.dry_run {
            builder = over_emulator(builder, NO_EMULATOR, provider, dialect, own)?;
        } else if address.emulator {
            let started = Emulator::builder().pace(address.pace).start().await?;
            builder = over_emulator(builder, &started.endpoint(), provider, dialect, own)?;
            emulator = Some(started);
        }
        if let (Some(url), Some(provider)) = (address.endpoint_url, provider) {
            builder = builder.endpoint_url(provider, url);
        }
        Ok(Self {
            client: builder.build()?,
            emulated: address.emulator,
            _emulator: emulator,
        })
    }

    /// The model of a spec. An address of its own is not asked where an emulator was wanted in place of everybody.
    pub(crate) fn resolve(&self, spec: &str) -> Result<LanguageModel, Failure> {
        let model = resolve(&self.client, spec)?;
        if !self.emulated || model.info().base_url.is_none() {
            return Ok(model);
        }
        let mut info = model.info().clone();
        info.base_url = None;
        Ok(self.client.model(info)?)
    }
}

/// A spec is text, or a full spec as a JSON object.
fn resolve(client: &Client, spec: &str) -> Result<LanguageModel, Failure> {
    Ok(if spec.trim_start().starts_with('{') {
        client.model(Model::from_json(spec)?)?
    } else {
        client.model(spec)?
    })
}

/// A number of seconds that was given with `--timeout`.
pub(crate) fn timeout(seconds: f64) -> Result<Duration, Failure> {
    Duration::try_from_secs_f64(seconds)
        .map_err(|error| Failure::usage(format!("--timeout is {seconds}: {error}")))
}

/// Whatever keys this machine has stay out of the emulator's sight. It is Bedrock, OpenAI and Anthropic, and whoever speaks as
/// one of the last two.
fn over_emulator(
    builder: ClientBuilder,
    endpoint: &str,
    provider: Option<&str>,
    dialect: Option<&str>,
    own: bool,
) -> Result<ClientBuilder, Failure> {
    let mut variables = reqllm_emulator::variables(endpoint);
    // Which of its APIs OpenAI is asked by depends on whether it is asked at its own address.
    variables.retain(|(name, _)| own || *name != "REQLLM_OPENAI_API");
    for name in ["AWS_REGION", "REQLLM_OPENAI_API"] {
        if let Some(value) = Environment::process().get(name) {
            variables.retain(|(known, _)| *known != name);
            variables.push((name, value));
        }
    }
    let versioned = format!("{endpoint}/v1");
    let mut builder = builder
        .environment(Environment::of(variables))
        .endpoint_url("bedrock", endpoint)
        .endpoint_url("openai", &versioned)
        .endpoint_url("anthropic", endpoint);
    let other = provider.filter(|id| !["bedrock", "openai", "anthropic"].contains(id));
    if let Some(id) = other {
        let registry = registry::builder()?.build()?;
        let known = registry.registry().provider_facts(id);
        let of_provider = known.and_then(|facts| facts.dialect);
        let (key, url) = match dialect.or(of_provider.as_deref()) {
            Some("anthropic") => (reqllm_emulator::ANTHROPIC_API_KEY, endpoint),
            // With it the emulator has models of any id, where it would miss them as OpenAI.
            _ => (reqllm_emulator::OTHER_API_KEY, versioned.as_str()),
        };
        let keys = KeyRing::new();
        keys.set(id, key);
        builder = builder.keys(keys).endpoint_url(id, url);
    }
    Ok(builder)
}
