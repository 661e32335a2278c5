//! How a command ends when it fails: one line for people or JSON for programs, and a status.

use std::io::Write as _;

use reqllm::{Error, ErrorKind};
use serde_json::{Value, json};

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The library says so.
    Call(Box<Error>),
    /// The same, in the middle of a stream of JSON events.
    Event(Box<Error>),
    /// What was given on the command line does not do.
    Usage(String),
    /// Standard output is closed: whoever read it has seen enough.
    Closed,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    pub(crate) fn cancelled() -> Self {
        Error::new(ErrorKind::Cancelled, "cancelled by an interrupt").into()
    }

    /// 2 usage, spec or options; 3 authentication; 4 refused; 5 throttled or unavailable; 6 network, timeout or a broken
    /// stream; 130 interrupted.
    pub(crate) fn status(&self) -> u8 {
        let error = match self {
            Self::Call(error) | Self::Event(error) => error,
            Self::Usage(_) => return 2,
            Self::Closed => return 0,
        };
        if error.partial().is_some() {
            return 6;
        }
        match error.kind() {
            ErrorKind::InvalidRequest | ErrorKind::Config if error.status().is_some() => 4,
            ErrorKind::EmptySpec
            | ErrorKind::InvalidSpec
            | ErrorKind::UnknownProvider
            | ErrorKind::UnknownModel
            | ErrorKind::AmbiguousModel
            | ErrorKind::NeedsFullSpec
            | ErrorKind::InvalidRequest
            | ErrorKind::Unsupported
            | ErrorKind::Config => 2,
            ErrorKind::Authentication => 3,
            ErrorKind::Permission
            | ErrorKind::NotFound
            | ErrorKind::Quota
            | ErrorKind::ContextWindow
            | ErrorKind::ContentFilter
            | ErrorKind::Model => 4,
            ErrorKind::RateLimited | ErrorKind::Overloaded | ErrorKind::Server => 5,
            ErrorKind::Cancelled => 130,
            _ => 6,
        }
    }

    /// Says it: on standard error for people, as the last value on standard output for programs.
    pub(crate) fn tell(&self, as_json: bool) {
        let written = match self {
            Self::Closed => Ok(()),
            Self::Usage(message) if as_json => {
                let error = Error::invalid_request(message);
                writeln!(std::io::stdout(), "{}", json!({ "error": error }))
            }
            Self::Usage(message) => writeln!(std::io::stderr(), "error: {message}"),
            Self::Call(error) if as_json => {
                writeln!(std::io::stdout(), "{}", json!({ "error": error }))
            }
            Self::Event(error) if as_json => writeln!(std::io::stdout(), "{}", event(error)),
            Self::Call(error) | Self::Event(error) => {
                writeln!(std::io::stderr(), "error: {error}")
            }
        };
        // There is nowhere left to say that it could not be said.
        drop(written);
    }
}

/// The last event of a stream that failed: the partial response stands beside the error.
fn event(error: &Error) -> Value {
    let mut inner = json!(error);
    let partial = inner
        .as_object_mut()
        .and_then(|members| members.remove("partial"));
    json!({ "type": "error", "error": inner, "partial": partial })
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call(Box::new(error))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::Closed;
        }
        Self::usage(error.to_string())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        if error.is_io() {
            return std::io::Error::from(error).into();
        }
        Self::usage(error.to_string())
    }
}
