//! The address that a call goes to.

use reqllm_core::{Environment, Error, Model, Result};

use crate::options::Options;
use crate::region;

/// Finds the base of the URL, without a slash at the end.
///
/// The option `endpoint_url`, the model's `base_url`, the client's endpoint, `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`,
/// `AWS_ENDPOINT_URL`, else the host of the region's partition. `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true` switches
/// the two variables off, as it does in AWS's own clients.
pub(crate) fn resolve(
    options: &Options,
    model: &Model,
    client: Option<&str>,
    env: &Environment,
    region: &str,
) -> Result<String> {
    let fips = flag(options.use_fips, env, "AWS_USE_FIPS_ENDPOINT")?;
    let dual_stack = flag(options.use_dualstack, env, "AWS_USE_DUALSTACK_ENDPOINT")?;
    let ignore_env = flag(None, env, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?;
    let from_env = |name: &str| if ignore_env { None } else { env.get(name) };
    let candidates = [
        ("option `endpoint_url`", options.endpoint_url.clone()),
        ("`base_url` of the model", model.base_url.clone()),
        ("the client's endpoint", client.map(str::to_owned)),
        (
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
            from_env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME"),
        ),
        ("AWS_ENDPOINT_URL", from_env("AWS_ENDPOINT_URL")),
    ];
    for (source, url) in candidates {
        let Some(url) = url else { continue };
        if fips || dual_stack {
            return Err(Error::config(format!(
                "{source} and use_fips or use_dualstack exclude each other: a custom endpoint is used as it is; drop one of them"
            )));
        }
        check(&url, source)?;
        return Ok(url.trim_end_matches('/').to_owned());
    }
    Ok(format!(
        "https://{}",
        region::runtime_host(region, fips, dual_stack)
    ))
}

/// Prompts and keys go over `https:`; over `http:` only to this machine.
fn check(url: &str, source: &str) -> Result<()> {
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
    if uri.query().is_some() {
        return refuse("it must not have a query");
    }
    match scheme {
        "https" => Ok(()),
        "http" if is_loopback(host) => Ok(()),
        "http" => refuse(
            "plain http: is for this machine only (localhost, 127.0.0.0/8, [::1]); use https:",
        ),
        _ => refuse("https: would do"),
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
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

    const RUNTIME: &str = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME";

    fn resolve_with(
        options: &Options,
        client: Option<&str>,
        env: &[(&str, &str)],
    ) -> Result<String> {
        let model = Model::new("bedrock", "x");
        let env = Environment::of(env.iter().copied());
        resolve(options, &model, client, &env, "us-east-1")
    }

    #[test]
    fn sources_are_asked_in_order() {
        let env = [
            (RUNTIME, "http://localhost:3"),
            ("AWS_ENDPOINT_URL", "http://[::1]:4"),
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
        let model = Model::new("bedrock", "x").base_url("http://localhost:9");
        let url = resolve(
            &none,
            &model,
            Some("http://localhost:2"),
            &Environment::empty(),
            "r",
        );
        assert_eq!(url.unwrap(), "http://localhost:9");
    }

    #[test]
    fn bad_endpoints_are_refused_with_their_source() {
        for (url, part) in [
            ("nonsense", "a scheme and a host"),
            ("ftp://x", "https: would do"),
            ("http://example.com", "this machine only"),
            ("https://user:pw@example.com", "no place"),
            ("https://example.com?x=1", "query"),
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
