//! Reads the native answers of Cohere's Command R.
//!
//! No recording has tool calls or citations in this form. Should one come, somebody has to teach this reader: it refuses.

use serde_json::Value;

use super::envelope::Chunks;
use crate::parts::{text_at, text_part};
use crate::reading::Reading;

/// Reads a whole answer.
pub(crate) fn whole(body: &Value) -> Result<Reading, String> {
    if body.get("text").is_none() {
        return Err("an answer without text".to_owned());
    }
    plain(body)?;
    let mut reading = Reading::empty();
    reading.content = text_part(text_at(body, "/text"), Vec::new())
        .into_iter()
        .collect();
    reading.raw_finish_reason = body["finish_reason"].as_str().map(str::to_owned);
    reading.events_complete = true;
    Ok(reading)
}

/// Reads the documents of a stream, of which the last repeats the whole answer.
pub(crate) fn stream(chunks: &Chunks) -> Result<Reading, String> {
    let mut reading = Reading::empty();
    let mut text = String::new();
    for document in &chunks.documents {
        plain(document)?;
        match text_at(document, "/event_type") {
            "text-generation" => text.push_str(text_at(document, "/text")),
            "stream-end" => {
                plain(&document["response"])?;
                let whole = text_at(document, "/response/text");
                if whole != text {
                    return Err(format!("the pieces are {text:?}, the whole is {whole:?}"));
                }
                reading.raw_finish_reason = document["finish_reason"].as_str().map(str::to_owned);
            }
            other => {
                return Err(format!(
                    "an event that this reader does not know: {other:?}"
                ));
            }
        }
    }
    reading.content = text_part(&text, Vec::new()).into_iter().collect();
    let ended = reading.raw_finish_reason.is_some() && chunks.metrics().is_some();
    reading.events_complete =
        (ended || chunks.intervened()) && chunks.whole && chunks.error.is_none();
    reading.error = chunks.error.clone();
    Ok(reading)
}

fn plain(document: &Value) -> Result<(), String> {
    match ["tool_calls", "citations"]
        .into_iter()
        .find(|name| document.get(*name).is_some())
    {
        Some(name) => Err(format!("{name}, which this reader does not know")),
        None => Ok(()),
    }
}
