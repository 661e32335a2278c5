//! Any bytes as the `api.json` that a refresh fetches: refused, or a catalogue that packs and reads.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_registry::import::import;

fuzz_target!(|bytes: &[u8]| {
    let Ok(imported) = import(bytes, "fuzz", "2026-08-23") else {
        return;
    };
    if let Ok(packed) = imported.pack() {
        for record in packed.records() {
            let _ = record.to_model();
        }
    }
});
