//! The clock that clients read, too.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// The monotonic clock in nanoseconds.
pub(crate) fn now() -> u64 {
    let now = clock_gettime(ClockId::CLOCK_MONOTONIC).map(Duration::from);
    now.map_or(0, |now| now.as_nanos() as u64)
}
