//! Hooks: those who watch calls.
//!
//! An [`Observer`] is told of every attempt and of the end of every call. Without one, and without anybody who collects
//! traces, none of this costs anything.

mod content;
mod span;
mod tale;

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode, Uri};
use reqllm_core::{Cost, Error, Response, Settings, Usage};

pub use self::tale::{Observation, Told};

/// Watches calls. Every method does nothing unless it is written.
///
/// It is called on the road of the call, so it should be quick, and must not panic.
///
/// ```
/// use reqllm_transport::{Attempt, CallInfo, Failure, Observer};
///
/// #[derive(Debug)]
/// struct Tag;
///
/// impl Observer for Tag {
///     fn sending(&self, _: &CallInfo, attempt: &mut Attempt<'_>) {
///         let tag = http::HeaderValue::from_static("billing");
///         attempt.headers.insert("x-team", tag);
///     }
///
///     fn failed(&self, call: &CallInfo, failure: &Failure<'_>) {
///         eprintln!("{} failed: {}", call.operation, failure.error);
///     }
/// }
/// ```
pub trait Observer: fmt::Debug + Send + Sync {
    /// An attempt is about to be authorised and sent. Its headers may be changed, and what is changed is signed. There are no
    /// credentials in them yet, and what takes their place is replaced.
    fn sending(&self, call: &CallInfo, attempt: &mut Attempt<'_>) {
        let _ = (call, attempt);
    }

    /// The head of an answer is there, whatever its status.
    fn answered(&self, call: &CallInfo, answer: &AnswerHead<'_>) {
        let _ = (call, answer);
    }

    /// An attempt has failed.
    fn failed(&self, call: &CallInfo, failure: &Failure<'_>) {
        let _ = (call, failure);
    }

    /// The call is over: it succeeded, it failed, or its future or stream was dropped. Told once a call.
    fn ended(&self, call: &CallInfo, summary: &Summary<'_>) {
        let _ = (call, summary);
    }
}

/// Which call it is.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CallInfo {
    /// What is done: `chat`, `embeddings`, `rerank`, `count_tokens`, `apply_guardrail` or `list_models`. The first two are
    /// words of OpenTelemetry's conventions, which have none for the others.
    pub operation: &'static str,
    /// The provider's operation, such as `ConverseStream`.
    pub route: &'static str,
    /// The provider's id, such as `bedrock`.
    pub provider: String,
    /// The provider's name in OpenTelemetry's conventions, such as `aws.bedrock`.
    pub provider_name: String,
    /// The model's id in the registry; absent where there is none.
    pub model: Option<String>,
    /// The id that is sent.
    pub wire_id: Option<String>,
    /// Whether the answer comes piece by piece.
    pub streaming: bool,
    /// The host that is asked.
    pub server: Option<String>,
    /// Its port.
    pub port: Option<u16>,
    /// Sampling and limits, as the caller gave them.
    pub settings: Settings,
    /// Whether the answer has to be an object.
    pub object: bool,
    /// How many numbers a vector should have.
    pub dimensions: Option<u32>,
    /// Facts about the request under the names that OpenTelemetry's conventions for this provider have.
    pub attributes: Vec<(&'static str, String)>,
}

impl CallInfo {
    /// A call of `operation` to the provider of this id.
    pub fn new(operation: &'static str, provider: impl Into<String>) -> Self {
        let provider = provider.into();
        Self {
            operation,
            provider_name: provider.clone(),
            provider,
            ..Self::default()
        }
    }

    /// Takes the host and the port from where a request goes.
    #[must_use]
    pub fn asking(mut self, uri: &Uri) -> Self {
        self.server = uri.host().map(str::to_owned);
        self.port = uri.port_u16().or_else(|| match uri.scheme_str() {
            Some("https") => Some(443),
            Some("http") => Some(80),
            _ => None,
        });
        self
    }
}

/// An attempt that is about to be authorised and sent.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// Which attempt of its request it is, from 1.
    pub number: u32,
    /// The method.
    pub method: &'a Method,
    /// Where it goes.
    pub uri: &'a Uri,
    /// Its headers, without those that prove who sends it.
    pub headers: &'a mut HeaderMap,
    /// Its body.
    pub body: &'a [u8],
}

/// The head of an answer.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AnswerHead<'a> {
    /// To which attempt of its request, from 1.
    pub number: u32,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: &'a HeaderMap,
}

/// A failed attempt.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Failure<'a> {
    /// Which attempt of its request it was, from 1.
    pub number: u32,
    /// Why.
    pub error: &'a Error,
    /// How long until the next one; none if this was the last.
    pub wait: Option<Duration>,
}

/// The end of a call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Summary<'a> {
    /// How it ended.
    pub outcome: Outcome<'a>,
    /// How many requests were sent. Embedding may take several even if none fails.
    pub attempts: u32,
    /// How many of them repeated one that had failed.
    pub retries: u32,
    /// How long it took in all.
    pub duration: Duration,
    /// How long until a stream began; none if it did not, and none for an answer in one piece.
    pub first_event: Option<Duration>,
    /// How long until a stream had something to say.
    pub first_content: Option<Duration>,
    /// What was used, as far as it is known; that of a broken answer too.
    pub usage: Option<&'a Usage>,
    /// What it cost, as far as it is known.
    pub cost: Option<&'a Cost>,
}

impl Summary<'_> {
    /// What OpenTelemetry's conventions call `error.type`: the provider's code, such as `ThrottlingException`, else the kind
    /// of the error. None if the call did not fail.
    pub fn error_type(&self) -> Option<&str> {
        match self.outcome {
            Outcome::Failed(error) => Some(error.code().unwrap_or_else(|| error.kind().as_str())),
            _ => None,
        }
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// With a response.
    Response(&'a Response),
    /// With an answer that is no conversation.
    Done,
    /// With an error.
    Failed(&'a Error),
    /// Its future or its stream was dropped, or abandoned, before its end.
    Dropped,
}
