//! Rules of tool calls in the conversation and of their results.

use serde_json::Value;

use super::{
    Case, Place, Turn, Verdict, extraneous_key, model_error, refuse, unsupported_block,
    unsupported_field,
};
use crate::converse::families::{Beside, Cache, Media, Quirk, ToolIds};
use crate::converse::request::{
    ContentBlock, Document, Role, ToolResult, ToolResultContent, ToolUse,
};
use crate::error::ApiError;

pub(super) fn check(case: &Case<'_>, turns: &[Turn<'_>]) -> Verdict {
    let blocks = || turns.iter().flat_map(|turn| &turn.blocks);
    let uses_tools = blocks().any(|place| place.call().is_some() || place.result().is_some());
    if uses_tools && case.request.tool_config.is_none() {
        return refuse(
            "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
        );
    }
    pairing(turns)?;
    for turn in turns.iter().filter(|turn| turn.role == Role::User) {
        beside(case, turn)?;
    }
    for place in blocks() {
        if let Some(call) = place.call() {
            id(case, &call.tool_use_id)?;
        }
        if let Some(result) = place.result() {
            content(case, place, result)?;
        }
    }
    Ok(())
}

impl<'a> Place<'a> {
    fn call(&self) -> Option<&'a ToolUse> {
        match self.block {
            ContentBlock::ToolUse(call) => Some(call),
            _ => None,
        }
    }

    fn result(&self) -> Option<&'a ToolResult> {
        match self.block {
            ContentBlock::ToolResult(result) => Some(result),
            _ => None,
        }
    }
}

/// Every call is answered in the next user turn, and nothing else is.
fn pairing(turns: &[Turn<'_>]) -> Verdict {
    let mut open: Vec<&str> = Vec::new();
    for turn in turns {
        let index = turn.index;
        // What the service runs itself is answered in the assistant's own turn.
        let results: Vec<&str> = turn
            .blocks
            .iter()
            .filter_map(Place::result)
            .filter(|result| result.kind.is_none())
            .map(|result| result.tool_use_id.as_str())
            .collect();
        if turn.role == Role::User {
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
                return expected_results(index, &missing);
            }
        }
        open = turn
            .blocks
            .iter()
            .filter_map(Place::call)
            .filter(|call| call.kind.is_none())
            .map(|call| call.tool_use_id.as_str())
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
        return Ok(());
    }
    let last = turns.last().and_then(|turn| turn.blocks.last());
    expected_results(last.map_or(0, |place| place.message + 1), &open)
}

fn expected_results(index: usize, ids: &[&str]) -> Verdict {
    refuse(format!(
        "Expected toolResult blocks at messages.{index}.content for the following Ids: {}",
        ids.join(", ")
    ))
}

/// What stands beside tool results in one turn.
fn beside(case: &Case<'_>, turn: &Turn<'_>) -> Verdict {
    let result = turn.blocks.iter().find(|place| place.result().is_some());
    let Some(result) = result else {
        return Ok(());
    };
    let rule = case.family.beside_results;
    let allowed = |block: &ContentBlock| match block {
        ContentBlock::ToolResult(_) | ContentBlock::CachePoint(_) => true,
        ContentBlock::Text(_) | ContentBlock::Image(_) | ContentBlock::GuardContent(_) => {
            rule != Beside::Nothing
        }
        ContentBlock::Document(_) | ContentBlock::SearchResult(_) => {
            matches!(rule, Beside::TextImagesAndDocuments | Beside::Anything)
        }
        _ => rule == Beside::Anything,
    };
    if turn.blocks.iter().all(|place| allowed(place.block)) {
        return Ok(());
    }
    refuse(format!(
        "messages.{}.content: Conversation blocks and tool result blocks cannot be provided in the same turn.",
        result.message
    ))
}

fn id(case: &Case<'_>, id: &str) -> Verdict {
    let nine = id.len() == 9 && id.bytes().all(|b| b.is_ascii_alphanumeric());
    let own = id.starts_with("tooluse_");
    let fine = match case.family.tool_ids {
        ToolIds::Any => true,
        ToolIds::NineOrOwn => nine || own,
        ToolIds::Nine => nine,
    };
    if fine {
        return Ok(());
    }
    model_error(format!(
        "Tool call id was {id} but must be a-z, A-Z, 0-9, with a length of 9."
    ))
}

fn content(case: &Case<'_>, place: &Place<'_>, result: &ToolResult) -> Verdict {
    if result.status.is_some() && !case.family.result_status {
        return unsupported_field("toolResult.status");
    }
    let blank = |content: &ToolResultContent| matches!(content, ToolResultContent::Text(text) if text.trim().is_empty());
    if case.family.has(Quirk::NoBlankResults)
        && (result.content.is_empty() || result.content.iter().any(blank))
    {
        return refuse(format!(
            "The content field in the ToolResultBlock object at messages.{}.content.{} is blank. Add text to the \
             content field, and try again.",
            place.message, place.position
        ));
    }
    for content in &result.content {
        if let ToolResultContent::Json(json) = content
            && names_a_type(json)
        {
            return Err(ApiError::serialization(format!(
                "The value at messages.{}.content.{}.toolResult.content.json has a key __type, which cannot be \
                 converted.",
                place.message, place.position
            )));
        }
        let (kind, media) = match content {
            ToolResultContent::Image(_) => ("image", Media::Image),
            ToolResultContent::Video(_) => ("video", Media::Video),
            ToolResultContent::Document(document) if is_text(document) => {
                ("document", Media::TextDocument)
            }
            ToolResultContent::Document(_) => ("document", Media::Document),
            _ => continue,
        };
        if case.family.result_media.contains(&media) {
            continue;
        }
        // Recorded for a document with Nova 2: the whole result becomes an unknown key.
        if case.family.cache == Cache::Nova {
            let at = format!("#/messages/{}/content/{}", place.message, place.position);
            return extraneous_key(&at, "toolResult");
        }
        return unsupported_block(kind);
    }
    Ok(())
}

/// Whether a value has the key by which the service tells shapes apart: reported as refused wherever it
/// stands in the JSON of a result. Its words are not known.
fn names_a_type(json: &Value) -> bool {
    match json {
        Value::Object(members) => {
            members.contains_key("__type") || members.values().any(names_a_type)
        }
        Value::Array(items) => items.iter().any(names_a_type),
        _ => false,
    }
}

/// Whether a document is text already.
fn is_text(document: &Document) -> bool {
    matches!(
        document.format.as_deref(),
        None | Some("csv" | "html" | "txt" | "md")
    )
}
