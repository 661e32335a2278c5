//! One opaque error for the whole library.
//!
//! It is a pointer wide, says in one line what happened and what to do next, and carries the facts
//! that a program needs to decide: the kind, whether a retry may help, the provider's own code.
//! Neither its `Display` nor its `Debug` ever shows a secret or a prompt, because none is put in.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::{Remedy, Response};

/// A result of this library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing went wrong. New kinds may come; the meaning of one never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The model spec is the empty string.
    EmptySpec,
    /// The model spec does not have the form of one.
    InvalidSpec,
    /// No provider of that name is registered.
    UnknownProvider,
    /// The provider is known, the model is not, and the spec does not say enough to go on.
    UnknownModel,
    /// A bare id that more than one provider has.
    AmbiguousModel,
    /// The model can only be used through a full explicit spec.
    NeedsFullSpec,
    /// The request is malformed, as found here or by the provider.
    InvalidRequest,
    /// The model or the provider cannot do what was asked.
    Unsupported,
    /// A setting of the client is missing or malformed.
    Config,
    /// Credentials are missing, malformed, expired or refused.
    Authentication,
    /// The credentials are good and may not do this.
    Permission,
    /// The provider does not have the thing that was named.
    NotFound,
    /// Too many requests or tokens for now.
    RateLimited,
    /// A quota that waiting for a moment does not refill.
    Quota,
    /// Input and output together do not fit the model's context window.
    ContextWindow,
    /// A filter or guardrail refused the content.
    ContentFilter,
    /// A deadline passed, here or at the provider.
    Timeout,
    /// The provider has no capacity at the moment.
    Overloaded,
    /// The provider failed.
    Server,
    /// The model failed behind a provider that works.
    Model,
    /// An answer broke off, or the provider reported an error inside it.
    Stream,
    /// The network failed.
    Transport,
    /// The answer is not in the form that it should have.
    Decode,
    /// The caller cancelled the call.
    Cancelled,
}

impl ErrorKind {
    /// The name of the kind in the JSON contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmptySpec => "empty_spec",
            Self::InvalidSpec => "invalid_spec",
            Self::UnknownProvider => "unknown_provider",
            Self::UnknownModel => "unknown_model",
            Self::AmbiguousModel => "ambiguous_model",
            Self::NeedsFullSpec => "needs_full_spec",
            Self::InvalidRequest => "invalid_request",
            Self::Unsupported => "unsupported",
            Self::Config => "config",
            Self::Authentication => "authentication",
            Self::Permission => "permission",
            Self::NotFound => "not_found",
            Self::RateLimited => "rate_limited",
            Self::Quota => "quota",
            Self::ContextWindow => "context_window",
            Self::ContentFilter => "content_filter",
            Self::Timeout => "timeout",
            Self::Overloaded => "overloaded",
            Self::Server => "server",
            Self::Model => "model",
            Self::Stream => "stream",
            Self::Transport => "transport",
            Self::Decode => "decode",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

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

/// One line: what happened, then where it came from.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        // Providers write paragraphs; this is one line whatever they write.
        for (n, word) in inner.message.split_whitespace().enumerate() {
            if n > 0 {
                f.write_str(" ")?;
            }
            f.write_str(word)?;
        }
        let mut facts: Vec<String> = Vec::new();
        facts.extend(inner.provider.clone());
        facts.extend(inner.model.clone());
        facts.extend(inner.status.map(|status| format!("HTTP {status}")));
        facts.extend(inner.code.clone());
        facts.extend(inner.request_id.as_ref().map(|id| format!("request {id}")));
        facts.extend(
            inner
                .attempts
                .filter(|attempts| *attempts > 1)
                .map(|attempts| format!("{attempts} attempts")),
        );
        if !facts.is_empty() {
            write!(f, " [{}]", facts.join(", "))?;
        }
        if !inner.suggestions.is_empty() {
            write!(f, "; did you mean {}?", inner.suggestions.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("message", &inner.message)
            .field("provider", &inner.provider)
            .field("model", &inner.model)
            .field("status", &inner.status)
            .field("code", &inner.code)
            .field("request_id", &inner.request_id)
            .field("retryable", &inner.retryable)
            .field("attempts", &inner.attempts)
            .field("suggestions", &inner.suggestions)
            .field("partial", &inner.partial.is_some())
            .field("source", &inner.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// The members of `error` in the JSON contract; keys without a value are left out.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inner = &*self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", inner.kind.as_str())?;
        map.serialize_entry("message", &inner.message)?;
        if let Some(provider) = &inner.provider {
            map.serialize_entry("provider", provider)?;
        }
        if let Some(model) = &inner.model {
            map.serialize_entry("model", model)?;
        }
        if let Some(status) = inner.status {
            map.serialize_entry("status", &status)?;
        }
        if let Some(code) = &inner.code {
            map.serialize_entry("code", code)?;
        }
        if let Some(id) = &inner.request_id {
            map.serialize_entry("request_id", id)?;
        }
        map.serialize_entry("retryable", &inner.retryable)?;
        if let Some(attempts) = inner.attempts {
            map.serialize_entry("attempts", &attempts)?;
        }
        if !inner.suggestions.is_empty() {
            map.serialize_entry("suggestions", &inner.suggestions)?;
        }
        if let Some(partial) = &inner.partial {
            map.serialize_entry("partial", partial)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_pointer_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn display_is_one_line_with_the_facts() {
        let error = Error::new(ErrorKind::RateLimited, "too many requests")
            .with_provider("bedrock")
            .with_status(429)
            .with_code("ThrottlingException")
            .with_attempts(3);
        assert_eq!(
            error.to_string(),
            "too many requests [bedrock, HTTP 429, ThrottlingException, 3 attempts]"
        );
    }

    #[test]
    fn json_has_the_contract_keys() {
        let error = Error::config("no region").with_attempts(1);
        assert_eq!(
            serde_json::to_string(&error).unwrap(),
            r#"{"kind":"config","message":"no region","retryable":false,"attempts":1}"#
        );
    }
}
