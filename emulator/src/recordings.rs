//! Recordings of the real services, for tests that hold the emulator against them.
//!
//! They are not part of this project: they lie in `../shared/corpus`, beside the checkout, where there is one.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder of the recordings, and a row of its index for each of them; nothing, said loudly, where there are none.
pub(crate) fn rows() -> (PathBuf, Vec<Value>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let Ok(index) = std::fs::read_to_string(folder.join("index.jsonl")) else {
        eprintln!(
            "SKIPPED: there is no ../shared/corpus beside this checkout, so no recording was read"
        );
        return (folder, Vec::new());
    };
    let rows = index
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    (folder, rows.collect())
}

/// The recording of a row.
pub(crate) fn file(folder: &Path, row: &Value) -> Option<Value> {
    let text = std::fs::read_to_string(folder.join(row["file"].as_str()?)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}
