//! The time of a signature, as it is written: `20261122T120000Z`.

use std::fmt::{self, Write as _};
use std::time::SystemTime;

use humantime::{Rfc3339Timestamp, format_rfc3339_seconds};
use reqllm_core::{Error, Result};

use super::failed;

/// The first second of the year 10000, from 1970 on. A year has four digits.
const END: u64 = 253_402_300_800;

/// A time in the basic form of ISO 8601, in UTC, without fractions of a second.
pub(in crate::auth) struct Stamp {
    digits: [u8; 16],
    len: usize,
}

impl Stamp {
    /// # Errors
    ///
    /// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) before 1970 and after 9999.
    pub(super) fn of(time: SystemTime) -> Result<Self> {
        let mut stamp = Self {
            digits: [0; 16],
            len: 0,
        };
        write!(stamp, "{}", shown(time)?).map_err(failed)?;
        Ok(stamp)
    }

    pub(super) fn time(&self) -> &[u8] {
        &self.digits
    }

    pub(super) fn as_str(&self) -> &str {
        str::from_utf8(&self.digits).unwrap_or_default()
    }

    /// The day in eight digits.
    pub(super) fn date(&self) -> &str {
        self.as_str().get(..8).unwrap_or_default()
    }

    pub(super) fn day(&self) -> &[u8; 8] {
        self.digits.first_chunk().unwrap_or(&[0; 8])
    }
}

/// A time in the extended form, as in `2026-11-22T12:00:00Z`.
pub(in crate::auth) fn rfc3339(time: SystemTime) -> Result<String> {
    Ok(shown(time)?.to_string())
}

fn shown(time: SystemTime) -> Result<Rfc3339Timestamp> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    match since.map(|since| since.as_secs()) {
        Ok(..END) => Ok(format_rfc3339_seconds(time)),
        _ => Err(Error::config(
            "the time is before 1970 or after 9999, which cannot be written in a signature; check the clock of this machine",
        )
        .with_provider(crate::ID)),
    }
}

/// Takes the extended form and leaves out what is between the digits.
impl fmt::Write for Stamp {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes().filter(|byte| !matches!(byte, b'-' | b':')) {
            *self.digits.get_mut(self.len).ok_or(fmt::Error)? = byte;
            self.len += 1;
        }
        Ok(())
    }
}
