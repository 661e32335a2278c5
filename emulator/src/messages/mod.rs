//! Anthropic's Messages API on its own paths: `/v1/messages`, the count of its tokens, and the list of models; and the same
//! behind Bedrock's doors, `/anthropic/v1/messages`.
//!
//! What a body may say and what is answered is Claude's, and in [`crate::claude`]; here is what is different outside of
//! InvokeModel: headers, the model in the body, server-sent events, errors. Facts are from Anthropic's API reference and the
//! types of its client for Python, unless another source is named.

mod answer;
mod betas;
mod door;
mod error;
mod list;
mod models;
mod request;
mod rules;
mod schema;
mod version;

use std::sync::Mutex;

use http::HeaderMap;
use http::request::Parts;

use crate::brain::tokens::PromptCache;
use crate::error::ApiError;
use crate::reply::Reply;
use crate::voice::Voice;
pub(crate) use door::Door;
pub(crate) use models::{has, takes_prefill};
use request::Request;
use version::Version;

/// The voice of the door that a request knocks at, if it is one of these.
pub(crate) fn voice(path: &str, headers: &HeaderMap) -> Option<&'static Voice> {
    Door::of(path, headers).map(|door| door.voice())
}

impl Door {
    /// Answers a request that has been let in.
    pub(crate) fn answer(
        self,
        head: &Parts,
        body: &[u8],
        cache: &Mutex<PromptCache>,
    ) -> Result<Reply, ApiError> {
        let path = head.uri.path();
        let path = path.strip_prefix(self.prefix()).unwrap_or(path);
        let (allowed, counts) = match path {
            "/v1/messages" => ("POST", false),
            "/v1/messages/count_tokens" => ("POST", true),
            "/v1/models" => ("GET", false),
            _ if path.starts_with("/v1/models/") => ("GET", false),
            _ => return Err(error::not_found("Not Found")),
        };
        if head.method != allowed {
            return Err(error::method_not_allowed(allowed));
        }
        let version = Version::of(&head.headers)?;
        if allowed == "GET" {
            return list::answer(path, head.uri.query().unwrap_or_default());
        }
        let request = Request::read(self, version, &head.headers, body, counts)?;
        if counts {
            request.count()
        } else {
            request.answer(cache)
        }
    }
}

#[cfg(test)]
mod tests;
