//! Families that are spoken to through Converse alone: a profile, and one for each line that differs.

use crate::family::Family;
use crate::profile::{Lines, Profile, line};

/// A family without a native body.
#[derive(Debug)]
pub(super) struct ByProfile {
    pub(super) name: &'static str,
    pub(super) prefixes: &'static [&'static str],
    pub(super) profile: &'static Profile,
    pub(super) lines: &'static Lines,
}

impl Family for ByProfile {
    fn name(&self) -> &'static str {
        self.name
    }

    fn prefixes(&self) -> &'static [&'static str] {
        self.prefixes
    }

    fn profile(&self) -> &'static Profile {
        self.profile
    }

    fn profile_of(&self, id: &str) -> &'static Profile {
        line(self.lines, id).unwrap_or(self.profile)
    }
}
