//! Reads the native answers of Nova: whole the document of Converse; streamed its events, each as the member of a document.
//!
//! Recordings show that a stream gives each piece of a text an index of its own and a stop event of its own, where the
//! whole answer has one block. So texts that follow each other are one.

use serde_json::Value;

use super::converse::{self, Stream};
use super::envelope::{Chunks, OWN};
use crate::reading::Reading;

/// Reads a whole answer.
pub(crate) fn whole(body: &Value) -> Result<Reading, String> {
    converse::whole(body)
}

/// Reads the documents of a stream.
pub(crate) fn stream(chunks: &Chunks) -> Result<Reading, String> {
    let mut stream = Stream::default();
    let mut text_at_index = None;
    for document in &chunks.documents {
        let members = document.as_object().ok_or("a document that is no object")?;
        for (kind, event) in members.iter().filter(|(name, _)| !name.starts_with(OWN)) {
            let mut event = event.clone();
            let of_text = event.pointer("/delta/text").is_some();
            match kind.as_str() {
                "contentBlockStop" => {}
                "contentBlockDelta" if of_text => {
                    let index =
                        text_at_index.get_or_insert_with(|| event["contentBlockIndex"].clone());
                    event["contentBlockIndex"] = index.clone();
                }
                _ => text_at_index = None,
            }
            stream.event(kind, &event)?;
        }
    }
    let stopped = stream.stopped;
    let mut reading = stream.into_reading();
    let ended = stopped && chunks.metrics().is_some();
    reading.events_complete =
        (ended || chunks.intervened()) && chunks.whole && chunks.error.is_none();
    reading.error = chunks.error.clone();
    Ok(reading)
}
