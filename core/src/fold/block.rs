//! A block under construction, and what becomes of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::{Citation, Part, ReasoningPart, TextPart, ToolCallPart};

/// Where a citation stands that speaks for all of its block, whose end is not known before it has come.
pub(super) const WHOLE_BLOCK: (usize, usize) = (0, usize::MAX);

#[derive(Debug)]
pub(super) enum Block {
    Text {
        text: String,
        citations: Vec<Citation>,
    },
    Reasoning(ReasoningPart),
    /// A tool call whose arguments are still arriving.
    OpenTool {
        id: String,
        name: String,
        arguments: String,
    },
    Whole(Part),
    /// One that was left out.
    Nothing,
}

pub(super) fn join_base64(before: String, piece: &str) -> String {
    match (STANDARD.decode(&before), STANDARD.decode(piece)) {
        (Ok(mut bytes), Ok(more)) => {
            bytes.extend(more);
            STANDARD.encode(bytes)
        }
        _ => before + piece,
    }
}

pub(super) fn into_part(block: Block) -> Option<Part> {
    match block {
        Block::Text { text, citations } if text.is_empty() && citations.is_empty() => None,
        Block::Text {
            text,
            mut citations,
        } => {
            if !citations.is_empty() {
                let length = text.chars().count();
                for citation in &mut citations {
                    citation.end = citation.end.min(length);
                    citation.start = citation.start.min(citation.end);
                }
            }
            let mut part = TextPart::new(text);
            part.citations = citations;
            Some(Part::Text(part))
        }
        Block::Reasoning(part)
            if part.text.is_empty() && part.signature.is_none() && part.redacted.is_none() =>
        {
            None
        }
        Block::Reasoning(part) => Some(Part::Reasoning(part)),
        Block::OpenTool {
            id,
            name,
            arguments,
        } => Some(Part::ToolCall(ToolCallPart::new(
            id,
            name,
            Value::String(arguments),
        ))),
        Block::Whole(part) => Some(part),
        Block::Nothing => None,
    }
}
