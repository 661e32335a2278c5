//! Dates that may lack their day.

use std::fmt;

/// A day, or a month, or a year: as much as the source says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(u32);

impl Date {
    /// From `yyyymmdd`, with 0 for what is not known.
    pub(super) fn new(number: u32) -> Option<Self> {
        (number != 0).then_some(Self(number))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (self.0 / 10_000, self.0 / 100 % 100, self.0 % 100);
        write!(f, "{year:04}")?;
        if month != 0 {
            write!(f, "-{month:02}")?;
        }
        if day != 0 {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}
