//! Addresses that people give.

use reqllm_core::{Error, Result, is_loopback};

/// Over what an address may be reached. Prompts and keys go over `https:`; over `http:` to this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Plain {
    /// `http:` is for this machine only.
    Loopback,
    /// The same, and the error names an option of the provider's that allows more: this one.
    Unless(&'static str),
    /// The caller has allowed `http:` everywhere.
    Anywhere,
}

/// The address in the form in which it goes on the wire, without a slash at the end, so that what is signed is what is sent.
/// `source` says for people where it is from.
///
/// # Errors
///
/// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config), saying what is wrong with it and what would do.
pub fn normal(url: &str, source: &str, plain: Plain) -> Result<String> {
    let refuse = |why: &str| {
        Err(Error::config(format!(
            "the endpoint from {source} is {:?}: {why}",
            shown(url)
        )))
    };
    let Ok(uri) = url.parse::<http::Uri>() else {
        return refuse("this is no URL; one such as https://api.example.com/v1 would do");
    };
    let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
        return refuse("a scheme and a host are needed, such as in https://api.example.com/v1");
    };
    if uri.authority().is_some_and(|it| it.as_str().contains('@')) {
        return refuse("user and password have no place in it; use the credential options");
    }
    let behind_host = uri.authority().map_or("", |it| &it.as_str()[host.len()..]);
    if !behind_host.is_empty() && uri.port_u16().is_none() {
        return refuse("its port is no number from 0 to 65535");
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
        "http" if is_loopback(host) || plain == Plain::Anywhere => 80,
        "http" => {
            let or = match plain {
                Plain::Unless(option) => format!(", or set option `{option}`"),
                _ => String::new(),
            };
            return refuse(&format!(
                "plain http: is for this machine only (localhost, 127.0.0.0/8, [::1]); use https:{or}"
            ));
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

/// An address without what may be secret in it: user, password, query, fragment. It may be no URL at all.
pub fn shown(url: &str) -> String {
    // A password may hold any sign, so what is before the last @ may all be one.
    let (scheme, rest) = match url.rfind('@') {
        Some(at) => {
            let scheme = url[..at].find("://").map_or("", |end| &url[..end + 3]);
            (Some(scheme), &url[at..])
        }
        None => (None, url),
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    match scheme {
        Some(scheme) => format!("{scheme}…{rest}"),
        None => rest.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_password_is_shown() {
        for (url, expected) in [
            ("http://u:p#ss@127.0.0.1:9/v1", "http://…@127.0.0.1:9/v1"),
            ("https://u:p?s@h/v1?key=k", "https://…@h/v1"),
            ("https://u:p@s@h/v1#f", "https://…@h/v1"),
            ("u:p/s@h", "…@h"),
            ("https://h/v1?key=k", "https://h/v1"),
        ] {
            assert_eq!(shown(url), expected);
        }
        let error = normal("http://u:p#ss@127.0.0.1:9/v1", "a test", Plain::Loopback).unwrap_err();
        assert!(!error.to_string().contains("u:p"), "{error}");
    }
}
