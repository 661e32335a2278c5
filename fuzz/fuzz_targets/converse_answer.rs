//! Any bytes as a whole answer of Converse.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_fuzz::{check, cut, read, whole_converse};

fuzz_target!(|body: &[u8]| {
    let answer = &*whole_converse().answer;
    let whole = read(answer, [body]);
    check(&whole, body.len());
    whole.assert_same(&read(answer, cut(body, 1 + body.len() as u8 % 255)));
});
