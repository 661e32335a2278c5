//! The Chat Completions form, which many vendors speak with small differences of their own.
//!
//! The differences are data, a [`Dialect`]; the form itself is here once. Nothing in this room belongs to one provider.
//!
//! Source: OpenAI's API reference, "Create chat completion" and "The chat completion chunk object".

mod answer;
mod inline;
mod request;
mod stream;
mod tools;

pub(super) use self::answer::read;
pub(super) use self::inline::Tag;
pub(super) use self::request::encode;
pub(super) use self::stream::ChatStream;

/// What one speaker of the form does in its own way.
///
/// A row of a table. What the form has and a dialect does not say is refused before anything is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect {
    /// Who speaks it, for messages to people.
    pub(super) name: &'static str,
    /// The member that says how many tokens the answer may have.
    pub(super) max_tokens: &'static str,
    /// Whether there is a member `stop`.
    pub(super) stop: bool,
    /// Whether there is a member `seed`.
    pub(super) seed: bool,
    /// Whether the user's messages may hold images, as `data:` URLs.
    pub(super) images: bool,
    /// Whether `strict` may stand in a function.
    pub(super) strict_tools: bool,
    /// The word of `tool_choice` that asks for some tool.
    pub(super) some_tool: &'static str,
    /// Whether `tool_choice` may name a function.
    pub(super) one_tool: bool,
    /// The tag that stands around reasoning in the text of an answer.
    pub(super) reasoning: Option<Tag>,
}

/// Where the parts of an answer stand: reasoning, then text, then tool calls, whatever came first. So a whole answer and a
/// stream give the same.
const REASONING: u32 = 0;
const TEXT: u32 = 1;
const FIRST_TOOL_CALL: u32 = 2;

#[cfg(test)]
mod tests;
