//! The address that a call goes to.

use reqllm_core::{Environment, Error, Result, is_loopback};

use crate::options::Read;
use crate::region;

const OF_RUNTIME: &str = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME";
const OF_CONTROL: &str = "AWS_ENDPOINT_URL_BEDROCK";
const OF_ALL: &str = "AWS_ENDPOINT_URL";

/// Finds the base of the URL, without a slash at the end.
///
/// The option `endpoint_url`, the model's `base_url`, the client's endpoint, `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`,
/// `AWS_ENDPOINT_URL`, else the host of the region's partition. `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true` switches
/// the two variables off, as it does in AWS's own clients.
pub(crate) fn resolve(
    options: &Read,
    base_url: Option<&str>,
    client: Option<&str>,
    env: &Environment,
    region: &str,
) -> Result<String> {
    let candidates = [
        ("option `endpoint_url`", options.endpoint_url.clone()),
        ("`base_url` of the model", base_url.map(str::to_owned)),
        ("the client's endpoint", client.map(str::to_owned)),
        (OF_RUNTIME, configured(env, OF_RUNTIME)?),
        (OF_ALL, configured(env, OF_ALL)?),
    ];
    find(candidates, region::runtime_host, options, env, region)
}

/// Finds the base of the URL of the control plane, without a slash at the end.
///
/// An address that was given for the runtime is none of the control plane's: it would send account data to somebody who
/// was to see prompts only, or fail there. The exception is this machine: an emulator or a tunnel on loopback serves
/// both. So: the option `control_endpoint_url`; the option `endpoint_url` and the client's endpoint, if they are on
/// loopback; `AWS_ENDPOINT_URL_BEDROCK`; if neither option nor client says another, `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`, if
/// it is on loopback; `AWS_ENDPOINT_URL`; else the host of the region's partition.
pub(crate) fn control(
    own: Option<&str>,
    options: &Read,
    client: Option<&str>,
    env: &Environment,
    region: &str,
) -> Result<String> {
    let given = options.endpoint_url.as_deref();
    let runtime = runtime_in_env(options, client, env)?;
    let local = |url: Option<&str>| url.filter(|url| on_loopback(url)).map(str::to_owned);
    let candidates = [
        ("option `control_endpoint_url`", own.map(str::to_owned)),
        ("option `endpoint_url`", local(given)),
        ("the client's endpoint", local(client)),
        (OF_CONTROL, configured(env, OF_CONTROL)?),
        (OF_RUNTIME, local(runtime.as_deref())),
        (OF_ALL, configured(env, OF_ALL)?),
    ];
    find(candidates, region::control_host, options, env, region)
}

/// Whether an address that was given for the runtime is none of the control plane's, for which none was given.
pub(crate) fn is_passed_over(
    options: &Read,
    client: Option<&str>,
    env: &Environment,
) -> Result<bool> {
    let given = options.endpoint_url.as_deref().or(client);
    if let Some(url) = given {
        return Ok(!on_loopback(url));
    }
    let own = configured(env, OF_CONTROL)?.is_some();
    let runtime = runtime_in_env(options, client, env)?;
    Ok(!own && runtime.is_some_and(|url| !on_loopback(&url)))
}

/// The runtime's address from the environment, unless another one takes its place.
fn runtime_in_env(
    options: &Read,
    client: Option<&str>,
    env: &Environment,
) -> Result<Option<String>> {
    match options.endpoint_url.is_some() || client.is_some() {
        true => Ok(None),
        false => configured(env, OF_RUNTIME),
    }
}

/// Whether an address is of this machine.
pub(crate) fn on_loopback(url: &str) -> bool {
    let uri = url.parse::<http::Uri>();
    uri.is_ok_and(|uri| uri.host().is_some_and(is_loopback))
}

/// What a variable says, unless all of them are switched off.
fn configured(env: &Environment, name: &str) -> Result<Option<String>> {
    let ignored = flag(None, env, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?;
    Ok(if ignored { None } else { env.get(name) })
}

fn find<const N: usize>(
    candidates: [(&str, Option<String>); N],
    host: fn(&str, bool, bool) -> String,
    options: &Read,
    env: &Environment,
    region: &str,
) -> Result<String> {
    let fips = flag(options.use_fips, env, "AWS_USE_FIPS_ENDPOINT")?;
    let dual_stack = flag(options.use_dualstack, env, "AWS_USE_DUALSTACK_ENDPOINT")?;
    for (source, url) in candidates {
        let Some(url) = url else { continue };
        if fips || dual_stack {
            return Err(Error::config(format!(
                "{source} and use_fips or use_dualstack exclude each other: a custom endpoint is used as it is; drop one of them"
            )));
        }
        return normal(&url, source);
    }
    Ok(format!("https://{}", host(region, fips, dual_stack)))
}

/// The address in the form in which it goes on the wire, so that what is signed is what is sent.
///
/// Prompts and keys go over `https:`; over `http:` only to this machine.
fn normal(url: &str, source: &str) -> Result<String> {
    let refuse = |why: &str| {
        Err(Error::config(format!(
            "the endpoint from {source} is {url:?}: {why}"
        )))
    };
    let Ok(uri) = url.parse::<http::Uri>() else {
        return refuse("this is no URL; one such as https://vpce-1.example.com would do");
    };
    let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
        return refuse("a scheme and a host are needed, such as in https://vpce-1.example.com");
    };
    if uri.authority().is_some_and(|it| it.as_str().contains('@')) {
        return refuse("user and password have no place in it; use the credential options");
    }
    if uri.query().is_some() || url.contains('#') {
        return refuse("it must not have a query or a fragment");
    }
    let path = uri.path().trim_end_matches('/');
    if path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return refuse("it must not have steps (. or ..) in its path");
    }
    let usual_port = match scheme {
        "https" => 443,
        "http" if is_loopback(host) => 80,
        "http" => {
            return refuse(
                "plain http: is for this machine only (localhost, 127.0.0.0/8, [::1]); use https:",
            );
        }
        _ => return refuse("https: would do"),
    };
    let host = host.to_ascii_lowercase();
    let port = match uri.port_u16() {
        Some(port) if port != usual_port => format!(":{port}"),
        _ => String::new(),
    };
    Ok(format!("{scheme}://{host}{port}{path}"))
}

