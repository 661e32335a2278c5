//! The doors to OpenAI's surfaces: which paths there are, and who may come in.

use http::header::{AUTHORIZATION, HOST};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::manners::{self, Key, Manner};
use super::{Surface, Visit, models};
use crate::auth::{Keyring, Ledger, Signed, percent_decode};
use crate::error::ApiError;
use crate::record::Authentication;
use crate::{OPENAI_API_KEY, OTHER_API_KEY};

/// A path that belongs to OpenAI's dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Door<'a> {
    pub(super) path: &'a str,
    pub(super) prefix: Prefix,
    pub(super) surface: Surface<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefix {
    /// `/v1`: OpenAI, those who do as it does, and mantle.
    V1,
    /// `/openai/v1`: mantle and `bedrock-runtime`.
    OpenAi,
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum House {
    /// OpenAI, and those who do as it does.
    OpenAi,
    Mantle,
    Runtime,
    /// One of the two before; nothing but the id of the model says which.
    Bedrock,
}

/// The service name in signatures of requests to mantle.
const MANTLE: &str = "bedrock-mantle";

impl<'a> Door<'a> {
    /// The door that a path is. A list of models for somebody who speaks Anthropic's dialect is not one of them.
    pub(crate) fn of(path: &'a str, headers: &HeaderMap) -> Option<Self> {
        let (prefix, rest) = match path.strip_prefix("/v1/") {
            Some(rest) => (Prefix::V1, rest),
            None => (Prefix::OpenAi, path.strip_prefix("/openai/v1/")?),
        };
        let surface = Surface::of(rest)?;
        let list = matches!(surface, Surface::Models | Surface::Model(_));
        (!list || !headers.contains_key("anthropic-version")).then_some(Self {
            path,
            prefix,
            surface,
        })
    }

    /// Who is calling: somebody of Bedrock's, the owner of a key of OpenAI's, or anybody where the server does not care.
    pub(crate) fn check(
        &self,
        keyring: &Keyring,
        ledger: &Ledger,
        request: &Signed<'_>,
        now: i64,
    ) -> Result<Authentication, ApiError> {
        if let Some(service) = signed_for(request.headers) {
            // `/v1` is mantle's alone, and so is its name in the scope.
            let service = match self.prefix {
                Prefix::OpenAi if service != MANTLE => "bedrock",
                _ => MANTLE,
            };
            return keyring.check_signature(ledger, service, request, now);
        }
        let bearer = bearer(request.headers);
        let of_bedrock = match (bearer, self.prefix) {
            (Some(OPENAI_API_KEY | OTHER_API_KEY), _) => false,
            (Some(_), Prefix::OpenAi) => true,
            (Some(token), Prefix::V1) => keyring.knows(token),
            (None, _) => false,
        };
        if of_bedrock {
            return keyring.check(ledger, request, now).map_err(|error| {
                // Source: codex #23650, which quotes mantle's words. The status of an expired key is as on the other routes.
                let expired = error.message.contains("expired");
                let message = if expired {
                    error.message
                } else {
                    "Invalid bearer token".to_owned()
                };
                ApiError::new(StatusCode::UNAUTHORIZED, "invalid_api_key", message)
            });
        }
        let key = match self.surface {
            Surface::Model(id) => manner(request.headers, &decoded(id)).key,
            Surface::Chat | Surface::Embeddings => {
                manner(request.headers, &model_of(request.body)).key
            }
            _ => Key::OpenAi,
        };
        match (key, bearer.or_else(|| bare(request.headers))) {
            (Key::Free, None) => Ok(Authentication::Anonymous),
            (Key::Any | Key::Free, Some(_)) => Ok(Authentication::VendorKey),
            (Key::OpenAi, Some(OPENAI_API_KEY | OTHER_API_KEY)) if self.prefix == Prefix::V1 => {
                Ok(Authentication::VendorKey)
            }
            (_, None) => Err(unauthorized(
                "You didn't provide an API key. Provide it in an Authorization header with Bearer auth \
                 (Authorization: Bearer YOUR_KEY)."
                    .to_owned(),
            )),
            (Key::OpenAi, Some(key)) => Err(unauthorized(format!(
                "Incorrect API key provided: {}.",
                masked(key)
            ))),
        }
    }

    /// Who answers this visitor, who has been let in.
    pub(super) fn house(&self, visit: &Visit<'_>) -> House {
        if matches!(
            visit.caller,
            Authentication::VendorKey | Authentication::Anonymous
        ) {
            return House::OpenAi;
        }
        let host = visit
            .head
            .headers
            .get(HOST)
            .and_then(|host| host.to_str().ok());
        let host = host.unwrap_or_default();
        match (self.prefix, signed_for(&visit.head.headers)) {
            (Prefix::V1, _) | (_, Some(MANTLE)) => House::Mantle,
            (_, Some(_)) => House::Runtime,
            _ if host.starts_with("bedrock-mantle.") => House::Mantle,
            _ if host.starts_with("bedrock-runtime.") => House::Runtime,
            _ => House::Bedrock,
        }
    }
}

/// The manner of the server that has this model: one of others for whoever has their key and asks for what nobody knows.
pub(super) fn manner(headers: &HeaderMap, id: &str) -> &'static Manner {
    let manner = manners::of(id);
    let key = bearer(headers).or_else(|| bare(headers));
    match manner.key == Key::OpenAi && key == Some(OTHER_API_KEY) && !models::is_known(id) {
        true => &manners::OTHER,
        false => manner,
    }
}

