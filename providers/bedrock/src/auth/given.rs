//! Credentials that are given outright: by the options of a call or by the environment.

use reqllm_core::{Environment, Error, ErrorKind, ExposeSecret, Result, SecretString};

use super::credential::Keys;
use crate::options::Read;

/// A blank value counts as absent.
pub(super) fn present(value: Option<&SecretString>) -> Option<SecretString> {
    let value = value?.expose_secret().trim();
    (!value.is_empty()).then(|| value.into())
}

/// The key pair of the options.
pub(super) fn from_options(options: &Read) -> Result<Option<Keys>> {
    let id = options.access_key_id.as_deref().map(str::trim);
    let secret = present(options.secret_access_key.as_ref());
    let token = present(options.session_token.as_ref());
    match (id, secret) {
        (Some(id), Some(secret)) => Ok(Some(Keys::new(id, secret, token))),
        (Some(_), None) => Err(half("option `access_key_id`", "`secret_access_key`")),
        (None, Some(_)) => Err(half("option `secret_access_key`", "`access_key_id`")),
        (None, None) if token.is_some() => Err(half(
            "option `session_token`",
            "`access_key_id` and `secret_access_key`",
        )),
        (None, None) => Ok(None),
    }
}

/// The key pair of the environment. A session token from there belongs to it.
pub(super) fn from_environment(env: &Environment) -> Result<Option<Keys>> {
    let secret = env.get("AWS_SECRET_ACCESS_KEY").map(SecretString::from);
    match (env.get("AWS_ACCESS_KEY_ID"), secret) {
        (Some(id), Some(secret)) => {
            let token = env.get("AWS_SESSION_TOKEN").map(SecretString::from);
            Ok(Some(Keys::new(id, secret, token)))
        }
        (Some(_), None) => Err(half("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")),
        (None, Some(_)) => Err(half("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")),
        (None, None) => Ok(None),
    }
}

pub(super) fn half(given: &str, missing: &str) -> Error {
    Error::new(
        ErrorKind::Authentication,
        format!("{given} is set and {missing} is missing; IAM keys come as a pair"),
    )
    .with_provider(crate::ID)
}
