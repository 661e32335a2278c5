//! Any text as the text of an answer that should hold an object: however it is cut, what is read of the object on the way
//! is an object, and the last of it is the one that is found at the end.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_core::find_object;

/// The facade's reader of objects that have not all come. It is private there, and needs nothing else of the facade.
#[path = "../../src/object/partial.rs"]
#[allow(dead_code, reason = "the facade uses all of it")]
mod partial;

fuzz_target!(|input: (u8, &str)| {
    let (size, text) = input;
    let size = usize::from(size % 7) + 1;
    let letters: Vec<char> = text.chars().collect();
    let mut reader = partial::Partial::default();
    // What the facade shows: a key that comes twice takes back what was there, and is not shown before the end.
    let mut shown = None;
    for piece in letters.chunks(size) {
        reader.push(&piece.iter().collect::<String>());
        let Some((begin, value)) = reader.grown() else {
            continue;
        };
        assert!(value.is_object() && text.as_bytes()[begin] == b'{');
        let grows = shown.as_ref().is_none_or(|before| partial::extends(before, &value));
        if grows {
            shown = Some(value);
        }
    }
    if let Some(object) = find_object(text) {
        assert_eq!(reader.value(), Some(object));
    }
});
