//! What a call would send, for people and tests to look at.

use reqllm_core::{Authorize, Bytes, Exchange, Route, Task, Warning};
use serde::Serialize;
use serde_json::{Map, Value};

/// What would be sent. In JSON an object of `method`, `url`, `headers`, `body`, and the route that was chosen; the same
/// call gives the same bytes.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DryRun {
    /// The HTTP method.
    pub method: String,
    /// The address.
    pub url: String,
    /// The headers, credentials redacted.
    pub headers: Map<String, Value>,
    /// The body; null if there is none.
    pub body: Value,
    /// Which operation was chosen, and why.
    pub route: Map<String, Value>,
    /// What was left out or replaced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

impl DryRun {
    pub(crate) fn of(exchange: &Exchange) -> Self {
        let (request, authorizer) = (&exchange.request, &*exchange.authorizer);
        let warnings = exchange.warnings.clone();
        Self::new(request, &exchange.route, authorizer, warnings)
    }

    /// Of a task, after what there was to say before it.
    pub(crate) fn of_task<T>(task: &Task<T>, before: &[Warning]) -> Self {
        let warnings = before.iter().chain(&task.warnings).cloned().collect();
        Self::new(&task.request, &task.route, &*task.authorizer, warnings)
    }

    fn new(
        request: &http::Request<Bytes>,
        route: &Route,
        authorizer: &dyn Authorize,
        warnings: Vec<Warning>,
    ) -> Self {
        let mut headers = Map::new();
        for (name, value) in request.headers() {
            let value = match value.is_sensitive() {
                true => "****".to_owned(),
                false => String::from_utf8_lossy(value.as_bytes()).into_owned(),
            };
            headers.insert(name.as_str().to_owned(), Value::String(value));
        }
        if let Some(scheme) = authorizer.scheme() {
            let value = Value::String(format!("{scheme} ****"));
            headers.insert("authorization".to_owned(), value);
        }
        if let Some(name) = authorizer.key_header() {
            headers.insert(name.as_str().to_owned(), "****".into());
        }
        let body = match serde_json::from_slice(request.body()) {
            Ok(json) => json,
            Err(_) if request.body().is_empty() => Value::Null,
            Err(_) => Value::String(String::from_utf8_lossy(request.body()).into_owned()),
        };
        let mut shown = Map::new();
        shown.insert("operation".to_owned(), route.operation.into());
        shown.insert("reason".to_owned(), route.reason.as_ref().into());
        Self {
            method: request.method().as_str().to_owned(),
            url: request.uri().to_string(),
            headers,
            body,
            route: shown,
            warnings,
        }
    }
}
