//! Cohere Command: the old completion models, and Command R with its own conversation.

pub(super) mod command;
pub(super) mod command_r;
mod conversation;
mod schema;

use crate::brain::Stop;

/// A call of tools is complete, too: only `tool_calls` tells it apart.
fn reason(stop: &Stop) -> &'static str {
    match stop {
        Stop::EndTurn | Stop::ToolUse => "COMPLETE",
        Stop::MaxTokens => "MAX_TOKENS",
        Stop::Sequence(_) => "STOP_SEQUENCE",
        // AWS's user guide, "Cohere Command models", `finish_reason`.
        Stop::Refused => "ERROR_TOXIC",
    }
}

#[cfg(test)]
mod tests;
