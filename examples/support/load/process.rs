//! What a process takes, as Linux tells it in `/proc`. Elsewhere nothing is known, and nothing is shown.

use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

use reqllm::{Error, Result};

/// What a process takes at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Footprint {
    /// Resident memory, in KiB.
    pub(crate) memory: Option<u64>,
    /// Open file descriptors.
    pub(crate) files: Option<usize>,
    /// CPU time so far, of the program and of the kernel on its behalf.
    pub(crate) cpu: Option<Duration>,
}

impl Footprint {
    /// This process.
    pub(crate) fn here() -> Self {
        let here = Self::of("self");
        // The folder of descriptors is open while it is read.
        let files = here.files.map(|files| files - 1);
        Self { files, ..here }
    }

    /// The process of this number.
    pub(crate) fn of(process: impl fmt::Display) -> Self {
        let read = |file: &str| fs::read_to_string(format!("/proc/{process}/{file}")).ok();
        let files = fs::read_dir(format!("/proc/{process}/fd")).ok();
        Self {
            memory: read("status").and_then(|status| memory(&status)),
            files: files.map(Iterator::count),
            cpu: read("stat").and_then(|stat| cpu(&stat)),
        }
    }

    /// The memory that this has more than `other`, for each of `count`, in KiB.
    pub(crate) fn memory_over(&self, other: &Self, count: usize) -> Option<f64> {
        let kib = |footprint: &Self| footprint.memory.map(|memory| memory as f64);
        Some((kib(self)? - kib(other)?) / count as f64)
    }

    /// The CPU time since `earlier`, in seconds.
    pub(crate) fn cpu_since(&self, earlier: &Self) -> Option<f64> {
        Some(self.cpu?.checked_sub(earlier.cpu?)?.as_secs_f64())
    }
}

impl fmt::Display for Footprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.memory, self.files) {
            (Some(memory), Some(files)) => {
                write!(f, "{:.1} MiB, {files} files", memory as f64 / 1024.0)
            }
            _ => f.write_str("unknown on this system"),
        }
    }
}

/// The resident memory in `/proc/*/status`.
fn memory(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The CPU time in `/proc/*/stat`: the 14th and 15th field, in hundredths of a second. The second one is a name in
/// parentheses, which may hold anything. Source: proc_pid_stat(5).
fn cpu(stat: &str) -> Option<Duration> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis(10 * (ticks()? + ticks()?)))
}

/// Whether this process, and one that it starts, may open this many connections.
///
/// # Errors
///
/// If not, with what to do.
pub(crate) fn room_for(connections: usize) -> Result<()> {
    /// Libraries, the terminal, the runtime, and the connections of the check itself.
    const OTHERS: usize = 64;
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find_map(|it| it.strip_prefix("Max open files"));
    let limit = line.and_then(|it| it.split_whitespace().next()?.parse().ok());
    match limit {
        Some(limit) if connections + OTHERS > limit => Err(Error::config(format!(
            "{connections} connections need {} open files and this shell allows {limit}; say `ulimit -n {}` first, or ask \
             for fewer streams",
            connections + OTHERS,
            connections + OTHERS,
        ))),
        // No limit, or no way to know it.
        _ => Ok(()),
    }
}

/// Waiting until connections that are being closed are gone.
pub(crate) struct Settled {
    pub(crate) footprint: Footprint,
    /// Whether no more files are open than before.
    pub(crate) clean: bool,
}

/// Waits until this process has no more files open than `before`, for ten seconds at most.
pub(crate) async fn settle(before: &Footprint) -> Settled {
    let begun = Instant::now();
    loop {
        let footprint = Footprint::here();
        let clean = footprint.files <= before.files;
        if clean || begun.elapsed() > Duration::from_secs(10) {
            return Settled { footprint, clean };
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
