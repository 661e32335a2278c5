//! From a codec to what a provider hands over.

use std::fmt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName};
use http::response::Parts;
use reqllm_core::{Answer, Delivery, Error, Fold, Reader, Result, Warning};

use crate::sse::SseReader;
use crate::stream::StreamCodec;
use crate::{mask, meaning};

/// How the answers of a dialect are read. Pure.
///
/// Three functions are all that a provider with a form of its own writes for its answers; [`read`] makes the rest.
pub trait Dialect: fmt::Debug + Send + Sync {
    /// Reads a whole answer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`](reqllm_core::ErrorKind::Decode) if it is not in the dialect's form.
    fn whole(&self, body: &[u8], fold: &mut Fold) -> Result<()>;

    /// A reader for one stream.
    fn stream(&self) -> Box<dyn StreamCodec>;

    /// The error that an unsuccessful answer stands for.
    fn refusal(&self, head: &Parts, body: &[u8]) -> Error;
}

/// Reads answers of a dialect over HTTP: whole ones as JSON, streams as server-sent events. A server that does not stream,
/// and answers a request for a stream in one piece, is read all the same.
pub fn read(dialect: Arc<dyn Dialect>, delivery: Delivery) -> Arc<dyn Answer> {
    Arc::new(OverHttp { dialect, delivery })
}

#[derive(Debug)]
struct OverHttp {
    dialect: Arc<dyn Dialect>,
    delivery: Delivery,
}

impl Answer for OverHttp {
    fn open(&self, head: &Parts) -> Result<Box<dyn Reader>> {
        let name = |error| Head::of(head).name(error);
        check_encoding(head).map_err(name)?;
        let media_type = media_type(head);
        if media_type == "text/html" {
            return Err(name(is_web_page()));
        }
        let whole = WholeReader {
            body: Gathered::default(),
            dialect: Arc::clone(&self.dialect),
            head: Head::of(head),
        };
        if self.delivery == Delivery::Stream && media_type != "application/json" {
            let stream = self.dialect.stream();
            return Ok(Box::new(SseReader::new(stream, whole)));
        }
        Ok(Box::new(whole))
    }

    fn refuse(&self, head: &Parts, body: &[u8]) -> Error {
        let error = self.dialect.refusal(head, body);
        Head::of(head).name(error.with_status(head.status.as_u16()))
    }
}

/// Reads an answer in one piece.
pub(crate) struct WholeReader {
    body: Gathered,
    dialect: Arc<dyn Dialect>,
    pub(crate) head: Head,
}

impl Reader for WholeReader {
    fn read(&mut self, chunk: Bytes, _fold: &mut Fold) -> Result<()> {
        self.body.push(chunk).map_err(|error| self.head.name(error))
    }

    fn end(&mut self, fold: &mut Fold) -> Result<()> {
        self.head.tell(fold);
        self.dialect
            .whole(self.body.bytes(), fold)
            .map_err(|error| self.head.name(error))?;
        warn_if_unstopped(fold);
        Ok(())
    }
}

pub(crate) fn is_web_page() -> Error {
    Error::decode(
        "the answer is a web page; check that the address is that of an API, with its version (`/v1`) if it has one",
    )
}

/// Says of an answer that is complete by its form that it may not be all: a warning `no_stop_reason`, unless the model has said why
/// it stopped.
pub fn warn_if_unstopped(fold: &mut Fold) {
    if !fold.stopped() {
        fold.warn(Warning::new(
            "no_stop_reason",
            "the answer does not say why it ended, and may not be all of it",
        ));
    }
}

/// The most that is read of a whole body, in bytes. InvokeModel's own limit is 25,000,000.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// A body that is gathered. It mostly comes in one piece, which is then not copied.
#[derive(Debug, Default)]
pub struct Gathered {
    body: Pieces,
    length: usize,
}

#[derive(Debug, Default)]
enum Pieces {
    #[default]
    None,
    One(Bytes),
    Many(BytesMut),
}

