//! Who calls: API keys and IAM keys, where they come from, and how they are put on a request.
//!
//! | room | decides |
//! | --- | --- |
//! | `search` | which credentials win |
//! | `given` | what options and environment say outright |
//! | `ring`, `own` | keys that the program sets while it runs, and its own source of keys |
//! | `chain` | where else credentials are looked for, by AWS's own rules |
//! | `role` | which role is assumed with them |
//! | `slot` | when the environment is looked through again |
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
mod own;
mod ring;
mod role;
mod search;
mod settings;
pub mod sigv4;
mod skew;
mod slot;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqllm_core::{
    Answered, Authorize, Clock, Error, ErrorKind, ExposeSecret, Result, SecretString,
};

pub use api_key::{ApiKey, short_term_api_key};
pub use cache::Cached;
pub use credential::{Credential, CredentialSource, Keys};
pub(crate) use keep::Keeper;
pub(crate) use own::OwnKeys;
pub(crate) use ring::{Held, Ring, Set};
pub(crate) use search::Search;
pub(crate) use settings::Settings;
pub(crate) use slot::Slot;

use role::Role;
use sigv4::{BodyHash, Signer};

/// The header in which Anthropic's clients send a key.
const BARE_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Codes of credentials that have expired. Source: the common errors of AWS's services, and those of STS.
const EXPIRED: &[&str] = &["ExpiredTokenException", "ExpiredToken"];

/// Proves who sends the attempts of one call.
#[derive(Debug)]
pub(crate) struct Auth {
    method: Method,
    region: Arc<str>,
    /// The name under which AWS signs.
    signing_name: &'static str,
    /// Whether an API key goes alone, as Anthropic's clients send theirs.
    bare_key: bool,
    keeper: Arc<Keeper>,
    /// Whether the time of signatures is corrected.
    corrects: bool,
    /// What holds this for other calls, if anything does.
    slot: Option<Arc<Slot>>,
    attempt: Mutex<Attempt>,
}

#[derive(Clone, Debug)]
enum Method {
    Fixed(Credential),
    /// The user's own source: which it will be is known when it is asked.
    Own(Arc<dyn CredentialSource>),
    /// The program's own source of keys, and who calls where it has none.
    Asked {
        own: Arc<OwnKeys>,
        /// What its keys are for, if not for the call itself.
        #[cfg(feature = "aws-config")]
        role: Option<Arc<chain::OfWhoever>>,
        otherwise: Box<Self>,
    },
    /// One of ours.
    #[cfg_attr(
        not(feature = "aws-config"),
        expect(dead_code, reason = "there is none")
    )]
    Kept {
        source: Cached,
        /// None where nobody said that there is anything to be found.
        scheme: Option<&'static str>,
    },
    /// Nothing was found: the error comes when the request is about to be sent, so that a dry run needs no account.
    /// With the chain it comes from there.
    #[cfg(not(feature = "aws-config"))]
    Missing,
}

/// What is known of the last attempt.
#[derive(Debug, Default)]
struct Attempt {
    /// How the time was corrected, if it was authorised.
    skew: Option<i64>,
    /// What a source gave for it.
    given: Option<Credential>,
    /// The role's, if it was assumed with what the program's own source gave.
    #[cfg(feature = "aws-config")]
    assumed: Option<Cached>,
    /// Its body, and what that hashes to, for the next one.
    body: Option<(Bytes, BodyHash)>,
}

impl Attempt {
    /// The hash of a body, if it is this one's.
    fn hash_of(&self, body: &Bytes) -> Option<BodyHash> {
        let (held, hash) = self.body.as_ref()?;
        // Bytes that are held do not change, so those at the same place are the same.
        let same = (held.as_ptr(), held.len()) == (body.as_ptr(), body.len());
        same.then_some(*hash)
    }
}

impl Auth {
    /// Looks for credentials: option key, option key pair, option profile, the key that the program has set, its own source
    /// of keys, the user's own source of credentials, bearer environment, key pair environment, then what else AWS's chain
    /// knows. A role, if one is to be assumed, is so with whatever IAM keys these give; an API key that is set, or that the
    /// environment has, is passed over then, as it cannot.
    pub(crate) fn resolve(search: &Search<'_>) -> Result<Self> {
        let role = Role::of(search.options)?;
        Ok(Self {
            method: search::method(search, role)?,
            region: search.region.into(),
            signing_name: search.endpoint.signing_name(),
            bare_key: false,
            keeper: Arc::clone(search.keeper),
            corrects: !search.settings.trusts_own_clock(search.env)?,
            slot: None,
            attempt: Mutex::default(),
        })
    }

