//! Why a request is refused, and the forms in which houses say it.

use http::StatusCode;
use serde_json::{Value, json};

use crate::reply::Reply;

/// A refusal with all that OpenAI's form has room for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) kind: &'static str,
    pub(super) code: Option<&'static str>,
    pub(super) param: Option<String>,
    pub(super) message: String,
}

/// The forms of errors there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `{"error": {message, type, param, code}}`.
    OpenAi,
    /// `{"error": {message, code}}`, the code being the status as a number.
    OpenRouter,
    /// `{"object": "error", message, type, param, code}`, and 422 with `{"detail": […]}` for the shape of a body.
    Mistral,
    /// `[{"error": {code, message, status}}]`, the code being the status as a number.
    Google,
}

impl Refusal {
    /// 400 `invalid_request_error`.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: "invalid_request_error",
            code: None,
            param: None,
            message: message.into(),
        }
    }

    pub(super) fn missing(param: &str) -> Self {
        Self::invalid(format!("Missing required parameter: '{param}'."))
            .param(param)
            .code("missing_required_parameter")
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::invalid(message).status(StatusCode::NOT_FOUND)
    }

    pub(super) fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub(super) fn param(self, param: impl Into<String>) -> Self {
        let param = Some(param.into());
        Self { param, ..self }
    }

    pub(super) fn code(self, code: &'static str) -> Self {
        let code = Some(code);
        Self { code, ..self }
    }

    pub(super) fn into_reply(self, form: Form) -> Reply {
        let body = match form {
            Form::OpenAi => body(&self.message, self.kind, self.param.as_deref(), self.code),
            Form::OpenRouter => json!({
                "error": {"message": self.message, "code": self.status.as_u16()},
                "user_id": "user_emulator",
            }),
            Form::Mistral if self.status == StatusCode::UNPROCESSABLE_ENTITY => {
                let place: Vec<&str> = ["body"].into_iter().chain(self.param.as_deref()).collect();
                json!({"detail": [{"type": self.kind, "loc": place, "msg": self.message}]})
            }
            Form::Google => {
                let status = match self.status {
                    StatusCode::UNAUTHORIZED => "UNAUTHENTICATED",
                    StatusCode::NOT_FOUND => "NOT_FOUND",
                    _ => "INVALID_ARGUMENT",
                };
                let code = self.status.as_u16();
                json!([{"error": {"code": code, "message": self.message, "status": status}}])
            }
            Form::Mistral => json!({
                "object": "error", "message": self.message, "type": self.kind,
                "param": self.param, "code": self.code,
            }),
        };
        Reply::json(self.status, &body)
    }
}

/// OpenAI's form of an error.
pub(super) fn body(message: &str, kind: &str, param: Option<&str>, code: Option<&str>) -> Value {
    json!({"error": {"message": message, "type": kind, "param": param, "code": code}})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::ReplyBody;

    fn shown(refusal: Refusal, form: Form) -> (u16, Value) {
        let reply = refusal.into_reply(form);
        let ReplyBody::Whole(body) = reply.body else {
            panic!("a stream")
        };
        (
            reply.status.as_u16(),
            serde_json::from_slice(&body).unwrap(),
        )
    }

    #[test]
    fn each_house_has_its_form() {
        let refusal = || Refusal::missing("model");
        let (status, body) = shown(refusal(), Form::OpenAi);
        assert_eq!(status, 400);
        assert_eq!(
            body["error"],
            json!({"message": "Missing required parameter: 'model'.", "type": "invalid_request_error",
                   "param": "model", "code": "missing_required_parameter"})
        );
        assert_eq!(shown(refusal(), Form::OpenRouter).1["error"]["code"], 400);
        assert_eq!(shown(refusal(), Form::Mistral).1["object"], "error");
        let google = shown(refusal(), Form::Google).1;
        assert_eq!(google[0]["error"]["status"], "INVALID_ARGUMENT");
        let shape = refusal().status(StatusCode::UNPROCESSABLE_ENTITY);
        let (status, body) = shown(shape, Form::Mistral);
        assert_eq!(
            (status, &body["detail"][0]["loc"]),
            (422, &json!(["body", "model"]))
        );
    }
}
