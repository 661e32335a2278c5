//! What a provider author writes.
//!
//! A provider says three things: how a call is put into one HTTP request ([`Provider::prepare`]), how that request
//! proves who sends it ([`Authorize`]), and how the bytes of the answer are read ([`Answer`], [`Reader`]). Sending,
//! retrying, deadlines, cancellation and cost are done for it. The first and the last are pure: no socket, no clock.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    AccountPage, AccountQuery, Call, Clock, Embed, Embeddings, Error, ErrorKind, Expectation, Fold,
    Guarded, GuardrailCheck, Model, ProviderContext, ProviderOptions, Rerank, Reranked, Result,
    Task, TokenCount, Warning,
};

/// Somebody who serves models.
pub trait Provider: fmt::Debug + Send + Sync {
    /// The name under which models name it: the first half of `provider:model`.
    fn id(&self) -> &str;

    /// Its name in OpenTelemetry's semantic conventions (`gen_ai.provider.name`), where they have one. Default: its id.
    fn convention_name(&self) -> &str {
        self.id()
    }

    /// Whether it understands the options that the typed builder of `provider` makes
    /// ([`ProviderOptions::only_for`]). What is for others it is not given. Default: those of its own id. A crate that speaks for
    /// several providers says the id of its builder.
    fn takes_options_of(&self, provider: &str) -> bool {
        provider == self.id()
    }

    /// A client takes it up that was built without one: what it lacks to reach others may be taken from here. Whatever it was
    /// given itself wins.
    fn attach(&self, context: &ProviderContext) {
        let _ = context;
    }

    /// Puts `call` into one HTTP request, and says how the answer is read. Pure: the same call gives the same
    /// bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest),
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) or
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the field.
    fn prepare(&self, model: &Model, call: &Call, delivery: Delivery) -> Result<Exchange>;

    /// The region that a call of `model` with these options goes to, where the provider has such; for advice in errors.
    fn region(&self, model: &Model, options: &ProviderOptions) -> Option<String> {
        let _ = (model, options);
        None
    }

    /// Whether it takes media at this URL. What is at an `https:` URL that it does not take is fetched before the call,
    /// and handed over as bytes.
    fn takes_url(&self, _url: &str) -> bool {
        true
    }

    /// Puts inputs into as many requests as the model needs for them. Their answers, [joined](Embeddings::join) in this
    /// order, have the vectors in the order of the inputs. Pure.
    ///
    /// # Errors
    ///
    /// As [`Provider::prepare`]. Unless a provider says otherwise it has no embeddings, which is
    /// [`ErrorKind::Unsupported`].
    fn embed(&self, model: &Model, request: &Embed) -> Result<Vec<Task<Embeddings>>> {
        let _ = request;
        Err(unsupported(self.id(), "embeddings").with_model(&model.id))
    }

    /// Puts a query and documents into one request. Pure.
    ///
    /// # Errors
    ///
    /// As [`Provider::embed`].
    fn rerank(&self, model: &Model, request: &Rerank) -> Result<Task<Reranked>> {
        let _ = request;
        Err(unsupported(self.id(), "reranking").with_model(&model.id))
    }

    /// Puts a call into a request that counts its tokens and does not make it. Pure.
    ///
    /// # Errors
    ///
    /// As [`Provider::embed`].
    fn count_tokens(&self, model: &Model, call: &Call) -> Result<Task<TokenCount>> {
        let _ = call;
        Err(unsupported(self.id(), "counting tokens").with_model(&model.id))
    }

    /// Puts content into a request for a guardrail's judgement. Pure.
    ///
    /// # Errors
    ///
    /// As [`Provider::embed`].
    fn check_guardrail(&self, request: &GuardrailCheck) -> Result<Task<Guarded>> {
        let _ = request;
        Err(unsupported(self.id(), "guardrails"))
    }

    /// Asks for the models of the account: the first part of the list, or the one that [`AccountPage::next`] named.
    /// Pure.
    ///
    /// # Errors
    ///
    /// As [`Provider::embed`].
    fn account_models(
        &self,
        query: &AccountQuery,
        page: Option<&str>,
    ) -> Result<Task<AccountPage>> {
        let _ = (query, page);
        Err(unsupported(self.id(), "listing the models of an account"))
    }
}

fn unsupported(provider: &str, what: &str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!("provider {provider:?} does not support {what} in this version"),
    )
    .with_provider(provider)
}

/// How the caller wants the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// In one piece.
    Whole,
    /// Piece by piece.
    Stream,
}

