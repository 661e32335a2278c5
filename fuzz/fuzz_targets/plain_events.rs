//! Any events as a stream of one model, as in the target `frames`, read twice: as they are, and with white space behind each
//! JSON. The readers of plain events leave alone what has white space, so that the second stream is read by those of any
//! JSON. Both must come to the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_fuzz::{frames, pick, read, spaced_frames, streams};

fuzz_target!(|text: &str| {
    let (which, text) = text.split_once('\n').unwrap_or(("0", text));
    let which: u8 = which.parse().unwrap_or(0);
    let subject = pick(streams(), which);
    let plain = read(&*subject.answer, [&frames(text, subject.native)[..]]);
    let spaced = read(&*subject.answer, [&spaced_frames(text, subject.native)[..]]);
    assert_eq!(plain.response.message, spaced.response.message);
    assert_eq!(plain.response.usage, spaced.response.usage);
    let places = |error: &Option<String>| {
        let said = error.as_deref().unwrap_or_default();
        said.split(", at line ")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(places(&plain.error), places(&spaced.error));
    if plain.error.is_none() {
        assert_eq!(plain.events, spaced.events);
    } else {
        assert_eq!(plain.events.len(), spaced.events.len());
    }
});
