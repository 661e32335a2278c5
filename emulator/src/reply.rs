//! What is going to be answered, before any fault has touched it.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;

/// A complete answer: head and body.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: ReplyBody,
}

#[derive(Debug)]
pub(crate) enum ReplyBody {
    /// One body with a `Content-Length`.
    Whole(Bytes),
    /// The messages or events of a stream, each sent when the one before it is on its way.
    Events(Vec<Bytes>),
}

impl Reply {
    pub(crate) fn whole(status: StatusCode, content_type: &'static str, body: Bytes) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self {
            status,
            headers,
            body: ReplyBody::Whole(body),
        }
    }

    pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Self {
        // Serialising our own values cannot fail; an empty body would show at once if it did.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self::whole(status, "application/json", body.into())
    }

    pub(crate) fn events(events: Vec<Bytes>) -> Self {
        Self::stream("application/vnd.amazon.eventstream", events)
    }

    /// Events, each sent when the one before it is on its way.
    pub(crate) fn stream(content_type: &'static str, events: Vec<Bytes>) -> Self {
        let mut reply = Self::whole(StatusCode::OK, content_type, Bytes::new());
        reply.body = ReplyBody::Events(events);
        reply
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        if let Ok(value) = HeaderValue::try_from(value.to_string()) {
            self.headers.insert(name, value);
        }
        self
    }
}
