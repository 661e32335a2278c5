//! Waits are told to whoever sits at the terminal: throttling is waited out for minutes.

use std::io::{self, IsTerminal as _, Write as _};

use reqllm::{CallInfo, Failure, Observer};

/// Tells of waits on standard error, if that is a terminal. A program that reads it gets errors alone.
#[derive(Debug)]
pub(crate) struct Patience;

impl Observer for Patience {
    fn failed(&self, _call: &CallInfo, failure: &Failure<'_>) {
        let Some(wait) = failure.wait.filter(|_| io::stderr().is_terminal()) else {
            return;
        };
        // Nothing is lost if nobody reads it.
        let _ = writeln!(
            io::stderr(),
            "attempt {}: {}; trying again in {:.1} s",
            failure.number,
            failure.error.kind(),
            wait.as_secs_f64()
        );
    }
}
