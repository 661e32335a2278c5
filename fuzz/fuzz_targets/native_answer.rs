//! Any text as a whole answer of a native form, and as the only chunk of its stream: a number that says which, and the body.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_fuzz::{check, cut, frames, native_wholes, pick, read, streams};

fuzz_target!(|text: &str| {
    let (which, body) = text.split_once('\n').unwrap_or(("0", text));
    let which: u8 = which.parse().unwrap_or(0);
    let subject = pick(native_wholes(), which);
    let whole = read(&*subject.answer, [body.as_bytes()]);
    check(&whole, body.len());
    let seed = 1 + body.len() as u8 % 255;
    whole.assert_same(&read(&*subject.answer, cut(body.as_bytes(), seed)));
    let stream = streams()
        .iter()
        .find(|it| it.native && it.model == subject.model);
    if let Some(stream) = stream {
        let chunk = format!("chunk {}", body.replace(['\n', '\r'], " "));
        check(
            &read(&*stream.answer, [&frames(&chunk, true)[..]]),
            body.len(),
        );
    }
});
