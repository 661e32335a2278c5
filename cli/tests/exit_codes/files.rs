//! 2: messages and tools files that do not do.

use serde_json::json;

use crate::common::{Files, reqllm};
use crate::with;

fn refused(content: &str, flag: &str) -> String {
    let files = Files::new();
    let path = files.write("in.json", content);
    let error = reqllm(with(&[flag, &path, "--json"])).run();
    let error = error.error(2, "invalid_request");
    error["message"].as_str().unwrap().to_owned()
}

#[test]
fn a_bad_messages_file_is_told_with_the_field() {
    for (messages, field) in [
        (json!([{"role": "wizard", "content": "x"}]), "wizard"),
        (json!([{"content": "x"}]), "role"),
        (json!([{"role": "user"}]), "content"),
        (
            json!([{"role": "user", "content": "x", "colour": "red"}]),
            "colour",
        ),
        (
            json!([{"role": "user", "content": [{"type": "text"}]}]),
            "text",
        ),
        (
            json!([{"role": "user", "content": [{"type": "txt", "text": "x"}]}]),
            "txt",
        ),
        (
            json!([{"role": "user", "content": [{"type": "text", "text": "x", "txet": 1}]}]),
            "txet",
        ),
        (
            json!([{"role": "user", "content": [{"type": "image", "media_type": "image/png"}]}]),
            "data",
        ),
        (
            json!([{"role": "user", "content": [{"type": "image", "media_type": "image/png", "data": "%"}]}]),
            "base64",
        ),
        (
            json!([{"role": "assistant", "content": [{"type": "tool_call", "id": "x", "name": "f"}]}]),
            "arguments",
        ),
        (json!({"role": "user"}), "sequence"),
    ] {
        let message = refused(&messages.to_string(), "--messages");
        assert!(message.starts_with("--messages "), "{message}");
        assert!(message.contains(field), "{field}: {message}");
    }
    let message = refused("[{\n\"role\": oops", "--messages");
    assert!(message.contains("line 2"), "{message}");
}

#[test]
fn a_bad_tools_file_is_told_with_the_field() {
    for (tools, field) in [
        (json!([{"parameters": {}}]), "name"),
        (json!([{"name": "f"}]), "parameters"),
        (
            json!([{"name": "f", "parameters": {}, "extra": 1}]),
            "extra",
        ),
    ] {
        let message = refused(&tools.to_string(), "--tools");
        assert!(message.contains(field), "{field}: {message}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    for flag in ["--messages", "--tools"] {
        let line = reqllm(with(&[flag, "no/such/file.json"])).run().line(2);
        assert!(line.contains("no/such/file.json"), "{line}");
    }
}
