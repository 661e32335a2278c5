//! What the head of an answer says, whichever operation it is of.

use http::header::{CONTENT_ENCODING, HeaderName};
use http::response::Parts;
use reqllm_core::{Error, Fold, Result};
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

    /// Refuses a body in an encoding that nobody has asked for. A proxy that compresses holds streams back as well.
    pub(crate) fn is_plain(head: &Parts) -> Result<()> {
        match head.headers.get(CONTENT_ENCODING) {
            Some(encoding) if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") => {
                Err(Error::decode(format!(
                    "the answer has content encoding {encoding:?}, which was not asked for; \
                     check whether a proxy compresses it"
                ))
                .with_provider(crate::ID))
            }
            _ => Ok(()),
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
