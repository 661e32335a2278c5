//! Who calls: API keys and IAM keys, where they come from, and how they are put on a request.
//!
//! | room | decides |
//! | --- | --- |
//! | `given` | what options and environment say outright |
//! | `chain` | where else credentials are looked for, by AWS's own rules |
//! | `role` | which role is assumed with them |
//! | `cache`, `keep` | how long they serve, and for whom |
//! | `skew` | what time it is |
//! | `sigv4` | how they are put on a request |
//! | `settings` | what a profile says beside |
//! | `api_key` | keys that are made of others |

mod api_key;
mod cache;
#[cfg(feature = "aws-config")]
mod chain;
mod credential;
mod given;
mod keep;
mod role;
mod settings;
mod sigv4;
mod skew;

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderValue};
use reqllm_core::{
    Answered, Authorize, Clock, Environment, Error, ErrorKind, ExposeSecret, Result, SecretString,
};

pub use api_key::{ApiKey, short_term_api_key};
pub use cache::Cached;
pub use credential::{Credential, CredentialSource, Keys};
pub(crate) use keep::Keeper;
pub(crate) use settings::Settings;

use crate::options::Read;
use given::present;
use keep::Base;
use role::Role;

/// The name under which AWS signs for Bedrock Runtime.
const SIGNING_NAME: &str = "bedrock";

/// Codes of credentials that have expired. Source: the common errors of AWS's services, and those of STS.
const EXPIRED: &[&str] = &["ExpiredTokenException", "ExpiredToken"];

/// Proves who sends the attempts of one call.
#[derive(Debug)]
pub(crate) struct Auth {
    method: Method,
    region: String,
    keeper: Arc<Keeper>,
    /// Whether the time of signatures is corrected.
    corrects: bool,
    /// What the last attempt was authorised with.
    used: Mutex<Option<Used>>,
}

#[derive(Clone, Debug)]
enum Method {
    Fixed(Credential),
    /// The user's own source, or one of ours.
    Source {
        source: Arc<dyn CredentialSource>,
        /// None where nobody said that there is anything to be found.
        scheme: Option<&'static str>,
    },
    /// Nothing was found: the error comes when the request is about to be sent, so that a dry run needs no account.
    /// With the chain it comes from there.
    #[cfg(not(feature = "aws-config"))]
    Missing,
}

#[derive(Debug)]
struct Used {
    credential: Credential,
    skew: i64,
}

/// Where credentials are looked for.
pub(crate) struct Search<'a> {
    pub(crate) options: &'a Read,
    /// The user's own source.
    pub(crate) source: Option<&'a Arc<dyn CredentialSource>>,
    pub(crate) env: &'a Environment,
    pub(crate) settings: &'a Settings,
    pub(crate) keeper: &'a Arc<Keeper>,
    /// The region of the call.
    pub(crate) region: &'a str,
}

impl Auth {
    /// Looks for credentials: option key, option key pair, option profile, the user's own source, bearer environment, key
    /// pair environment, then what else AWS's chain knows. A role, if one is to be assumed, is so with whatever IAM keys
    /// these give; an API key of the environment is passed over then, as it cannot.
    pub(crate) fn resolve(search: &Search<'_>) -> Result<Self> {
        let role = Role::of(search.options)?;
        let method = match (api_key(search, role.as_ref())?, role) {
            (Some(key), _) => Method::Fixed(Credential::ApiKey(key)),
            (None, role) => by_keys(search, role)?,
        };
        Ok(Self {
            method,
            region: search.region.to_owned(),
            keeper: Arc::clone(search.keeper),
            corrects: !search.settings.trusts_own_clock(search.env)?,
            used: Mutex::new(None),
        })
    }

    /// The same, for another request that goes out beside this one: what one was authorised with is not what the other was.
    pub(crate) fn another(&self) -> Self {
        Self {
            method: self.method.clone(),
            region: self.region.clone(),
            keeper: Arc::clone(&self.keeper),
            corrects: self.corrects,
            used: Mutex::new(None),
        }
    }

    fn put(
        &self,
        credential: &Credential,
        request: &mut http::Request<Bytes>,
        clock: &Clock,
    ) -> Result<()> {
        let (now, skew) = match self.corrects {
            true => (self.keeper.skew.now(clock), self.keeper.skew.millis()),
            false => (clock.now(), 0),
        };
        let used = Used {
            credential: credential.clone(),
            skew,
        };
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = Some(used);
        match credential {
            Credential::ApiKey(key) => bearer(key, request),
            Credential::Keys(keys) => sigv4::sign(request, keys, &self.region, SIGNING_NAME, now),
        }
    }
}

#[async_trait]
impl Authorize for Auth {
    async fn authorize(&self, request: &mut http::Request<Bytes>, clock: &Clock) -> Result<()> {
        match &self.method {
            Method::Fixed(credential) => self.put(credential, request, clock),
            Method::Source { source, .. } => {
                let now = match self.corrects {
                    true => self.keeper.skew.now(clock),
                    false => clock.now(),
                };
                // A source may take its time, and a signature counts from when it is made.
                let credential = source.credential(now).await?;
                self.put(&credential, request, clock)
            }
            #[cfg(not(feature = "aws-config"))]
            Method::Missing => Err(missing()),
        }
    }

