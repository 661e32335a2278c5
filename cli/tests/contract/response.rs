//! `generate --json` prints the Response, every key of it; without `--json`, the text.

use serde_json::{Value, json};

use crate::common::{CLAUDE, Files, NOVA, Server, THINKING, keys, text_of};

/// Every key that a Response always has.
const KEYS: [&str; 11] = [
    "id",
    "provider",
    "model",
    "wire_id",
    "message",
    "finish_reason",
    "raw_finish_reason",
    "usage",
    "cost",
    "warnings",
    "provider_metadata",
];
const USAGE_KEYS: [&str; 6] = [
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "total_tokens",
];

/// Types and keys that hold for every Response.
pub(crate) fn check_shape(response: &Value) {
    assert_eq!(keys(response), KEYS, "{response}");
    assert_eq!(keys(&response["usage"]), USAGE_KEYS, "{response}");
    for key in ["id", "provider", "model", "wire_id", "finish_reason"] {
        assert!(response[key].is_string(), "{key} in {response}");
    }
    assert_eq!(response["message"]["role"], "assistant", "{response}");
    assert!(response["message"]["content"].is_array(), "{response}");
    assert!(response["provider_metadata"].is_object(), "{response}");
    for warning in response["warnings"].as_array().unwrap() {
        assert_eq!(keys(warning), ["code", "message"], "{response}");
    }
    for (key, count) in response["usage"].as_object().unwrap() {
        assert!(count.is_null() || count.is_u64(), "{key} in {response}");
    }
    if !response["cost"].is_null() {
        let cost = &response["cost"];
        assert_eq!(keys(cost), ["currency", "total", "quality"], "{response}");
        assert_eq!(cost["currency"], "USD");
        let total = cost["total"].as_str().unwrap();
        assert!(total.parse::<f64>().unwrap() > 0.0, "{response}");
        assert!(["exact", "estimated"].contains(&cost["quality"].as_str().unwrap()));
    }
}

#[test]
fn a_converse_response_has_every_key_and_null_for_counts_not_given() {
    let server = Server::start();
    let out = server
        .reqllm(["generate", NOVA, "Hi there", "--json"])
        .run();
    assert_eq!(out.stdout.lines().count(), 1, "{out:?}");
    let response = out.json();
    check_shape(&response);
    assert_eq!(response["provider"], "bedrock");
    assert_eq!(response["model"], "amazon.nova-lite-v1:0");
    assert_eq!(response["wire_id"], "amazon.nova-lite-v1:0");
    assert_eq!(response["finish_reason"], "stop");
    assert_eq!(response["raw_finish_reason"], "end_turn");
    assert_eq!(response["warnings"], json!([]));
    let usage = &response["usage"];
    assert_eq!(usage["reasoning_tokens"], Value::Null);
    let count = |key: &str| usage[key].as_u64().unwrap();
    assert!(count("input_tokens") > 0 && count("output_tokens") > 0);
    assert_eq!(
        count("total_tokens"),
        count("input_tokens") + count("output_tokens")
    );
    assert!(text_of(&response).contains("You asked: \"Hi there\""));
    let path = &server.requests()[0].path;
    assert_eq!(path, "/model/amazon.nova-lite-v1%3A0/converse");
}

#[test]
fn a_native_response_has_the_same_keys() {
    let server = Server::start();
    let out = server.reqllm(["generate", CLAUDE, "Hi", "--max-tokens", "300", "--json"]);
    let response = out.run().json();
    check_shape(&response);
    assert_eq!(response["usage"]["cache_read_tokens"], 0);
    let path = &server.requests()[0].path;
    assert!(path.ends_with("/invoke"), "{path}");
}

#[test]
fn the_cost_is_exact_for_a_price_that_is_known_and_null_for_one_that_is_not() {
    let server = Server::start();
    let cost = |spec: &str| {
        let args = ["generate", spec, "Hi", "--json", "--max-tokens", "99"];
        server.reqllm(args).run().json()["cost"].clone()
    };
    assert_eq!(cost(NOVA)["quality"], "exact");
    assert_eq!(
        cost("bedrock:us.amazon.nova-lite-v1:0")["quality"],
        "estimated"
    );
    assert_eq!(cost("bedrock:amazon.nova-of-tomorrow-v9:0"), Value::Null);
}

#[test]
fn the_id_on_the_wire_is_the_one_of_the_spec() {
    let server = Server::start();
    let response = server
        .reqllm([
            "generate",
            CLAUDE,
            "Hi",
            "--json",
            "-o",
            "use_converse=true",
        ])
        .run()
        .json();
    check_shape(&response);
    assert_eq!(
        response["wire_id"],
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    );
}

