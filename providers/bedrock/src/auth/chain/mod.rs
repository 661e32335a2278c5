//! AWS's own chain of credentials: environment, profiles, web identity, containers, instances; and roles on top.
//!
//! The work is aws-config's. This room gives it the environment that was injected, a way to the network that opens no socket
//! here, the time, and errors that say what to do. The chain is built anew for each renewal: aws-config reads the files once
//! per chain, and a tool may have rewritten them since. What it finds is kept by the cache around it.

mod env;
mod explain;
mod http;
mod profile;
mod quiet;
mod role;

use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_async::time::StaticTimeSource;
use reqllm_core::{Environment, Error, ErrorKind, Result};

use super::credential::{Credential, CredentialSource, Keys};
use super::given;
use super::keep::{Asked, Base, Keeper};
use super::role::Role;
use super::{Cached, PLACES, Search};
use crate::region;
use http::OverRoundTrip;
use profile::Profiles;

pub(super) use profile::settings;

/// A source of credentials, kept for all who ask the same.
pub(super) fn source(search: &Search<'_>, base: Base, role: Option<Role>) -> Cached {
    Way::of(search).source(search.keeper, base, role)
}

/// A role, for whichever keys the program's own source gives in an attempt.
#[derive(Debug)]
pub(super) struct OfWhoever {
    role: Role,
    way: Way,
}

impl OfWhoever {
    pub(super) fn new(search: &Search<'_>, role: Role) -> Self {
        let way = Way::of(search);
        Self { role, way }
    }

    /// What the role gives who comes with these keys, and nobody else.
    pub(super) fn source(&self, keeper: &Keeper, keys: Keys) -> Cached {
        let role = Some(self.role.clone());
        self.way.source(keeper, Base::Keys(keys), role)
    }
}

/// A source of credentials, before the cache.
fn new(asked: &Asked, way: &Way) -> Arc<dyn CredentialSource> {
    let base: Arc<dyn CredentialSource> = match &asked.base {
        Base::Chain(_) => Arc::new(Chain(way.clone())),
        Base::Keys(keys) => Arc::new(Given(keys.clone())),
        Base::Own(source) => Arc::clone(source),
    };
    match &asked.role {
        None => base,
        Some(wanted) => Arc::new(role::Assumed::new(base, wanted.clone(), way.clone())),
    }
}

/// The region in which STS is asked: that of the environment or of the profile, so that calls in several regions share
/// their credentials; that of the call if there is none, or if it is of another partition, where other accounts are.
pub(super) fn region(search: &Search<'_>) -> String {
    let configured = ["AWS_REGION", "AWS_DEFAULT_REGION"]
        .iter()
        .find_map(|name| search.env.get(name))
        .or_else(|| search.settings.region.clone());
    match configured {
        Some(configured) if region::are_of_one_partition(&configured, search.region) => configured,
        _ => search.region.to_owned(),
    }
}

/// What every source needs that asks somebody.
#[derive(Clone, Debug)]
pub(super) struct Way {
    env: Environment,
    /// The profile that the call names.
    profile: Option<String>,
    region: String,
    http: OverRoundTrip,
}

impl Way {
    fn of(search: &Search<'_>) -> Self {
        Self {
            env: search.env.clone(),
            profile: search.options.profile.clone(),
            region: region(search),
            http: OverRoundTrip::new(search.keeper.round_trip()),
        }
    }

    fn source(&self, keeper: &Keeper, base: Base, role: Option<Role>) -> Cached {
        let region = self.region.clone();
        let asked = Asked { base, region, role };
        keeper.source(asked, |asked| new(asked, self))
    }

    /// aws-config, set up as if it lived in the environment that was injected.
    fn loader(&self, env: aws_types::os_shim_internal::Env, now: SystemTime) -> ConfigLoader {
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .env(env)
            .http_client(self.http.clone())
            // The calls have a schedule of their own, and would multiply this one.
            .retry_config(RetryConfig::disabled())
            .time_source(StaticTimeSource::new(now))
            .region(Region::new(self.region.clone()));
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
        }
        loader
    }

    /// For a client that calls with these keys.
    async fn calling_with(&self, keys: &Keys, now: SystemTime) -> SdkConfig {
        let loader = self.loader(env::snapshot(&self.env, true), now);
        let loader = loader.credentials_provider(keys.to_aws());
        quiet::quietly(loader.load()).await
    }
}

/// The chain itself.
#[derive(Debug)]
struct Chain(Way);

#[async_trait]
impl CredentialSource for Chain {
    async fn credential(&self, now: SystemTime) -> Result<Credential> {
        let Way { env, profile, .. } = &self.0;
        let profiles = Profiles::read(env, profile.as_deref())?;
        profiles.check(env)?;
        if profile.is_some()
            && let Some(roles) = profiles.roles_over_environment()
        {
            return self.over_environment(roles, now).await;
        }
        // A profile that the call names wins over the keys of the environment, which aws-config would look at first.
        let env = env::snapshot(env, profile.is_none());
        let config = quiet::quietly(self.0.loader(env, now).load()).await;
        let provider = config
            .credentials_provider()
            .ok_or_else(|| Error::config("aws-config was built without its chain"))?;
        match quiet::in_time(provider.provide_credentials()).await? {
            Ok(found) => Ok(Credential::Keys(of_aws(&found))),
            Err(error) => Err(explain::chain(&error, &self.0.env, &profiles, PLACES)),
        }
    }

    fn forget(&self, _refused: &Credential) -> bool {
        true
    }
}

impl Chain {
    /// The roles of a profile whose `credential_source` is the environment, first to last.
    async fn over_environment(&self, roles: Vec<Role>, now: SystemTime) -> Result<Credential> {
        let mut keys = given::from_environment(&self.0.env)?.ok_or_else(|| {
            let message = "the profile's `credential_source` is Environment, and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY \
                are not set; set them";
            Error::new(ErrorKind::Authentication, message).with_provider(crate::ID)
        })?;
        for wanted in roles {
            keys = role::assume(&wanted, &keys, &self.0, now).await?;
        }
        Ok(Credential::Keys(keys))
    }
}

/// Keys that were given outright, as what a role is assumed with.
#[derive(Debug)]
struct Given(Keys);

#[async_trait]
impl CredentialSource for Given {
    async fn credential(&self, _now: SystemTime) -> Result<Credential> {
        Ok(Credential::Keys(self.0.clone()))
    }
}

fn of_aws(found: &Credentials) -> Keys {
    let token = found.session_token().map(Into::into);
    let keys = Keys::new(found.access_key_id(), found.secret_access_key(), token);
    match found.expiry() {
        Some(at) => keys.expires_at(at),
        None => keys,
    }
}

#[cfg(test)]
mod tests;
