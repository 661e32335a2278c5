//! Rules of reasoning that is sent back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Case, Verdict, internal_error, messages, model_error, refuse, unsupported_field};
use crate::brain::signature;
use crate::converse::families::Replay;
use crate::converse::request::{ContentBlock, Reasoning};

pub(super) fn check(case: &Case<'_>) -> Verdict {
    for (index, message) in messages(case.request).iter().enumerate() {
        for (position, block) in message.content.iter().enumerate() {
            if let ContentBlock::ReasoningContent(reasoning) = block {
                let at = format!("messages.{index}.content.{position}");
                match case.family.replay {
                    Replay::Signed => signed(case, reasoning, &at)?,
                    Replay::Unsigned => unsigned(reasoning)?,
                    Replay::Redacted => redacted(reasoning, &at)?,
                    Replay::No => return unsupported_field("reasoningContent"),
                    Replay::Never => {
                        return refuse(
                            "User messages cannot contain reasoning content. Please remove the reasoning content \
                             and try again.",
                        );
                    }
                }
            }
        }
    }
    Ok(())
}

/// Claude recognises what it has written itself, and nothing else.
fn signed(case: &Case<'_>, reasoning: &Reasoning, at: &str) -> Verdict {
    match reasoning {
        Reasoning::ReasoningText {
            signature: None, ..
        } if case.model.is_claude() => {
            model_error(format!("{at}.thinking.signature: Field required"))
        }
        Reasoning::ReasoningText {
            text,
            signature: Some(signature),
        } if !signature::verify(text, signature) => {
            model_error(format!("{at}: Invalid `signature` in `thinking` block"))
        }
        Reasoning::RedactedContent(blob) if !ours(blob) => {
            model_error(format!("{at}: Invalid `data` in `redacted_thinking` block"))
        }
        Reasoning::ReasoningText { .. } | Reasoning::RedactedContent(_) => Ok(()),
    }
}

fn unsigned(reasoning: &Reasoning) -> Verdict {
    match reasoning {
        Reasoning::ReasoningText {
            signature: None, ..
        } => Ok(()),
        Reasoning::ReasoningText { .. } => {
            unsupported_field("reasoningContent.reasoningText.signature")
        }
        Reasoning::RedactedContent(_) => unsupported_field("reasoningContent.redactedContent"),
    }
}

/// Text of any kind breaks the service without a word of why (a live probe).
fn redacted(reasoning: &Reasoning, at: &str) -> Verdict {
    match reasoning {
        Reasoning::ReasoningText { .. } => internal_error(),
        Reasoning::RedactedContent(blob) if !ours(blob) => model_error(format!(
            "The encrypted content at {at}.reasoningContent.redactedContent could not be verified."
        )),
        Reasoning::RedactedContent(_) => Ok(()),
    }
}

/// Whether a blob holds redacted data that the emulator has made.
fn ours(blob: &str) -> bool {
    let data = STANDARD
        .decode(blob)
        .ok()
        .and_then(|data| String::from_utf8(data).ok());
    data.is_some_and(|data| signature::verify_redacted(&data))
}
