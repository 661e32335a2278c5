//! Every Rust snippet of the README is a piece of a file that is compiled and run.

#![allow(
    clippy::expect_used,
    reason = "a README without the form that it should have is a failure"
)]

use std::path::Path;

/// The lines of a file or snippet as they read without indentation and marks of doc comments.
fn lines(text: &str) -> Vec<&str> {
    text.lines()
        .map(|line| line.trim().trim_start_matches("//!").trim())
        .collect()
}

#[test]
fn every_snippet_stands_in_the_file_that_it_names() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("a README");
    let mut snippets = 0;
    let mut rest = readme.as_str();
    while let Some(start) = rest.find("```rust\n") {
        let (before, after) = rest.split_at(start);
        let body = &after["```rust\n".len()..];
        let (snippet, after) = body.split_once("```").expect("an end of the snippet");
        let note = before
            .trim_end()
            .lines()
            .last()
            .expect("a note before the snippet");
        let file = note
            .strip_prefix("<!-- ")
            .and_then(|note| note.strip_suffix(" -->"))
            .unwrap_or_else(|| panic!("a snippet without the file that it is from: {snippet}"));
        let source = std::fs::read_to_string(root.join(file)).expect("the file of the snippet");
        let (source, wanted) = (lines(&source), lines(snippet));
        assert!(
            source.windows(wanted.len()).any(|window| window == wanted),
            "{file} does not hold this snippet of the README:\n{snippet}"
        );
        snippets += 1;
        rest = after;
    }
    assert!(snippets >= 5, "{snippets} snippets");
}
