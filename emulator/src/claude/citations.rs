//! Citations in Claude's own form: an answer that quotes the documents which ask for it.
//!
//! Anthropic's documentation, "Citations": plain text is cited by characters, a PDF by its pages, which count from one, a
//! document of content blocks by its blocks, which count from zero. A cited text is a block of its own, and a stream brings the
//! citation as a delta of that block.

use serde_json::{Value, json};

use super::body::{Block, Body};
use crate::brain::{Block as Said, Stop, first_sentence, words};
use crate::native::call::Answered;

/// What one document has to say.
pub(super) struct Quotation {
    /// The words that lead to it.
    pub(super) lead: String,
    pub(super) text: String,
    pub(super) citation: Value,
}

/// A quotation of each document that asks for citations.
pub(super) fn of(body: &Body) -> Vec<Quotation> {
    let format = body
        .output_config
        .as_ref()
        .and_then(|it| it.format.as_ref());
    if format.is_some() {
        return Vec::new();
    }
    let blocks = body.messages.iter().flat_map(|message| &message.content);
    let documents = blocks.filter(|block| matches!(block, Block::Document { .. }));
    documents.enumerate().filter_map(quotation).collect()
}

/// The words that they add to an answer; none if it is no plain text that came to its end.
pub(super) fn more(quotations: &[Quotation], answered: &Answered) -> u64 {
    if !fit(answered) {
        return 0;
    }
    let words = |it: &Quotation| words(&it.lead) + words(&it.text);
    quotations.iter().map(words).sum()
}

/// Whether there is a place for them.
pub(super) fn fit(answered: &Answered) -> bool {
    let text = |block: &Said| matches!(block, Said::Text(_));
    answered.answer.stop == Stop::EndTurn && answered.answer.blocks.iter().any(text)
}

fn quotation((index, block): (usize, &Block)) -> Option<Quotation> {
    let Block::Document {
        source,
        title,
        citations,
        ..
    } = block
    else {
        return None;
    };
    if !citations.as_ref()?.enabled {
        return None;
    }
    let name = title.as_deref().unwrap_or("the document");
    let mut citation = json!({"document_index": index, "document_title": title});
    let text = if source.kind == "text" {
        let text = first_sentence(source.data.as_deref().unwrap_or_default());
        citation["type"] = "char_location".into();
        citation["start_char_index"] = 0.into();
        citation["end_char_index"] = text.chars().count().into();
        text
    } else if source.kind == "content" {
        let first = source.content.iter().find_map(|block| match block {
            Block::Text { text, .. } => Some(text.as_str()),
            _ => None,
        });
        citation["type"] = "content_block_location".into();
        citation["start_block_index"] = 0.into();
        citation["end_block_index"] = 1.into();
        first.unwrap_or_default().to_owned()
    } else {
        citation["type"] = "page_location".into();
        citation["start_page_number"] = 1.into();
        citation["end_page_number"] = 2.into();
        format!("page 1 of {name}")
    };
    if text.trim().is_empty() {
        return None;
    }
    citation["cited_text"] = text.as_str().into();
    Some(Quotation {
        lead: format!("According to {name}, "),
        text,
        citation,
    })
}
