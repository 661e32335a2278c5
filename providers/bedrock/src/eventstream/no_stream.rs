//! An answer that should have been an event stream and is none.

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use reqllm_core::{Error, Fold, Reader, Result};
use serde::Deserialize;

use crate::error;

/// The content type of an event stream.
const MEDIA_TYPE: &str = "application/vnd.amazon.eventstream";

/// Whether a head promises an event stream. One without a content type may.
pub(super) fn is_promised(head: &http::response::Parts) -> bool {
    head.headers.get(CONTENT_TYPE).is_none_or(|value| {
        let bare = value.as_bytes().split(|byte| *byte == b';').next();
        bare.is_some_and(|bare| {
            bare.trim_ascii()
                .eq_ignore_ascii_case(MEDIA_TYPE.as_bytes())
        })
    })
}

/// Reads an answer that should have been an event stream and says in its head that it is none, for the sake of
/// the message in it.
pub(super) struct NoStream {
    content_type: String,
    body: BytesMut,
}

/// How much of it is read for that.
const NO_STREAM_LIMIT: usize = 64 * 1024;

impl NoStream {
    pub(super) fn new(head: &http::response::Parts) -> Self {
        Self {
            content_type: head
                .headers
                .get(CONTENT_TYPE)
                .map_or_else(String::new, |value| {
                    String::from_utf8_lossy(value.as_bytes()).into_owned()
                }),
            body: BytesMut::new(),
        }
    }
}

impl Reader for NoStream {
    fn read(&mut self, chunk: Bytes, fold: &mut Fold) -> Result<()> {
        let room = NO_STREAM_LIMIT.saturating_sub(self.body.len());
        self.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        // Whoever says so much that is no stream need not be heard to the end.
        if self.body.len() == NO_STREAM_LIMIT {
            return self.end(fold);
        }
        Ok(())
    }

    fn end(&mut self, _fold: &mut Fold) -> Result<()> {
        #[derive(Deserialize)]
        struct Body {
            #[serde(alias = "Message")]
            message: String,
        }
        let said = serde_json::from_slice::<Body>(&self.body)
            .map(|body| format!("; it says: {}", error::shown(&body.message)))
            .unwrap_or_default();
        Err(Error::decode(format!(
            "the answer has content type {:?} where {MEDIA_TYPE} was due{said}; \
             check that the endpoint is Bedrock Runtime and that no proxy rewrites it",
            self.content_type
        ))
        .with_provider(crate::ID))
    }
}
