//! What sends a request and gives what comes back.
//!
//! [`HttpClient`] is the contract, [`HyperClient`] what keeps it by default. A client of your own does as well: with the feature
//! `reqwest`, a `reqwest::Client` is one.

mod body;
mod builder;
mod connector;
mod error;
mod hyper_client;
mod lanes;
mod names;
#[cfg(feature = "reqwest")]
mod reqwest_client;
mod stream;
mod tls;

use std::fmt;
use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper_util::client::legacy::ResponseFuture;

pub use self::body::Body;
pub(crate) use self::body::Whole;
pub use self::builder::HyperClientBuilder;
pub use self::error::HttpError;
pub(crate) use self::error::{innermost, is_certificate_failure};
pub use self::hyper_client::HyperClient;
use self::lanes::UnderWay;
#[cfg(any(feature = "fetch", test))]
pub(crate) use self::{hyper_client::Settings, names::Names};

/// Sends requests.
///
/// Whoever is one keeps to what language models need: answers may take an hour to begin, so there is no timeout on reading;
/// redirects are not followed, because a signature or a key must not follow them; answers are not decompressed, because that
/// holds streams back; and no request is sent twice, because somebody may want to be paid for both.
///
/// ```
/// use bytes::Bytes;
/// use reqllm_transport::{HttpClient, HttpFuture, HyperClient};
///
/// /// Says where requests go.
/// #[derive(Debug)]
/// struct Talkative(HyperClient);
///
/// impl HttpClient for Talkative {
///     fn execute(&self, request: http::Request<Bytes>) -> HttpFuture {
///         eprintln!("{:?}", request.uri().host());
///         self.0.execute(request)
///     }
/// }
/// ```
pub trait HttpClient: fmt::Debug + Send + Sync {
    /// Sends a request, whose URI is absolute, and waits for the head of its answer. Needs a tokio runtime. Nothing of it may
    /// be logged but its host: the rest is what is said, or a secret.
    ///
    /// Dropping the future, or the body of the answer, cancels the request.
    fn execute(&self, request: http::Request<Bytes>) -> HttpFuture;
}

/// One client may serve several.
impl<T: HttpClient + ?Sized> HttpClient for Arc<T> {
    fn execute(&self, request: http::Request<Bytes>) -> HttpFuture {
        (**self).execute(request)
    }
}

/// The answer to a request, whose body is still to be read.
#[must_use = "a request is sent when this is awaited"]
pub struct HttpFuture(Inner);

enum Inner {
    /// Not boxed once more.
    Hyper(ResponseFuture, Option<UnderWay>),
    Boxed(Pin<Box<Answering>>),
}

type Answering = dyn Future<Output = Result<http::Response<Body>, HttpError>> + Send;

impl HttpFuture {
    /// Of any future.
    pub fn new(
        answering: impl Future<Output = Result<http::Response<Body>, HttpError>> + Send + 'static,
    ) -> Self {
        Self(Inner::Boxed(Box::pin(answering)))
    }

    /// Of a request that has been given to hyper, and may be counted as under way.
    fn sent(answering: ResponseFuture, under_way: Option<UnderWay>) -> Self {
        Self(Inner::Hyper(answering, under_way))
    }

    /// Of a request that cannot be sent.
    fn failed(error: HttpError) -> Self {
        Self::new(ready(Err(error)))
    }
}

impl Future for HttpFuture {
    type Output = Result<http::Response<Body>, HttpError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Inner::Hyper(answering, under_way) => Pin::new(answering).poll(context).map(|answer| {
                let under_way = under_way.take();
                let answer = answer?;
                let under_way = under_way.and_then(|it| it.answered(answer.version()));
                Ok(answer.map(|body| Body::incoming(body, under_way)))
            }),
            Inner::Boxed(answering) => answering.as_mut().poll(context),
        }
    }
}

impl fmt::Debug for HttpFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpFuture").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