impl Gathered {
    /// Takes the next piece.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`](reqllm_core::ErrorKind::Decode) for a body of more than 64 MiB.
    pub fn push(&mut self, chunk: Bytes) -> Result<()> {
        self.length = self.length.saturating_add(chunk.len());
        if self.length > MAX_BODY {
            self.body = Pieces::None;
            return Err(Error::decode(format!(
                "the answer is longer than {MAX_BODY} bytes"
            )));
        }
        self.body = match std::mem::take(&mut self.body) {
            Pieces::None => Pieces::One(chunk),
            Pieces::One(first) => {
                let mut many = BytesMut::with_capacity(2 * (first.len() + chunk.len()));
                many.extend_from_slice(&first);
                many.extend_from_slice(&chunk);
                Pieces::Many(many)
            }
            Pieces::Many(mut many) => {
                many.extend_from_slice(&chunk);
                Pieces::Many(many)
            }
        };
        Ok(())
    }

    /// What has come.
    pub fn bytes(&self) -> &[u8] {
        match &self.body {
            Pieces::None => &[],
            Pieces::One(bytes) => bytes,
            Pieces::Many(bytes) => bytes,
        }
    }
}

/// The error of an answer with this status, for providers that tell no more by codes of their own. `message` is what the
/// provider says; the status in words if it says nothing. API keys in it are [masked](crate::mask).
pub fn by_status(status: http::StatusCode, message: impl Into<String>) -> Error {
    let (kind, retryable) = meaning::of_status(status.as_u16());
    let message: String = message.into();
    let message = match message.trim().is_empty() {
        true => format!("the provider answers with {status}"),
        false => mask::keys(&message),
    };
    Error::new(kind, message).set_retryable(retryable)
}

/// Refuses a body in an encoding that nobody has asked for. A proxy that compresses holds streams back as well.
///
/// # Errors
///
/// [`ErrorKind::Decode`](reqllm_core::ErrorKind::Decode), naming the encoding.
pub fn check_encoding(head: &Parts) -> Result<()> {
    match head.headers.get(CONTENT_ENCODING) {
        Some(encoding) if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            Err(Error::decode(format!(
                "the answer has content encoding {encoding:?}, which was not asked for; \
                 check whether a proxy compresses it"
            )))
        }
        _ => Ok(()),
    }
}

/// The media type, in lower case and without parameters; empty if there is none.
fn media_type(head: &Parts) -> String {
    let value = head.headers.get(CONTENT_TYPE);
    let text = value.and_then(|value| value.to_str().ok());
    let bare = text.and_then(|text| text.split(';').next());
    bare.unwrap_or_default().trim().to_ascii_lowercase()
}

/// The headers in which servers name a request, the one that says most first. Sources: OpenAI's and Anthropic's API
/// references; Bedrock's `x-amzn-requestid`.
static REQUEST_IDS: [HeaderName; 3] = [
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("request-id"),
    HeaderName::from_static("x-amzn-requestid"),
];

/// What the head of an answer says, whoever gives it.
#[derive(Clone, Debug, Default)]
pub struct Head {
    request_id: Option<String>,
}

impl Head {
    /// Reads it.
    pub fn of(head: &Parts) -> Self {
        let text = |name| head.headers.get(name)?.to_str().ok();
        let request_id = REQUEST_IDS.iter().find_map(text);
        Self {
            request_id: request_id.map(str::to_owned),
        }
    }

    /// The server's name for the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Tells of it, before the body does.
    pub fn tell(&self, fold: &mut Fold) {
        if let Some(id) = &self.request_id {
            fold.metadata("request_id", id.as_str().into());
            fold.id(id);
        }
    }

    /// Says which request an error is of.
    #[must_use]
    pub fn name(&self, error: Error) -> Error {
        match &self.request_id {
            Some(id) if error.request_id().is_none() => error.with_request_id(id),
            _ => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use reqllm_core::ErrorKind;

    use super::*;

    #[test]
    fn a_status_is_an_error_with_what_is_said() {
        let error = by_status(StatusCode::FORBIDDEN, "no, sk-abc");
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Permission, "no, sk-…")
        );
        let silent = by_status(StatusCode::BAD_GATEWAY, " ");
        assert!(silent.message().contains("502"), "{silent}");
    }
}
