//! Where system prompts stand.

use reqllm_core::{Message, Part, Result, Role};

use super::{Shaping, is_user};

impl Shaping<'_, '_> {
    pub(super) fn system(&mut self) -> Result<()> {
        let leading = self.leading();
        if leading > 0 && !self.profile.system {
            self.degrade("a system prompt", "the user says it first")?;
            let call = self.call.to_mut();
            let prompts: Vec<Message> = call.messages.drain(..leading).collect();
            let parts = prompts.into_iter().flat_map(|message| message.content);
            match call
                .messages
                .first_mut()
                .filter(|message| is_user(message.role))
            {
                Some(first) => {
                    first.content.splice(0..0, parts);
                }
                None => {
                    let message = Message::new(Role::User, parts.collect::<Vec<_>>());
                    call.messages.insert(0, message);
                }
            }
        }
        self.system_turns();
        Ok(())
    }

    fn leading(&self) -> usize {
        let system = |message: &&Message| message.role == Role::System;
        self.call.messages.iter().take_while(system).count()
    }

    /// A system message inside the conversation stays where it is; where the model takes none there the user says it. At
    /// the front it would change the beginning of the prompt, which caches live on. It never comes between tool calls and
    /// their results.
    fn system_turns(&mut self) {
        let leading = self.leading();
        let rest = &self.call.messages[leading..];
        if rest.iter().all(|message| message.role != Role::System) {
            return;
        }
        let mut waiting: Vec<Message> = Vec::new();
        let mut turns: Vec<Message> = Vec::with_capacity(self.call.messages.len());
        let mut open = false;
        let messages = std::mem::take(&mut self.call.to_mut().messages);
        for (at, mut message) in messages.into_iter().enumerate() {
            if at >= leading && message.role == Role::System {
                if !self.profile.system_turns {
                    message.role = Role::User;
                    self.warn(
                        "system_message_as_user",
                        format!("messages[{at}] is a system message inside the conversation, which {} does not take; the user says it", self.model.id),
                    );
                }
                match open {
                    true => waiting.push(message),
                    false => turns.push(message),
                }
                continue;
            }
            let results = |part: &Part| matches!(part, Part::ToolResult(_));
            let is_result = message.content.iter().any(results);
            if open && !is_result {
                turns.append(&mut waiting);
                open = false;
            }
            open |= message.tool_calls().next().is_some();
            turns.push(message);
        }
        turns.append(&mut waiting);
        self.call.to_mut().messages = turns;
    }
}
