//! What the real service answered, the emulator answers: recordings, where there are some.

use std::path::Path;

use super::*;

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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let Ok(index) = std::fs::read_to_string(folder.join("index.jsonl")) else {
        eprintln!(
            "SKIPPED: there is no ../shared/corpus beside this checkout, so no recording was read"
        );
        return;
    };
    let (mut read, mut refused) = (0, Vec::new());
    for line in index.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let operation = row["operation"].as_str().unwrap_or_default();
        let answered = row["status"] == 200 && row["exception"].is_null();
        if !operation.starts_with("converse") || row["authenticity"] != "recorded" || !answered {
            continue;
        }
        let file = std::fs::read_to_string(folder.join(row["file"].as_str().unwrap())).unwrap();
        let file: Value = serde_json::from_str(&file).unwrap();
        let Some(body) = file["request"]["body_utf8"].as_str() else {
            continue;
        };
        let Some(model) = row["model"].as_str().and_then(|id| ModelId::parse(id).ok()) else {
            continue;
        };
        read += 1;
        let streaming = operation == "converse-stream";
        if let Err(error) = answer(&model, body.as_bytes(), streaming, &Mutex::default())
            && !excused(&error.message)
        {
            refused.push(format!("{} {}: {}", row["id"], model.id, error.message));
        }
    }
    eprintln!("{read} recorded requests, {} refused", refused.len());
    assert!(read > 0 && refused.is_empty(), "{}", refused.join("\n"));
}
