//! Any text as a model spec: it parses to what it displays, or is refused; and what parses resolves, or is refused.
//!
//! `cargo fuzz run spec` (with a nightly compiler, or `RUSTC_BOOTSTRAP=1`).

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use reqllm_core::ModelSpec;
use reqllm_registry::Registry;

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::embedded);

fuzz_target!(|text: &str| {
    if let Ok(spec) = text.parse::<ModelSpec>() {
        assert_eq!(spec.to_string(), text);
        assert_eq!(text.parse::<ModelSpec>().ok(), Some(spec));
    }
    if let Ok(spec) = REGISTRY.parse(text) {
        assert_eq!(spec.to_string(), text);
        if let Ok(resolved) = REGISTRY.resolve(&spec) {
            assert!(!resolved.model.sent_id().is_empty());
        }
    }
});
