//! What the head of an answer says, whichever operation it is of.

use http::header::HeaderName;
use http::response::Parts;
use reqllm_core::{Error, Fold};
use serde_json::json;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
static SERVICE_TIER: HeaderName = HeaderName::from_static("x-amzn-bedrock-service-tier");

#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    /// The id that AWS gave the request.
    pub(crate) request_id: Option<String>,
    /// The tier that Invoke was served in; Converse says it in the body.
    pub(crate) service_tier: Option<String>,
}

impl Head {
    pub(crate) fn of(head: &Parts) -> Self {
        let text = |name| Some(head.headers.get(name)?.to_str().ok()?.to_owned());
        Self {
            request_id: text(&REQUEST_ID),
            service_tier: text(&SERVICE_TIER),
        }
    }

    /// Tells of it, before the body does.
    pub(crate) fn tell(&self, fold: &mut Fold) {
        if let Some(id) = &self.request_id {
            fold.metadata("request_id", id.as_str().into());
            fold.id(id);
        }
        if let Some(tier) = &self.service_tier {
            fold.metadata("service_tier", json!({ "type": tier }));
            fold.service_tier(tier);
        }
    }

    /// Says which request an error is of.
    pub(crate) fn name(&self, error: Error) -> Error {
        match &self.request_id {
            Some(id) => error.with_request_id(id),
            None => error,
        }
    }
}
