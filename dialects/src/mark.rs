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

use std::fmt;

use reqllm_core::ReasoningPart;

/// What stands for an id where a maker seals the list of thoughts of a chat: its seals of the Responses form are others.
pub(crate) const DETAILS: &str = "details";

/// Whoever seals thoughts, as its mark names him: a name, and a place where nobody but the address tells one from another.
///
/// ```
/// use reqllm_dialects::mark::{self, Maker};
///
/// let maker = Maker::new("other");
/// let signature = mark::put(maker.at("one.example"), "rs_1", "gAAAA");
/// assert!(mark::of(maker.at("one.example"), &signature).is_some());
/// assert!(mark::of(maker.at("two.example"), &signature).is_none());
/// assert!(mark::of(maker, &signature).is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Maker {
    name: &'static str,
    place: Option<u64>,
}

impl Maker {
    /// One that is known by its name, which has no colon.
    pub const fn new(name: &'static str) -> Self {
        Self { name, place: None }
    }

    /// The one of this name that is at `place`: a host, or the id of a provider. The mark has a hash of it and not the name, so
    /// that a conversation that is kept does not tell where it was held.
    #[must_use]
    pub fn at(self, place: &str) -> Self {
        // FNV-1a: the same in every process and version, because marks are kept with conversations.
        let hash = place
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self {
            place: Some(hash),
            ..self
        }
    }
}

impl From<&'static str> for Maker {
    fn from(name: &'static str) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for Maker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        match self.place {
            Some(place) => write!(f, "@{place:016x}"),
            None => Ok(()),
        }
    }
}

/// Marks what `maker` has sealed under an id of its own, which has no colon.
pub fn put(maker: impl Into<Maker>, id: &str, seal: &str) -> String {
    format!("{}:{id}:{seal}", maker.into())
}

/// The id and the seal, if `maker` has marked it.
pub fn of(maker: impl Into<Maker>, marked: &str) -> Option<(&str, &str)> {
    let maker = maker.into();
    let rest = marked.strip_prefix(maker.name)?;
    let rest = match maker.place {
        Some(place) => rest.strip_prefix(&format!("@{place:016x}"))?,
        None => rest,
    };
    rest.strip_prefix(':')?.split_once(':')
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