/// A request, and everything that is needed to send it and to read the answer.
#[derive(Debug)]
#[non_exhaustive]
pub struct Exchange {
    /// The request, without credentials. What is sent is a copy of it that [`Exchange::authorizer`] has signed.
    pub request: http::Request<Bytes>,
    /// Which of the provider's operations was chosen, and why.
    pub route: Route,
    /// Proves who sends it, before every attempt.
    pub authorizer: Arc<dyn Authorize>,
    /// Reads the answer.
    pub answer: Arc<dyn Answer>,
    /// How the answer comes, which need not be how the caller wants it.
    pub delivery: Delivery,
    /// What was left out or replaced in the request.
    pub warnings: Vec<Warning>,
    /// What the fold of the answer has to know of the request.
    pub expectation: Expectation,
    /// The id that was sent, where it is none of the model's.
    pub wire_id: Option<String>,
    /// Facts about the request for traces, under the names that OpenTelemetry's conventions for this provider have. No
    /// content, and no secrets.
    pub attributes: Vec<(&'static str, String)>,
}

impl Exchange {
    /// An exchange without warnings, whose answer comes in one piece.
    pub fn new(
        request: http::Request<Bytes>,
        route: Route,
        authorizer: Arc<dyn Authorize>,
        answer: Arc<dyn Answer>,
    ) -> Self {
        Self {
            request,
            route,
            authorizer,
            answer,
            delivery: Delivery::Whole,
            warnings: Vec::new(),
            expectation: Expectation::default(),
            wire_id: None,
            attributes: Vec::new(),
        }
    }
}

/// Which of a provider's operations a call takes, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// The operation, such as `ConverseStream`.
    pub operation: &'static str,
    /// Why that one.
    pub reason: Cow<'static, str>,
}

impl Route {
    /// `operation`, because of `reason`.
    pub fn new(operation: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            operation,
            reason: reason.into(),
        }
    }
}

/// Proves to the provider who sends a request.
#[async_trait]
pub trait Authorize: fmt::Debug + Send + Sync {
    /// Adds what is needed to `request`, which is a fresh copy at each attempt. Called immediately before it is
    /// sent. What depends on the time asks the client's clock, last of all.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Authentication`](crate::ErrorKind::Authentication), saying where credentials were looked for.
    async fn authorize(&self, request: &mut http::Request<Bytes>, clock: &Clock) -> Result<()>;

    /// Whether [`Authorize::read_ahead`] has something to do with `body`, the one that the next attempt will have. Called for
    /// long bodies only. Default: it has not.
    fn reads_ahead(&self, body: &Bytes) -> bool {
        let _ = body;
        false
    }

    /// Does what takes long with `body`: hashes it, say. It is called where it may keep a thread busy, if
    /// [`Authorize::reads_ahead`] says so; [`Authorize::authorize`] has to do without. Default: nothing is to be done.
    fn read_ahead(&self, body: &Bytes) {
        let _ = body;
    }

    /// The scheme of the `authorization` header, such as `Bearer`, for a dry run; none if nothing will be sent.
    fn scheme(&self) -> Option<&'static str>;

    /// The header that carries a key without a scheme, where it is another one, for a dry run. Default: none.
    fn key_header(&self) -> Option<http::HeaderName> {
        None
    }

    /// Looks at the head of the answer to a request that it has authorised, whether it succeeded or not: the provider's
    /// clock is in it, and what it holds against the credentials. Whether a request that was refused would be authorised
    /// otherwise now, by other credentials or at another time, so that one more attempt makes sense.
    fn learn(&self, answered: &Answered<'_>) -> bool {
        let _ = answered;
        false
    }
}

/// What is known of a request once the head of its answer is there.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Answered<'a> {
    /// The headers of the answer.
    pub headers: &'a http::HeaderMap,
    /// When the request was sent, by the client's clock.
    pub sent: SystemTime,
    /// When the head of the answer had arrived, by the client's clock.
    pub received: SystemTime,
    /// What the answer stands for, unless it is one of success.
    pub refusal: Option<&'a Error>,
}

impl<'a> Answered<'a> {
    /// An answer of success.
    pub fn new(headers: &'a http::HeaderMap, sent: SystemTime, received: SystemTime) -> Self {
        Self {
            headers,
            sent,
            received,
            refusal: None,
        }
    }

    /// An answer that is a refusal.
    #[must_use]
    pub fn refused(mut self, refusal: &'a Error) -> Self {
        self.refusal = Some(refusal);
        self
    }
}

/// Reads the answer to one request.
pub trait Answer: fmt::Debug + Send + Sync {
    /// A reader for a successful answer with this head.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the head promises something that cannot be read.
    fn open(&self, head: &http::response::Parts) -> Result<Box<dyn Reader>>;

    /// The error that an unsuccessful answer stands for.
    fn refuse(&self, head: &http::response::Parts, body: &[u8]) -> Error;
}

/// Reads the body of one answer, as it arrives.
///
/// The pieces may be cut anywhere. What they say goes into the [`Fold`].
pub trait Reader: Send {
    /// Takes the next piece.
    ///
    /// # Errors
    ///
    /// Whatever the provider reports inside the answer, or
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode). What was read before the error is in the fold.
    fn read(&mut self, chunk: Bytes, fold: &mut Fold) -> Result<()>;

    /// The body has ended.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stream`](crate::ErrorKind::Stream) if it ended too early.
    fn end(&mut self, fold: &mut Fold) -> Result<()>;

    /// Whether all of the answer has come that has to, though its body goes on. If the connection fails then, the answer stands,
    /// with a warning. By default only the end of the body makes it whole.
    fn is_whole(&self, _fold: &Fold) -> bool {
        false
    }

    /// The answer is given up: it failed, it broke off, or nobody wants the rest of it. What the reader holds back until
    /// the next piece shows what it is goes into the fold, so that nothing that arrived is lost. Called at most once, as
    /// the last thing. By default nothing is held back.
    fn abandon(&mut self, _fold: &mut Fold) {}
}
