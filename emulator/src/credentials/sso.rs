//! IAM Identity Center: the portal, which gives the credentials of a role, and the tokens that open it.

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::answer::exception;
use super::form::Form;
use super::{Desk, Visit};
use crate::reply::Reply;

const PURPOSE: &str = "sso";

/// `GET /federation/credentials?role_name=…&account_id=…`
pub(super) fn portal(desk: &mut Desk, visit: &Visit<'_>) -> Reply {
    let invalid = |message: &str| {
        exception(
            StatusCode::BAD_REQUEST,
            "InvalidRequestException",
            &json!({ "message": message }),
        )
    };
    if visit.head.method != Method::GET {
        return invalid("Only GET is served here");
    }
    let token = visit.header("x-amz-sso_bearer_token").unwrap_or_default();
    let is_known =
        token == desk.rules.sso_access_token || desk.tokens.is_good(PURPOSE, token, visit.now);
    if !is_known {
        return exception(
            StatusCode::UNAUTHORIZED,
            "UnauthorizedException",
            &json!({"message": "Session token not found or invalid"}),
        );
    }
    let query = Form::of(visit.head.uri.query().unwrap_or_default());
    let given = |name| query.get(name).filter(|value| !value.is_empty());
    let (Some(role), Some(account)) = (given("role_name"), given("account_id")) else {
        return invalid("role_name and account_id are needed");
    };
    let may = desk.rules.sso_roles.as_ref().is_none_or(|roles| {
        roles
            .iter()
            .any(|it| it.role_name == role && it.account_id == account)
    });
    if !may {
        return exception(
            StatusCode::FORBIDDEN,
            "ForbiddenException",
            &json!({"message": "No access"}),
        );
    }
    let ends = desk.ends(visit.now, None);
    let source = format!("sso {account}/{role}");
    let temporary = desk.ledger.issue(&source, None, ends);
    let credentials = json!({
        "accessKeyId": temporary.access_key,
        "secretAccessKey": temporary.secret_key,
        "sessionToken": temporary.session_token,
        "expiration": ends * 1000,
    });
    Reply::json(StatusCode::OK, &json!({"roleCredentials": credentials}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenRequest {
    grant_type: String,
    client_id: String,
    client_secret: String,
    refresh_token: Option<String>,
}

/// `POST /token`: a new access token for a refresh token. Browsers and devices are not served.
pub(super) fn token(desk: &mut Desk, visit: &Visit<'_>) -> Reply {
    let refused = |code, error: &str, description: &str| {
        exception(
            StatusCode::BAD_REQUEST,
            code,
            &json!({"error": error, "error_description": description}),
        )
    };
    let invalid = |why: &str| refused("InvalidRequestException", "invalid_request", why);
    if visit.head.method != Method::POST {
        return invalid("Only POST is served here");
    }
    let request: TokenRequest = match serde_json::from_slice(visit.body) {
        Ok(request) => request,
        Err(error) => return invalid(&error.to_string()),
    };
    if request.client_id.is_empty() || request.client_secret.is_empty() {
        return refused(
            "InvalidClientException",
            "invalid_client",
            "Invalid client provided",
        );
    }
    if request.grant_type != "refresh_token" {
        return refused(
            "UnsupportedGrantTypeException",
            "unsupported_grant_type",
            "Only refresh_token is served here",
        );
    }
    if request.refresh_token.as_deref() != Some(&*desk.rules.sso_refresh_token) {
        return refused(
            "InvalidGrantException",
            "invalid_grant",
            "Invalid refresh token provided",
        );
    }
    let ends = desk.ends(visit.now, None);
    let token = desk.tokens.give(PURPOSE, ends);
    Reply::json(
        StatusCode::OK,
        &json!({
            "accessToken": token,
            "tokenType": "Bearer",
            "expiresIn": ends - visit.now,
            "refreshToken": desk.rules.sso_refresh_token,
        }),
    )
}
