//! Variables of the environment in the addresses of a registry.

use std::borrow::Cow;

use reqllm_core::{Environment, Error, ProviderFacts, Result};

use super::shown;

/// The address of a registry with the variables of the environment in it: `https://${ACCOUNT}.example.com`. They are those
/// that the provider's record names, so that no other can be had out of the environment.
///
/// # Errors
///
/// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) for a variable that is not set, or that the record does not name.
pub fn filled(url: &str, env: &Environment, facts: &ProviderFacts) -> Result<String> {
    let provider = &facts.id;
    let refuse = |why: String| {
        Err(Error::config(format!(
            "the address of provider {provider:?} is {:?}, {why}",
            shown(url)
        )))
    };
    let mut whole = String::with_capacity(url.len());
    let mut rest = url;
    while let Some((before, behind)) = rest.split_once("${") {
        let Some((name, after)) = behind.split_once('}') else {
            return refuse("in which a brace is not closed".to_owned());
        };
        if !facts.env.iter().any(|known| known == name) {
            return refuse(format!(
                "and {name} is none of the variables that its record names ({})",
                facts.env.join(", ")
            ));
        }
        let value = env.get(name).filter(|value| !value.trim().is_empty());
        let Some(value) = value else {
            return refuse(format!(
                "and the environment has no {name}; set it, or give option `base_url`"
            ));
        };
        whole.push_str(before);
        let value = value.trim().trim_end_matches('/');
        // People put an address where a host is wanted: the scheme is there already.
        whole.push_str(match value.split_once("://") {
            Some((_, host)) if before.ends_with("://") => host,
            _ => value,
        });
        rest = after;
    }
    whole.push_str(rest);
    Ok(whole)
}

/// An address of the caller's. Whoever gives one may not know what else is in the environment, so nothing is taken from there.
///
/// # Errors
///
/// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) if it has a variable in it.
pub fn unfilled<'a>(url: &'a str, provider: &str) -> Result<Cow<'a, str>> {
    match url.contains("${") {
        false => Ok(Cow::Borrowed(url)),
        true => Err(Error::config(format!(
            "the address of provider {provider:?} is {:?}: variables are filled in addresses of the registry alone; write it out",
            shown(url)
        ))),
    }
}
