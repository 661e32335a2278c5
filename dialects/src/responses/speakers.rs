//! Who speaks Responses, a row each.

use super::{Places, Quirks};
use crate::chat_completions::SystemRole;
use crate::mark::Maker;
use crate::profile::{CachePlaces, Kinds, Profile, ReasoningField, ReasoningWord, Replay};
use crate::shape::{Form, OwnBlocks};

/// The marks on sealed thoughts, one for each server that can read its own alone.
mod maker {
    use crate::mark::Maker;

    pub(super) const OPENAI: Maker = Maker::new("openai");
    pub(super) const XAI: Maker = Maker::new("xai");
    pub(super) const OPENROUTER: Maker = Maker::new("openrouter");
    pub(super) const BEDROCK: Maker = Maker::new("bedrock");
}

/// OpenAI. Its reference: `instructions` stands for the system prompt, and `developer` outranks the user wherever it stands;
/// images and files may be at URLs; the `phase` of messages goes back with them, from gpt-5.3-codex on, or the model does worse.
pub const OPENAI: Quirks = Quirks {
    name: "OpenAI",
    maker: maker::OPENAI,
    instructions: true,
    system: SystemRole::Developer,
    keeps: true,
    phases: true,
    images: Places::HTTPS,
    files: Some(Places::HTTPS),
};

/// A server that nobody has a row for. What every server takes that speaks the form is said in its oldest words.
pub const UNKNOWN: Quirks = Quirks {
    name: "the server",
    // Nobody can say that two of them are one: whoever has an address says it, with [`Maker::at`].
    maker: Maker::new("other"),
    system: SystemRole::System,
    phases: false,
    files: Some(Places::INLINE),
    ..OPENAI
};

/// xAI. Its documentation, "Generate text": messages of role `system` or `developer` are taken, `instructions` is not; answers
/// are kept for 30 days unless `store` is false; encrypted reasoning goes back.
pub const XAI: Quirks = Quirks {
    name: "xAI",
    maker: maker::XAI,
    instructions: false,
    system: SystemRole::System,
    phases: false,
    ..OPENAI
};

/// OpenRouter. Its documentation, "Responses API Beta": each request stands alone, nothing is kept.
pub const OPENROUTER: Quirks = Quirks {
    name: "OpenRouter",
    maker: maker::OPENROUTER,
    keeps: false,
    phases: false,
    ..OPENAI
};

/// Bedrock's `bedrock-mantle`. Recorded: `instructions`, `include`, tools with `strict`, sealed thoughts and phases that go back. AWS's
/// user guide, "Responses API": images as `data:` or `s3://` URLs.
pub const BEDROCK_MANTLE: Quirks = Quirks {
    name: "Bedrock",
    maker: maker::BEDROCK,
    images: Places::S3,
    files: Some(Places::INLINE),
    ..OPENAI
};

/// Bedrock's `bedrock-runtime`, at `/openai/v1`. AWS's user guide: as `bedrock-mantle`, without `background` and without tools
/// that the server runs, neither of which is ever sent; answers can be kept for 30 days.
pub const BEDROCK_RUNTIME: Quirks = BEDROCK_MANTLE;

/// The form itself, for what [shapes](crate::shape::shape) a call. A block of the form's own names an item that the server has
/// kept, and by default it keeps none.
pub const FORM: Form = Form {
    name: "Responses",
    own_blocks: OwnBlocks::None,
    points_behind_documents: false,
    no_tool: true,
    needs_max_tokens: false,
    text_beside_documents: false,
};

/// What is true of OpenAI's models through this form. There is no cache point, because caching is automatic; `strict` and
/// JSON Schemas are kept to; results of tools may hold pictures and files; documents cannot be cited. Sources: OpenAI's
/// guides "Function calling", "Structured outputs", "Prompt caching", "Reasoning models".
pub const PROFILE: Profile = Profile {
    stop_sequences: false,
    system_turns: true,
    leading_assistant: true,
    // "Reasoning models": `minimal` is of GPT-5 alone, `none` and `xhigh` of later ones. The registry knows better.
    reasoning: ReasoningField::Word(ReasoningWord::new(
        &["reasoning", "effort"],
        &["low", "medium", "high"],
    )),
    replay: Replay::Marked(maker::OPENAI),
    strict_tools: true,
    all_required: true,
    // "Structured outputs", "Supported properties": bounds of numbers and arrays are checked.
    unchecked: &[],
    native_object: true,
    citations: false,
    takes: Kinds::ALL,
    cache: CachePlaces::ALL,
    // The reference, `max_output_tokens`: at least 16.
    min_max_tokens: 16,
    ..Profile::CAUTIOUS
};

impl Quirks {
    /// [`PROFILE`], with the thoughts that this speaker takes back.
    pub const fn profile(&self) -> Profile {
        PROFILE.with_replay(Replay::Marked(self.maker))
    }
}
