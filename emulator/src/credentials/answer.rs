//! How the services answer that speak JSON or plain text.

use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::auth::Temporary;
use crate::reply::Reply;
use crate::time;

pub(super) fn text(status: StatusCode, text: &str) -> Reply {
    Reply::whole(status, "text/plain", text.to_owned().into())
}

/// An error of a service with a modelled exception.
pub(super) fn exception(status: StatusCode, code: &'static str, body: &Value) -> Reply {
    let mut reply = Reply::json(status, body);
    reply
        .headers
        .insert("x-amzn-errortype", HeaderValue::from_static(code));
    reply
}

pub(super) fn unavailable() -> Reply {
    exception(
        StatusCode::SERVICE_UNAVAILABLE,
        "ServiceUnavailableException",
        &json!({"message": "The service is unavailable."}),
    )
}

/// What instance metadata and containers both say.
pub(super) fn keys(temporary: &Temporary) -> Value {
    json!({
        "AccessKeyId": temporary.access_key,
        "SecretAccessKey": temporary.secret_key,
        "Token": temporary.session_token,
        "Expiration": time::iso(temporary.expires_at),
    })
}
