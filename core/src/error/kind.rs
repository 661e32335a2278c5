//! What kinds of errors there are, and their names.

use std::fmt;

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
