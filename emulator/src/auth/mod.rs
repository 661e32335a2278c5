//! Who is calling: an API key, or a request signed with Signature Version 4.

mod header;
mod ledger;
mod short_term;
mod sigv4;

pub(crate) use ledger::{Ledger, Temporary};
pub(crate) use sigv4::percent_decode;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;

use crate::error::ApiError;
use crate::record::Authentication;

/// Paths of `bedrock-agent-runtime`. Its service model lists no bearer scheme, and AWS's page on API keys
/// names it among the services that do not take them.
const SIGNED_ONLY: [&str; 1] = ["/rerank"];

/// What the check needs of a request. `path` and `query` are as they came over the wire.
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

impl<'a> Signed<'a> {
    pub(crate) fn of(head: &'a Parts, body: &'a [u8]) -> Self {
        Self {
            method: head.method.as_str(),
            path: head.uri.path(),
            query: head.uri.query().unwrap_or_default(),
            headers: &head.headers,
            body,
        }
    }
}

/// A key pair that the emulator accepts, with the session token that must accompany it, if any.
#[derive(Clone)]
pub(crate) struct Credential {
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) session_token: Option<String>,
    /// It was good once: it is told apart from one that never was.
    pub(crate) expired: bool,
}

/// Everything that may sign or open a request.
#[derive(Clone, Default)]
pub(crate) struct Keyring {
    pub(crate) credentials: Vec<Credential>,
    pub(crate) api_keys: Vec<String>,
}

impl Keyring {
    /// Checks a request to Bedrock at the instant `now` (seconds since the epoch). What `ledger` has counts, too.
    pub(crate) fn check(
        &self,
        ledger: &Ledger,
        request: &Signed<'_>,
        now: i64,
    ) -> Result<Authentication, ApiError> {
        let missing = || {
            ApiError::signature(
                "MissingAuthenticationTokenException",
                "Missing Authentication Token",
            )
        };
        let mut values = request.headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(missing());
        };
        let value = value.to_str().map_err(|_| missing())?;
        let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
        if scheme.eq_ignore_ascii_case("Bearer") && !SIGNED_ONLY.contains(&request.path) {
            let known = self
                .api_keys
                .iter()
                .any(|key| same(key.as_bytes(), rest.trim().as_bytes()));
            return match rest.trim() {
                _ if known => Ok(Authentication::ApiKey),
                token if short_term::is_one(token) => short_term::check(self, ledger, token, now),
                _ => Err(ApiError::api_key()),
            };
        }
        if scheme == header::ALGORITHM {
            let find = |key: &str, token: Option<&[u8]>| self.find(ledger, key, token, now);
            return sigv4::check(find, sigv4::SERVICE, request, rest, now);
        }
        Err(missing())
    }

    /// Whether a bearer token is one of Bedrock's API keys, good or not, and not that of somebody else.
    pub(crate) fn knows(&self, token: &str) -> bool {
        let known = self.api_keys.iter();
        known.fold(short_term::is_one(token), |found, key| {
            found | same(key.as_bytes(), token.as_bytes())
        })
    }

    /// Checks a request to `service`, which takes signatures alone.
    pub(crate) fn check_signature(
        &self,
        ledger: &Ledger,
        service: &str,
        request: &Signed<'_>,
        now: i64,
    ) -> Result<Authentication, ApiError> {
        let value = request.headers.get(AUTHORIZATION);
        let parameters = value
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| *scheme == header::ALGORITHM);
        let Some((_, parameters)) = parameters else {
            return Err(ApiError::signature(
                "MissingAuthenticationTokenException",
                "Request is missing Authentication Token",
            ));
        };
        let find = |key: &str, token: Option<&[u8]>| self.find(ledger, key, token, now);
        sigv4::check(find, service, request, parameters, now)
    }

    /// The credential of this access key id, which goes with exactly this session token.
    fn find(
        &self,
        ledger: &Ledger,
        access_key: &str,
        token: Option<&[u8]>,
        now: i64,
    ) -> Option<Credential> {
        let fits = |credential: &Credential| {
            let tokens = match (&credential.session_token, token) {
                (Some(ours), Some(theirs)) => same(ours.as_bytes(), theirs),
                (None, None) => true,
                _ => false,
            };
            credential.access_key == access_key && tokens
        };
        let lasting = self.credentials.iter().find(|it| fits(it)).cloned();
        lasting.or_else(|| {
            let temporary = ledger.find(access_key)?.credential(now);
            fits(&temporary).then_some(temporary)
        })
    }
}

/// Compares secrets in a time that does not depend on where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |acc, (x, y)| acc | (x ^ y)) == 0
}
