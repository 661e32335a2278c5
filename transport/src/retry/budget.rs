//! The retries that all calls of a client share.
//!
//! When a provider is down, retries are what keeps it down. Each one takes tokens, success gives them back, and while there
//! are none, calls fail at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::tries::Class;

/// The most tokens that there are.
const CAPACITY: u32 = 500;

/// Tokens for retries. Cheap to clone; clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<AtomicU32>);

impl Default for Budget {
    fn default() -> Self {
        Self(Arc::new(AtomicU32::new(CAPACITY)))
    }
}

impl Budget {
    /// Takes the tokens of one retry, if they are there.
    pub(super) fn take(&self, class: Class) -> Option<u32> {
        let cost = match class {
            Class::Moment => 14,
            Class::Load => 5,
        };
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(cost)
            })
            .ok()
            .map(|_| cost)
    }

    /// An attempt succeeded: what its retry took comes back; a first attempt gives one.
    pub(super) fn give(&self, taken: Option<u32>) {
        // A full bucket is the everyday case, and costs no write.
        if self.0.load(Ordering::Relaxed) == CAPACITY {
            return;
        }
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                Some(left.saturating_add(taken.unwrap_or(1)).min(CAPACITY))
            });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_run_out_and_success_gives_them_back() {
        let budget = Budget::default();
        let taken = std::iter::from_fn(|| budget.take(Class::Moment)).count();
        assert_eq!(taken, 35);
        assert!(budget.take(Class::Load).is_some(), "10 of 500 were left");
        assert!(budget.take(Class::Load).is_some());
        assert!(budget.take(Class::Load).is_none());
        budget.give(Some(14));
        assert_eq!(budget.take(Class::Moment), Some(14));
        for _ in 0..2 * CAPACITY {
            budget.give(None);
        }
        assert_eq!(std::iter::from_fn(|| budget.take(Class::Load)).count(), 100);
    }
}
