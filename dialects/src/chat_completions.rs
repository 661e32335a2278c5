//! The Chat Completions form, which many vendors speak with small differences of their own.
//!
//! The differences are data, a row of [`Quirks`]; the form itself is here once. Nothing in this room belongs to one provider.
//!
//! Source: OpenAI's API reference, "Create chat completion" and "The chat completion chunk object".

mod answer;
mod error;
mod inline;
mod request;
mod stream;
mod tools;

pub use self::answer::read;
pub use self::error::{failure, refusal};
pub use self::inline::Tag;
pub use self::request::encode;
pub use self::stream::ChatStream;

/// What one speaker of the form does in its own way.
///
/// A row of a table. What the form has and a row does not say is refused before anything is sent.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "rows of tables are written out")]
pub struct Quirks {
    /// Who speaks it, for messages to people.
    pub name: &'static str,
    /// The member that says how many tokens the answer may have.
    pub max_tokens: &'static str,
    /// Whether there is a member `stop`.
    pub stop: bool,
    /// Whether there is a member `seed`.
    pub seed: bool,
    /// Whether the user's messages may hold images, as `data:` URLs.
    pub images: bool,
    /// Whether `strict` may stand in a function.
    pub strict_tools: bool,
    /// The word of `tool_choice` that asks for some tool.
    pub some_tool: &'static str,
    /// Whether `tool_choice` may name a function.
    pub one_tool: bool,
    /// The tag that stands around reasoning in the text of an answer.
    pub reasoning: Option<Tag>,
}

/// Where the parts of an answer stand: reasoning, then text, then tool calls, whatever came first. So a whole answer and a
/// stream give the same.
const REASONING: u32 = 0;
const TEXT: u32 = 1;
const FIRST_TOOL_CALL: u32 = 2;

#[cfg(test)]
mod tests;
