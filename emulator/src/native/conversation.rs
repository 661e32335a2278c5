//! What a prompt that is one string turns out to say.

use crate::brain::{Part, Turn};

/// A conversation read out of template text.
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
}
