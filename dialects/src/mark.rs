//! Thoughts that only their maker can read.
//!
//! A conversation may move from one provider to another, and what one has signed or encrypted is refused by the next. Claude's
//! signatures are base64 and bear no name. Whoever else seals thoughts puts a mark before the seal, `maker:id:seal`; a colon
//! is no letter of base64, so a mark is known as one by anybody.
//!
//! ```
//! use reqllm_dialects::mark;
//!
//! let signature = mark::put("acme", "rs_1", "gAAAA");
//! assert_eq!(mark::of("acme", &signature), Some(("rs_1", "gAAAA")));
//! assert_eq!(mark::of("other", &signature), None);
//! assert!(mark::is_marked(&signature) && !mark::is_marked("EqoBCkgIARABGAIiQL"));
//! ```

use reqllm_core::ReasoningPart;

/// Marks what `maker` has sealed under an id of its own, which has no colon.
pub fn put(maker: &str, id: &str, seal: &str) -> String {
    format!("{maker}:{id}:{seal}")
}

/// The id and the seal, if `maker` has marked it.
pub fn of<'a>(maker: &str, marked: &'a str) -> Option<(&'a str, &'a str)> {
    marked
        .strip_prefix(maker)?
        .strip_prefix(':')?
        .split_once(':')
}

/// Whether anybody has marked it.
pub fn is_marked(seal: &str) -> bool {
    seal.contains(':')
}

/// Whether a thought was sealed by one who marks what he seals.
pub(crate) fn is_on(thought: &ReasoningPart) -> bool {
    let seals = [&thought.signature, &thought.redacted];
    seals.into_iter().flatten().any(|seal| is_marked(seal))
}