fn flag(option: Option<bool>, env: &Environment, name: &str) -> Result<bool> {
    if let Some(value) = option {
        return Ok(value);
    }
    match env.get(name).as_deref() {
        None => Ok(false),
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        Some(text) => Err(Error::config(format!(
            "{name} is {text:?}; true or false would do"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;

    fn resolve_with(
        options: &Options,
        client: Option<&str>,
        env: &[(&str, &str)],
    ) -> Result<String> {
        let env = Environment::of(env.iter().copied());
        let options = Read::of(&options.clone().into()).unwrap();
        resolve(&options, None, client, &env, "us-east-1")
    }

    #[test]
    fn sources_are_asked_in_order() {
        let env = [
            (OF_RUNTIME, "http://localhost:3"),
            (OF_ALL, "http://[::1]:4"),
        ];
        let option = Options::new().endpoint_url("https://vpce.example.com/path/");
        let none = Options::new();
        for (options, client, env, url) in [
            (
                &option,
                Some("http://127.0.0.1:2"),
                &env[..],
                "https://vpce.example.com/path",
            ),
            (
                &none,
                Some("http://127.0.0.1:2"),
                &env[..],
                "http://127.0.0.1:2",
            ),
            (&none, None, &env[..], "http://localhost:3"),
            (&none, None, &env[1..], "http://[::1]:4"),
            (
                &none,
                None,
                &[][..],
                "https://bedrock-runtime.us-east-1.amazonaws.com",
            ),
        ] {
            assert_eq!(resolve_with(options, client, env).unwrap(), url);
        }
        let ignored = [env[0], ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")];
        assert!(
            resolve_with(&none, None, &ignored)
                .unwrap()
                .ends_with("amazonaws.com")
        );
        let url = resolve(
            &Read::default(),
            Some("http://localhost:9"),
            Some("http://localhost:2"),
            &Environment::empty(),
            "r",
        );
        assert_eq!(url.unwrap(), "http://localhost:9");
    }

    #[test]
    fn the_runtime_s_address_is_not_the_control_plane_s() {
        let env = [
            (OF_RUNTIME, "http://localhost:3"),
            (OF_CONTROL, "http://localhost:4"),
        ];
        let none = Options::new();
        let vpc = Options::new().endpoint_url("https://vpce.example.com");
        let local = Options::new().endpoint_url("http://127.0.0.1:5");
        let own = "https://control.example.com";
        let aws = "https://bedrock.us-east-1.amazonaws.com";
        for (given, options, client, env, url) in [
            (Some(own), &local, Some("http://[::1]:6"), &env[..], own),
            (None, &local, None, &env[..], "http://127.0.0.1:5"),
            (
                None,
                &none,
                Some("http://[::1]:6"),
                &env[..],
                "http://[::1]:6",
            ),
            (None, &vpc, None, &env[..], "http://localhost:4"),
            (
                None,
                &none,
                Some("https://vpce.example.com"),
                &env[..1],
                aws,
            ),
            (None, &none, None, &env[..], "http://localhost:4"),
            (None, &none, None, &env[..1], "http://localhost:3"),
            (None, &vpc, None, &env[..1], aws),
            (
                None,
                &none,
                None,
                &[(OF_RUNTIME, "https://vpce.example.com"), (OF_ALL, own)],
                own,
            ),
        ] {
            let env = Environment::of(env.iter().copied());
            let options = Read::of(&options.clone().into()).unwrap();
            assert_eq!(
                control(given, &options, client, &env, "us-east-1").unwrap(),
                url
            );
        }
    }

    #[test]
    fn what_is_signed_is_what_goes_on_the_wire() {
        for (url, normal) in [
            ("http://LOCALHOST:08080/", "http://localhost:8080"),
            (
                "https://VPCE.Example.com:443/Path/",
                "https://vpce.example.com/Path",
            ),
            ("http://127.0.0.1:80", "http://127.0.0.1"),
        ] {
            let options = Options::new().endpoint_url(url);
            assert_eq!(resolve_with(&options, None, &[]).unwrap(), normal);
        }
    }

    #[test]
    fn bad_endpoints_are_refused_with_their_source() {
        for (url, part) in [
            ("nonsense", "a scheme and a host"),
            ("ftp://x", "https: would do"),
            ("http://example.com", "this machine only"),
            ("https://user:pw@example.com", "no place"),
            ("https://example.com?x=1", "query"),
            ("https://example.com/#", "fragment"),
            ("https://example.com/a/../b", "steps"),
        ] {
            let error = resolve_with(&Options::new().endpoint_url(url), None, &[]).unwrap_err();
            assert!(error.message().contains(part), "{url}: {error}");
            assert!(error.message().contains("option `endpoint_url`"));
        }
        let fips = Options::new()
            .endpoint_url("https://x.example")
            .use_fips(true);
        assert!(
            resolve_with(&fips, None, &[])
                .unwrap_err()
                .message()
                .contains("exclude")
        );
        let env = [("AWS_USE_FIPS_ENDPOINT", "maybe")];
        assert!(
            resolve_with(&Options::new(), None, &env)
                .unwrap_err()
                .message()
                .contains("maybe")
        );
    }
}
