//! `--schema`: the answer is an object that satisfies it.

use serde_json::{Value, json};

use crate::common::{CLAUDE, Files, NOVA, Server, keys, reqllm};

const MODELS: [&str; 2] = [NOVA, CLAUDE];

fn person() -> Value {
    json!({
        "title": "Person",
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name", "age"],
        "additionalProperties": false,
    })
}

fn check(object: &Value) {
    assert_eq!(keys(object), ["name", "age"], "{object}");
    assert!(
        object["name"].is_string() && object["age"].is_i64(),
        "{object}"
    );
}

#[test]
fn with_json_the_response_has_the_object() {
    let (server, files) = (Server::start(), Files::new());
    let schema = files.json("person.json", &person());
    for model in MODELS {
        let args = [
            "generate",
            model,
            "John is 42.",
            "--schema",
            &schema,
            "--json",
        ];
        let response = server.reqllm(args).run().json();
        check(&response["object"]);
        assert_eq!(response["finish_reason"], "stop", "{response}");
        assert!(
            response["provider_metadata"]["object_form"].is_string(),
            "{response}"
        );
        let at = keys(&response).iter().position(|key| *key == "object");
        assert_eq!(keys(&response)[at.unwrap() - 1], "cost");
    }
}

#[test]
fn without_json_the_object_is_printed_and_nothing_else() {
    let (server, files) = (Server::start(), Files::new());
    let schema = files.json("person.json", &person());
    for model in MODELS {
        for stream in [None, Some("--stream")] {
            let args = ["generate", model, "John is 42.", "--schema", &schema];
            let printed = server.reqllm(args.into_iter().chain(stream)).run().ok();
            let object: Value = serde_json::from_str(&printed).unwrap();
            check(&object);
            assert_eq!(
                printed,
                serde_json::to_string_pretty(&object).unwrap() + "\n"
            );
        }
    }
}

#[test]
fn the_last_event_of_a_stream_has_the_object() {
    let (server, files) = (Server::start(), Files::new());
    let schema = files.json("person.json", &person());
    for model in MODELS {
        let args = ["generate", model, "John is 42.", "--schema", &schema];
        let out = server
            .reqllm(args.into_iter().chain(["--stream", "--json"]))
            .run();
        assert_eq!(out.status, Some(0), "{out:?}");
        check(&out.events().pop().unwrap()["response"]["object"]);
    }
}

#[test]
fn an_answer_that_is_cut_off_is_an_error_with_the_answer() {
    let (server, files) = (Server::start(), Files::new());
    let schema = files.json("person.json", &person());
    let args = ["generate", CLAUDE, "John is 42.", "--schema", &schema];
    let short = args.into_iter().chain(["--max-tokens", "2"]);
    let error = server
        .reqllm(short.clone().chain(["--json"]))
        .run()
        .error(4, "model");
    assert!(
        error["message"].as_str().unwrap().contains("max_tokens"),
        "{error}"
    );
    assert_eq!(error["partial"]["finish_reason"], "length", "{error}");
    let line = server.reqllm(short).run().line(4);
    assert!(line.contains("max_tokens"), "{line}");
}

#[test]
fn a_dry_run_shows_the_schema() {
    let files = Files::new();
    let schema = files.json("person.json", &person());
    let args = [
        "generate",
        NOVA,
        "John is 42.",
        "--schema",
        &schema,
        "--dry-run",
    ];
    let body = reqllm(args).run().json()["body"].to_string();
    assert!(body.contains("age"), "{body}");
}

#[test]
fn a_schema_that_does_not_do_ends_with_2_and_is_named() {
    let files = Files::new();
    let bad_type = json!({"type": "object", "properties": {"a": {"type": "strnig"}}});
    for (name, content, word) in [
        ("no-json", "{".to_owned(), "no-json"),
        ("list.json", "[]".to_owned(), "list.json"),
        (
            "text.json",
            json!({"type": "string"}).to_string(),
            "text.json",
        ),
        ("bad.json", bad_type.to_string(), "/properties/a/type"),
    ] {
        let path = files.write(name, content);
        let args = ["generate", NOVA, "Hi", "--emulator", "--schema", &path];
        let error = reqllm(args.into_iter().chain(["--json"]))
            .run()
            .error(2, "invalid_request");
        assert!(error["message"].as_str().unwrap().contains(word), "{error}");
        let line = reqllm(args).run().line(2);
        assert!(line.contains(word), "{line}");
    }
    let args = [
        "generate",
        NOVA,
        "Hi",
        "--schema",
        "/no/such/file",
        "--json",
    ];
    let error = reqllm(args).run().error(2, "invalid_request");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("--schema /no/such/file"),
        "{error}"
    );
}
