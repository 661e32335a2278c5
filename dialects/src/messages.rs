//! Anthropic's Messages, which Anthropic, Bedrock and others speak.
//!
//! Source: Anthropic's Messages API reference.

mod answer;
mod error;
mod plain;
mod profile;
mod request;
mod stream;

pub use self::answer::read;
pub use self::error::refusal;
pub use self::profile::{LATEST, LINES};
pub use self::request::encode;
pub use self::stream::MessagesStream;

/// What one speaker of the form does in its own way. A row of a table.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "rows of tables are written out")]
pub struct Quirks {
    /// Who speaks it, for messages to people.
    pub name: &'static str,
    /// The member `anthropic_version`, where it stands in the body and in no header.
    pub version: Option<&'static str>,
    /// Whether betas are named in the body, in `anthropic_beta`, and in no header.
    pub betas: bool,
    /// Whether images and documents may be given by an `https:` URL.
    pub urls: bool,
}
