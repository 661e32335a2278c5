//! Rules of the conversation: whose turn it is, what a turn may hold, calls and their results.

use super::{Verdict, model_error, refuse};
use crate::converse::request::{ContentBlock, Message, Role};
use crate::model_id::ModelId;

pub(super) fn check(messages: &[Message], has_tools: bool, model: &ModelId) -> Verdict {
    for (index, message) in messages.iter().enumerate() {
        content(index, message)?;
    }
    order(messages)?;
    for (index, message) in messages.iter().enumerate() {
        placement(index, message)?;
    }
    let uses_tools = messages
        .iter()
        .flat_map(|message| &message.content)
        .any(|block| {
            matches!(
                block,
                ContentBlock::ToolUse(_) | ContentBlock::ToolResult(_)
            )
        });
    if uses_tools && !has_tools {
        return refuse(
            "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
        );
    }
    pairing(messages)?;
    ending(messages, model)
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
        if blank && !reasons {
            return refuse(format!(
                "The text field in the ContentBlock object at messages.{index}.content.{position} is blank. \
                 Add text to the text field, and try again."
            ));
        }
    }
    Ok(())
}

/// User and assistant in turn, the user first; system messages stand outside of the order.
fn order(messages: &[Message]) -> Verdict {
    if messages
        .first()
        .is_none_or(|message| message.role != Role::User)
    {
        return refuse(
            "A conversation must start with a user message. Try again with a conversation that starts with a \
             user message.",
        );
    }
    let mut previous = None;
    for role in messages
        .iter()
        .map(|message| message.role)
        .filter(|role| *role != Role::System)
    {
        if previous == Some(role) {
            return refuse(
                "A conversation must alternate between user and assistant roles. Make sure the conversation \
                 alternates between user and assistant roles and try again.",
            );
        }
        previous = Some(role);
    }
    Ok(())
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

/// Every call is answered in the next user turn, and nothing else is.
fn pairing(messages: &[Message]) -> Verdict {
    let turns: Vec<(usize, &Message)> = messages
        .iter()
        .enumerate()
        .filter(|(_, message)| message.role != Role::System)
        .collect();
    let mut open: Vec<&str> = Vec::new();
    for (index, message) in &turns {
        let results: Vec<&str> = message
            .content
            .iter()
            .filter_map(|block| match block {
                ContentBlock::ToolResult(result) if result.kind.is_none() => {
                    Some(result.tool_use_id.as_str())
                }
                _ => None,
            })
            .collect();
        if message.role == Role::User {
            if results.len() > open.len() {
                return refuse(format!(
                    "The number of toolResult blocks at messages.{index}.content exceeds the number of toolUse \
                     blocks of previous turn."
                ));
            }
            let missing: Vec<&str> = open
                .iter()
                .copied()
                .filter(|id| !results.contains(id))
                .collect();
            if !missing.is_empty() {
                return expected_results(*index, &missing);
            }
        }
        open = message
            .content
            .iter()
            .filter_map(|block| match block {
                ContentBlock::ToolUse(call) if call.kind.is_none() => {
                    Some(call.tool_use_id.as_str())
                }
                _ => None,
            })
            .collect();
        for (position, id) in open.iter().enumerate() {
            if open.iter().take(position).any(|other| other == id) {
                return refuse(format!(
                    "The toolUse blocks at messages.{index}.content contain duplicate Ids: {id}"
                ));
            }
        }
    }
    if open.is_empty() {
        Ok(())
    } else {
        expected_results(messages.len(), &open)
    }
}

fn expected_results(index: usize, ids: &[&str]) -> Verdict {
    refuse(format!(
        "Expected toolResult blocks at messages.{index}.content for the following Ids: {}",
        ids.join(", ")
    ))
}

/// Only Claude goes on from the beginning of an assistant turn.
fn ending(messages: &[Message], model: &ModelId) -> Verdict {
    let last = messages
        .iter()
        .rev()
        .find(|message| message.role != Role::System);
    let Some(last) = last.filter(|message| message.role == Role::Assistant) else {
        return Ok(());
    };
    if !model.may_be_claude() {
        return model_error(
            "This model does not support assistant message prefill. The conversation must end with a user message.",
        );
    }
    match last.content.last() {
        Some(ContentBlock::Text(text)) if text.ends_with(char::is_whitespace) => {
            model_error("messages: final assistant content cannot end with trailing whitespace")
        }
        _ => Ok(()),
    }
}
