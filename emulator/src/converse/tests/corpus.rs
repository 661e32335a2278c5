//! What the real service answered, the emulator answers; what it refused, the emulator refuses in the same
//! words: recordings, where there are some.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::recordings;

/// A recorded request of Converse or ConverseStream.
struct Recording {
    name: String,
    model: ModelId,
    streaming: bool,
    body: String,
    /// The message of the refusal, whole or in the stream; none if the request was answered.
    refusal: Option<String>,
}

impl Recording {
    fn answer(&self) -> Result<Reply, ApiError> {
        answer(
            &self.model,
            self.body.as_bytes(),
            self.streaming,
            &Mutex::default(),
        )
    }
}

/// Those of Converse.
fn recordings() -> Vec<Recording> {
    let (folder, rows) = recordings::rows();
    let recorded = rows.iter().filter(|row| {
        let operation = row["operation"].as_str().unwrap_or_default();
        operation.starts_with("converse") && row["authenticity"] == "recorded"
    });
    recorded.filter_map(|row| recording(&folder, row)).collect()
}

/// One recording, if it shows a request to a model that an emulator can know.
fn recording(folder: &Path, row: &Value) -> Option<Recording> {
    let file = recordings::file(folder, row)?;
    let response = STANDARD
        .decode(file["response"]["body_b64"].as_str()?)
        .unwrap();
    let refusal = match (row["status"].as_u64()?, row["exception"].is_null()) {
        (200, true) => None,
        (200, false) => Some(event(&response).1),
        (400, _) => Some(serde_json::from_slice(&response).unwrap()),
        _ => return None,
    };
    Some(Recording {
        name: row["id"].as_str()?.to_owned(),
        model: ModelId::parse(row["model"].as_str()?).ok()?,
        streaming: row["operation"] == "converse-stream",
        body: file["request"]["body_utf8"].as_str()?.to_owned(),
        refusal: refusal.map(|error| error["message"].as_str().unwrap().to_owned()),
    })
}

/// Recordings that the emulator refuses for a reason.
fn excused(message: &str) -> bool {
    // One recording has a media type as the format of a video, and a JPEG in it: neither is in the service model.
    let strange = message.starts_with("1 validation error detected: Value 'video/mp4'");
    // One request was shortened by hand after it had been sent.
    let shortened = message.starts_with("Malformed JSON: EOF");
    if strange || shortened {
        return true;
    }
    // A signature is recognised by whoever wrote it.
    message.contains("Invalid `signature` in `thinking`")
        || message.contains("Invalid `data` in `redacted_thinking`")
}

#[test]
fn recorded_requests_that_were_answered_are_not_refused() {
    let recordings = recordings();
    let answered = recordings
        .iter()
        .filter(|recording| recording.refusal.is_none());
    let refused: Vec<String> = answered
        .filter_map(|recording| {
            let error = recording
                .answer()
                .err()
                .filter(|error| !excused(&error.message))?;
            Some(format!(
                "{} {}: {}",
                recording.name, recording.model.id, error.message
            ))
        })
        .collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn recorded_requests_that_were_refused_are_refused_in_the_same_words() {
    let recordings = recordings();
    for recording in &recordings {
        // The emulator has no list of models, so that an id in the right form is one.
        let known = |refusal: &&String| *refusal != "The provided model identifier is invalid.";
        let Some(refusal) = recording.refusal.as_ref().filter(known) else {
            continue;
        };
        let message = match recording.answer() {
            Err(error) => error.message,
            Ok(reply) => match reply.body {
                ReplyBody::Events(frames) => event(&frames[0]).1["message"].to_string(),
                ReplyBody::Whole(_) => "an answer".to_owned(),
            },
        };
        assert_eq!(message.trim_matches('"'), refusal, "{}", recording.name);
    }
    let refused = recordings
        .iter()
        .filter(|recording| recording.refusal.is_some());
    assert!(
        recordings.is_empty() || refused.count() > 0,
        "no refusal was read"
    );
}
