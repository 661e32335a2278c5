//! The variables that aws-config may see.

use std::collections::HashMap;

use aws_types::os_shim_internal::Env;
use reqllm_core::Environment;

/// Keys of the environment, which a profile that is named in the call wins over.
const KEYS: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ACCOUNT_ID",
];

/// Addresses to ask instead of AWS's own.
const ENDPOINTS: &[&str] = &[
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_SSO",
    "AWS_ENDPOINT_URL_SSO_OIDC",
];

/// The rest. Source: the variables that aws-config and aws-runtime look up on their way to credentials.
const OTHERS: &[&str] = &[
    "HOME",
    "USERPROFILE",
    "HOMEDRIVE",
    "HOMEPATH",
    "AWS_PROFILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_MAX_ATTEMPTS",
    "AWS_RETRY_MODE",
    "AWS_NEW_RETRIES_2026",
    "AWS_SDK_UA_APP_ID",
    "AWS_DISABLE_CLOCK_SKEW_CORRECTION",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
];

/// A copy of the environment, as aws-config takes no other: an [`Environment`] looks names up and lists none. Its keys are
/// left out unless `with_keys`.
pub(super) fn snapshot(env: &Environment, with_keys: bool) -> Env {
    let keys = if with_keys { KEYS } else { &[] };
    // aws-config heeds this one for its users' clients only, not for those that it asks for credentials.
    let ignored = env
        .get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        .is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let endpoints = if ignored { &[] } else { ENDPOINTS };
    let variables: HashMap<String, String> = [keys, endpoints, OTHERS]
        .concat()
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), env.get(name)?)))
        .collect();
    Env::from(variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_shows_what_was_injected_and_nothing_of_the_process() {
        let env = Environment::of([("AWS_PROFILE", "dev"), ("AWS_ACCESS_KEY_ID", "K")]);
        let seen = snapshot(&env, true);
        assert_eq!(seen.get("AWS_PROFILE").unwrap(), "dev");
        assert_eq!(seen.get("AWS_ACCESS_KEY_ID").unwrap(), "K");
        assert!(seen.get("PATH").is_err() && seen.get("HOME").is_err());
        assert!(snapshot(&env, false).get("AWS_ACCESS_KEY_ID").is_err());
    }

    #[test]
    fn addresses_can_be_switched_off() {
        let url = ("AWS_ENDPOINT_URL_STS", "http://localhost:1");
        let env = Environment::of([url]);
        assert!(snapshot(&env, true).get(url.0).is_ok());
        let env = Environment::of([url, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE")]);
        assert!(snapshot(&env, true).get(url.0).is_err());
    }
}