/// The model that a body asks for; no word if it cannot be told.
pub(super) fn model_of(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Asks {
        model: String,
    }
    serde_json::from_slice(body).map_or_else(|_| String::new(), |asks: Asks| asks.model)
}

pub(super) fn decoded(label: &str) -> String {
    String::from_utf8_lossy(&percent_decode(label)).into_owned()
}

/// The service in the scope of a signature, if the request has one.
fn signed_for(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    let scope = rest
        .split(',')
        .find_map(|it| it.trim().strip_prefix("Credential="));
    (scheme == "AWS4-HMAC-SHA256").then(|| {
        let scope = scope.unwrap_or_default();
        scope.rsplit('/').nth(1).unwrap_or_default()
    })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("Bearer") && !token.is_empty()).then_some(token)
}

/// A key as Azure's clients send it. Source: Azure OpenAI's REST API reference, "Authentication".
fn bare(headers: &HeaderMap) -> Option<&str> {
    let key = headers.get("api-key")?.to_str().ok()?.trim();
    (!key.is_empty()).then_some(key)
}

fn unauthorized(message: String) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "invalid_api_key", message)
}

/// A key of which no more is shown than its owner needs to know it by.
fn masked(key: &str) -> String {
    let end: String = key.chars().rev().take(4).collect();
    let end: String = end.chars().rev().collect();
    if key.chars().count() > 12 {
        format!("****{end}")
    } else {
        "****".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_doors_or_somebody_elses() {
        let none = HeaderMap::new();
        let of = |path| Door::of(path, &none).map(|door| (door.prefix, door.surface));
        let (v1, openai) = (Prefix::V1, Prefix::OpenAi);
        assert_eq!(of("/v1/chat/completions"), Some((v1, Surface::Chat)));
        assert_eq!(
            of("/openai/v1/responses"),
            Some((openai, Surface::Responses))
        );
        assert_eq!(of("/v1/models/a/b"), Some((v1, Surface::Model("a/b"))));
        assert_eq!(
            of("/v1/responses/resp_1"),
            Some((v1, Surface::Response("resp_1")))
        );
        for path in [
            "/v1/messages",
            "/v1/responses/",
            "/v2/models",
            "/openai/models",
            "/v1/credentials",
        ] {
            assert_eq!(of(path), None, "{path}");
        }
        let mut headers = HeaderMap::new();
        headers.insert("anthropic-version", "2023-06-01".parse().unwrap());
        assert!(Door::of("/v1/models", &headers).is_none());
        assert!(Door::of("/v1/embeddings", &headers).is_some());
    }

    #[test]
    fn a_key_is_not_shown() {
        assert_eq!(masked("sk-very-secret-key"), "****-key");
        assert_eq!(masked("short"), "****");
    }
}
