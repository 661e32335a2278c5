//! One opaque error for the whole library.
//!
//! It is a pointer wide, says in one line what happened and what to do next, and carries the facts
//! that a program needs to decide: the kind, whether a retry may help, the provider's own code.
//! Neither its `Display` nor its `Debug` ever shows a secret or a prompt, because none is put in.

mod kind;
mod show;

use std::error::Error as StdError;
use std::time::Duration;

pub use self::kind::ErrorKind;
use crate::{Remedy, Response};

/// A result of this library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong.
///
/// ```
/// use reqllm_core::{ErrorKind, ModelSpec};
///
/// let error = "".parse::<ModelSpec>().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::EmptySpec);
/// assert!(!error.retryable());
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    provider: Option<String>,
    model: Option<String>,
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
    retryable: bool,
    attempts: Option<u32>,
    retry_after: Option<Duration>,
    suggestions: Vec<String>,
    remedy: Option<Remedy>,
    partial: Option<Response>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of `kind` that says `message`. It is not retryable until [`Error::set_retryable`] says so.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            provider: None,
            model: None,
            status: None,
            code: None,
            request_id: None,
            retryable: false,
            attempts: None,
            retry_after: None,
            suggestions: Vec::new(),
            remedy: None,
            partial: None,
            source: None,
        }))
    }

    /// The request is malformed: `message` names the field, what was given and what would do.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidRequest, message)
    }

    /// A setting is missing or malformed.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// The answer is not in the form that it should have.
    pub fn decode(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Decode, message)
    }

    /// The answer broke off.
    pub fn stream(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Stream, message)
    }

    /// Names the provider.
    #[must_use]
    pub fn with_provider(mut self, provider: impl Into<String>) -> Self {
        self.0.provider = Some(provider.into());
        self
    }

    /// Names the model.
    #[must_use]
    pub fn with_model(mut self, model: impl Into<String>) -> Self {
        self.0.model = Some(model.into());
        self
    }

    /// Adds the HTTP status of the answer.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds the provider's own error code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// Adds the provider's request id.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.0.request_id = Some(id.into());
        self
    }

    /// Says whether the same call may succeed if it is made again.
    #[must_use]
    pub fn set_retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = retryable;
        self
    }

    /// Adds the number of attempts that were made.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = Some(attempts);
        self
    }

    /// Adds how long the provider asks to wait before the next attempt.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Adds specs that would have worked.
    #[must_use]
    pub fn with_suggestions(mut self, suggestions: impl IntoIterator<Item = String>) -> Self {
        self.0.suggestions.extend(suggestions);
        self
    }

    /// Adds to the message what to do about it.
    #[must_use]
    pub fn with_advice(mut self, advice: &str) -> Self {
        if !advice.is_empty() {
            self.0.message.push_str(" — ");
            self.0.message.push_str(advice);
        }
        self
    }

    /// Says what of a registry of models may help.
    #[must_use]
    pub fn with_remedy(mut self, remedy: Remedy) -> Self {
        self.0.remedy = Some(remedy);
        self
    }

    /// Adds what had arrived of the answer before it broke.
    #[must_use]
    pub fn with_partial(mut self, partial: Response) -> Self {
        self.0.partial = Some(partial);
        self
    }

    /// Adds the error that caused this one.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What happened, without the provider, status and code that `Display` adds.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The provider, where one is concerned.
    pub fn provider(&self) -> Option<&str> {
        self.0.provider.as_deref()
    }

    /// The model, where one is concerned.
    pub fn model(&self) -> Option<&str> {
        self.0.model.as_deref()
    }

    /// The HTTP status, where an answer came.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The provider's own code, such as `ThrottlingException`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The provider's request id.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Whether the same call may succeed if it is made again.
    pub fn retryable(&self) -> bool {
        self.0.retryable
    }

    /// How many attempts were made; none if nothing was sent.
    pub fn attempts(&self) -> Option<u32> {
        self.0.attempts
    }

    /// How long the provider asks to wait before the next attempt, where it says so.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Specs that would have worked.
    pub fn suggestions(&self) -> &[String] {
        &self.0.suggestions
    }

    /// What of a registry of models may help, where the provider says so.
    pub fn remedy(&self) -> Option<Remedy> {
        self.0.remedy
    }

    /// What had arrived of the answer before it broke.
    pub fn partial(&self) -> Option<&Response> {
        self.0.partial.as_ref()
    }

    /// Takes what had arrived of the answer before it broke.
    pub fn into_partial(self) -> Option<Response> {
        self.0.partial
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_pointer_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
