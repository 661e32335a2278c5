//! Whether another attempt is made, and when.
//!
//! | room | what it decides |
//! | --- | --- |
//! | `tries` | what is left of the retries of one call |
//! | `budget` | what is left of those of all calls together |
//! | `hint` | what the provider asks for |
//!
//! Source of the shape, and of the numbers of the budget: AWS's standard retry mode, as its SDKs have it since November 2026.
//! The schedule under load is longer than theirs, because quotas of models are counted by the minute.

mod budget;
mod hint;
mod tries;

pub(crate) use budget::Budget;
pub(crate) use hint::retry_after;
pub(crate) use tries::Tries;
