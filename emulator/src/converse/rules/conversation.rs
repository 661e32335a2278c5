//! Rules of the conversation: whose turn it is, and what a turn may hold.

use super::{Case, Place, Turn, Verdict, messages, model_error, refuse};
use crate::converse::families::Quirk;
use crate::converse::request::{ContentBlock, Message, Role, SystemBlock};

pub(super) fn check(case: &Case<'_>, turns: &[Turn<'_>]) -> Verdict {
    system(case)?;
    for (index, message) in messages(case.request).iter().enumerate() {
        content(index, message)?;
    }
    opening(case, turns)?;
    for (index, message) in messages(case.request).iter().enumerate() {
        placement(index, message)?;
    }
    ending(case, turns)
}

fn system(case: &Case<'_>) -> Verdict {
    let has_prompt = case
        .request
        .system
        .iter()
        .flatten()
        .any(|block| matches!(block, SystemBlock::Text(_) | SystemBlock::GuardContent(_)));
    if has_prompt && !case.family.system {
        return refuse(
            "This model doesn't support system messages. Try again without a system message or use a model that \
             supports system messages.",
        );
    }
    let has_turn = messages(case.request)
        .iter()
        .any(|message| message.role == Role::System);
    if has_turn && !case.family.system_turns {
        // The words of Anthropic's Messages; those of other vendors are not known.
        return model_error(
            "messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, not \
             \"system\" as an input message role.",
        );
    }
    Ok(())
}

fn content(index: usize, message: &Message) -> Verdict {
    if message.content.is_empty() {
        return refuse(format!(
            "The content field in the Message object at messages.{index} is empty. Add a ContentBlock object \
             to the content field and try again."
        ));
    }
    // A signed reasoning block must be replayed with its turn as it was, blanks and all.
    let reasons = message
        .content
        .iter()
        .any(|block| matches!(block, ContentBlock::ReasoningContent(_)));
    for (position, block) in message.content.iter().enumerate() {
        let blank = matches!(block, ContentBlock::Text(text) if text.trim().is_empty());
        // Recorded: a blank text that only carries a cache point is taken.
        let carries_cache_point = matches!(
            message.content.get(position + 1),
            Some(ContentBlock::CachePoint(_))
        );
        if blank && !reasons && !carries_cache_point {
            return refuse(format!(
                "The text field in the ContentBlock object at messages.{index}.content.{position} is blank. \
                 Add text to the text field, and try again."
            ));
        }
    }
    Ok(())
}

fn opening(case: &Case<'_>, turns: &[Turn<'_>]) -> Verdict {
    let opens = match turns.first() {
        Some(turn) => turn.role == Role::User || case.family.opens_with_assistant,
        None => false,
    };
    if opens {
        return Ok(());
    }
    refuse(
        "A conversation must start with a user message. Try again with a conversation that starts with a user \
         message.",
    )
}

fn placement(index: usize, message: &Message) -> Verdict {
    for (position, block) in message.content.iter().enumerate() {
        let misplaced = match (message.role, block) {
            (Role::User, ContentBlock::ReasoningContent(_)) => {
                return refuse(
                    "User messages cannot contain reasoning content. Please remove the reasoning content and try again.",
                );
            }
            (_, ContentBlock::Text(_) | ContentBlock::CachePoint(_)) => None,
            (Role::User, ContentBlock::ToolUse(_)) => Some("toolUse"),
            (Role::User, ContentBlock::CitationsContent(_)) => Some("citationsContent"),
            (Role::User | Role::Assistant, ContentBlock::ToolAddition(_)) => Some("toolAddition"),
            (Role::User | Role::Assistant, ContentBlock::ToolRemoval(_)) => Some("toolRemoval"),
            (Role::Assistant, ContentBlock::Document(_)) => Some("document"),
            (Role::Assistant, ContentBlock::Video(_)) => Some("video"),
            // Results of tools that the service itself runs stay in the assistant's turn.
            (Role::Assistant, ContentBlock::ToolResult(result)) if result.kind.is_none() => {
                Some("toolResult")
            }
            (Role::Assistant, ContentBlock::SearchResult(_)) => Some("searchResult"),
            (Role::System, ContentBlock::ToolAddition(_) | ContentBlock::ToolRemoval(_)) => None,
            (Role::System, _) => Some("given"),
            _ => None,
        };
        if let Some(name) = misplaced {
            let role = match message.role {
                Role::User => "user",
                Role::Assistant => "assistant",
                Role::System => "system",
            };
            return refuse(format!(
                "The {name} block at messages.{index}.content.{position} is not allowed in a message of the \
                 {role} role."
            ));
        }
    }
    Ok(())
}

/// Some models go on from the beginning of an assistant turn; the others want a user's word.
fn ending(case: &Case<'_>, turns: &[Turn<'_>]) -> Verdict {
    let Some(last) = turns.last().filter(|turn| turn.role == Role::Assistant) else {
        return Ok(());
    };
    if !case.family.prefill {
        return model_error(
            "This model does not support assistant message prefill. The conversation must end with a user message.",
        );
    }
    match last.blocks.last() {
        Some(Place {
            block: ContentBlock::Text(text),
            ..
        }) if text.ends_with(char::is_whitespace) && case.family.has(Quirk::NoTrailingSpace) => {
            model_error("messages: final assistant content cannot end with trailing whitespace")
        }
        _ => Ok(()),
    }
}
