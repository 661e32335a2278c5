//! Anthropic's Messages, which Anthropic, Bedrock and others speak.
//!
//! Source: Anthropic's Messages API reference.

mod answer;
mod attachment;
mod body;
mod error;
mod foreign;
mod plain;
mod profile;
mod request;
mod stream;
mod wire;

use http::response::Parts;
use reqllm_core::{Error, Fold, Result};

use crate::answer::Dialect;
use crate::mark::Maker;
use crate::stream::StreamCodec;

pub use self::answer::read;
pub use self::body::Body;
pub use self::error::{failure, refusal};
pub use self::profile::{LATEST, LINES, line};
pub use self::request::encode;
pub use self::stream::MessagesStream;

/// What one speaker of the form does in its own way. A row of a table; one begins with [`Quirks::ANTHROPIC`].
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
    /// What would take an attachment that this does not, for messages to people: the end of a sentence, or nothing.
    pub otherwise: &'static str,
    /// The [mark](crate::mark) of whoever makes the thoughts. Claude's bear none.
    pub maker: Option<Maker>,
}

impl Quirks {
    /// Anthropic's own service.
    pub const ANTHROPIC: Self = Self {
        name: "Messages",
        version: None,
        betas: false,
        urls: true,
        otherwise: "",
        maker: None,
    };
}

/// How answers in this form are read over HTTP; see [`answer::read`](crate::answer::read).
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "what a row of quirks says")]
pub struct Messages {
    /// As [`Quirks::maker`].
    pub maker: Option<Maker>,
}

impl Dialect for Messages {
    fn whole(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        answer::read_of(self.maker, true, body, fold)
    }

    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::new(MessagesStream::of(self.maker))
    }

    fn refusal(&self, head: &Parts, body: &[u8]) -> Error {
        refusal(head, body)
    }
}

/// Whether something is at an `https:` URL, which those who take URLs take.
pub fn is_https(url: &str) -> bool {
    attachment::is_https(url)
}

#[cfg(test)]
mod tests;
