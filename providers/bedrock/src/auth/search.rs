//! Where credentials are looked for, and which of them are nearer to the call than others.

use std::sync::Arc;

use reqllm_core::{Environment, Error, Result, SecretString};

use super::Method;
use super::credential::{Credential, CredentialSource};
use super::given::{self, present};
use super::keep::{Base, Keeper};
use super::role::Role;
use super::settings::Settings;
#[cfg(feature = "aws-config")]
use super::{chain, keep};
use crate::options::Read;

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

/// The API key, unless something that is nearer to the call, or a role, makes IAM keys of it.
pub(super) fn api_key(search: &Search<'_>, role: Option<&Role>) -> Result<Option<SecretString>> {
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

pub(super) fn by_keys(search: &Search<'_>, role: Option<Role>) -> Result<Method> {
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
    let asked = keep::Asked {
        base,
        region: chain::region(search),
        role,
    };
    let unnamed = matches!(asked.base, Base::Chain(None)) && asked.role.is_none();
    let named = !unnamed || search.env.get("AWS_PROFILE").is_some();
    let new = |asked: &keep::Asked| chain::source(asked, search);
    Ok(Method::Kept {
        source: search.keeper.source(asked, new),
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
