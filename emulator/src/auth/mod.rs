//! Who is calling: an API key, or a request signed with Signature Version 4.

mod header;
mod sigv4;

pub(crate) use sigv4::percent_decode;

use http::HeaderMap;
use http::header::AUTHORIZATION;

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

/// A key pair that the emulator accepts, with the session token that must accompany it, if any.
#[derive(Clone)]
pub(crate) struct Credential {
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) session_token: Option<String>,
}

/// Everything that may sign or open a request.
#[derive(Clone, Default)]
pub(crate) struct Keyring {
    pub(crate) credentials: Vec<Credential>,
    pub(crate) api_keys: Vec<String>,
}

impl Keyring {
    /// Checks `request` at the instant `now` (seconds since the epoch).
    pub(crate) fn check(&self, request: &Signed<'_>, now: i64) -> Result<Authentication, ApiError> {
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
            return if known {
                Ok(Authentication::ApiKey)
            } else {
                Err(ApiError::api_key())
            };
        }
        if scheme == header::ALGORITHM {
            return sigv4::check(&self.credentials, request, rest, now);
        }
        Err(missing())
    }
}

/// Compares secrets in a time that does not depend on where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |acc, (x, y)| acc | (x ^ y)) == 0
}
