//! What one call may take: time, and attempts.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Deadlines and retries of one call.
///
/// Each deadline that passes ends the call with [`ErrorKind::Timeout`](reqllm_core::ErrorKind::Timeout), and closes the
/// connection. What had arrived by then is in the error.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Policy {
    /// How often, and for how long, an attempt is repeated.
    pub retries: Retries,
    /// How long the whole call may take, all attempts and the reading of the answer included; no limit if absent.
    pub timeout: Option<Duration>,
    /// How long from sending a request until its answer begins; no limit if absent. Such a request is not repeated: somebody
    /// may be working on it, and will want to be paid.
    pub first_byte: Option<Duration>,
    /// How long between two pieces of an answer; no limit if absent. Models that think say nothing for minutes.
    pub idle: Option<Duration>,
    /// Ends the call, at once, when it is cancelled.
    pub cancel: Option<CancellationToken>,
}

/// A model behind Bedrock may think for an hour before it says anything. Source: AWS's guide to timeouts of inference.
const FIRST_BYTE: Duration = Duration::from_secs(61 * 60);
/// Silences of more than two minutes have been measured while models thought.
const IDLE: Duration = Duration::from_secs(5 * 60);

impl Default for Policy {
    /// No limit for the whole call, 61 minutes until its answer begins, and five minutes between two pieces of it.
    fn default() -> Self {
        Self {
            retries: Retries::default(),
            timeout: None,
            first_byte: Some(FIRST_BYTE),
            idle: Some(IDLE),
            cancel: None,
        }
    }
}

/// How often, and for how long, an attempt is repeated.
///
/// An attempt is repeated if its error says that it may help, and nothing of an answer has arrived. There are two schedules,
/// because there are two reasons. What fails *for a moment* (a connection that was refused, an error of the server) is
/// repeated soon, a few times. What fails *under load* (a quota of the minute, no capacity) is repeated with patience:
/// three quick attempts within one minute fail alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retries {
    /// How often after an error of the moment. The waits are random, at most 0.5 s, 1 s, 2 s … 20 s.
    pub transient: u32,
    /// How often after an error of load. The waits are half fixed and half random, at most 1 s, 2 s, 4 s … 30 s.
    pub throttled: u32,
    /// How long all waits of a call may be together. A provider that asks for a longer one has its error told instead.
    pub patience: Duration,
}

impl Default for Retries {
    /// Two of the one, ten of the other, three minutes of waiting.
    fn default() -> Self {
        Self {
            transient: 2,
            throttled: 10,
            patience: Duration::from_secs(180),
        }
    }
}

impl Retries {
    /// None at all: one attempt.
    pub const NONE: Self = Self::at_most(0);

    /// At most this many, whatever the reason.
    pub const fn at_most(retries: u32) -> Self {
        Self {
            transient: retries,
            throttled: retries,
            patience: Duration::from_secs(180),
        }
    }

    /// How often after an error of the moment.
    #[must_use]
    pub const fn transient(mut self, retries: u32) -> Self {
        self.transient = retries;
        self
    }

    /// How often after an error of load.
    #[must_use]
    pub const fn throttled(mut self, retries: u32) -> Self {
        self.throttled = retries;
        self
    }

    /// How long all waits of a call may be together.
    #[must_use]
    pub const fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}
