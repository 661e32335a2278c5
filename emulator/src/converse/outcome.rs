//! What comes out of a model: the answer of the brain, given in the manner of the family.

mod citations;

use serde_json::Value;

use super::families::{Family, Quirk, Reasoning};
use super::request::{ContentBlock, Reasoning as Replayed, Request, Tool};
use crate::brain::tokens::InputUsage;
use crate::brain::{Answer, Block, Stop, says, signature, words};
use crate::dice::Dice;
use crate::guardrail;

/// The word in an answer that the guardrail, if there is one, masks.
const MASKED: &str = "maskme";

/// What came out of the model, or of the guardrail in front of it.
pub(super) struct Outcome {
    pub(super) pieces: Vec<Piece>,
    pub(super) stop_reason: &'static str,
    pub(super) stop_sequence: Option<String>,
    pub(super) usage: InputUsage,
    pub(super) output_tokens: u64,
}

/// One block of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    Text(String),
    /// Text with the place in a document that it rests on.
    Cited {
        text: String,
        citation: Value,
    },
    Reasoning {
        text: String,
        signature: Option<String>,
    },
    Redacted(String),
    Call {
        id: String,
        name: String,
        input: Value,
    },
}

/// What an answer is shaped by.
pub(super) struct Manner<'a> {
    pub(super) request: &'a Request,
    pub(super) family: &'static Family,
    pub(super) streaming: bool,
    /// What is asked.
    pub(super) question: &'a str,
    pub(super) dice: &'a Dice,
}

impl Outcome {
    pub(super) fn new(answer: Answer, usage: InputUsage, manner: &Manner<'_>) -> Self {
        let says_nothing = answer.stop == Stop::EndTurn && answer.blocks.is_empty();
        let is_plain = says_nothing || answer.stop == Stop::Refused;
        let (stop_reason, stop_sequence) = match answer.stop {
            Stop::EndTurn => ("end_turn", None),
            Stop::ToolUse => ("tool_use", None),
            Stop::MaxTokens => ("max_tokens", None),
            Stop::Sequence(sequence) => ("stop_sequence", Some(sequence)),
            Stop::Refused => ("content_filtered", None),
        };
        let mut outcome = Self {
            pieces: pieces(answer.blocks, manner.family),
            stop_reason,
            stop_sequence,
            usage,
            output_tokens: answer.tokens,
        };
        if manner.falls_silent() {
            outcome.fall_silent();
        } else if !is_plain {
            outcome.shape(manner);
        }
        outcome
    }

    /// A blocked prompt costs no tokens.
    pub(super) fn blocked() -> Self {
        Self {
            pieces: vec![Piece::Text(guardrail::BLOCKED.to_owned())],
            stop_reason: "guardrail_intervened",
            stop_sequence: None,
            usage: InputUsage::default(),
            output_tokens: 0,
        }
    }

    /// Masks what a guardrail masks; tells whether there was anything.
    pub(super) fn mask(&mut self) -> bool {
        let mut masked = false;
        for piece in &mut self.pieces {
            if let Piece::Text(text) | Piece::Cited { text, .. } = piece
                && says(text, MASKED)
            {
                *text = text.replace(MASKED, "{MASKED}");
                masked = true;
            }
        }
        if masked {
            self.stop_reason = "guardrail_intervened";
            self.stop_sequence = None;
        }
        masked
    }

    fn fall_silent(&mut self) {
        self.pieces.clear();
        self.output_tokens = 1;
        self.stop_reason = "end_turn";
        self.stop_sequence = None;
    }

    fn shape(&mut self, manner: &Manner<'_>) {
        let family = manner.family;
        if let Some(leaked) = manner.leaked_reasoning() {
            self.prefix(manner, &format!("{leaked} "));
        }
        if family.has(Quirk::InlineThinking) && manner.request.tool_config.is_some() {
            let thought = if manner.question.is_empty() {
                "The results are here.".to_owned()
            } else {
                format!("The question is \"{}\".", manner.question)
            };
            self.prefix(manner, &format!("<thinking>{thought}</thinking>\n"));
        }
        if manner.omits_thinking() {
            for piece in &mut self.pieces {
                if let Piece::Reasoning {
                    text,
                    signature: Some(signed),
                } = piece
                {
                    text.clear();
                    *signed = signature::sign(text);
                }
            }
        }
        citations::add(self, manner);
        self.encrypted_reasoning(manner);
        if family.has(Quirk::TextFirst) && !manner.streaming {
            self.pieces
                .sort_by_key(|piece| matches!(piece, Piece::Reasoning { .. }));
        }
        if family.has(Quirk::EmptyFirstBlock) && manner.streaming {
            self.pieces.insert(0, Piece::Text(String::new()));
        }
    }

