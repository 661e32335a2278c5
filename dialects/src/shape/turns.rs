//! Order and fullness of turns.

use reqllm_core::{Error, Message, Part, Result, Role, TextPart, Warning};

use super::{Shaping, is_user};

/// A word that says nothing, where the service wants one: white space is refused.
pub(super) const FILLER: &str = ".";

/// What the user says where a model wants a word of his behind the assistant's.
const GO_ON: &str = "Go on.";

impl Shaping<'_, '_> {
    pub(super) fn turns(&mut self) -> Result<()> {
        self.blanks()?;
        self.order();
        self.begin();
        self.alternate();
        self.documents();
        self.prefill()?;
        self.ending();
        Ok(())
    }

    /// Blank texts are refused, and so are messages without content.
    fn blanks(&mut self) -> Result<()> {
        let messages = &self.call.messages;
        let has_blank = |message: &Message| {
            message.content.is_empty()
                || message
                    .content
                    .iter()
                    .any(|part| is_droppable(part, message))
        };
        if !messages.iter().any(has_blank) {
            return Ok(());
        }
        let mut kept = Vec::with_capacity(messages.len());
        for (at, mut message) in std::mem::take(&mut self.call.to_mut().messages)
            .into_iter()
            .enumerate()
        {
            self.fill(at, &mut message);
            if !message.content.is_empty() {
                kept.push(message);
                continue;
            }
            match message.role {
                Role::System => {}
                Role::Assistant => self.warn(
                    "empty_message_dropped",
                    format!("messages[{at}] of the assistant is empty and was left out"),
                ),
                _ => {
                    return Err(Error::invalid_request(format!(
                        "messages[{at}] says nothing: its content is empty or blank"
                    )));
                }
            }
        }
        self.call.to_mut().messages = kept;
        Ok(())
    }

    fn fill(&mut self, at: usize, message: &mut Message) {
        let droppable: Vec<bool> = message
            .content
            .iter()
            .map(|part| is_droppable(part, message))
            .collect();
        let mut dropped = droppable.into_iter();
        let mut parts: Vec<Part> = Vec::with_capacity(message.content.len());
        for part in message.content.drain(..) {
            if !dropped.next().unwrap_or_default() {
                parts.push(part);
                continue;
            }
            let cache = part.cache();
            let Part::Text(text) = part else { continue };
            let meant = !text.text.is_empty() || cache.is_some();
            let before = parts.last_mut();
            let before = before.filter(|part| !matches!(part, Part::Reasoning(_)));
            if let (Some(_), Some(before)) = (cache, before) {
                before.set_cache(cache);
            }
            if meant {
                self.warnings.push(Warning::new(
                    "blank_text_dropped",
                    format!("messages[{at}] holds a blank text, which is refused; it was left out, and a cache point after it stands after what is before it"),
                ));
            }
        }
        message.content = parts;
    }

    /// In a turn of the user the results of tools come first; in one of the assistant thoughts come first and tool calls
    /// last. A turn is all messages of one side in a row, which go as one.
    fn order(&mut self) {
        let mut from = 0;
        while let Some(turn) = turn_at(&self.call.messages, from) {
            let parts = || {
                self.call.messages[from..turn]
                    .iter()
                    .flat_map(|it| &it.content)
            };
            // What is not known, or signed, may have its place.
            let known = parts().all(|part| !matches!(part, Part::Unknown(_)) && !is_signed(part));
            if known && !parts().map(rank).is_sorted() {
                let messages = &mut self.call.to_mut().messages;
                let merged: Vec<Message> = messages.drain(from..turn).collect();
                let role = merged.first().map_or(Role::User, |message| message.role);
                let role = if is_user(role) { Role::User } else { role };
                let mut content: Vec<Part> = merged
                    .into_iter()
                    .flat_map(|message| message.content)
                    .collect();
                content.sort_by_key(rank);
                messages.insert(from, Message::new(role, content));
                from += 1;
            } else {
                from = turn;
            }
        }
    }

    /// Most models want the user to begin.
    fn begin(&mut self) {
        if self.profile.leading_assistant {
            return;
        }
        let first = self
            .call
            .messages
            .iter()
            .position(|message| message.role != Role::System);
        let Some(first) = first.filter(|at| self.call.messages[*at].role == Role::Assistant) else {
            return;
        };
        self.warn(
            "user_turn_added",
            format!("the conversation begins with the assistant, and {} wants the user to begin; the user says {FILLER:?} before", self.model.id),
        );
        let filler = Message::new(Role::User, FILLER);
        self.call.to_mut().messages.insert(first, filler);
    }

