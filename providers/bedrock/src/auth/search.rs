//! Where credentials are looked for, and which of them are nearer to the call than others.

use std::sync::Arc;

use reqllm_core::{Environment, Error, Result};

use super::Method;
#[cfg(feature = "aws-config")]
use super::chain;
use super::credential::{Credential, CredentialSource};
use super::given::{self, present};
use super::keep::{Base, Keeper};
use super::own::OwnKeys;
use super::ring::Set;
use super::role::Role;
use super::settings::Settings;
use crate::options::{Endpoint, Read};

/// Where credentials are looked for.
pub(crate) struct Search<'a> {
    pub(crate) options: &'a Read,
    /// What the program has set.
    pub(crate) set: Option<&'a Set>,
    /// The program's own source of keys.
    pub(crate) own: Option<&'a Arc<OwnKeys>>,
    /// The user's own source.
    pub(crate) source: Option<&'a Arc<dyn CredentialSource>>,
    pub(crate) env: &'a Environment,
    pub(crate) settings: &'a Settings,
    pub(crate) keeper: &'a Arc<Keeper>,
    /// The region of the call.
    pub(crate) region: &'a str,
    /// The host that it goes to.
    pub(crate) endpoint: Endpoint,
}

/// Who calls: what is nearer to the call wins.
pub(super) fn method(search: &Search<'_>, role: Option<Role>) -> Result<Method> {
    let options = search.options;
    if let Some(key) = present(options.api_key.as_ref()) {
        return match role {
            Some(_) => Err(Error::invalid_request(
                "options `api_key` and `role_arn` of bedrock exclude each other: a role is assumed with IAM keys; drop one of them",
            )),
            None => Ok(Method::Fixed(Credential::ApiKey(key))),
        };
    }
    if let Some(keys) = given::from_options(options)? {
        return by_base(search, Base::Keys(keys), role);
    }
    if let Some(profile) = &options.profile {
        return by_base(search, Base::Chain(Some(profile.clone())), role);
    }
    if let Some(set) = search.set {
        if let (Some(key), None) = (&set.api_key, &role) {
            return Ok(Method::Fixed(Credential::ApiKey(key.clone())));
        }
        if let Some(keys) = &set.keys {
            return by_base(search, Base::Keys(keys.clone()), role);
        }
    }
    let otherwise = further(search, role.clone())?;
    Ok(match search.own {
        Some(own) => Method::Asked {
            own: Arc::clone(own),
            #[cfg(feature = "aws-config")]
            role: role.map(|role| Arc::new(chain::OfWhoever::new(search, role))),
            otherwise: Box::new(otherwise),
        },
        None => otherwise,
    })
}

/// Who calls where neither the call nor the program's keys say so.
fn further(search: &Search<'_>, role: Option<Role>) -> Result<Method> {
    if let Some(source) = search.source {
        return by_base(search, Base::Own(Arc::clone(source)), role);
    }
    if role.is_none()
        && let Some(key) = search.env.get("AWS_BEARER_TOKEN_BEDROCK")
    {
        return Ok(Method::Fixed(Credential::ApiKey(key.into())));
    }
    let base = match given::from_environment(search.env)? {
        Some(keys) => Base::Keys(keys),
        None => Base::Chain(None),
    };
    by_base(search, base, role)
}

fn by_base(search: &Search<'_>, base: Base, role: Option<Role>) -> Result<Method> {
    match (base, role) {
        (Base::Keys(keys), None) => {
            let keys = search.keeper.keys(keys);
            Ok(Method::Fixed(Credential::Keys(keys)))
        }
        (Base::Own(source), None) => Ok(Method::Own(source)),
        (base, role) => by_chain(search, base, role),
    }
}

#[cfg(feature = "aws-config")]
fn by_chain(search: &Search<'_>, base: Base, role: Option<Role>) -> Result<Method> {
    let unnamed = matches!(base, Base::Chain(None)) && role.is_none();
    let named = !unnamed || search.env.get("AWS_PROFILE").is_some();
    Ok(Method::Kept {
        source: chain::source(search, base, role),
        scheme: named.then_some("AWS4-HMAC-SHA256"),
    })
}

#[cfg(not(feature = "aws-config"))]
fn by_chain(_search: &Search<'_>, _base: Base, role: Option<Role>) -> Result<Method> {
    match role {
        Some(role) => Err(super::feature_is_off(&format!(
            "option `role_arn` is {:?}",
            role.arn
        ))),
        None => Ok(Method::Missing),
    }
}
