//! What the system says: clocks and memory. Linux.

use std::fs;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

use crate::Result;

/// The monotonic clock in nanoseconds, which the server has too.
pub(crate) fn now() -> Result<u64> {
    Ok(u64::try_from(read(ClockId::CLOCK_MONOTONIC)?.as_nanos())?)
}

/// The CPU time of this process, in the program and in the kernel on its behalf.
pub(crate) fn cpu() -> Result<Duration> {
    read(ClockId::CLOCK_PROCESS_CPUTIME_ID)
}

fn read(clock: ClockId) -> Result<Duration> {
    Ok(Duration::from(clock_gettime(clock)?))
}

/// The resident memory of this process, in KiB.
pub(crate) fn memory() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"));
    let kib = line.and_then(|it| it.split_whitespace().next());
    Ok(kib.ok_or("/proc/self/status has no VmRSS")?.parse()?)
}
