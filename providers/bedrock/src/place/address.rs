//! The address that requests begin with, taken apart once.

use std::fmt::{self, Write as _};

use bytes::Bytes;
use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};
use reqllm_core::{Error, Result};

/// The ends of addresses as the clients of OpenAI and Anthropic are given them: below which path a form is.
/// Source: AWS user guide, "Responses API", "Messages API".
const BASES: [&str; 3] = ["/openai/v1", "/anthropic/v1", "/v1"];

/// Scheme, host and the beginning of the path, without a slash at its end.
#[derive(Debug)]
pub(super) struct Address {
    scheme: Scheme,
    authority: Authority,
    path: String,
    /// How long the path is without the base of a form.
    without_base: usize,
}

impl Address {
    pub(super) fn parse(base: &str) -> Result<Self> {
        let refuse = |why: &str| {
            Error::config(format!(
                "{base:?} is no address that can be asked: {why}; one such as https://vpce-1.example.com would do"
            ))
        };
        let uri = base
            .parse::<Uri>()
            .map_err(|error| refuse(&error.to_string()))?
            .into_parts();
        let (Some(scheme), Some(authority)) = (uri.scheme, uri.authority) else {
            return Err(refuse("it has no scheme or no host"));
        };
        let path = uri.path_and_query.as_ref().map_or("", PathAndQuery::path);
        let path = path.trim_end_matches('/');
        let without_base = BASES.iter().find_map(|base| path.strip_suffix(base));
        Ok(Self {
            scheme,
            authority,
            path: path.to_owned(),
            without_base: without_base.unwrap_or(path).len(),
        })
    }

    /// Whether its host ends so.
    pub(super) fn is_below(&self, domain: &str) -> bool {
        self.authority.host().ends_with(domain)
    }

    /// The address of something below it; `path` begins with a slash.
    pub(super) fn uri(&self, path: fmt::Arguments<'_>) -> Result<Uri, http::Error> {
        self.below(&self.path, path)
    }

    /// The address of something that has its form's base in its `path`, whichever base the address ends in.
    pub(super) fn uri_with_base(&self, path: fmt::Arguments<'_>) -> Result<Uri, http::Error> {
        let root = self.path.get(..self.without_base);
        self.below(root.unwrap_or(&self.path), path)
    }

    fn below(&self, root: &str, path: fmt::Arguments<'_>) -> Result<Uri, http::Error> {
        let mut all = String::with_capacity(root.len() + 128);
        all.push_str(root);
        // A string takes whatever is written.
        let _ = all.write_fmt(path);
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(PathAndQuery::from_maybe_shared(Bytes::from(all))?);
        Ok(Uri::from_parts(parts)?)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_an_address_begins_with_it() {
        for (base, below) in [
            (
                "https://h.example",
                "https://h.example/model/a%3A1/converse",
            ),
            (
                "http://[::1]:8080/x/",
                "http://[::1]:8080/x/model/a%3A1/converse",
            ),
        ] {
            let address = Address::parse(base).unwrap();
            let uri = address.uri(format_args!("/model/{}/converse", "a%3A1"));
            assert_eq!(uri.unwrap().to_string(), below);
            assert_eq!(address.to_string(), base.trim_end_matches('/'));
        }
        for end in ["", "/", "/v1", "/v1/", "/openai/v1", "/anthropic/v1/"] {
            let address = Address::parse(&format!("https://h.example/x{end}")).unwrap();
            let uri = address.uri_with_base(format_args!("/openai/v1/responses"));
            let uri = uri.unwrap().to_string();
            assert_eq!(uri, "https://h.example/x/openai/v1/responses", "{end}");
        }
        assert!(Address::parse("h.example").is_err());
        let address = Address::parse("https://h.example").unwrap();
        assert!(address.uri(format_args!("/a b")).is_err());
    }
}
