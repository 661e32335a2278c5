//! How often, how long, when again.

use std::time::Duration;

use reqllm_core::{Error, ErrorKind};

/// The first wait is at most this.
const BASE: Duration = Duration::from_millis(500);
/// No wait is longer than this.
const CAP: Duration = Duration::from_secs(20);
/// A provider that asks for a longer wait than this gets its error told instead.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);

/// Deadline and retries of one call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Policy {
    /// How often an attempt is repeated; 0 for a single one.
    pub max_retries: u32,
    /// How long the whole call may take, all attempts and the reading of the answer included; no limit if absent.
    pub timeout: Option<Duration>,
}

impl Default for Policy {
    /// Two retries, no limit of time.
    fn default() -> Self {
        Self {
            max_retries: 2,
            timeout: None,
        }
    }
}

impl Policy {
    /// How long to wait before another attempt; none if there must be no other.
    ///
    /// `random` is from 0 to 1. Source of the shape: AWS's retry behaviour, full jitter.
    pub(crate) fn wait(
        &self,
        error: &Error,
        attempt: u32,
        retry_after: Option<Duration>,
        random: f64,
    ) -> Option<Duration> {
        let of_load_or_connecting = matches!(
            error.kind(),
            ErrorKind::RateLimited
                | ErrorKind::Overloaded
                | ErrorKind::Server
                | ErrorKind::Transport
        );
        if attempt > self.max_retries || !error.retryable() || !of_load_or_connecting {
            return None;
        }
        let ceiling = BASE
            .saturating_mul(2u32.saturating_pow(attempt - 1))
            .min(CAP);
        let wait = ceiling.mul_f64(random.clamp(0.0, 1.0));
        match retry_after {
            Some(asked) if asked > MAX_RETRY_AFTER => None,
            Some(asked) => Some(asked.max(wait)),
            None => Some(wait),
        }
    }
}

/// What `x-amz-retry-after` (milliseconds) or `retry-after` (seconds) asks for.
pub(crate) fn retry_after(headers: &http::HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    number("x-amz-retry-after")
        .map(Duration::from_millis)
        .or_else(|| number("retry-after").map(Duration::from_secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: ErrorKind) -> Error {
        Error::new(kind, "x").set_retryable(true)
    }

    #[test]
    fn waits_grow_to_a_cap_and_end() {
        let policy = Policy {
            max_retries: 10,
            ..Policy::default()
        };
        let wait = |attempt| policy.wait(&error(ErrorKind::RateLimited), attempt, None, 1.0);
        assert_eq!(wait(1), Some(Duration::from_millis(500)));
        assert_eq!(wait(3), Some(Duration::from_secs(2)));
        assert_eq!(wait(10), Some(CAP));
        assert_eq!(wait(11), None);
    }

    #[test]
    fn only_errors_of_load_or_connecting_are_tried_again() {
        let policy = Policy::default();
        let wait = |error: &Error| policy.wait(error, 1, None, 0.0);
        assert!(wait(&error(ErrorKind::Overloaded)).is_some());
        assert!(
            wait(&error(ErrorKind::Timeout)).is_none(),
            "it may have been paid for"
        );
        assert!(wait(&Error::new(ErrorKind::RateLimited, "per day")).is_none());
    }

    #[test]
    fn what_the_provider_asks_for_is_kept_within_reason() {
        let policy = Policy::default();
        let wait = |asked| {
            policy.wait(
                &error(ErrorKind::Server),
                1,
                Some(Duration::from_secs(asked)),
                1.0,
            )
        };
        assert_eq!(wait(7), Some(Duration::from_secs(7)));
        assert_eq!(wait(0), Some(BASE));
        assert_eq!(wait(3600), None);
    }
}
