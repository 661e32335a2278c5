//! How a command ends when it fails: one line for people or JSON for programs, and a status.

use std::io::Write as _;

use reqllm::{Error, ErrorKind, FinishReason, Response};
use serde_json::{Value, json};

/// As shells have it: 128 and the number of the signal.
pub(crate) const INTERRUPTED: u8 = 130;

/// Warns on standard error, if there is one.
pub(crate) fn warn(message: &str) {
    // A warning that cannot be written is not worth an end.
    writeln!(std::io::stderr(), "warning: {}", printable(message)).ok();
}

/// A message in one line that does nothing to a terminal. What a provider or a model says may hold anything; escape
/// sequences and marks that turn the direction of writing are shown as what they are.
pub(crate) fn printable(message: &str) -> String {
    let turns = |char: char| matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut shown = String::with_capacity(message.len());
    for char in message.trim_end().chars() {
        match char {
            '\n' | '\r' | '\t' => shown.push(' '),
            char if char.is_control() || turns(char) => shown.extend(char.escape_unicode()),
            char => shown.push(char),
        }
    }
    shown
}

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
    /// The text of what had arrived, if there was any.
    pub(crate) fn partial_text(&self) -> Option<String> {
        let (Self::Call(error) | Self::Event(error)) = self else {
            return None;
        };
        let text = error.partial()?.text();
        (!text.is_empty()).then(|| text.to_string())
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    pub(crate) fn cancelled() -> Self {
        Error::new(ErrorKind::Cancelled, "cancelled by an interrupt").into()
    }

    /// What clap says of the arguments, in one line.
    pub(crate) fn flags(error: &clap::Error) -> Self {
        let text = error.to_string();
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or_default();
        let message = first.trim_start_matches("error: ").to_owned();
        // A list of what is missing, or a tip, stands below.
        let rest = lines
            .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
            .collect::<Vec<_>>()
            .join("; ");
        Self::Usage(if rest.is_empty() {
            message
        } else {
            format!("{message} {rest}")
        })
    }

    /// Says it as the last event of a stream.
    pub(crate) fn into_event(self) -> Self {
        match self {
            Self::Call(error) => Self::Event(error),
            other => other,
        }
    }

    /// Adds what had arrived to an interrupt, which knows nothing of it.
    pub(crate) fn with_partial(self, partial: impl FnOnce() -> Response) -> Self {
        match self {
            Self::Call(error) if error.kind() == ErrorKind::Cancelled => {
                Self::Call(Box::new(error.with_partial(partial())))
            }
            other => other,
        }
    }

    /// 2 usage, spec or options; 3 authentication; 4 refused; 5 throttled or unavailable; 6 network, timeout or a broken
    /// stream; 130 interrupted.
    pub(crate) fn status(&self) -> u8 {
        let error = match self {
            Self::Call(error) | Self::Event(error) => error,
            Self::Usage(_) => return 2,
            Self::Closed => return 0,
        };
        match error.kind() {
            ErrorKind::Cancelled => INTERRUPTED,
            // An answer that ended by itself did not break off, whatever is wrong with it.
            _ if error
                .partial()
                .is_some_and(|it| it.finish_reason == FinishReason::Error) =>
            {
                6
            }
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
            Self::Usage(message) => writeln!(std::io::stderr(), "error: {}", printable(message)),
            Self::Call(error) if as_json => {
                writeln!(std::io::stdout(), "{}", json!({ "error": error }))
            }
            Self::Event(error) if as_json => writeln!(std::io::stdout(), "{}", event(error)),
            Self::Call(error) | Self::Event(error) => {
                let message = printable(&error.to_string());
                writeln!(std::io::stderr(), "error: {message}")
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

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn nothing_in_a_message_acts_on_the_terminal() {
        let message = "no\u{1b}[2J\u{9b}1m\r\nway\u{7} \u{202e}drow größer\n";
        let shown = printable(message);
        assert_eq!(
            shown,
            "no\\u{1b}[2J\\u{9b}1m  way\\u{7} \\u{202e}drow größer"
        );
    }
}
