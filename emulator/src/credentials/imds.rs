//! Instance metadata, version 2: nothing without a token. Source: AWS's page "Use the Instance Metadata Service".

use http::{Method, StatusCode};
use serde_json::json;

use super::answer::{keys, text};
use super::{Desk, Visit};
use crate::reply::Reply;
use crate::time;

const TTL: &str = "x-aws-ec2-metadata-token-ttl-seconds";
const TOKEN: &str = "x-aws-ec2-metadata-token";
/// Six hours, the longest that a token may last.
const MAX_TTL: i64 = 21_600;
const PURPOSE: &str = "imds";

const ROLES: &str = "/latest/meta-data/iam/security-credentials";
/// What some SDKs ask first; it differs in the account id that it tells.
const ROLES_EXTENDED: &str = "/latest/meta-data/iam/security-credentials-extended";
const ACCOUNT: &str = "123456789012";

pub(super) fn answer(desk: &mut Desk, visit: &Visit<'_>) -> Reply {
    let method = &visit.head.method;
    if visit.path() == "/latest/api/token" {
        return match *method {
            Method::PUT => token(desk, visit),
            _ => text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"),
        };
    }
    let token = visit.header(TOKEN).unwrap_or_default();
    if !desk.tokens.is_good(PURPOSE, token, visit.now) {
        return text(StatusCode::UNAUTHORIZED, "Unauthorized");
    }
    if method != Method::GET {
        return text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    }
    metadata(desk, visit)
}

fn token(desk: &mut Desk, visit: &Visit<'_>) -> Reply {
    let ttl = visit.header(TTL).and_then(|ttl| ttl.parse::<i64>().ok());
    let Some(ttl) = ttl.filter(|ttl| (1..=MAX_TTL).contains(ttl)) else {
        return text(StatusCode::BAD_REQUEST, "Bad Request");
    };
    // A request that came through a proxy gets none.
    if visit.header("x-forwarded-for").is_some() {
        return text(StatusCode::FORBIDDEN, "Forbidden");
    }
    let token = desk.tokens.give(PURPOSE, visit.now + ttl);
    text(StatusCode::OK, &token).header(TTL, ttl)
}

fn metadata(desk: &mut Desk, visit: &Visit<'_>) -> Reply {
    let region = &desk.rules.region;
    match visit.path() {
        "/latest/meta-data/placement/region" => return text(StatusCode::OK, region),
        "/latest/meta-data/placement/availability-zone" => {
            return text(StatusCode::OK, &format!("{region}a"));
        }
        _ => {}
    }
    let path = visit.path();
    // The longer path first: the shorter one is its beginning.
    let (role, extended) = match path.strip_prefix(ROLES_EXTENDED) {
        Some(role) => (Some(role), true),
        None => (path.strip_prefix(ROLES), false),
    };
    let known = desk.rules.instance_role.clone();
    match role {
        Some("" | "/") => text(StatusCode::OK, &known),
        Some(role) if role.strip_prefix('/') == Some(&known) => {
            let temporary = desk.standing(&format!("imds {known}"), visit.now);
            let mut body = keys(&temporary);
            body["Code"] = "Success".into();
            body["Type"] = "AWS-HMAC".into();
            body["LastUpdated"] = time::iso(visit.now).into();
            if extended {
                body["AccountId"] = json!(ACCOUNT);
            }
            // The real one says text/plain of its JSON, too.
            text(StatusCode::OK, &body.to_string())
        }
        _ => text(StatusCode::NOT_FOUND, "Not Found"),
    }
}
