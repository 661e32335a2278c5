//! URLs as they may be shown.

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use reqllm_core::{Error, Result};

/// A URL as it may be shown in errors and logs: without user, password, query and fragment, which may be secrets.
///
/// What is blank at its ends is no part of it, and blanks and control characters in its path are shown as a request has them:
/// percent-encoded.
///
/// ```
/// let url = "https://me:pw@cdn.example/cat.png?signature=x#y";
/// assert_eq!(reqllm_transport::shown_url(url).unwrap(), "https://cdn.example/cat.png");
/// assert_eq!(reqllm_transport::shown_url("s3://bucket/my cat.png\n").unwrap(), "s3://bucket/my%20cat.png");
/// assert!(reqllm_transport::shown_url("https://me:p/w@cdn.example/").is_err());
/// ```
///
/// # Errors
///
/// [`ErrorKind::InvalidRequest`](reqllm_core::ErrorKind::InvalidRequest) if it is no URL of the form `scheme://host/path`.
/// Nothing of it is in the error: nobody knows then where its secrets are.
pub fn shown_url(url: &str) -> Result<String> {
    let none = |why: &str| Error::invalid_request(format!("the URL of the media is none: {why}"));
    let (scheme, rest) = url
        .trim_matches(is_blank)
        .split_once("://")
        .filter(|(scheme, _)| is_scheme(scheme))
        .ok_or_else(|| none("it does not begin with a scheme such as https://"))?;
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let path = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(path);
    let host = authority.rsplit('@').next().unwrap_or_default();
    if authority.contains(is_blank) {
        return Err(none("its host has blanks or control characters in it"));
    }
    // Some take a backslash for a slash: then the host would be another.
    if authority.contains('\\') || !is_host(host) {
        return Err(none("its host or its port is none"));
    }
    let mut shown = format!("{}://{host}", scheme.to_ascii_lowercase());
    for piece in path.split_inclusive(is_blank) {
        let plain = piece.trim_end_matches(is_blank);
        shown.push_str(plain);
        let blank = &piece.as_bytes()[plain.len()..];
        shown.extend(percent_encode(blank, NON_ALPHANUMERIC));
    }
    Ok(shown)
}

fn is_blank(it: char) -> bool {
    it.is_control() || it.is_whitespace()
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|it: char| it.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || "+-.".contains(it))
}

/// Whether this is a name or an address, with a port or without.
fn is_host(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|it| it.split_once(']'));
    let (name, port) = match (address, host.split_once(':')) {
        (Some((address, "")), _) => (address, ""),
        (Some((address, rest)), _) => match rest.strip_prefix(':') {
            Some(port) => (address, port),
            None => return false,
        },
        (None, Some((name, port))) => (name, port),
        (None, None) => (host, ""),
    };
    let port = port.is_empty() || port.parse::<u16>().is_ok();
    port && !name.is_empty() && !name.contains(['[', ']', '@', '<', '>', '"'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_secret_is_not_shown() {
        for (url, shown) in [
            ("https://cdn.example", "https://cdn.example"),
            (
                "HTTPS://a:b@cdn.example:8443/x?y",
                "https://cdn.example:8443/x",
            ),
            ("https://a@b@cdn.example/x#y", "https://cdn.example/x"),
            ("https://cdn.example?token=x/y", "https://cdn.example"),
            ("http://[::1]:80/x", "http://[::1]:80/x"),
            ("s3://bucket/key", "s3://bucket/key"),
            (
                " https://cdn.example/my report.pdf\r\n",
                "https://cdn.example/my%20report.pdf",
            ),
            (
                "s3://bucket/a  key\twith\u{a0}blanks\u{1b}[2J/x ",
                "s3://bucket/a%20%20key%09with%C2%A0blanks%1B[2J/x",
            ),
            ("https://cdn.example?a b#c d", "https://cdn.example"),
            ("https://cdn.example/%20 x", "https://cdn.example/%20%20x"),
        ] {
            assert_eq!(shown_url(url).unwrap(), shown);
        }
        for url in [
            "secret",
            "://secret",
            "https:secret",
            "https://",
            "https://user:secret",
            "https://user:se/cret@cdn.example/",
            "https://cdn.example\\@secret/",
            "https://cdn.exa mple/secret",
            "https://cdn.exa\nmple/secret",
            "https://se cret@cdn.example/",
            "https://\u{1}/secret",
            "https://[::1]secret/",
        ] {
            let error = shown_url(url).unwrap_err().to_string();
            assert!(
                !error.contains("secret") && !error.contains("cret@"),
                "{error}"
            );
        }
    }
}
