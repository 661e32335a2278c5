//! Any text as a `data:` URL.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_core::DataUrl;

fuzz_target!(|url: &str| {
    match DataUrl::read(url) {
        Ok(data) => {
            assert!(DataUrl::is(url));
            assert!(data.bytes.len() <= url.len());
        }
        Err(error) => {
            assert!(error.message().len() < 200, "an error repeats the content");
        }
    }
});
