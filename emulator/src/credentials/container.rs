//! Credentials of a container: the agent of ECS (`/v2/credentials/ID`) and that of EKS Pod Identity (`/v1/credentials`).

use http::{Method, StatusCode};
use serde_json::json;

use super::answer::keys;
use super::{Desk, Visit};
use crate::reply::Reply;

const POD_IDENTITY: &str = "/v1/credentials";
const ECS: &str = "/v2/credentials/";

pub(super) fn is_its_path(path: &str) -> bool {
    path == POD_IDENTITY || path.starts_with(ECS)
}

pub(super) fn answer(desk: &mut Desk, visit: &Visit<'_>) -> Reply {
    if visit.head.method != Method::GET {
        return refused(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "only GET",
        );
    }
    if let Some(wanted) = &desk.rules.container_token
        && visit.header("authorization") != Some(wanted)
    {
        return refused(
            StatusCode::UNAUTHORIZED,
            "AccessDeniedException",
            "the authorization token is missing or is another one",
        );
    }
    let temporary = desk.standing(&format!("container {}", visit.path()), visit.now);
    let mut body = keys(&temporary);
    body["RoleArn"] = json!("arn:aws:iam::123456789012:role/reqllm-task-role");
    Reply::json(StatusCode::OK, &body)
}

fn refused(status: StatusCode, code: &str, message: &str) -> Reply {
    Reply::json(status, &json!({"code": code, "message": message}))
}
