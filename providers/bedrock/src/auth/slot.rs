//! Who was found to make the calls to one place, until that proves wrong.

use std::sync::{Arc, PoisonError, RwLock};

use reqllm_core::Result;

use super::Auth;

/// Holds who was found, so that the environment is not looked through by every call. It is looked through again once what was
/// found could authorise nothing, or was refused: something else may be there by then.
#[derive(Debug, Default)]
pub(crate) struct Slot(RwLock<Option<Auth>>);

impl Slot {
    /// Who makes the next call: who was found before, else whom `find` finds. That nobody was found is not held.
    pub(crate) fn auth(self: &Arc<Self>, find: impl FnOnce() -> Result<Auth>) -> Result<Auth> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = &*held {
            return Ok(held.another_of(self));
        }
        drop(held);
        let found = find()?;
        if found.is_missing() {
            return Ok(found);
        }
        let first = found.another_of(self);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(found);
        Ok(first)
    }

    /// The next call looks again. Calls run side by side, so what goes need not be what was refused; then it is found again.
    pub(super) fn clear(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
