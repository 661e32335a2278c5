//! Any bytes as an event stream, cut anywhere: no panic, the same outcome however they are cut, and never a stream that is
//! whole where its last frame is not.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_fuzz::{boundary, check, cut, pick, read, streams};

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (which, seed, bytes) = input;
    let answer = &*pick(streams(), which).answer;
    let whole = read(answer, [bytes]);
    check(&whole, bytes.len());
    whole.assert_same(&read(answer, cut(bytes, seed)));
    if !boundary(bytes) {
        assert!(
            whole.error.is_some(),
            "a frame that is cut off passes for whole"
        );
    }
});