    /// Whether there is room for so many more words: an answer that was cut stays as it is.
    fn has_room(&self, manner: &Manner<'_>, more: u64) -> bool {
        let config = manner.request.inference_config.as_ref();
        let max = config.and_then(|config| config.max_tokens);
        matches!(self.stop_reason, "end_turn" | "tool_use")
            && max.is_none_or(|max| self.output_tokens + more <= max)
    }

    /// Puts words in front of the first text, or of everything that is not reasoning.
    fn prefix(&mut self, manner: &Manner<'_>, words_before: &str) {
        let more = words(words_before);
        if !self.has_room(manner, more) {
            return;
        }
        self.output_tokens += more;
        for piece in &mut self.pieces {
            if let Piece::Text(text) = piece {
                text.insert_str(0, words_before);
                return;
            }
        }
        let reasoning =
            |piece: &Piece| matches!(piece, Piece::Reasoning { .. } | Piece::Redacted(_));
        let at = self
            .pieces
            .iter()
            .take_while(|piece| reasoning(piece))
            .count();
        self.pieces.insert(at, Piece::Text(words_before.to_owned()));
    }

    /// The newer models of OpenAI give their reasoning encrypted, and a summary if one is asked for.
    fn encrypted_reasoning(&mut self, manner: &Manner<'_>) {
        let Reasoning::Responses { .. } = manner.family.reasoning else {
            return;
        };
        let Some(reasoning) = manner.request.extra("reasoning") else {
            return;
        };
        if reasoning
            .get("effort")
            .is_none_or(|effort| effort == "none")
        {
            return;
        }
        let nonce = manner.dice.token("redacted", 0, 24);
        self.pieces
            .insert(0, Piece::Redacted(signature::redacted(&nonce)));
        if reasoning.get("summary").is_some() {
            let text = format!("The question is \"{}\".", manner.question);
            self.pieces.insert(
                0,
                Piece::Reasoning {
                    text,
                    signature: None,
                },
            );
        }
    }
}

impl Manner<'_> {
    /// Whether a tool's schema makes the family answer nothing.
    fn falls_silent(&self) -> bool {
        let tools = self.request.tool_config.iter();
        self.family.has(Quirk::SilentOnClosedSchemas)
            && tools
                .flat_map(|config| &config.tools)
                .any(|tool| match tool {
                    Tool::ToolSpec(spec) => {
                        let schema = &spec.input_schema.json;
                        schema
                            .get("additionalProperties")
                            .is_some_and(|value| *value == Value::Bool(false))
                    }
                    Tool::SystemTool(_) | Tool::CachePoint(_) => false,
                })
    }

    /// Reasoning that was sent back to a family that takes it for its own words.
    fn leaked_reasoning(&self) -> Option<&str> {
        if !self.family.has(Quirk::LeaksReasoning) {
            return None;
        }
        let messages = self.request.messages.iter().flatten();
        messages
            .flat_map(|message| &message.content)
            .filter_map(|block| match block {
                ContentBlock::ReasoningContent(Replayed::ReasoningText { text, .. }) => {
                    Some(text.as_str())
                }
                _ => None,
            })
            .next_back()
    }

    /// Whether thinking is given by its signature alone.
    fn omits_thinking(&self) -> bool {
        let thinking = self.request.extra("thinking");
        let display = thinking.and_then(|thinking| thinking.get("display"));
        match display.and_then(Value::as_str) {
            Some(display) => display == "omitted",
            None => self.family.has(Quirk::OmitsThinking),
        }
    }
}

fn pieces(blocks: Vec<Block>, family: &Family) -> Vec<Piece> {
    let mut calls = 0;
    let pieces = blocks.into_iter().map(|block| match block {
        Block::Thinking { text, signature } => Piece::Reasoning { text, signature },
        Block::Redacted(data) => Piece::Redacted(data),
        Block::Text(text) => Piece::Text(text),
        Block::ToolCall { token, name, input } => {
            let id = if family.has(Quirk::FunctionIds) {
                format!("functions.{name}:{calls}")
            } else {
                format!("tooluse_{token}")
            };
            calls += 1;
            Piece::Call { id, name, input }
        }
    });
    pieces.collect()
}
