//! Any bytes as an event stream whose lengths and checksums are mended first, so that headers, payloads and the fold are
//! reached.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_fuzz::{boundary, check, cut, mend, pick, read, streams};

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (which, seed, bytes) = input;
    let bytes = &mend(bytes)[..];
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
