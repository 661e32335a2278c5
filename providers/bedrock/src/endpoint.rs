//! The address that a call goes to.

use reqllm_core::{Environment, Error, Result, is_loopback};
use reqllm_dialects::door::{Plain, normal};

use crate::auth::Settings;
use crate::options::{Endpoint, Read};
use crate::region;

const OF_RUNTIME: &str = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME";
const OF_MANTLE: &str = "AWS_ENDPOINT_URL_BEDROCK_MANTLE";
const OF_CONTROL: &str = "AWS_ENDPOINT_URL_BEDROCK";
const OF_ALL: &str = "AWS_ENDPOINT_URL";

/// Finds the base of the URL, without a slash at the end.
///
/// The option `endpoint_url`, the model's `base_url`, the client's endpoint, `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`,
/// `AWS_ENDPOINT_URL`, the profile's, else the host of the region's partition. `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true`,
/// or the same in the profile, switches the two variables and the profile's off, as it does in AWS's own clients.
///
/// For `bedrock-mantle` it is `AWS_ENDPOINT_URL_BEDROCK_MANTLE`, by AWS's rule for such names, and that of the runtime only if
/// it is on loopback, where an emulator serves both. An address that was given for the call or for the client is used for
/// either host: whoever sends prompts to a gateway does not want them anywhere else.
pub(crate) fn resolve(
    options: &Read,
    base_url: Option<&str>,
    client: Option<&str>,
    at: &Configured<'_>,
    region: &str,
    host: Endpoint,
) -> Result<String> {
    let of_profile = at.profile_name();
    let runtime = at.variable(OF_RUNTIME)?;
    let settings = at.settings;
    let (own, runtime, of_host, host_of): (_, _, _, HostOf) = match host {
        Endpoint::Runtime => (
            (OF_RUNTIME, None),
            runtime,
            &settings.runtime_url,
            |region, fips, dual_stack| Ok(region::runtime_host(region, fips, dual_stack)),
        ),
        Endpoint::Mantle => (
            (OF_MANTLE, at.variable(OF_MANTLE)?),
            runtime.filter(|url| on_loopback(url)),
            &settings.mantle_url,
            |region, fips, _| region::mantle_host(region, fips),
        ),
    };
    let candidates = [
        ("option `endpoint_url`", options.endpoint_url.clone()),
        ("`base_url` of the model", base_url.map(str::to_owned)),
        ("the client's endpoint", client.map(str::to_owned)),
        own,
        (OF_RUNTIME, runtime),
        (OF_ALL, at.variable(OF_ALL)?),
        (&of_profile, at.profile_url(of_host)?),
    ];
    find(candidates, host_of, options, at, region)
}

/// Finds the base of the URL of the control plane, without a slash at the end.
///
/// An address that was given for the runtime is none of the control plane's: it would send account data to somebody who
/// was to see prompts only, or fail there. The exception is this machine: an emulator or a tunnel on loopback serves
/// both. So: the option `control_endpoint_url`; the option `endpoint_url` and the client's endpoint, if they are on
/// loopback; `AWS_ENDPOINT_URL_BEDROCK`; if neither option nor client says another, `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`, if
/// it is on loopback; `AWS_ENDPOINT_URL`; the profile's for it; else the host of the region's partition.
pub(crate) fn control(
    own: Option<&str>,
    options: &Read,
    client: Option<&str>,
    at: &Configured<'_>,
    region: &str,
) -> Result<String> {
    let given = options.endpoint_url.as_deref();
    let runtime = runtime_in_env(options, client, at)?;
    let of_profile = at.profile_name();
    let local = |url: Option<&str>| url.filter(|url| on_loopback(url)).map(str::to_owned);
    let candidates = [
        ("option `control_endpoint_url`", own.map(str::to_owned)),
        ("option `endpoint_url`", local(given)),
        ("the client's endpoint", local(client)),
        (OF_CONTROL, at.variable(OF_CONTROL)?),
        (OF_RUNTIME, local(runtime.as_deref())),
        (OF_ALL, at.variable(OF_ALL)?),
        (&of_profile, at.profile_url(&at.settings.control_url)?),
    ];
    let host_of: HostOf =
        |region, fips, dual_stack| Ok(region::control_host(region, fips, dual_stack));
    find(candidates, host_of, options, at, region)
}

