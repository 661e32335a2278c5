//! How much load, from the command line.

use std::time::Duration;

use reqllm::{Error, Result};

/// How much load.
pub(crate) struct Setting {
    /// Streams at once.
    pub(crate) streams: usize,
    /// The pause between two events of a stream.
    pub(crate) pace: Duration,
    /// Calls in all.
    pub(crate) calls: usize,
    /// Calls at once.
    pub(crate) in_flight: usize,
}

impl Setting {
    /// Reads `--streams N --pace MILLISECONDS --calls N --in-flight N` over what there is otherwise. The pace is such that
    /// all streams are open long before the first of them ends.
    ///
    /// # Errors
    ///
    /// If an argument is none of these, or its value is no number above zero.
    pub(crate) fn read(
        arguments: impl IntoIterator<Item = String>,
        streams: usize,
        calls: usize,
    ) -> Result<Self> {
        let mut setting = Self {
            streams,
            pace: Duration::ZERO,
            calls,
            in_flight: 64,
        };
        let mut arguments = arguments.into_iter();
        while let Some(name) = arguments.next() {
            let number = number(&name, arguments.next());
            match name.as_str() {
                "--streams" => setting.streams = number?,
                "--pace" => setting.pace = Duration::from_millis(number? as u64),
                "--calls" => setting.calls = number?,
                "--in-flight" => setting.in_flight = number?,
                _ => {
                    return Err(Error::config(format!(
                        "there is no argument {name}; there are --streams, --pace, --calls and --in-flight"
                    )));
                }
            }
        }
        if setting.pace.is_zero() {
            setting.pace = Duration::from_millis((setting.streams as u64 / 10).max(50));
        }
        Ok(setting)
    }
}

fn number(name: &str, value: Option<String>) -> Result<usize> {
    let number = value.as_deref().and_then(|value| value.parse().ok());
    number.filter(|number| *number > 0).ok_or_else(|| {
        let value = value.unwrap_or_default();
        Error::config(format!(
            "{name} takes a number above zero, and {value:?} is none"
        ))
    })
}
