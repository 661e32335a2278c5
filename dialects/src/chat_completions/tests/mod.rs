mod reading;
mod writing;

use reqllm_core::Warning;

use super::{Quirks, Tag};

/// A speaker that has everything.
const FULL: Quirks = Quirks {
    name: "Acme",
    max_tokens: "max_completion_tokens",
    stop: true,
    seed: true,
    images: true,
    strict_tools: true,
    some_tool: "required",
    one_tool: true,
    reasoning: Some(Tag {
        open: "<reasoning>",
        close: "</reasoning>",
    }),
    ..Quirks::BASE
};

/// One that has only what every speaker has.
const BARE: Quirks = Quirks {
    name: "Bare",
    some_tool: "any",
    ..Quirks::BASE
};

fn codes(warnings: &[Warning]) -> Vec<&str> {
    warnings.iter().map(|warning| &*warning.code).collect()
}