    /// The same, for another request that goes out beside this one: what one was authorised with is not what the other was.
    pub(crate) fn another(&self) -> Self {
        Self {
            method: self.method.clone(),
            region: Arc::clone(&self.region),
            signing_name: self.signing_name,
            bare_key: self.bare_key,
            keeper: Arc::clone(&self.keeper),
            corrects: self.corrects,
            slot: self.slot.clone(),
            attempt: Mutex::default(),
        }
    }

    /// The same, for a request that has an API key alone in its header, as Anthropic's clients have it.
    pub(crate) fn with_bare_key(&self) -> Self {
        Self {
            bare_key: true,
            ..self.another()
        }
    }

    /// The same, for a call of its own, which clears the slot that holds this if it is refused.
    fn another_of(&self, slot: &Arc<Slot>) -> Self {
        Self {
            slot: Some(Arc::clone(slot)),
            ..self.another()
        }
    }

    /// Whether no credentials were found, nor anybody who could be asked for some.
    fn is_missing(&self) -> bool {
        #[cfg(not(feature = "aws-config"))]
        return matches!(self.method, Method::Missing);
        #[cfg(feature = "aws-config")]
        false
    }

    /// Another call looks through the environment again.
    fn clear_slot(&self) {
        if let Some(slot) = &self.slot {
            slot.clear();
        }
    }

    async fn prove(&self, request: &mut http::Request<Bytes>, clock: &Clock) -> Result<()> {
        // A source may take its time, and a signature counts from when it is made.
        let mut method = &self.method;
        if let Method::Asked { otherwise, .. } = method {
            if let Some(given) = self.ask(|| self.now(clock).0).await? {
                return self.put_given(given, request, clock);
            }
            method = otherwise;
        }
        let given = match method {
            Method::Fixed(credential) => return self.put(credential, request, clock),
            Method::Asked { .. } => return Err(two_in_a_row()),
            Method::Own(source) => source.credential(self.now(clock).0).await?,
            Method::Kept { source, .. } => {
                let (now, _) = self.now(clock);
                match source.held(now) {
                    Some(held) => held,
                    None => source.credential(now).await?,
                }
            }
            #[cfg(not(feature = "aws-config"))]
            Method::Missing => return Err(missing()),
        };
        self.put_given(given, request, clock)
    }

    /// Puts what a source gave, and remembers it.
    fn put_given(
        &self,
        given: Credential,
        request: &mut http::Request<Bytes>,
        clock: &Clock,
    ) -> Result<()> {
        self.put(&given, request, clock)?;
        self.attempt().given = Some(given);
        Ok(())
    }

    /// The time, as far as it is known, and how it was corrected.
    fn now(&self, clock: &Clock) -> (SystemTime, i64) {
        match self.corrects {
            true => self.keeper.skew.now(clock),
            false => (clock.now(), 0),
        }
    }

    fn put(
        &self,
        credential: &Credential,
        request: &mut http::Request<Bytes>,
        clock: &Clock,
    ) -> Result<()> {
        let (now, skew) = self.now(clock);
        self.attempt().skew = Some(skew);
        match credential {
            Credential::ApiKey(key) => put_key(key, self.bare_key, request),
            Credential::Keys(keys) => {
                let hash = self.hash_of(request.body());
                let signer = Signer::new(keys, &self.region, self.signing_name);
                signer.sign_hashed(request, &hash, now)
            }
        }
    }

    /// The hash of a body, once for all attempts.
    fn hash_of(&self, body: &Bytes) -> BodyHash {
        let kept = self.attempt().hash_of(body);
        kept.unwrap_or_else(|| {
            let hash = BodyHash::of(body);
            self.attempt().body = Some((body.clone(), hash));
            hash
        })
    }

