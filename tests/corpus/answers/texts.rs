//! Reads the native answers of vendors that go on with a text: Titan, Llama, Mistral's first models, Cohere's Command.
//!
//! Their documents differ in names only, and a chunk of a stream is nearly what a whole answer is.

use std::collections::BTreeMap;

use serde_json::Value;

use super::envelope::Chunks;
use crate::parts::{list_at, text_part, usage};
use crate::reading::Reading;
use crate::wire::Native;

/// A piece of one of the texts.
struct Piece<'a> {
    /// Which text, where several were asked for.
    index: u64,
    text: &'a str,
    reason: Option<&'a str>,
}

/// Reads a whole answer.
pub(crate) fn whole(native: Native, body: &Value) -> Result<Reading, String> {
    read(native, [body], false)
}

/// Reads the documents of a stream. It is complete once it says why it stopped, or a guardrail did.
pub(crate) fn stream(native: Native, chunks: &Chunks) -> Result<Reading, String> {
    let mut reading = read(native, &chunks.documents, true)?;
    let ended = reading.raw_finish_reason.is_some() && chunks.metrics().is_some();
    reading.events_complete =
        (ended || chunks.intervened()) && chunks.whole && chunks.error.is_none();
    reading.error = chunks.error.clone();
    Ok(reading)
}

fn read<'a>(
    native: Native,
    documents: impl IntoIterator<Item = &'a Value>,
    streamed: bool,
) -> Result<Reading, String> {
    let mut texts: BTreeMap<u64, String> = BTreeMap::new();
    let mut reading = Reading::empty();
    let (mut input, mut output) = (Value::Null, Value::Null);
    for document in documents {
        for piece in pieces(native, document, streamed)? {
            texts.entry(piece.index).or_default().push_str(piece.text);
            if let Some(reason) = piece.reason {
                reading.raw_finish_reason = Some(reason.to_owned());
            }
        }
        let (of_input, of_output) = counts(native, document);
        for (count, more) in [(&mut input, of_input), (&mut output, of_output)] {
            if let Some(more) = more {
                *count = more.into();
            }
        }
    }
    reading.content = texts
        .values()
        .filter_map(|text| text_part(text, Vec::new()))
        .collect();
    reading.usage = usage(input, output, Value::Null, Value::Null, Value::Null);
    reading.events_complete = true;
    Ok(reading)
}

fn pieces(native: Native, document: &Value, streamed: bool) -> Result<Vec<Piece<'_>>, String> {
    let listed = match native {
        Native::Titan => "/results",
        Native::Mistral => "/outputs",
        Native::Command => "/generations",
        _ => "",
    };
    let (text, reason) = match native {
        Native::Titan => ("outputText", "completionReason"),
        Native::Mistral => ("text", "stop_reason"),
        Native::Command => ("text", "finish_reason"),
        Native::Llama => ("generation", "stop_reason"),
        other => return Err(format!("{} is no vendor of mere texts", other.name())),
    };
    let list = if listed.is_empty() {
        &[][..]
    } else {
        list_at(document, listed)
    };
    let mut pieces = Vec::new();
    for (index, item) in (0..).zip(list) {
        pieces.push(Piece {
            index,
            text: item[text].as_str().unwrap_or_default(),
            reason: item[reason].as_str(),
        });
    }
    if !pieces.is_empty() {
        return Ok(pieces);
    }
    // Llama's whole answers and the chunks of the others are one piece; Command's last chunk has a reason alone.
    let known = document.get(text).is_some() || document.get(reason).is_some();
    match known && (streamed || native == Native::Llama) {
        true => Ok(vec![Piece {
            index: document["index"].as_f64().map_or(0, |index| index as u64),
            text: document[text].as_str().unwrap_or_default(),
            reason: document[reason].as_str(),
        }]),
        false => Err(format!("a document that says nothing: {document}")),
    }
}

/// Tokens of the input and of the output until now, where the document has them.
fn counts(native: Native, document: &Value) -> (Option<u64>, Option<u64>) {
    match native {
        Native::Titan => {
            let results = list_at(document, "/results").iter();
            let of_results = results
                .filter_map(|it| count(&it["tokenCount"]))
                .reduce(|a, b| a + b);
            (
                count(&document["inputTextTokenCount"]),
                of_results.or_else(|| count(&document["totalOutputTextTokenCount"])),
            )
        }
        Native::Llama => (
            count(&document["prompt_token_count"]),
            count(&document["generation_token_count"]),
        ),
        _ => (None, None),
    }
}

/// Under a guardrail Titan's counts are written as floats.
fn count(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_f64().map(|float| float as u64))
}
