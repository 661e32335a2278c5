//! Which thoughts go back to the model.

use reqllm_core::{Capability, Part, ReasoningPart, Role};

use super::Shaping;
use crate::mark;
use crate::profile::Replay;

impl Shaping<'_, '_> {
    pub(super) fn replay(&mut self) {
        let general = self.taken_back();
        let question = match general {
            Replay::ToolTurn => self.question(),
            _ => None,
        };
        let of = |at| match general {
            Replay::ToolTurn if question.is_some_and(|question| at < question) => Replay::Nothing,
            Replay::ToolTurn => Replay::Text,
            replay => replay,
        };
        let unwanted = |replay, part: &Part| match part {
            Part::Reasoning(thought) => {
                !takes(replay, thought) || is_signed_in_vain(replay, thought)
            }
            _ => false,
        };
        let places: Vec<usize> = (0..self.call.messages.len())
            .filter(|at| {
                let mut parts = self.call.messages[*at].content.iter();
                parts.any(|part| unwanted(of(*at), part))
            })
            .collect();
        for at in places {
            let replay = of(at);
            let message = &mut self.call.to_mut().messages[at];
            let mut dropped = false;
            message.content.retain_mut(|part| match part {
                Part::Reasoning(thought) if takes(replay, thought) => {
                    if is_signed_in_vain(replay, thought) {
                        thought.signature = None;
                    }
                    true
                }
                // One that holds nothing is nothing.
                Part::Reasoning(thought) => {
                    dropped |= !is_empty(thought);
                    false
                }
                _ => true,
            });
            if !dropped {
                continue;
            }
            let why = match replay {
                Replay::Nothing if general == Replay::ToolTurn => " that is of a turn that is over",
                Replay::Signed => " that has no signature",
                Replay::Redacted => " that is in words",
                Replay::Text | Replay::ToolTurn => " that has no words",
                Replay::Marked(_) => " that another maker has sealed, or nobody",
                Replay::All => " that another maker has sealed",
                Replay::Nothing => "",
            };
            self.warn(
                "reasoning_dropped",
                format!("messages[{at}] holds reasoning{why}, which {} does not take back; it was left out", self.model.id),
            );
        }
    }

    /// What the line takes back. Who has no thoughts of his own has no place for the words of others.
    fn taken_back(&self) -> Replay {
        let thinks = self.model.capabilities.get(Capability::Reasoning);
        match self.profile.replay {
            Replay::Text | Replay::ToolTurn if thinks == Some(false) => Replay::Nothing,
            replay => replay,
        }
    }

    /// Where the user last said something, the results of tools aside.
    fn question(&self) -> Option<usize> {
        let is_result = |part: &Part| matches!(part, Part::ToolResult(_));
        self.call.messages.iter().rposition(|message| {
            message.role == Role::User && !message.content.iter().any(is_result)
        })
    }
}

/// Whether a model takes a thought back.
pub(super) fn takes(replay: Replay, thought: &ReasoningPart) -> bool {
    if let Replay::Marked(maker) = replay {
        let seal = thought.signature.as_deref().unwrap_or_default();
        return mark::of(maker, seal).is_some();
    }
    let marked = mark::is_on(thought);
    let signed = is_signed(thought) && !marked;
    let redacted = thought.redacted.is_some();
    !is_empty(thought)
        && match replay {
            Replay::All => !marked,
            Replay::Signed => signed || (redacted && !marked),
            Replay::Redacted => redacted && !marked,
            Replay::Text | Replay::ToolTurn => !redacted && !thought.text.is_empty(),
            Replay::Nothing | Replay::Marked(_) => false,
        }
}

/// A signature of another model's, which one that signs nothing has no field for.
fn is_signed_in_vain(replay: Replay, thought: &ReasoningPart) -> bool {
    matches!(replay, Replay::Text | Replay::ToolTurn) && thought.signature.is_some()
}

fn is_signed(thought: &ReasoningPart) -> bool {
    thought
        .signature
        .as_deref()
        .is_some_and(|it| !it.is_empty())
}

fn is_empty(thought: &ReasoningPart) -> bool {
    thought.text.is_empty() && !is_signed(thought) && thought.redacted.is_none()
}
