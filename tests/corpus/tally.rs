//! How many recordings are read as they should be, by operation and vendor.

use std::collections::BTreeMap;

use crate::misses;
use crate::recording::Recording;
use crate::wire::vendor;

/// Counts and misses.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: BTreeMap<(String, String), (usize, usize)>,
    explained: Vec<String>,
    unexplained: Vec<String>,
}

impl Tally {
    /// Takes the result of one comparison.
    pub(crate) fn take(&mut self, recording: &Recording, result: Result<(), String>) {
        let key = (recording.wire.to_string(), vendor(&recording.model));
        let (good, all) = self.counts.entry(key).or_default();
        *all += 1;
        match (result, misses::explained(&recording.id)) {
            (Ok(()), None) => *good += 1,
            (Ok(()), Some(_)) => self.unexplained.push(format!(
                "{}: is read, and stands among the misses",
                recording.id
            )),
            (Err(_), Some(why)) => self.explained.push(format!("{}: {why}", recording.id)),
            (Err(difference), None) => self
                .unexplained
                .push(format!("{}: {difference}", recording.id)),
        }
    }

    /// What to print: a line for each operation and vendor, the misses, and all together.
    pub(crate) fn lines(&self) -> Vec<String> {
        let counts = self
            .counts
            .iter()
            .map(|((operation, vendor), (good, all))| {
                format!("{operation}, {vendor}: decoded {good} of {all}")
            });
        let missed = self.explained.iter().map(|miss| format!("missed {miss}"));
        let (good, all) = self.all();
        counts
            .chain(missed)
            .chain([format!("decoded {good} of {all}")])
            .collect()
    }

    /// How many are read, and how many there are.
    pub(crate) fn all(&self) -> (usize, usize) {
        self.counts
            .values()
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    /// Misses that nobody has explained.
    pub(crate) fn unexplained(&self) -> &[String] {
        &self.unexplained
    }
}
