//! Which thoughts go back to the model.

use reqllm_core::{Message, Part, ReasoningPart, Role};

use super::Shaping;
use crate::profile::Replay;

impl Shaping<'_, '_> {
    pub(super) fn replay(&mut self) {
        let replay = self.profile.replay;
        let unwanted = |message: &Message| {
            let refused = |thought: &ReasoningPart| !takes(replay, thought);
            message.role == Role::Assistant && message.reasoning().any(refused)
        };
        let places: Vec<usize> = (0..self.call.messages.len())
            .filter(|at| unwanted(&self.call.messages[*at]))
            .collect();
        for at in places {
            let message = &mut self.call.to_mut().messages[at];
            message.content.retain(|part| match part {
                Part::Reasoning(thought) => takes(replay, thought),
                _ => true,
            });
            let why = match replay {
                Replay::Signed => "has no signature",
                Replay::Redacted => "is in words",
                Replay::Text => "is redacted",
                _ => "is none that goes back",
            };
            self.warn(
                "reasoning_dropped",
                format!("messages[{at}] holds reasoning that {why}, and {} does not take it back; it was left out", self.model.id),
            );
        }
    }
}

fn takes(replay: Replay, thought: &ReasoningPart) -> bool {
    let signed = thought
        .signature
        .as_deref()
        .is_some_and(|it| !it.is_empty());
    let redacted = thought.redacted.is_some();
    match replay {
        Replay::All => true,
        Replay::Signed => signed || redacted,
        Replay::Redacted => redacted,
        Replay::Text => !redacted,
        Replay::Nothing => false,
    }
}
