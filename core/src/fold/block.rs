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
        phase: Option<String>,
    },
    Reasoning {
        part: ReasoningPart,
        /// Pieces of what only its maker can read.
        redacted: Vec<String>,
    },
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

impl Block {
    /// A text of which nothing has come.
    pub(super) fn text() -> Self {
        Self::Text {
            text: String::new(),
            citations: Vec::new(),
            phase: None,
        }
    }
}

/// Pieces that are base64 are joined as the bytes that they stand for.
fn join(mut pieces: Vec<String>) -> Option<String> {
    if pieces.len() < 2 {
        return pieces.pop();
    }
    let bytes: Result<Vec<Vec<u8>>, _> =
        pieces.iter().map(|piece| STANDARD.decode(piece)).collect();
    Some(match bytes {
        Ok(bytes) => STANDARD.encode(bytes.concat()),
        Err(_) => pieces.concat(),
    })
}

pub(super) fn into_part(block: Block) -> Option<Part> {
    match block {
        Block::Text {
            text, citations, ..
        } if text.is_empty() && citations.is_empty() => None,
        Block::Text {
            text,
            mut citations,
            phase,
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
            part.phase = phase;
            Some(Part::Text(part))
        }
        Block::Reasoning { mut part, redacted } => {
            part.redacted = join(redacted);
            let says = !part.text.is_empty() || part.signature.is_some() || part.redacted.is_some();
            says.then_some(Part::Reasoning(part))
        }
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