    fn scheme(&self) -> Option<&'static str> {
        match &self.method {
            Method::Fixed(Credential::ApiKey(_)) => Some("Bearer"),
            Method::Fixed(Credential::Keys(_)) => Some("AWS4-HMAC-SHA256"),
            Method::Source { scheme, .. } => *scheme,
            #[cfg(not(feature = "aws-config"))]
            Method::Missing => None,
        }
    }

    fn learn(&self, answered: &Answered<'_>) -> bool {
        let measured = match self.corrects {
            true => self.keeper.skew.observe(answered),
            false => None,
        };
        let Some(refusal) = answered.refusal else {
            return false;
        };
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(used) = &*used else { return false };
        if refusal.code().is_some_and(|code| EXPIRED.contains(&code)) {
            return match &self.method {
                Method::Source { source, .. } => source.forget(&used.credential),
                _ => false,
            };
        }
        let signed = matches!(used.credential, Credential::Keys(_));
        signed && measured.is_some_and(|measured| skew::is_why(refusal, used.skew, measured))
    }
}

/// The API key, unless something that is nearer to the call, or a role, makes IAM keys of it.
fn api_key(search: &Search<'_>, role: Option<&Role>) -> Result<Option<SecretString>> {
    if let Some(key) = present(search.options.api_key.as_ref()) {
        return match role {
            Some(_) => Err(Error::invalid_request(
                "options `api_key` and `role_arn` of bedrock exclude each other: a role is assumed with IAM keys; drop one of them",
            )),
            None => Ok(Some(key)),
        };
    }
    let nearer = search.options.access_key_id.is_some()
        || search.options.secret_access_key.is_some()
        || search.options.session_token.is_some()
        || search.options.profile.is_some()
        || search.source.is_some()
        || role.is_some();
    Ok(match nearer {
        true => None,
        false => search
            .env
            .get("AWS_BEARER_TOKEN_BEDROCK")
            .map(SecretString::from),
    })
}

fn by_keys(search: &Search<'_>, role: Option<Role>) -> Result<Method> {
    let base = if let Some(keys) = given::from_options(search.options)? {
        Base::Keys(keys)
    } else if let Some(profile) = &search.options.profile {
        Base::Chain(Some(profile.clone()))
    } else if let Some(source) = search.source {
        Base::Own(Arc::clone(source))
    } else if let Some(keys) = given::from_environment(search.env)? {
        Base::Keys(keys)
    } else {
        Base::Chain(None)
    };
    match (base, role) {
        (Base::Keys(keys), None) => Ok(Method::Fixed(Credential::Keys(keys))),
        (Base::Own(source), None) => Ok(Method::Source {
            source,
            // Which it will be is known when the source is asked.
            scheme: Some("Credential-Source"),
        }),
        (base, role) => by_chain(search, base, role),
    }
}

#[cfg(feature = "aws-config")]
fn by_chain(search: &Search<'_>, base: Base, role: Option<Role>) -> Result<Method> {
    let asked = keep::Asked {
        base,
        region: chain::region(search),
        role,
    };
    let unnamed = matches!(asked.base, Base::Chain(None)) && asked.role.is_none();
    let named = !unnamed || search.env.get("AWS_PROFILE").is_some();
    let new = |asked: &keep::Asked| chain::source(asked, search);
    Ok(Method::Source {
        source: Arc::new(search.keeper.source(asked, new)),
        scheme: named.then_some("AWS4-HMAC-SHA256"),
    })
}

#[cfg(not(feature = "aws-config"))]
fn by_chain(_search: &Search<'_>, _base: Base, role: Option<Role>) -> Result<Method> {
    match role {
        Some(role) => Err(feature_is_off(&format!(
            "option `role_arn` is {:?}",
            role.arn
        ))),
        None => Ok(Method::Missing),
    }
}

#[cfg(not(feature = "aws-config"))]
fn feature_is_off(what: &str) -> Error {
    Error::config(format!(
        "{what}, and this program was built without the feature `aws-config` of reqllm; build it with it"
    ))
}

/// Places that are looked at whatever the features.
const PLACES: &str = "option `api_key`, options `access_key_id` and `secret_access_key`, AWS_BEARER_TOKEN_BEDROCK, \
    AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

#[cfg(not(feature = "aws-config"))]
fn missing() -> Error {
    Error::new(
        ErrorKind::Authentication,
        format!(
            "no credentials for Bedrock; looked at {PLACES}; profiles, SSO, containers and instances were not looked at, as \
             this program was built without the feature `aws-config` of reqllm; set one of them, or build it with it"
        ),
    )
    .with_provider(crate::ID)
}

fn bearer(key: &SecretString, request: &mut http::Request<Bytes>) -> Result<()> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", key.expose_secret())).map_err(|_| {
        Error::new(
            ErrorKind::Authentication,
            "the Bedrock API key holds a character that no header can carry; check that it was copied whole and alone",
        )
        .with_provider(crate::ID)
    })?;
    value.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, value);
    Ok(())
}

#[cfg(test)]
mod tests;
