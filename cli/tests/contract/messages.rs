//! The messages and tools files: every part that Converse takes arrives as AWS's service model writes it.

use serde_json::{Value, json};

use crate::common::{CLAUDE, Files, NOVA, Server, reqllm};
use crate::response::weather;

/// What would be sent for these messages; the emulator's own rules have no say.
fn sent(messages: &Value, args: &[&str]) -> Value {
    let files = Files::new();
    let path = files.json("messages.json", messages);
    let all = ["generate", "--dry-run", "--messages", &path];
    let run = reqllm(all.iter().chain(args).copied());
    run.run().json()["body"].take()
}

/// The one block that becomes of one part of the user.
fn block(part: &Value) -> Value {
    block_for(part, &[NOVA])
}

fn block_for(part: &Value, model: &[&str]) -> Value {
    let messages = json!([{"role": "user", "content": [{"type": "text", "text": "See"}, part]}]);
    let body = sent(&messages, model);
    let content = body["messages"][0]["content"].as_array().unwrap();
    assert_eq!(content[0], json!({"text": "See"}));
    assert_eq!(content.len(), 2, "{body}");
    content[1].clone()
}

#[test]
fn attachments_become_blocks_of_their_format() {
    for (part, expected) in [
        (
            json!({"type": "image", "media_type": "image/png", "data": "iVBORw0KGgo="}),
            json!({"image": {"format": "png", "source": {"bytes": "iVBORw0KGgo="}}}),
        ),
        (
            json!({"type": "image", "media_type": "image/jpeg", "url": "s3://bucket/cat.jpg"}),
            json!({"image": {"format": "jpeg", "source": {"s3Location": {"uri": "s3://bucket/cat.jpg"}}}}),
        ),
        (
            json!({"type": "image", "media_type": "image/gif", "url": "data:image/gif;base64,R0lGODlh"}),
            json!({"image": {"format": "gif", "source": {"bytes": "R0lGODlh"}}}),
        ),
        (
            json!({"type": "video", "media_type": "video/mp4", "url": "s3://bucket/film.mp4"}),
            json!({"video": {"format": "mp4", "source": {"s3Location": {"uri": "s3://bucket/film.mp4"}}}}),
        ),
    ] {
        assert_eq!(block(&part), expected, "{part}");
    }
    let sound = json!({"type": "audio", "media_type": "audio/mpeg", "data": "SUQz"});
    assert_eq!(
        block_for(&sound, &["bedrock:mistral.voxtral-small-24b-2507"]),
        json!({"audio": {"format": "mp3", "source": {"bytes": "SUQz"}}})
    );
}

#[test]
fn a_document_keeps_its_name_context_and_citations() {
    let part = json!({
        "type": "document", "media_type": "application/pdf", "data": "JVBERi0=",
        "name": "annual report", "context": "of 2025", "citations": true,
    });
    let expected = json!({"document": {
        "format": "pdf", "name": "annual report", "source": {"bytes": "JVBERi0="},
        "context": "of 2025", "citations": {"enabled": true},
    }});
    let claude = [CLAUDE, "-o", "use_converse=true"];
    assert_eq!(block_for(&part, &claude), expected);
}

#[test]
fn a_cache_point_follows_its_part() {
    let cached = |cache: Value| {
        let part = json!({"type": "text", "text": "Long", "cache": cache});
        let body = sent(
            &json!([{"role": "user", "content": [part]}]),
            &[CLAUDE, "-o", "use_converse=true"],
        );
        body["messages"][0]["content"].clone()
    };
    let point = |point: Value| json!([{"text": "Long"}, {"cachePoint": point}]);
    assert_eq!(cached(json!(true)), point(json!({"type": "default"})));
    assert_eq!(
        cached(json!({"ttl": "1h"})),
        point(json!({"type": "default", "ttl": "1h"}))
    );
    assert_eq!(cached(json!(false)), json!([{"text": "Long"}]));
}

#[test]
fn guarded_text_becomes_guard_content() {
    let part =
        json!({"type": "text", "text": "Ours", "guard": {"qualifiers": ["grounding_source"]}});
    let expected = json!({"guardContent": {"text": {
        "text": "Ours", "qualifiers": ["grounding_source"],
    }}});
    assert_eq!(block(&part), expected);
}

#[test]
fn reasoning_goes_back_untouched() {
    let messages = json!([
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [
            {"type": "reasoning", "text": "Hm.", "signature": "c2ln"},
            {"type": "reasoning", "redacted": "b3BhcXVl"},
            {"type": "text", "text": "Hello"},
        ]},
        {"role": "user", "content": "And?"},
    ]);
    let body = sent(&messages, &[CLAUDE, "-o", "use_converse=true"]);
    let expected = json!([
        {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}},
        {"reasoningContent": {"redactedContent": "b3BhcXVl"}},
        {"text": "Hello"},
    ]);
    assert_eq!(body["messages"][1]["content"], expected);
}

