//! The error answer of the service, and how it looks on the wire.

use std::borrow::Cow;

use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::reply::Reply;

/// An error that ends a request: a status, the name of an exception shape, and a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: String,
    origin: Origin,
    /// The method that a path does have, for 405.
    allow: &'static str,
}

/// Who in the real service raises the error. It shows in the error-type header and in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Bedrock,
    /// The signature check in front of the service.
    Framework,
    /// The API-key check in front of the service: the one that writes `Message` with a capital.
    ApiKeys,
}

impl ApiError {
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            origin: Origin::Bedrock,
            allow: "POST",
        }
    }

    /// 400 `ValidationException`: the request is well formed but not acceptable.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ValidationException", message)
    }

    /// 400 `SerializationException`: the body cannot be read into the modelled shape.
    pub(crate) fn serialization(message: impl Into<String>) -> Self {
        Self {
            origin: Origin::Framework,
            ..Self::new(StatusCode::BAD_REQUEST, "SerializationException", message)
        }
    }

    /// 403 from the signature check.
    pub(crate) fn signature(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            origin: Origin::Framework,
            ..Self::new(StatusCode::FORBIDDEN, code, message)
        }
    }

    /// 403 from the API-key check.
    pub(crate) fn api_key() -> Self {
        Self {
            origin: Origin::ApiKeys,
            ..Self::new(
                StatusCode::FORBIDDEN,
                "AccessDeniedException",
                "Authentication failed: Please make sure your API Key is valid.",
            )
        }
    }

    /// 403 for a short-term API key after its time. Source: the body as users quote it in bug reports.
    pub(crate) fn api_key_expired() -> Self {
        Self {
            message: "Bearer Token has expired".to_owned(),
            ..Self::api_key()
        }
    }

    /// 404 for a path, or 405 for a method, that no operation has.
    pub(crate) fn unknown_operation(status: StatusCode) -> Self {
        Self {
            origin: Origin::Framework,
            ..Self::new(status, "UnknownOperationException", String::new())
        }
    }

    /// 405 for a path that has the method `allow` alone.
    pub(crate) fn unknown_method(allow: &'static str) -> Self {
        Self {
            allow,
            ..Self::unknown_operation(StatusCode::METHOD_NOT_ALLOWED)
        }
    }

    /// The method that the path does have, if it is the method that is wrong.
    pub(crate) fn allow(&self) -> Option<&'static str> {
        (self.status == StatusCode::METHOD_NOT_ALLOWED).then_some(self.allow)
    }

    /// 404 `ResourceNotFoundException`: a well-formed name of nothing.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "ResourceNotFoundException", message)
    }

    pub(crate) fn into_reply(self) -> Reply {
        let allow = self.allow();
        let body = match (self.origin, &*self.code) {
            (_, "UnknownOperationException") => json!({
                "Output": {"__type": "com.amazon.coral.service#UnknownOperationException"},
                "Version": "1.0",
            }),
            (Origin::ApiKeys, _) => json!({"Message": self.message}),
            _ => json!({"message": self.message}),
        };
        let package = match self.origin {
            Origin::Bedrock => "com.amazon.bedrock",
            Origin::Framework | Origin::ApiKeys => "com.amazon.coral.service",
        };
        let kind = format!("{}:http://internal.amazon.com/coral/{package}/", self.code);
        let mut reply = Reply::json(self.status, &body);
        if let Ok(kind) = HeaderValue::try_from(kind) {
            reply.headers.insert("x-amzn-errortype", kind);
        }
        if let Some(allow) = allow {
            let allow = HeaderValue::from_static(allow);
            reply.headers.insert(header::ALLOW, allow);
        }
        reply
    }
}
