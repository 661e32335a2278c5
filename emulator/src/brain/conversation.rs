//! What a conversation turns out to say, gathered in the order in which it is read.

use super::{Choice, Part, Prompt, Thinking, Turn};
use crate::dice::Dice;

/// Instructions, and turns that alternate between the two sides.
#[derive(Debug, Default)]
pub(crate) struct Conversation {
    pub(crate) system: Vec<String>,
    pub(crate) turns: Vec<Turn>,
}

impl Conversation {
    /// A prompt in no known form: all of it is the user's.
    pub(crate) fn whole(prompt: &str) -> Self {
        let mut conversation = Self::default();
        conversation.push(true, Part::Text(prompt.to_owned()));
        conversation
    }

    /// Adds to the turn of the same side, or begins the next one.
    pub(crate) fn push(&mut self, user: bool, part: Part) {
        match self.turns.last_mut().filter(|turn| turn.user == user) {
            Some(turn) => turn.parts.push(part),
            None => self.turns.push(Turn {
                user,
                parts: vec![part],
            }),
        }
    }

    pub(crate) fn text(&mut self, user: bool, text: &str) {
        self.push(user, Part::Text(text.to_owned()));
    }

    /// The prompt that it is where there are words alone: no tools, no thoughts, no schema.
    pub(crate) fn in_words(
        self,
        speaker: &'static str,
        max_tokens: Option<u64>,
        stop_sequences: Option<Vec<String>>,
        dice: Dice,
    ) -> Prompt {
        Prompt {
            speaker,
            system: self.system,
            turns: self.turns,
            tools: Vec::new(),
            choice: Choice::None,
            max_tokens,
            stop_sequences: stop_sequences.unwrap_or_default(),
            thinking: Thinking::Off,
            answer_schema: None,
            dice,
        }
    }
}