#[test]
fn tool_calls_and_results_of_every_form_travel() {
    let result =
        |id: &str, content: Value| json!({"type": "tool_result", "id": id, "content": content});
    let call = |id: &str| json!({"type": "tool_call", "id": id, "name": "f", "arguments": {"b": 1, "a": 2}});
    let mut failed = result("t3", json!("no luck"));
    failed["is_error"] = json!(true);
    let image = json!({"type": "image", "media_type": "image/png", "data": "iVBORw0KGgo="});
    let messages = json!([
        {"role": "user", "content": "Go"},
        {"role": "assistant", "content": [call("t1"), call("t2"), call("t3"), call("t4")]},
        {"role": "tool", "content": [
            result("t1", json!("sunny")),
            result("t2", json!({"z": 1, "y": [2]})),
            failed,
            result("t4", json!([{"type": "text", "text": "look"}, image])),
        ]},
    ]);
    let files = Files::new();
    let tools = files.json(
        "tools.json",
        &json!([{"name": "f", "parameters": {"type": "object"}}]),
    );
    let body = sent(&messages, &[NOVA, "--tools", &tools]);
    let use_of =
        |id: &str| json!({"toolUse": {"toolUseId": id, "name": "f", "input": {"b": 1, "a": 2}}});
    assert_eq!(
        body["messages"][1]["content"],
        json!([use_of("t1"), use_of("t2"), use_of("t3"), use_of("t4")])
    );
    assert_eq!(body["messages"][2]["role"], "user");
    let results = body["messages"][2]["content"].as_array().unwrap();
    let contents: Vec<&Value> = results
        .iter()
        .map(|block| &block["toolResult"]["content"])
        .collect();
    assert_eq!(*contents[0], json!([{"text": "sunny"}]));
    assert_eq!(*contents[1], json!([{"json": {"z": 1, "y": [2]}}]));
    assert_eq!(*contents[2], json!([{"text": "no luck"}]));
    assert_eq!(
        *contents[3],
        json!([{"text": "look"}, {"image": {"format": "png", "source": {"bytes": "iVBORw0KGgo="}}}])
    );
    assert_eq!(results[2]["toolResult"]["status"], "error");
    // Key order is part of the bytes that a prompt cache lives on.
    assert!(body.to_string().contains(r#"{"b":1,"a":2}"#), "{body}");
    assert!(body.to_string().contains(r#"{"z":1,"y":[2]}"#), "{body}");
}

#[test]
fn a_tool_call_is_answered_by_its_result_in_a_second_call() {
    let (server, files) = (Server::start(), Files::new());
    let tools = files.json("tools.json", &json!([weather()]));
    let args = ["generate", NOVA, "--json", "--tools", &tools];
    let first = server.reqllm(args.into_iter().chain(["Get weather"])).run();
    let answer = first.json()["message"].take();
    let call = answer["content"].as_array().unwrap().last().unwrap();
    let result = json!({"type": "tool_result", "id": call["id"], "content": {"celsius": 21}});
    // The answer goes back exactly as it was printed.
    let messages = json!([
        {"role": "user", "content": "Get weather"},
        answer,
        {"role": "tool", "content": [result]},
    ]);
    let path = files.json("messages.json", &messages);
    let second = server.reqllm(args.into_iter().chain(["--messages", &path]));
    let response = second.run().json();
    assert_eq!(response["finish_reason"], "stop");
    let text = crate::common::text_of(&response);
    assert!(text.contains("get_weather returned: "), "{text}");
    assert!(text.contains("21"), "{text}");
}

#[test]
fn an_answer_with_reasoning_goes_back_as_it_was_printed() {
    let (server, files) = (Server::start(), Files::new());
    for converse in ["use_converse=true", "use_converse=false"] {
        let args = ["generate", CLAUDE, "--json", "--max-tokens", "2000"];
        let options = ["-o", crate::common::THINKING, "-o", converse];
        let args: Vec<&str> = args.into_iter().chain(options).collect();
        let first = server.reqllm(args.iter().copied().chain(["Hi"])).run();
        let answer = first.json()["message"].take();
        let messages = json!([{"role": "user", "content": "Hi"}, answer]);
        let path = files.json("messages.json", &messages);
        let more = args.iter().copied().chain(["And?", "--messages", &path]);
        // The emulator refuses signatures that it did not make.
        let response = server.reqllm(more).run().json();
        let text = crate::common::text_of(&response);
        assert!(text.contains("You asked: \"And?\""), "{text}");
        assert!(text.contains("Earlier messages: 2."), "{text}");
    }
}

#[test]
fn messages_come_from_a_file_or_standard_input_and_the_prompt_after_them() {
    let server = Server::start();
    let messages = json!([
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Uno"},
    ]);
    let run = server.reqllm(["generate", NOVA, "Two", "--messages", "-", "--json"]);
    run.stdin(&messages.to_string()).run().json();
    let expected = json!({
        "messages": [
            {"role": "user", "content": [{"text": "One"}]},
            {"role": "assistant", "content": [{"text": "Uno"}]},
            {"role": "user", "content": [{"text": "Two"}]},
        ],
        "system": [{"text": "Be brief."}],
    });
    assert_eq!(server.body(), expected);
}

#[test]
fn a_tools_file_keeps_descriptions_schemas_and_their_key_order() {
    let files = Files::new();
    let mut tool = weather();
    tool["cache"] = json!(true);
    let tools = files.json("tools.json", &json!([tool]));
    for (choice, expected) in [
        ("auto", json!({"auto": {}})),
        ("required", json!({"any": {}})),
        ("get_weather", json!({"tool": {"name": "get_weather"}})),
    ] {
        let args = ["generate", "--dry-run", CLAUDE, "x", "--tools", &tools];
        let run = reqllm(args.into_iter().chain(["--tool-choice", choice]));
        let config = run.run().json()["body"]["toolConfig"].take();
        assert_eq!(config["toolChoice"], expected, "{config}");
        let spec = &config["tools"][0]["toolSpec"];
        assert_eq!(spec["name"], "get_weather");
        assert_eq!(spec["description"], "Current weather of a city");
        let schema = spec["inputSchema"]["json"].to_string();
        assert_eq!(schema, weather()["parameters"].to_string());
        assert_eq!(
            config["tools"][1],
            json!({"cachePoint": {"type": "default"}})
        );
    }
}
