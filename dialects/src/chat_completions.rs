//! The Chat Completions form, which many vendors speak with small differences of their own.
//!
//! The differences are data, a row of [`Quirks`]; the form itself is here once. Nothing in this room belongs to one provider.
//!
//! Source: OpenAI's API reference, "Create chat completion" and "The chat completion chunk object".

mod answer;
mod body;
mod error;
mod facts;
mod inline;
mod message;
mod plain;
mod request;
mod signatures;
mod stream;
mod tools;
mod wire;

pub use self::answer::read;
pub use self::body::Body;
pub use self::error::{failure, refusal};
pub use self::inline::Tag;
pub(crate) use self::request::all_required;
pub use self::request::encode;
pub use self::stream::ChatStream;

use crate::mark::Maker;

/// What one speaker of the form does in its own way.
///
/// A row of a table; it begins with [`Quirks::BASE`] and says what is otherwise. What the form has and a row does not say is
/// refused before anything is sent.
///
/// ```
/// use reqllm_dialects::chat_completions::Quirks;
///
/// const ACME: Quirks = Quirks {
///     name: "Acme",
///     seed: true,
///     ..Quirks::BASE
/// };
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "rows of tables are written out")]
pub struct Quirks {
    /// Who speaks it, for messages to people.
    pub name: &'static str,
    /// The member that says how many tokens the answer may have.
    pub max_tokens: &'static str,
    /// Whether there is a member `stop`.
    pub stop: bool,
    /// Whether there is a member for a seed.
    pub seed: bool,
    /// What that is called.
    pub seed_member: &'static str,
    /// Whether there is a member `top_k`.
    pub top_k: bool,
    /// The role that gives the model its instructions.
    pub system: SystemRole,
    /// Whether the user's messages may hold images, as `data:` URLs.
    pub images: bool,
    /// Whether images and video may be at an address of the web.
    pub urls: bool,
    /// Whether the user's messages may hold documents, as parts of type `file`.
    pub files: Files,
    /// Whether the user's messages may hold audio, as parts of type `input_audio`.
    pub audio: bool,
    /// Whether that is a `data:` URL, as images are, and not the base64 of its bytes alone.
    pub audio_in_url: bool,
    /// Whether the user's messages may hold video, as parts of type `video_url`.
    pub video: bool,
    /// Whether parts and tools may have a member `cache_control`, in Anthropic's form.
    pub cache_control: bool,
    /// Whether `strict` may stand in a function.
    pub strict_tools: bool,
    /// Whether the answer is held to a JSON Schema to the letter.
    pub strict_object: StrictObject,
    /// The word of `tool_choice` that asks for some tool.
    pub some_tool: &'static str,
    /// Whether `tool_choice` may name a function.
    pub one_tool: bool,
    /// Whether the content of a message that has nothing but tool calls is null. Else it is an empty text.
    pub null_content: bool,
    /// Whether what a tool gave says the tool's name, and not only the id of the call.
    pub result_names: bool,
    /// How thoughts go back. Which ones do, the [`Profile`](crate::profile::Profile) says.
    pub thoughts: Thoughts,
    /// Whether `stream_options` may ask for the counts of a stream.
    pub stream_usage: bool,
    /// Whether thoughts are counted in the sum of all tokens alone.
    pub uncounted_thoughts: bool,
    /// Whether an answer says by itself how it was served (`service_tier`, `system_fingerprint`), and is believed.
    pub envelope: bool,
    /// The tag that stands around reasoning in the text of an answer.
    pub reasoning: Option<Tag>,
}

impl Quirks {
    /// What every speaker has, and nothing besides.
    pub const BASE: Self = Self {
        name: "the server",
        max_tokens: "max_tokens",
        stop: false,
        seed: false,
        seed_member: "seed",
        top_k: false,
        system: SystemRole::System,
        images: false,
        urls: false,
        files: Files::No,
        audio: false,
        audio_in_url: false,
        video: false,
        cache_control: false,
        strict_tools: false,
        strict_object: StrictObject::Always,
        some_tool: "required",
        one_tool: false,
        null_content: false,
        result_names: false,
        thoughts: Thoughts::Never,
        stream_usage: false,
        uncounted_thoughts: false,
        envelope: false,
        reasoning: None,
    };
}

/// Where documents of the user's may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Files {
    /// There are none.
    No,
    /// In the request.
    Data,
    /// In the request, or at an address of the web.
    Anywhere,
}

/// What `strict` says beside the schema of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StrictObject {
    /// That it is strict.
    Always,
    /// That it is strict if every member is required, which is what OpenAI wants of a strict schema; else that it is not.
    IfAllRequired,
    /// Nothing; there is no such member.
    Unsaid,
}

/// The role that gives a model its instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SystemRole {
    /// `system`.
    System,
    /// `developer`, of OpenAI's models from o1 on.
    Developer,
}

impl SystemRole {
    /// The role on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Developer => "developer",
        }
    }
}

/// The member of a message in which thoughts go back as a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ThoughtsMember {
    /// `reasoning`.
    Reasoning,
    /// `reasoning_content`.
    ReasoningContent,
}

/// How the model's thoughts go back to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Thoughts {
    /// Not at all.
    Never,
    /// As the text of this member of the message.
    Member(ThoughtsMember),
    /// As a part of the content of type `thinking`. Source: Mistral's documentation, "Reasoning".
    Part,
    /// As the list `reasoning_details` that they came as, which is sealed with the [mark](crate::mark) of this maker.
    Details(&'static str),
    /// As the signature that stood on a tool call, or on the message, and goes back there alone.
    Signatures {
        /// Whose [mark](crate::mark) is on them.
        maker: Maker,
        /// The word that stands in place of a signature on the first tool call of a message that has none, where the model
        /// refuses a call without.
        waiver: Option<&'static str>,
    },
}

/// Where the parts of an answer stand: reasoning, then text, then tool calls, whatever came first. So a whole answer and a
/// stream give the same.
const REASONING: u32 = 0;
const TEXT: u32 = 1;
const FIRST_TOOL_CALL: u32 = 2;

#[cfg(test)]
mod tests;
