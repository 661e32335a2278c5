//! What is true of a line in each form: the family's profile, which is Converse's, and what the form makes of it.

use reqllm_dialects::chat_completions::StrictObject;
use reqllm_dialects::responses::{self, speakers};
use reqllm_dialects::shape::{Form, OwnBlocks};

use super::Door;
use crate::options::{Api, Endpoint};
use crate::profile::{CachePlaces, Kinds, Profile, ReasoningField, ReasoningWord, Replay, ToolIds};

/// Chat Completions, as what shapes a call.
pub(super) const CHAT: Form = Form {
    name: "Chat Completions",
    own_blocks: OwnBlocks::None,
    points_behind_documents: false,
    no_tool: true,
    needs_max_tokens: false,
    text_beside_documents: false,
};

/// Messages.
pub(super) const MESSAGES: Form = Form {
    name: "Messages",
    own_blocks: OwnBlocks::All,
    points_behind_documents: true,
    no_tool: true,
    needs_max_tokens: true,
    text_beside_documents: false,
};

impl Door<'_> {
    /// What shapes a call that goes this way.
    pub(super) fn form(&self) -> &'static Form {
        match self.api {
            Api::Chat => &CHAT,
            Api::Responses => &speakers::FORM,
            Api::Messages => &MESSAGES,
        }
    }

    /// The row of whoever answers to Responses.
    pub(super) fn speaker(&self) -> &'static responses::Quirks {
        match self.endpoint {
            Endpoint::Runtime => &speakers::BEDROCK_RUNTIME,
            Endpoint::Mantle => &speakers::BEDROCK_MANTLE,
        }
    }

    /// What is true of the line here. `family` is what is true of it on Converse.
    pub(super) fn profile(&self, family: &Profile) -> Profile {
        let line = self.line;
        let common = Profile {
            takes: line.takes,
            citations: false,
            reasoning: self.reasoning(family),
            native_object: line.schemas || family.native_object,
            strict_tools: line.schemas,
            anthropic_beta: false,
            cache: CachePlaces::NONE,
            streams_count_cache_twice: false,
            streams_alike: true,
            ..*family
        };
        match self.api {
            Api::Chat => Profile {
                all_required: line.chat.strict_object == StrictObject::IfAllRequired,
                // The form has no place for them that every server reads.
                replay: Replay::Nothing,
                inside_tool_result: Kinds::NONE,
                ..common
            },
            Api::Responses => {
                let of_form = self.speaker().profile();
                Profile {
                    stop_sequences: of_form.stop_sequences,
                    min_max_tokens: of_form.min_max_tokens,
                    system_turns: of_form.system_turns,
                    replay: of_form.replay,
                    inside_tool_result: line.takes,
                    ..common
                }
            }
            Api::Messages => Profile {
                // litellm: `strict` in a tool is refused by `bedrock-runtime`.
                strict_tools: family.strict_tools && self.endpoint == Endpoint::Mantle,
                // Anthropic's API reference: letters, digits, `_` and `-`; Converse takes more.
                tool_ids: ToolIds::Hyphens,
                ..*family
            },
        }
    }

    /// The word that says how much to think, where the form has it.
    fn reasoning(&self, family: &Profile) -> ReasoningField {
        let path: &[&str] = match self.api {
            Api::Messages => return family.reasoning,
            Api::Responses => &["reasoning", "effort"],
            Api::Chat if self.line.effort => &["reasoning_effort"],
            Api::Chat => return ReasoningField::None,
        };
        match family.reasoning {
            ReasoningField::Word(word) => {
                ReasoningField::Word(ReasoningWord::new(path, word.words))
            }
            _ => ReasoningField::None,
        }
    }
}
