//! What is left of the retries of one call.

use std::time::Duration;

use reqllm_core::{Error, ErrorKind, Random};

use super::Budget;
use crate::Retries;

/// Why an attempt may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// It failed for a moment.
    Moment,
    /// It failed under load.
    Load,
}

impl Class {
    fn of(error: &Error) -> Option<Self> {
        match error.kind() {
            _ if !error.retryable() => None,
            ErrorKind::RateLimited | ErrorKind::Overloaded => Some(Self::Load),
            ErrorKind::Server | ErrorKind::Transport | ErrorKind::Stream | ErrorKind::Model => {
                Some(Self::Moment)
            }
            // Of what timed out nobody knows whether it was paid for.
            _ => None,
        }
    }

    /// The longest first wait, and the longest of all.
    fn bounds(self) -> (Duration, Duration) {
        match self {
            Self::Moment => (Duration::from_millis(500), Duration::from_secs(20)),
            Self::Load => (Duration::from_secs(1), Duration::from_secs(30)),
        }
    }

    /// The wait before a retry, the first of which has number 0.
    fn wait(self, number: u32, random: &Random) -> Duration {
        let (base, cap) = self.bounds();
        let longest = base.saturating_mul(2u32.saturating_pow(number)).min(cap);
        match self {
            Self::Moment => longest.mul_f64(random.unit()),
            // Under load nothing is gained by coming back at once.
            Self::Load => longest.mul_f64(0.5 + random.unit() / 2.0),
        }
    }
}

/// What is left of the retries of one call.
#[derive(Debug)]
pub(crate) struct Tries {
    left: Retries,
    /// How often each schedule has been used.
    moments: u32,
    loads: u32,
    /// What the last retry took from the budget.
    taken: Option<u32>,
}

impl Tries {
    pub(crate) fn new(retries: Retries) -> Self {
        Self {
            left: retries,
            moments: 0,
            loads: 0,
            taken: None,
        }
    }

    /// How long to wait before another attempt after `error`; none if there must be no other.
    pub(crate) fn next(
        &mut self,
        error: &Error,
        random: &Random,
        budget: &Budget,
    ) -> Option<Duration> {
        let class = Class::of(error)?;
        let (left, number) = match class {
            Class::Moment => (&mut self.left.transient, &mut self.moments),
            Class::Load => (&mut self.left.throttled, &mut self.loads),
        };
        let remaining = left.checked_sub(1)?;
        let wait = class.wait(*number, random);
        let wait = error.retry_after().map_or(wait, |asked| asked.max(wait));
        let patience = self.left.patience.checked_sub(wait)?;
        self.taken = Some(budget.take(class)?);
        (*left, self.left.patience) = (remaining, patience);
        *number += 1;
        Some(wait)
    }

    /// An answer has begun.
    pub(crate) fn succeeded(&mut self, budget: &Budget) {
        budget.give(self.taken.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: ErrorKind) -> Error {
        Error::new(kind, "x").set_retryable(true)
    }

    /// The waits in milliseconds, until there are no more.
    fn waits(retries: Retries, error: &Error, random: f64) -> Vec<u128> {
        let mut tries = Tries::new(retries);
        let (random, budget) = (Random::fixed(random), Budget::default());
        std::iter::from_fn(|| tries.next(error, &random, &budget))
            .map(|wait| wait.as_millis())
            .collect()
    }

    #[test]
    fn waits_grow_to_a_cap_and_end() {
        let retries = Retries::at_most(8);
        assert_eq!(
            waits(retries, &error(ErrorKind::Server), 1.0),
            [500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]
        );
        let load = error(ErrorKind::RateLimited);
        assert_eq!(
            waits(retries, &load, 1.0),
            [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]
        );
        assert_eq!(waits(retries, &load, 0.0)[..3], [500, 1000, 2000]);
        assert_eq!(waits(Retries::NONE, &load, 1.0), []);
    }

    #[test]
    fn throttling_is_waited_out_for_minutes_and_not_for_longer() {
        let waited: u128 = waits(Retries::default(), &error(ErrorKind::Overloaded), 1.0)
            .iter()
            .sum();
        assert!((120_000..=180_000).contains(&waited), "{waited} ms");
        let long = error(ErrorKind::RateLimited).with_retry_after(Duration::from_secs(181));
        assert_eq!(waits(Retries::default(), &long, 0.0), []);
        let minute = error(ErrorKind::RateLimited).with_retry_after(Duration::from_secs(60));
        assert_eq!(waits(Retries::default(), &minute, 0.0), [60_000; 3]);
    }

    #[test]
    fn only_errors_that_may_pass_are_tried_again() {
        for kind in [
            ErrorKind::Timeout,
            ErrorKind::InvalidRequest,
            ErrorKind::Authentication,
            ErrorKind::Quota,
        ] {
            assert_eq!(waits(Retries::default(), &error(kind), 0.0), [], "{kind}");
        }
        let fatal = Error::new(ErrorKind::RateLimited, "per day");
        assert_eq!(waits(Retries::default(), &fatal, 0.0), []);
    }

    #[test]
    fn the_two_schedules_count_apart() {
        let mut tries = Tries::new(Retries::default().transient(1).throttled(1));
        let (random, budget) = (Random::fixed(1.0), Budget::default());
        let mut next = |kind| tries.next(&error(kind), &random, &budget).is_some();
        assert!(next(ErrorKind::Server));
        assert!(next(ErrorKind::RateLimited));
        assert!(!next(ErrorKind::Server) && !next(ErrorKind::RateLimited));
    }
}