#[test]
fn reasoning_is_a_part_with_its_signature() {
    for converse in ["use_converse=true", "use_converse=false"] {
        let server = Server::start();
        let args = ["generate", CLAUDE, "Hi", "--json", "--max-tokens", "2000"];
        let run = server.reqllm(args.into_iter().chain(["-o", THINKING, "-o", converse]));
        let response = run.run().json();
        check_shape(&response);
        let content = response["message"]["content"].as_array().unwrap();
        assert_eq!(content.len(), 2, "{response}");
        assert_eq!(keys(&content[0]), ["type", "text", "signature"]);
        assert_eq!(content[0]["type"], "reasoning");
        assert_eq!(keys(&content[1]), ["type", "text"]);
        if converse == "use_converse=true" {
            assert_eq!(response["usage"]["reasoning_tokens"], Value::Null);
        }
    }
}

#[test]
fn redacted_reasoning_is_an_opaque_string() {
    let server = Server::start();
    let args = [
        "generate",
        CLAUDE,
        "Hi [redacted]",
        "--json",
        "--max-tokens",
    ];
    let run = server.reqllm(args.into_iter().chain(["2000", "-o", THINKING]));
    let response = run.run().json();
    let part = &response["message"]["content"][0];
    assert_eq!(part["type"], "reasoning", "{response}");
    assert!(!part["redacted"].as_str().unwrap().is_empty(), "{response}");
}

#[test]
fn a_tool_call_is_a_part_with_an_object_of_arguments() {
    let (server, files) = (Server::start(), Files::new());
    let tools = files.json("tools.json", &json!([weather()]));
    let args = [
        "generate",
        NOVA,
        "Please get the weather",
        "--json",
        "--tools",
    ];
    let response = server
        .reqllm(args.into_iter().chain([tools.as_str()]))
        .run()
        .json();
    check_shape(&response);
    assert_eq!(response["finish_reason"], "tool_calls");
    assert_eq!(response["raw_finish_reason"], "tool_use");
    let content = response["message"]["content"].as_array().unwrap();
    let call = content.last().unwrap();
    assert_eq!(keys(call), ["type", "id", "name", "arguments"]);
    assert_eq!(call["type"], "tool_call");
    assert_eq!(call["name"], "get_weather");
    assert!(call["arguments"]["city"].is_string(), "{call}");
}

#[test]
fn a_model_that_the_registry_does_not_know_is_a_warning() {
    let server = Server::start();
    let spec = "bedrock:amazon.nova-of-tomorrow-v9:0";
    let response = server
        .reqllm(["generate", spec, "Hi", "--json"])
        .run()
        .json();
    check_shape(&response);
    assert_eq!(response["model"], "amazon.nova-of-tomorrow-v9:0");
    assert_eq!(response["warnings"][0]["code"], "unregistered_model");
    let out = server.reqllm(["generate", spec, "Hi"]).run();
    assert_eq!(out.status, Some(0), "{out:?}");
    assert!(out.stderr.starts_with("warning: "), "{out:?}");
    assert!(!out.stdout.contains("warning"), "{out:?}");
}

#[test]
fn without_json_the_text_is_printed_whole_or_streamed_alike() {
    let server = Server::start();
    let whole = server.reqllm(["generate", NOVA, "Hi"]).run().ok();
    let streamed = server
        .reqllm(["generate", NOVA, "Hi", "--stream"])
        .run()
        .ok();
    assert!(whole.starts_with("You asked: \"Hi\"\n"), "{whole:?}");
    assert!(whole.ends_with(".\n"), "{whole:?}");
    assert_eq!(whole, streamed);
    let emulator = crate::common::reqllm(["generate", NOVA, "Hi", "--emulator"]).run();
    assert_eq!(emulator.ok(), whole);
}

/// A tool of one argument.
pub(crate) fn weather() -> Value {
    json!({
        "name": "get_weather",
        "description": "Current weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "at": {"type": "string"}},
            "required": ["city"],
        },
    })
}

#[test]
fn an_answer_that_is_not_all_of_it_says_so_to_people() {
    let server = Server::start();
    for stream in [None, Some("--stream")] {
        let args = ["generate", CLAUDE, "Hi", "--max-tokens", "2"];
        let out = server.reqllm(args.into_iter().chain(stream)).run();
        assert_eq!(out.status, Some(0), "{out:?}");
        assert!(!out.stdout.is_empty(), "{out:?}");
        assert_eq!(out.stderr.lines().count(), 1, "{out:?}");
        assert!(out.stderr.contains("--max-tokens"), "{out:?}");
        let json = args.into_iter().chain(stream).chain(["--json"]);
        assert_eq!(server.reqllm(json).run().stderr, "");
    }
}