    /// Some refuse two messages of one side in a row, which elsewhere go as one.
    fn alternate(&mut self) {
        let messages = &self.call.messages;
        let both = |pair: &[Message]| pair[0].role != Role::System && pair[0].role == pair[1].role;
        if !self.profile.alternates || !messages.windows(2).any(both) {
            return;
        }
        let mut kept: Vec<Message> = Vec::with_capacity(messages.len());
        for message in std::mem::take(&mut self.call.to_mut().messages) {
            match kept.last_mut() {
                Some(last) if last.role == message.role && message.role != Role::System => {
                    last.content.extend(message.content);
                }
                _ => kept.push(message),
            }
        }
        self.call.to_mut().messages = kept;
    }

    /// A document needs a text beside it.
    fn documents(&mut self) {
        if !self.form.text_beside_documents {
            return;
        }
        for at in 0..self.call.messages.len() {
            let parts = &self.call.messages[at].content;
            let has = |wanted: fn(&Part) -> bool| parts.iter().any(wanted);
            if !has(|part| matches!(part, Part::Document(_)))
                || has(|part| matches!(part, Part::Text(text) if !text.text.is_empty()))
            {
                continue;
            }
            self.warn(
                "text_added",
                format!("messages[{at}] has a document and no text; {} wants one, so it says {FILLER:?}", self.form.name),
            );
            let content = &mut self.call.to_mut().messages[at].content;
            let first = content
                .iter()
                .position(|part| matches!(part, Part::Document(_)));
            content.insert(first.unwrap_or_default(), Part::text(FILLER));
        }
    }

    /// Some models go on from nobody's words but the user's. What a service began to do with tools of its own goes back as it came
    /// and is no beginning of an answer (Anthropic's documentation, "Handling stop reasons", `pause_turn`).
    fn prefill(&mut self) -> Result<()> {
        let last = self.call.messages.last();
        let Some(last) = last.filter(|message| message.role == Role::Assistant) else {
            return Ok(());
        };
        if self.profile.prefill || matches!(last.content.last(), Some(Part::Unknown(_))) {
            return Ok(());
        }
        self.degrade(
            "a conversation that ends with the assistant (a prefill)",
            &format!("the user says {GO_ON:?} behind it"),
        )?;
        let go_on = Message::new(Role::User, GO_ON);
        self.call.to_mut().messages.push(go_on);
        Ok(())
    }

    /// A beginning of an answer that the model goes on with must not end in white space.
    fn ending(&mut self) {
        if self.profile.trailing_space {
            return;
        }
        let last = self.call.messages.last();
        let Some(Part::Text(text)) = last
            .filter(|message| message.role == Role::Assistant)
            .and_then(|message| message.content.last())
        else {
            return;
        };
        let trimmed = text.text.trim_end().len();
        if trimmed == text.text.len() || trimmed == 0 {
            return;
        }
        self.warn(
            "trailing_space_dropped",
            format!("the conversation ends with white space of the assistant, which {} refuses; it was left out", self.model.id),
        );
        if let Some(message) = self.call.to_mut().messages.last_mut()
            && let Some(Part::Text(text)) = message.content.last_mut()
        {
            text.text.truncate(trimmed);
        }
    }
}

/// Whether a part is a text that says nothing and may go. Beside a document white space will do; beside a signed thought
/// nothing may be touched.
fn is_droppable(part: &Part, message: &Message) -> bool {
    let Part::Text(TextPart { text, .. }) = part else {
        return false;
    };
    let beside = |wanted: fn(&Part) -> bool| message.content.iter().any(wanted);
    if !text.trim().is_empty() || beside(is_signed) {
        return false;
    }
    text.is_empty() || !beside(|part| matches!(part, Part::Document(_)))
}

/// A thought that only its maker can read, or that it will know again.
fn is_signed(part: &Part) -> bool {
    matches!(part, Part::Reasoning(thought) if thought.signature.is_some() || thought.redacted.is_some())
}

fn rank(part: &Part) -> u8 {
    match part {
        Part::ToolResult(_) | Part::Reasoning(_) => 0,
        Part::ToolCall(_) => 2,
        _ => 1,
    }
}

/// Where the turn that begins at `from` ends: at the first message of the other side.
pub(super) fn turn_at(messages: &[Message], from: usize) -> Option<usize> {
    let first = messages.get(from)?;
    let same = |message: &&Message| {
        message.role == first.role || (is_user(message.role) && is_user(first.role))
    };
    Some(from + messages[from..].iter().take_while(same).count())
}
