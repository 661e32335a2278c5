//! Any events as a stream of one model: a number that says which, and a line a frame (see `reqllm_fuzz::frames`). A stream
//! that is taken for whole says why it ended or warns, and none is that has lost the end of a frame.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_core::FinishReason;
use reqllm_fuzz::{check, cut, frames, pick, read, streams};

fuzz_target!(|text: &str| {
    let (which, text) = text.split_once('\n').unwrap_or(("0", text));
    let which: u8 = which.parse().unwrap_or(0);
    let subject = pick(streams(), which);
    let bytes = &frames(text, subject.native)[..];
    let whole = read(&*subject.answer, [bytes]);
    check(&whole, bytes.len());
    let seed = text.len() as u8;
    whole.assert_same(&read(&*subject.answer, cut(bytes, seed)));
    if whole.error.is_none() {
        let response = &whole.response;
        let warned = |code: &str| response.warnings.iter().any(|it| it.code == code);
        assert!(
            response.raw_finish_reason.is_some()
                || response.finish_reason == FinishReason::ContentFilter
                || warned("no_stop_reason"),
            "a stream passes for whole that does not say why it ended, nor that it does not"
        );
        let cut_off = read(&*subject.answer, [&bytes[..bytes.len() - 1]]);
        assert!(
            cut_off.error.is_some(),
            "a frame that is cut off passes for whole"
        );
    }
});
