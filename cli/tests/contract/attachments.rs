//! `--attach`: files and URLs go with the prompt.

use serde_json::{Value, json};

use crate::common::{CLAUDE, Files, NOVA, Server, reqllm};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";
const PNG_BASE64: &str = "iVBORw0KGgoAAAANSUhEUgAAAAE=";

/// The content of the last message that would be sent.
fn content(args: &[&str]) -> Value {
    let all = ["generate", NOVA, "--dry-run"].iter().chain(args);
    let mut shown = reqllm(all.copied()).run().json();
    let messages = shown["body"]["messages"].as_array_mut().unwrap();
    messages.pop().unwrap()["content"].take()
}

#[test]
fn attachments_stand_in_front_of_the_prompt_in_their_order() {
    let files = Files::new();
    let image = files.write("called.txt", PNG);
    let table = files.write("people.csv", "name\nJohn\n");
    let url = format!("data:image/png;base64,{PNG_BASE64}");
    let args = [
        "Look.", "--attach", &table, "--attach", &image, "--attach", &url,
    ];
    let content = content(&args);
    let block = json!({"image": {"format": "png", "source": {"bytes": PNG_BASE64}}});
    let document = json!({
        "document": {"format": "csv", "name": "people", "source": {"bytes": "bmFtZQpKb2huCg=="}},
    });
    assert_eq!(content, json!([document, block, block, {"text": "Look."}]));
}

#[test]
fn what_is_in_s3_stays_there() {
    let content = content(&["Look.", "--attach", "s3://bucket/key/film.mp4"]);
    let source = json!({"s3Location": {"uri": "s3://bucket/key/film.mp4"}});
    assert_eq!(
        content[0],
        json!({"video": {"format": "mp4", "source": source}})
    );
}

#[test]
fn attachments_go_with_the_last_message_of_the_user() {
    let files = Files::new();
    let image = files.write("cat.png", PNG);
    let messages = json!([
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "What is it?"},
    ]);
    let messages = files.json("messages.json", &messages);
    let content = content(&["--messages", &messages, "--attach", &image]);
    assert!(content[0]["image"].is_object(), "{content}");
    assert_eq!(content[1]["text"], "What is it?");
}

#[test]
fn a_model_sees_what_is_attached() {
    let (server, files) = (Server::start(), Files::new());
    let image = files.write("cat.png", PNG);
    for model in [NOVA, CLAUDE] {
        let args = [
            "generate",
            model,
            "What is it?",
            "--attach",
            &image,
            "--json",
        ];
        assert_eq!(server.reqllm(args).run().json()["finish_reason"], "stop");
    }
    for request in server.requests() {
        let body = request.json().unwrap().to_string();
        assert!(body.contains(PNG_BASE64), "{body}");
    }
}

#[test]
fn what_cannot_be_attached_ends_with_2_and_is_named() {
    let (server, files) = (Server::start(), Files::new());
    let rubbish = files.write("rubbish", b"\0\x01\x02\xfe");
    let empty = files.write("empty.png", "");
    for (what, word) in [
        (rubbish.as_str(), "rubbish"),
        (&empty, "is empty"),
        ("no/such/cat.png", "no/such/cat.png"),
        ("https://example.com/cat", "does not say what it is"),
        ("data:image/png;base64,???", "no base64"),
        // Fetched before the call, but not from this machine.
        ("https://127.0.0.1:1/cat.png", "public"),
        ("https://169.254.169.254/latest.png", "public"),
        ("http://example.com/cat.png", "https:"),
    ] {
        let args = ["generate", NOVA, "Look.", "--attach", what];
        let error = server.reqllm(args.into_iter().chain(["--json"])).run();
        let error = error.error(2, "invalid_request");
        assert!(error["message"].as_str().unwrap().contains(word), "{error}");
        let line = server.reqllm(args).run().line(2);
        assert!(line.contains(word), "{line}");
    }
    assert!(server.requests().is_empty());
}