    fn attempt(&self) -> MutexGuard<'_, Attempt> {
        self.attempt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Authorize for Auth {
    async fn authorize(&self, request: &mut http::Request<Bytes>, clock: &Clock) -> Result<()> {
        let proved = self.prove(request, clock).await;
        if proved.is_err() {
            self.clear_slot();
        }
        proved
    }

    fn reads_ahead(&self, body: &Bytes) -> bool {
        let may_sign = match &self.method {
            Method::Fixed(credential) => matches!(credential, Credential::Keys(_)),
            Method::Own(_) | Method::Asked { .. } | Method::Kept { .. } => true,
            #[cfg(not(feature = "aws-config"))]
            Method::Missing => false,
        };
        may_sign && self.attempt().hash_of(body).is_none()
    }

    fn read_ahead(&self, body: &Bytes) {
        self.hash_of(body);
    }

    fn scheme(&self) -> Option<&'static str> {
        match &self.method {
            Method::Fixed(Credential::ApiKey(_)) => (!self.bare_key).then_some("Bearer"),
            Method::Fixed(Credential::Keys(_)) => Some("AWS4-HMAC-SHA256"),
            // A role's are always IAM keys.
            #[cfg(feature = "aws-config")]
            Method::Asked { role: Some(_), .. } => Some("AWS4-HMAC-SHA256"),
            Method::Own(_) | Method::Asked { .. } => Some("Credential-Source"),
            Method::Kept { scheme, .. } => *scheme,
            #[cfg(not(feature = "aws-config"))]
            Method::Missing => None,
        }
    }

    fn key_header(&self) -> Option<HeaderName> {
        match &self.method {
            Method::Fixed(Credential::ApiKey(_)) if self.bare_key => Some(BARE_KEY),
            _ => None,
        }
    }

    fn learn(&self, answered: &Answered<'_>) -> bool {
        let measured = match self.corrects {
            true => self.keeper.skew.observe(answered),
            false => None,
        };
        let mut attempt = self.attempt();
        let Some(refusal) = answered.refusal else {
            // No other attempt is likely, and a body may be long.
            attempt.body = None;
            return false;
        };
        // A bearer token that is not good any more is refused as one without permission.
        if matches!(
            refusal.kind(),
            ErrorKind::Authentication | ErrorKind::Permission
        ) {
            self.clear_slot();
        }
        let Some(skew) = attempt.skew else {
            return false;
        };
        // Where the program's own source had no key, it is whoever calls otherwise.
        let method = match &self.method {
            Method::Asked { otherwise, .. } => otherwise,
            method => method,
        };
        let used = match (&attempt.given, method) {
            (Some(given), _) => Some(given),
            (None, Method::Fixed(credential)) => Some(credential),
            (None, _) => None,
        };
        let Some(used) = used else { return false };
        if refusal.code().is_some_and(|code| EXPIRED.contains(&code)) {
            #[cfg(feature = "aws-config")]
            if let Some(assumed) = &attempt.assumed {
                return assumed.forget(used);
            }
            return match method {
                Method::Own(source) => source.forget(used),
                Method::Kept { source, .. } => source.forget(used),
                _ => false,
            };
        }
        let signed = matches!(used, Credential::Keys(_));
        signed && measured.is_some_and(|measured| skew::is_why(refusal, skew, measured))
    }
}

/// There is one source of keys, so that this cannot be.
fn two_in_a_row() -> Error {
    Error::config("two sources of keys stand in a row")
}

#[cfg(not(feature = "aws-config"))]
fn feature_is_off(what: &str) -> Error {
    Error::config(format!(
        "{what}, and this program was built without the feature `aws-config` of reqllm; build it with it"
    ))
}

/// Places that are looked at whatever the features.
const PLACES: &str = "option `api_key`, options `access_key_id` and `secret_access_key`, `keys()`, AWS_BEARER_TOKEN_BEDROCK, \
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

fn put_key(key: &SecretString, bare: bool, request: &mut http::Request<Bytes>) -> Result<()> {
    let (name, scheme) = match bare {
        true => (BARE_KEY, ""),
        false => (AUTHORIZATION, "Bearer "),
    };
    let text = [scheme, key.expose_secret()].concat();
    let mut value = HeaderValue::try_from(text).map_err(|_| {
        Error::new(
            ErrorKind::Authentication,
            "the Bedrock API key holds a character that no header can carry; check that it was copied whole and alone",
        )
        .with_provider(crate::ID)
    })?;
    value.set_sensitive(true);
    request.headers_mut().insert(name, value);
    Ok(())
}

#[cfg(test)]
mod tests;
