//! Citations: an answer that quotes the documents and search results which ask for it.
//!
//! Recorded: plain text is cited by characters, the chunks of a document by their number, a PDF by its
//! pages, which count from one. A search result is cited by its blocks, as the service model has it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Manner, Outcome, Piece};
use crate::brain::{first_sentence, words};
use crate::converse::request::{CitationsConfig, ContentBlock, Document, SearchResult, Source};

/// Puts quotations in front of the text of an answer.
pub(super) fn add(outcome: &mut Outcome, manner: &Manner<'_>) {
    let has_schema = manner
        .request
        .output_config
        .as_ref()
        .is_some_and(|config| config.text_format.is_some());
    let text = |piece: &Piece| matches!(piece, Piece::Text(_));
    let Some(at) = outcome.pieces.iter().position(text) else {
        return;
    };
    if has_schema || outcome.stop_reason != "end_turn" {
        return;
    }
    let mut cited = Vec::new();
    for quotation in quotations(manner) {
        cited.push(Piece::Text(format!("According to {}, ", quotation.title)));
        cited.push(Piece::Cited {
            text: quotation.text,
            citation: quotation.citation,
        });
        cited.push(Piece::Text("\n".to_owned()));
    }
    let more = cited.iter().map(|piece| match piece {
        Piece::Text(text) | Piece::Cited { text, .. } => words(text),
        _ => 0,
    });
    let more = more.sum();
    if outcome.has_room(manner, more) {
        outcome.output_tokens += more;
        outcome.pieces.splice(at..at, cited);
        join_texts(&mut outcome.pieces);
    }
}

struct Quotation<'a> {
    title: &'a str,
    text: String,
    citation: Value,
}

fn quotations<'a>(manner: &Manner<'a>) -> Vec<Quotation<'a>> {
    let asked = |config: &Option<CitationsConfig>| config.as_ref().is_some_and(|c| c.enabled);
    let (mut documents, mut results) = (0, 0);
    let mut quotations = Vec::new();
    let messages = manner.request.messages.iter().flatten();
    for block in messages.flat_map(|message| &message.content) {
        match block {
            ContentBlock::Document(document) => {
                if asked(&document.citations) {
                    quotations.extend(from_document(document, documents));
                }
                documents += 1;
            }
            ContentBlock::SearchResult(result) => {
                if asked(&result.citations) {
                    quotations.extend(from_result(result, results));
                }
                results += 1;
            }
            _ => {}
        }
    }
    quotations
}

fn from_document(document: &Document, index: usize) -> Option<Quotation<'_>> {
    let by_characters = |text: &str| {
        let quote = first_sentence(text);
        let end = quote.chars().count();
        (
            quote,
            json!({"documentChar": {"documentIndex": index, "start": 0, "end": end}}),
        )
    };
    let (text, location) = match &document.source {
        Source::Text(text) => by_characters(text),
        Source::Content(blocks) => (
            first_sentence(&blocks.first()?.text),
            json!({"documentChunk": {"documentIndex": index, "start": 0, "end": 1}}),
        ),
        Source::Bytes(blob)
            if matches!(
                document.format.as_deref(),
                Some("txt" | "md" | "csv" | "html")
            ) =>
        {
            by_characters(&String::from_utf8_lossy(&STANDARD.decode(blob).ok()?))
        }
        // Nobody here can read a PDF: its page is all that is known of it.
        Source::Bytes(_) | Source::S3Location(_) => (
            format!("page 1 of {}", document.name),
            json!({"documentPage": {"documentIndex": index, "start": 1, "end": 2}}),
        ),
    };
    quotation(&document.name, text, location, None)
}

fn from_result(result: &SearchResult, index: usize) -> Option<Quotation<'_>> {
    let text = first_sentence(&result.content.first()?.text);
    let location =
        json!({"searchResultLocation": {"searchResultIndex": index, "start": 0, "end": 1}});
    quotation(&result.title, text, location, Some(&result.source))
}

fn quotation<'a>(
    title: &'a str,
    text: String,
    location: Value,
    source: Option<&str>,
) -> Option<Quotation<'a>> {
    if text.trim().is_empty() {
        return None;
    }
    let mut citation =
        json!({"title": title, "sourceContent": [{"text": text}], "location": location});
    if let Some(source) = source {
        citation["source"] = source.into();
    }
    citation.sort_all_objects();
    Some(Quotation {
        title,
        text,
        citation,
    })
}

/// Texts that follow each other are one block.
fn join_texts(pieces: &mut Vec<Piece>) {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces.drain(..) {
        match (joined.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (_, piece) => joined.push(piece),
        }
    }
    *pieces = joined;
}
