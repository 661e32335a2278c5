//! What arrived: a bounded memory of requests, for tests to look at.

use std::collections::VecDeque;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};

/// Requests that are remembered.
const MAX_REQUESTS: usize = 1024;
/// Bytes of bodies that are remembered; the oldest requests go first.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Headers that are secrets, or that let one be computed.
const SECRET_HEADERS: [&str; 3] = ["authorization", "x-amz-security-token", "x-api-key"];

/// One request as it arrived.
///
/// `Debug` does not show the values of `authorization`, `x-amz-security-token` and `x-api-key`.
#[derive(Clone)]
#[non_exhaustive]
pub struct Recorded {
    /// The method, for example `POST`.
    pub method: String,
    /// Path and query as they were on the wire: nothing is decoded.
    pub path: String,
    /// Header names in lower case and values in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// How the caller was recognised, or why not.
    pub authentication: Authentication,
}

/// How a caller was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Authentication {
    /// By a Bedrock API key in `Authorization: Bearer`, or in `x-api-key` where Messages are served.
    ApiKey,
    /// By a short-term Bedrock API key in `Authorization: Bearer`.
    #[non_exhaustive]
    ShortTermApiKey {
        /// The access key id that the key was made of.
        access_key: String,
        /// The region that it was made for.
        region: String,
    },
    /// By a Signature Version 4 that was computed over exactly what arrived.
    #[non_exhaustive]
    SigV4 {
        /// The access key id that signed.
        access_key: String,
        /// The region of the credential scope.
        region: String,
        /// Whether a session token came with the key.
        session_token: bool,
    },
    /// By the key of a vendor who is not AWS, in `Authorization: Bearer` or `x-api-key`.
    VendorKey,
    /// Not at all, by a server that wants no key.
    Anonymous,
    /// Not at all: the request was answered with this error.
    #[non_exhaustive]
    Refused {
        /// The exception name, for example `InvalidSignatureException`.
        code: String,
    },
}

impl Authentication {
    /// The region that was signed for; an API key names none, and gets the one that most people use.
    pub(crate) fn region(&self) -> &str {
        match self {
            Self::SigV4 { region, .. } | Self::ShortTermApiKey { region, .. } => region,
            Self::ApiKey | Self::VendorKey | Self::Anonymous | Self::Refused { .. } => "us-east-1",
        }
    }
}

impl Recorded {
    /// The value of a header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    ///
    /// # Errors
    ///
    /// If the body is not JSON.
    pub fn json(&self) -> serde_json::Result<Value> {
        serde_json::from_slice(&self.body)
    }

    /// The form in which the control endpoint shows a request.
    pub(crate) fn to_json(&self) -> Value {
        let headers: serde_json::Map<String, Value> = self
            .shown_headers()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        let mut out = json!({"method": self.method, "path": self.path, "headers": headers});
        match std::str::from_utf8(&self.body) {
            Ok(text) => out["body"] = text.into(),
            Err(_) => out["body_base64"] = STANDARD.encode(&self.body).into(),
        }
        out["authentication"] = match &self.authentication {
            Authentication::ApiKey => json!({"kind": "api_key"}),
            Authentication::VendorKey => json!({"kind": "vendor_key"}),
            Authentication::Anonymous => json!({"kind": "anonymous"}),
            Authentication::ShortTermApiKey { access_key, region } => json!({
                "kind": "short_term_api_key", "access_key": access_key, "region": region,
            }),
            Authentication::SigV4 {
                access_key,
                region,
                session_token,
            } => json!({
                "kind": "sigv4", "access_key": access_key, "region": region,
                "session_token": session_token,
            }),
            Authentication::Refused { code } => json!({"kind": "refused", "code": code}),
        };
        out
    }

    fn shown_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| {
            let secret = SECRET_HEADERS.contains(&name.as_str());
            (name.as_str(), if secret { "****" } else { value })
        })
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &self.shown_headers().collect::<Vec<_>>())
            .field("body", &String::from_utf8_lossy(&self.body))
            .field("authentication", &self.authentication)
            .finish()
    }
}

/// The most recent requests, oldest first.
#[derive(Default)]
pub(crate) struct Ring {
    requests: VecDeque<Recorded>,
    bytes: usize,
}

impl Ring {
    pub(crate) fn push(&mut self, request: Recorded) {
        self.bytes += request.body.len();
        self.requests.push_back(request);
        while self.requests.len() > MAX_REQUESTS || self.bytes > MAX_BYTES {
            let Some(oldest) = self.requests.pop_front() else {
                break;
            };
            self.bytes -= oldest.body.len();
        }
    }

    pub(crate) fn all(&self) -> Vec<Recorded> {
        self.requests.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: Bytes) -> Recorded {
        Recorded {
            method: "POST".to_owned(),
            path: "/x".to_owned(),
            headers: vec![
                ("authorization".to_owned(), "Bearer hush-hush".to_owned()),
                ("x-api-key".to_owned(), "sk-hush".to_owned()),
            ],
            body,
            authentication: Authentication::ApiKey,
        }
    }

    #[test]
    fn debug_and_json_hide_secrets() {
        let request = request(Bytes::from_static(b"{}"));
        assert!(!format!("{request:?}").contains("hush"));
        assert!(!request.to_json().to_string().contains("hush"));
        assert_eq!(request.header("Authorization"), Some("Bearer hush-hush"));
    }

    #[test]
    fn the_ring_forgets_the_oldest_by_number_and_by_size() {
        let mut ring = Ring::default();
        for _ in 0..MAX_REQUESTS + 5 {
            ring.push(request(Bytes::new()));
        }
        assert_eq!(ring.all().len(), MAX_REQUESTS);
        let big = Bytes::from(vec![0; 25_000_000]);
        for _ in 0..5 {
            ring.push(request(big.clone()));
        }
        assert_eq!(ring.all().len(), 2);
    }
}
