//! What was done to the request that has to be undone in the answer.

use std::collections::BTreeMap;

use crate::ObjectForm;

/// What a request asked for, as far as the answer is to be read by it. The [`Fold`](crate::Fold) does.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Expectation {
    /// How an object was asked for, if one was.
    pub object: Option<ObjectForm>,
    /// Tools that were sent under another name: that name, and the caller's.
    pub tool_names: BTreeMap<String, String>,
    /// Whether a tool call that repeats another one, name and arguments alike, is the model's mistake.
    pub one_call_each: bool,
}
