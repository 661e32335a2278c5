//! The clock that clients read, too, and the date of answers.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use nix::time::{ClockId, clock_gettime};

/// The date that was written last, and its second since 1970.
static DATE: Mutex<(u64, String)> = Mutex::new((0, String::new()));

/// The monotonic clock in nanoseconds.
pub(crate) fn now() -> u64 {
    let now = clock_gettime(ClockId::CLOCK_MONOTONIC).map(Duration::from);
    now.map_or(0, |now| now.as_nanos() as u64)
}

/// Appends how every answer begins: that all is well, and the present date, to which clients may hold their own clocks. The
/// date is made anew once a second.
pub(crate) fn push_head(out: &mut Vec<u8>) {
    let now = SystemTime::now();
    let since = now.duration_since(SystemTime::UNIX_EPOCH);
    let second = since.map_or(0, |since| since.as_secs());
    let mut date = DATE.lock().unwrap_or_else(PoisonError::into_inner);
    if date.0 != second {
        *date = (second, httpdate::fmt_http_date(now));
    }
    out.extend_from_slice(b"HTTP/1.1 200 OK\r\ndate: ");
    out.extend_from_slice(date.1.as_bytes());
}
