//! OpenAI's Responses, which OpenAI, Bedrock, xAI and others speak.
//!
//! Beside Chat Completions it has what a thought needs to live from one turn to the next: items of reasoning, sealed by the
//! server, that go back in front of what followed them. Nothing has to be kept on the server for that, so nothing is, unless
//! the caller says so ([`Wishes::store`]).
//!
//! What its speakers do in their own way is a row of [`Quirks`]; the rows that are known stand in [`speakers`].
//!
//! Source: OpenAI's API reference, "Responses" and "Streaming events"; its guide "Migrate to the Responses API".

mod answer;
mod body;
mod items;
mod plain;
mod request;
pub mod speakers;
mod stream;
mod teller;
mod tools;
mod usage;
mod wire;

use http::response::Parts;
use reqllm_core::{Error, Fold, Result};
use serde_json::{Map, Value};

pub use self::answer::read;
pub use self::body::Body;
pub use self::request::encode;
pub use self::stream::ResponsesStream;
use crate::answer::Dialect;
use crate::chat_completions::{self, SystemRole};
use crate::mark::Maker;
use crate::stream::StreamCodec;

/// What one speaker of the form does in its own way. A row of a table.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "rows of tables are written out")]
pub struct Quirks {
    /// Who speaks it, for messages to people.
    pub name: &'static str,
    /// Whose seal is on its thoughts: the name in their [mark](crate::mark). What one server has sealed, no other can read.
    pub maker: Maker,
    /// Whether the system prompt at the front goes into `instructions`. If not, it is an item like those inside of the
    /// conversation.
    pub instructions: bool,
    /// The role of a system prompt that is an item.
    pub system: SystemRole,
    /// Whether it keeps answers: `store` may be true, and `previous_response_id` may name one.
    pub keeps: bool,
    /// Whether a message of the assistant may say its phase.
    pub phases: bool,
    /// Where pictures may be.
    pub images: Places,
    /// Whether files may be sent, and where they may be.
    pub files: Option<Places>,
}

/// Where the bytes of an attachment may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "rows of tables are written out")]
pub struct Places {
    /// At an `https:` URL.
    pub https: bool,
    /// At an `s3://` URL.
    pub s3: bool,
}

impl Places {
    /// In the request alone.
    pub const INLINE: Self = Self {
        https: false,
        s3: false,
    };
    /// In the request, or at an `https:` URL.
    pub const HTTPS: Self = Self {
        https: true,
        s3: false,
    };
    /// In the request, or at an `s3://` URL.
    pub const S3: Self = Self {
        https: false,
        s3: true,
    };
}

/// What the caller asks for beside the call itself, in the words of the form. What is absent is left to the server.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::exhaustive_structs,
    reason = "written out, with `..Wishes::default()` for the rest"
)]
pub struct Wishes<'a> {
    /// Whether the server keeps the answer. If nothing is said, it does not.
    pub store: Option<bool>,
    /// The answer that the server has kept and that the call goes on from.
    pub previous_response_id: Option<&'a str>,
    /// Which calls share a cache of prompts.
    pub prompt_cache_key: Option<&'a str>,
    /// How long that cache lasts: `in_memory` or `24h`.
    pub prompt_cache_retention: Option<&'a str>,
    /// The service tier to be served in, such as `flex` or `priority`.
    pub service_tier: Option<&'a str>,
    /// A stable name of the user, hashed, for the provider's watch over abuse.
    pub safety_identifier: Option<&'a str>,
    /// The older name of it.
    pub user: Option<&'a str>,
    /// Facts of the caller's own that are kept with the answer.
    pub metadata: Option<&'a Map<String, Value>>,
    /// What happens where the conversation is too long: `auto` leaves out the middle of it, `disabled` fails.
    pub truncation: Option<&'a str>,
    /// Whether the model may call several tools at once.
    pub parallel_tool_calls: Option<bool>,
    /// How much the model says: `low`, `medium` or `high`.
    pub verbosity: Option<&'a str>,
    /// Whether thoughts are told in words: `auto`, `concise` or `detailed`.
    pub reasoning_summary: Option<&'a str>,
    /// How many of the likeliest tokens are told with each token, 0 to 20.
    pub top_logprobs: Option<u32>,
}

/// The dialect of one speaker, as far as its answers go.
#[derive(Clone, Copy, Debug)]
pub struct Responses(Quirks);

impl Responses {
    /// As this row says.
    pub const fn new(quirks: &Quirks) -> Self {
        Self(*quirks)
    }
}

impl Dialect for Responses {
    fn whole(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        read(&self.0, body, fold)
    }

    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::new(ResponsesStream::new(&self.0))
    }

    fn refusal(&self, head: &Parts, body: &[u8]) -> Error {
        chat_completions::refusal(head, body)
    }
}

#[cfg(test)]
mod tests;
