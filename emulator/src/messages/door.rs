//! By which door a request comes in, and who may.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Deserialize;

use super::{error, models};
use crate::ANTHROPIC_API_KEY;
use crate::auth::{Keyring, Ledger, Signed};
use crate::error::ApiError;
use crate::record::Authentication;
use crate::voice::Voice;

/// Signing names: that of the endpoint `bedrock-mantle`, and that of `bedrock-runtime`.
const MANTLE: &str = "bedrock-mantle";
const RUNTIME: &str = "bedrock";

/// Whose door it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// api.anthropic.com, and the vendors who speak like it.
    Anthropic,
    /// One of Bedrock's endpoints.
    Bedrock(Endpoint),
}

/// The endpoints of Bedrock that speak Anthropic's dialect. Here they are one address, so a signature tells by its service
/// which of them is meant; an API key does not, and then the model's id does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Mantle,
    Runtime,
    Either,
}

impl Door {
    /// The door of a path. The list of models is where OpenAI has its own, and asked for with Anthropic's header.
    pub(crate) fn of(path: &str, headers: &HeaderMap) -> Option<Self> {
        let below = |path: &str, parent: &str| {
            path.strip_prefix(parent)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if let Some(rest) = path.strip_prefix("/anthropic") {
            let endpoint = match signed_service(headers) {
                Some(RUNTIME) => Endpoint::Runtime,
                Some(_) => Endpoint::Mantle,
                None => Endpoint::Either,
            };
            return below(rest, "/v1/messages").then_some(Self::Bedrock(endpoint));
        }
        let is_ours = below(path, "/v1/messages")
            || (below(path, "/v1/models") && headers.contains_key("anthropic-version"));
        is_ours.then_some(Self::Anthropic)
    }

    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Anthropic => "",
            Self::Bedrock(_) => "/anthropic",
        }
    }

    pub(super) fn voice(self) -> &'static Voice {
        match self {
            Self::Anthropic => &error::ANTHROPIC,
            Self::Bedrock(_) => &error::BEDROCK,
        }
    }

    /// Checks who is calling.
    pub(crate) fn check(
        self,
        keyring: &Keyring,
        ledger: &Ledger,
        request: &Signed<'_>,
        now: i64,
    ) -> Result<Authentication, ApiError> {
        match self {
            Self::Anthropic => anthropic(request),
            Self::Bedrock(endpoint) => bedrock(endpoint, keyring, ledger, request, now),
        }
    }
}

/// Anthropic's own models want Anthropic's key; vendors who speak its dialect have keys that nobody here knows.
fn anthropic(request: &Signed<'_>) -> Result<Authentication, ApiError> {
    #[derive(Deserialize)]
    struct Peek {
        model: String,
    }
    let model = serde_json::from_slice::<Peek>(request.body);
    let elsewhere = model.is_ok_and(|peek| models::is_elsewhere(&peek.model));
    match (request.headers.get("x-api-key"), bearer(request.headers)) {
        (Some(key), _) if key == ANTHROPIC_API_KEY => Ok(Authentication::VendorKey),
        (Some(key), _) if elsewhere && !key.is_empty() => Ok(Authentication::VendorKey),
        (None, Some(key)) if elsewhere && !key.is_empty() => Ok(Authentication::VendorKey),
        (Some(_), _) => Err(error::unknown_caller("invalid x-api-key")),
        // So do newer clients of Anthropic send the key. Any other bearer token is one of OAuth, and none was given out.
        (None, Some(key)) if key == ANTHROPIC_API_KEY => Ok(Authentication::VendorKey),
        (None, Some(_)) => Err(error::unknown_caller("Invalid bearer token")),
        (None, None) => Err(error::unknown_caller("x-api-key header is required")),
    }
}

/// A Bedrock API key, in either header, or a signature.
fn bedrock(
    endpoint: Endpoint,
    keyring: &Keyring,
    ledger: &Ledger,
    request: &Signed<'_>,
    now: i64,
) -> Result<Authentication, ApiError> {
    let forbidden =
        |error: ApiError| ApiError::new(error.status, "permission_error", error.message);
    if endpoint != Endpoint::Either {
        let service = match endpoint {
            Endpoint::Runtime => RUNTIME,
            _ => MANTLE,
        };
        return keyring
            .check_signature(ledger, service, request, now)
            .map_err(forbidden);
    }
    let key = request.headers.get("x-api-key");
    let key = key.and_then(|key| key.to_str().ok());
    let Some(key) = key.or_else(|| bearer(request.headers)) else {
        return Err(error::unknown_caller(
            "a Bedrock API key in `x-api-key` or `authorization: Bearer`, or a signature, is required",
        ));
    };
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::try_from(format!("Bearer {key}")) {
        headers.insert(AUTHORIZATION, value);
    }
    let same_key = Signed {
        method: request.method,
        path: request.path,
        query: request.query,
        headers: &headers,
        body: request.body,
    };
    keyring.check(ledger, &same_key, now).map_err(|refusal| {
        ApiError::new(
            StatusCode::UNAUTHORIZED,
            "authentication_error",
            refusal.message,
        )
    })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

/// The service in the scope of a signature, if there is one.
fn signed_service(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let parameters = value.strip_prefix("AWS4-HMAC-SHA256 ")?;
    let credential = parameters
        .split(',')
        .find_map(|part| part.trim().strip_prefix("Credential="))?;
    Some(credential.rsplit('/').nth(1).unwrap_or_default())
}
