//! Bodies of answers.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;

use super::HttpError;
use super::lanes::UnderWay;

/// The body of an answer, as it arrives. What comes from hyper is neither boxed nor copied.
///
/// ```
/// use http_body_util::Full;
/// use reqllm_transport::Body;
///
/// let body = Body::new(Full::new(bytes::Bytes::from_static(b"{}")));
/// ```
#[derive(Default)]
pub struct Body(Inner);

#[derive(Default)]
enum Inner {
    #[default]
    Empty,
    /// And what it is counted as, for as long as it lasts.
    Hyper(Incoming, Option<UnderWay>),
    Boxed(UnsyncBoxBody<Bytes, HttpError>),
}

impl Body {
    /// Any body.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        Self(Inner::Boxed(body.map_err(HttpError::new).boxed_unsync()))
    }

    pub(super) fn incoming(body: Incoming, under_way: Option<UnderWay>) -> Self {
        Self(Inner::Hyper(body, under_way))
    }
}

impl Body {
    /// The whole of it; none if it has more than `max_bytes`.
    ///
    /// # Errors
    ///
    /// If it breaks off.
    pub async fn read(mut self, max_bytes: usize) -> Result<Option<Bytes>, HttpError> {
        if http_body::Body::size_hint(&self).lower() > max_bytes as u64 {
            return Ok(None);
        }
        let mut whole = Whole::default();
        while let Some(frame) = self.frame().await {
            // Trailers are not part of it.
            let Ok(data) = frame?.into_data() else {
                continue;
            };
            if !whole.take(data, max_bytes) {
                return Ok(None);
            }
        }
        Ok(Some(whole.into_bytes()))
    }
}

/// The pieces of a body. Nothing is copied if it comes in one.
#[derive(Default)]
pub(crate) struct Whole {
    first: Bytes,
    all: Vec<u8>,
}

impl Whole {
    /// Takes the next piece, unless there would be more than `max_bytes` then.
    pub(crate) fn take(&mut self, data: Bytes, max_bytes: usize) -> bool {
        if self.first.len() + self.all.len() + data.len() > max_bytes {
            return false;
        }
        if self.first.is_empty() && self.all.is_empty() {
            self.first = data;
        } else {
            self.all.extend_from_slice(&std::mem::take(&mut self.first));
            self.all.extend_from_slice(&data);
        }
        true
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        match self.all.is_empty() {
            true => self.first,
            false => self.all.into(),
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        match &mut self.0 {
            Inner::Empty => Poll::Ready(None),
            Inner::Hyper(body, under_way) => {
                let frame = Pin::new(body).poll_frame(context);
                if matches!(frame, Poll::Ready(None | Some(Err(_)))) {
                    *under_way = None;
                }
                frame.map(|frame| frame.map(|frame| frame.map_err(HttpError::from)))
            }
            Inner::Boxed(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Inner::Empty => true,
            Inner::Hyper(body, _) => body.is_end_stream(),
            Inner::Boxed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Empty => SizeHint::with_exact(0),
            Inner::Hyper(body, _) => body.size_hint(),
            Inner::Boxed(body) => body.size_hint(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}