/// Whether an address that was given for the runtime is none of the control plane's, for which none was given.
pub(crate) fn is_passed_over(
    options: &Read,
    client: Option<&str>,
    at: &Configured<'_>,
) -> Result<bool> {
    let given = options.endpoint_url.as_deref().or(client);
    if let Some(url) = given {
        return Ok(!on_loopback(url));
    }
    let own = at.variable(OF_CONTROL)?.is_some();
    let runtime = runtime_in_env(options, client, at)?;
    Ok(!own && runtime.is_some_and(|url| !on_loopback(&url)))
}

/// The runtime's address from the environment, unless another one takes its place.
fn runtime_in_env(
    options: &Read,
    client: Option<&str>,
    at: &Configured<'_>,
) -> Result<Option<String>> {
    match options.endpoint_url.is_some() || client.is_some() {
        true => Ok(None),
        false => at.variable(OF_RUNTIME),
    }
}

/// Whether an address is of this machine.
pub(crate) fn on_loopback(url: &str) -> bool {
    let uri = url.parse::<http::Uri>();
    uri.is_ok_and(|uri| uri.host().is_some_and(is_loopback))
}

/// Where addresses are configured: outside of the program.
#[derive(Clone, Copy)]
pub(crate) struct Configured<'a> {
    pub(crate) env: &'a Environment,
    pub(crate) settings: &'a Settings,
}

impl Configured<'_> {
    fn are_ignored(&self) -> Result<bool> {
        let profile = self.settings.ignore_configured_endpoint_urls.as_ref();
        let key = ("ignore_configured_endpoint_urls", profile);
        let name = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
        self.settings.flag(None, self.env, name, key)
    }

    /// What a variable says, unless all of them are switched off.
    fn variable(&self, name: &str) -> Result<Option<String>> {
        Ok(if self.are_ignored()? {
            None
        } else {
            self.env.get(name)
        })
    }

    /// What the profile says, likewise.
    fn profile_url(&self, url: &Option<String>) -> Result<Option<String>> {
        Ok(if self.are_ignored()? {
            None
        } else {
            url.clone()
        })
    }

    fn profile_name(&self) -> String {
        format!("profile {:?}", self.settings.profile)
    }

    fn fips(&self, options: &Read) -> Result<bool> {
        let key = (
            "use_fips_endpoint",
            self.settings.use_fips_endpoint.as_ref(),
        );
        let settings = self.settings;
        settings.flag(options.use_fips, self.env, "AWS_USE_FIPS_ENDPOINT", key)
    }

    fn dual_stack(&self, options: &Read) -> Result<bool> {
        let of_profile = self.settings.use_dualstack_endpoint.as_ref();
        let key = ("use_dualstack_endpoint", of_profile);
        let name = "AWS_USE_DUALSTACK_ENDPOINT";
        self.settings
            .flag(options.use_dualstack, self.env, name, key)
    }
}

/// The host of a region, of FIPS and of both versions of IP if they are asked for.
type HostOf = fn(&str, bool, bool) -> Result<String>;

fn find<const N: usize>(
    candidates: [(&str, Option<String>); N],
    host: HostOf,
    options: &Read,
    at: &Configured<'_>,
    region: &str,
) -> Result<String> {
    let (fips, dual_stack) = (at.fips(options)?, at.dual_stack(options)?);
    for (source, url) in candidates {
        let Some(url) = url else { continue };
        if fips || dual_stack {
            return Err(Error::config(format!(
                "{source} and use_fips or use_dualstack exclude each other: a custom endpoint is used as it is; drop one of them"
            )));
        }
        return normal(&url, source, Plain::Loopback);
    }
    Ok(format!("https://{}", host(region, fips, dual_stack)?))
}

#[cfg(test)]
mod tests;
